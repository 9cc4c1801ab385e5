// Google's generateContent, of the Gemini API and of Vertex AI.
#pragma once

#include <memory>

#include "mlp/protocol.hpp"

namespace mlp::transport {

[[nodiscard]] std::unique_ptr<const WireProtocol> MakeGoogleProtocol();

}  // namespace mlp::transport
