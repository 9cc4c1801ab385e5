// One attempt of a call: what it asks of the wire, and what the record keeps of it.
#pragma once

#include <string>

#include "mlp/decide.hpp"
#include "mlp/protocol.hpp"
#include "mlp/record.hpp"
#include "runtime/engine/providers.hpp"

namespace mlp::engine {

/// What is known before it begins: who is asked, where, and on which arm.
[[nodiscard]] AttemptRecord NameAttempt(const Tables& tables, const Candidate& candidate);

/// Views into `tables`, `access` and `prompt`, which outlive the attempt.
[[nodiscard]] WireCall MakeWireCall(const Tables& tables, const Decision& decision,
                                    const Candidate& candidate, const Providers::Access& access,
                                    const Prompt& prompt);

/// Times, usage and the provider's names for what answered.
void NoteReply(const HttpResponse& response, const ProviderReply& reply, AttemptRecord& attempt);
/// What failed, in the provider's words.
void NoteFailure(const ProviderReply& reply, AttemptRecord& attempt);

}  // namespace mlp::engine
