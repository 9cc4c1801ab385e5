// Anthropic's wire format in parts: the body of a request and the reading of an answer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mlp/protocol.hpp"
#include "runtime/transport/wire_json.hpp"

namespace mlp::transport::anthropic {

/// In front of the thinking blocks in ToolCall::signature: they have to come back unchanged ahead
/// of the call that they led to, and no other provider could read them.
inline constexpr std::string_view kSignaturePrefix = "anthropic:";

[[nodiscard]] Json WriteBody(const WireCall& call, std::vector<std::string>& left_out);

/// An answer that is no failure as a whole; a part of it may still be one.
void ReadAnswer(const Json& body, ProviderReply& reply);

}  // namespace mlp::transport::anthropic
