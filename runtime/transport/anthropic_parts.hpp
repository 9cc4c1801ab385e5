// Anthropic's wire format in parts: the body of a request and the reading of an answer.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/protocol.hpp"
#include "runtime/transport/answer_fold.hpp"
#include "runtime/transport/wire_json.hpp"

namespace mlp::transport::anthropic {

/// In front of the thinking blocks in ToolCall::signature: they have to come back unchanged ahead
/// of the call that they led to, and no other provider could read them.
inline constexpr std::string_view kSignaturePrefix = "anthropic:";

[[nodiscard]] Json WriteBody(const WireCall& call, std::vector<std::string>& left_out);

/// The answer or failure that a response stands for, whose body was read as `body`.
[[nodiscard]] ProviderReply ReadReply(const WireCall& call, const HttpResponse& response,
                                      const Json& body);
[[nodiscard]] std::unique_ptr<AnswerFold> MakeFold();

}  // namespace mlp::transport::anthropic
