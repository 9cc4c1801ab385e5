// One attempt of a call: what it asks of the wire, and what the record keeps of it.
#pragma once

#include <string>
#include <string_view>

#include "mlp/client.hpp"
#include "mlp/decide.hpp"
#include "mlp/protocol.hpp"
#include "mlp/record.hpp"
#include "runtime/engine/cache/answer_cache.hpp"
#include "runtime/engine/providers.hpp"

namespace mlp::engine {

/// What is known before it begins: who is asked, where, and on which arm.
[[nodiscard]] AttemptRecord NameAttempt(const Tables& tables, const Candidate& candidate);

/// Whether the model has a capability, by its name in the language.
[[nodiscard]] bool Can(const Tables& tables, const Model& model, std::string_view capability);

/// Whether the request's `asks` holds a capability.
[[nodiscard]] bool Asks(const Tables& tables, const RequestView& request,
                        std::string_view capability);

/// Views into `tables`, `access` and `prompt`, which outlive the attempt.
[[nodiscard]] WireCall MakeWireCall(const Tables& tables, const Decision& decision,
                                    const Candidate& candidate, const Providers::Access& access,
                                    const Prompt& prompt);

/// Times, usage and the provider's names for what answered.
void NoteReply(const HttpResponse& response, const ProviderReply& reply, AttemptRecord& attempt);
/// What failed, in the provider's words.
void NoteFailure(const ProviderReply& reply, AttemptRecord& attempt);

/// What the caller is told of an answer; `attempt` of `record` brought it.
[[nodiscard]] Reply MakeReply(ProviderReply reply, const AttemptRecord& attempt,
                              const CallRecord& record);

/// Whether an answer to this prompt may be kept and given again: the route says so for the request,
/// and says when, or else the temperature is 0.
[[nodiscard]] bool Caches(const Tables& tables, const Decision& decision, const Prompt& prompt);
/// What the cache keeps of a reply, and the reply that it gives for the decision's first candidate.
[[nodiscard]] std::shared_ptr<const CachedAnswer> KeepAnswer(const Reply& reply);
[[nodiscard]] Reply MakeReply(const CachedAnswer& answer, const Tables& tables,
                              const Decision& decision, const CallRecord& record);

}  // namespace mlp::engine
