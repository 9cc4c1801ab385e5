// Anthropic's Messages.
#pragma once

#include <memory>

#include "mlp/protocol.hpp"

namespace mlp::transport {

[[nodiscard]] std::unique_ptr<const WireProtocol> MakeAnthropicProtocol();

}  // namespace mlp::transport
