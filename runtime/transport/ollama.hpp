// Ollama's /api/chat.
#pragma once

#include <memory>

#include "mlp/protocol.hpp"

namespace mlp::transport {

[[nodiscard]] std::unique_ptr<const WireProtocol> MakeOllamaProtocol();

}  // namespace mlp::transport
