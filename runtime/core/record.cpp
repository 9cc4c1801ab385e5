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
    case AttemptKind::kVectors:
      return "vectors";
  }
  return "first";
}

std::string_view ToString(CacheUse use) noexcept {
  switch (use) {
    case CacheUse::kNone:
      return "none";
    case CacheUse::kMiss:
      return "miss";
    case CacheUse::kHit:
      return "hit";
    case CacheUse::kShared:
      return "shared";
    case CacheUse::kSimilar:
      return "similar";
  }
  return "none";
}

}  // namespace mlp
