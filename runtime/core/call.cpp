#include "mlp/call.hpp"

namespace mlp {

std::string_view ToString(FinishReason reason) noexcept {
  switch (reason) {
    case FinishReason::kStop:
      return "stop";
    case FinishReason::kLength:
      return "length";
    case FinishReason::kToolCalls:
      return "tool-calls";
    case FinishReason::kOther:
      return "other";
  }
  return "other";
}

}  // namespace mlp
