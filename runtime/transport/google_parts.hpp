// Google's wire format in parts: the body of a request and the reading of an answer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mlp/protocol.hpp"
#include "runtime/transport/error_rules.hpp"
#include "runtime/transport/wire_json.hpp"

namespace mlp::transport::google {

/// In front of a thought signature in ToolCall::signature, since no other provider could read it.
inline constexpr std::string_view kSignaturePrefix = "google:";

[[nodiscard]] Json WriteBody(const WireCall& call, std::vector<std::string>& left_out);

/// An answer that is no failure as a whole; a part of it may still be one.
void ReadAnswer(const Json& body, ProviderReply& reply);
/// Also takes up when the provider says to come back.
[[nodiscard]] ErrorFacts ReadError(const Json& body, const HttpResponse& response,
                                   ProviderReply& reply);

}  // namespace mlp::transport::google
