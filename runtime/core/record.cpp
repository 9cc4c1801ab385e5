#include "mlp/record.hpp"

namespace mlp {

std::string_view ToString(AttemptKind kind) noexcept {
  switch (kind) {
    case AttemptKind::kFirst:
      return "first";
    case AttemptKind::kRetry:
      return "retry";
    case AttemptKind::kFallback:
      return "fallback";
    case AttemptKind::kHedge:
      return "hedge";
  }
  return "first";
}

}  // namespace mlp
