#include "runtime/report/quantiles.hpp"

#include <algorithm>

namespace mlp {
namespace {

std::int64_t NearestRank(const std::vector<std::int64_t>& sorted, std::size_t percent) {
  return sorted.empty() ? 0 : sorted[(sorted.size() * percent + 99) / 100 - 1];
}

}  // namespace

Quantiles MakeQuantiles(std::vector<std::int64_t>& samples) {
  std::sort(samples.begin(), samples.end());
  return {static_cast<std::int64_t>(samples.size()), NearestRank(samples, 50),
          NearestRank(samples, 95), NearestRank(samples, 99)};
}

bool IsFromCache(const CallRecord& call) {
  return call.outcome == ErrorClass::kNone && call.attempts.empty() &&
         call.cache != CacheUse::kNone && call.cache != CacheUse::kMiss;
}

const AttemptRecord* FindAnswer(const CallRecord& call) {
  if (call.outcome != ErrorClass::kNone) return nullptr;
  const auto last = std::find_if(
      call.attempts.rbegin(), call.attempts.rend(),
      [](const AttemptRecord& attempt) { return attempt.error_class == ErrorClass::kNone; });
  return last == call.attempts.rend() ? nullptr : &*last;
}

}  // namespace mlp
