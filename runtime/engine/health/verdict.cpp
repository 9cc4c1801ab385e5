#include "runtime/engine/health/verdict.hpp"

namespace mlp::engine {

Verdict JudgeEnd(ErrorClass error_class, std::int64_t retry_after_ms, bool of_this_alone) noexcept {
  constexpr Outcome kSuccess = Outcome::kSuccess;
  constexpr Outcome kFailure = Outcome::kFailure;
  constexpr Outcome kExcluded = Outcome::kExcluded;
  switch (error_class) {
    case ErrorClass::kNone:
      return {kSuccess, kSuccess, false, false, true};
    case ErrorClass::kAuth:
      if (of_this_alone) return {kExcluded, kExcluded, false, true, true};
      return {kFailure, kFailure, false, true, true};
    case ErrorClass::kConnection:
      return {kFailure, kFailure, false, true, true};
    case ErrorClass::kTimeout:
      return {kFailure, kExcluded, false, true, true};
    case ErrorClass::kServerError:
    case ErrorClass::kOverloaded:
      if (retry_after_ms > 0) return {kExcluded, kSuccess, true, true, true};
      return {kFailure, kSuccess, false, true, true};
    case ErrorClass::kMalformedResponse:
    case ErrorClass::kModelNotFound:
      return {kFailure, kSuccess, false, true, true};
    case ErrorClass::kRateLimited:
      return {kExcluded, kSuccess, !of_this_alone, true, true};
    case ErrorClass::kQuotaExhausted:
      return {kExcluded, kExcluded, !of_this_alone, true, true};
    case ErrorClass::kCancelled:
      return {kExcluded, kExcluded, false, false, false};
    case ErrorClass::kInvalidRequest:
    case ErrorClass::kContextLength:
    case ErrorClass::kContentFilter:
    case ErrorClass::kRefused:
    case ErrorClass::kLowQuality:
    case ErrorClass::kBudgetExhausted:
    case ErrorClass::kDeadlineExceeded:
    case ErrorClass::kNoRoute:
    case ErrorClass::kNoCandidate:
      break;
  }
  return {};
}

}  // namespace mlp::engine
