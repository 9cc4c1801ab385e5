#include "mlp/observe.hpp"

namespace mlp {

std::string_view ToString(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return {};
}

std::string_view ToString(AlertSource source) noexcept {
  switch (source) {
    case AlertSource::kCondition:
      return "condition";
    case AlertSource::kFailovers:
      return "failovers";
    case AlertSource::kBreaker:
      return "breaker";
    case AlertSource::kLifecycle:
      return "lifecycle";
    case AlertSource::kStore:
      return "store";
    case AlertSource::kBudget:
      return "budget";
    case AlertSource::kRollout:
      return "rollout";
  }
  return {};
}

}  // namespace mlp
