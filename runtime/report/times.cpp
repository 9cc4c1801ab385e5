#include "runtime/report/times.hpp"

#include <algorithm>

namespace mlp {
namespace {

std::int64_t NearestRank(const std::vector<std::int64_t>& sorted, std::size_t percent) {
  return sorted.empty() ? 0 : sorted[(sorted.size() * percent + 99) / 100 - 1];
}

}  // namespace

Quantiles Times::Finish() {
  if (histogram_.count() == 0) {
    std::sort(samples_.begin(), samples_.end());
    return {static_cast<std::int64_t>(samples_.size()), NearestRank(samples_, 50),
            NearestRank(samples_, 95), NearestRank(samples_, 99)};
  }
  for (const std::int64_t sample : samples_) histogram_.Add(sample);
  samples_.clear();
  return {static_cast<std::int64_t>(histogram_.count()), histogram_.Quantile(0.50).value_or(0),
          histogram_.Quantile(0.95).value_or(0), histogram_.Quantile(0.99).value_or(0)};
}

}  // namespace mlp
