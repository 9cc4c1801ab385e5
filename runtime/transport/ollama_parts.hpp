// Ollama's wire format in parts: the reading of an answer.
#pragma once

#include <memory>

#include "mlp/protocol.hpp"
#include "runtime/transport/answer_fold.hpp"
#include "runtime/transport/wire_json.hpp"

namespace mlp::transport::ollama {

/// The answer or failure that a response stands for, whose body was read as `body`.
[[nodiscard]] ProviderReply ReadReply(const WireCall& call, const HttpResponse& response,
                                      const Json& body);
[[nodiscard]] std::unique_ptr<AnswerFold> MakeFold();

}  // namespace mlp::transport::ollama
