#include "mlp/health.hpp"

namespace mlp {

std::string_view ToString(BreakerState state) noexcept {
  switch (state) {
    case BreakerState::kClosed:
      return "closed";
    case BreakerState::kOpen:
      return "open";
    case BreakerState::kHalfOpen:
      return "half-open";
  }
  return "?";
}

std::string_view ToString(DownReason reason) noexcept {
  switch (reason) {
    case DownReason::kBreaker:
      return "breaker";
    case DownReason::kProviderBreaker:
      return "provider-breaker";
    case DownReason::kCooldown:
      return "cooldown";
    case DownReason::kProbe:
      return "probe";
    case DownReason::kOperator:
      return "operator";
    case DownReason::kQuality:
      return "quality";
  }
  return "?";
}

}  // namespace mlp
