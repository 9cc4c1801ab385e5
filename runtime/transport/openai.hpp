// OpenAI's Chat Completions, and the many that speak it: Azure, Mistral, Groq, DeepSeek, xAI, vLLM
// and others.
#pragma once

#include <memory>

#include "mlp/protocol.hpp"

namespace mlp::transport {

[[nodiscard]] std::unique_ptr<const WireProtocol> MakeOpenAiProtocol();

}  // namespace mlp::transport
