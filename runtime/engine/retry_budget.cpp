#include "runtime/engine/retry_budget.hpp"

#include <algorithm>

namespace mlp::engine {

bool RetryBudget::Take(std::int64_t now_us) noexcept {
  std::int64_t since_us = earned_us_.load(std::memory_order_relaxed);
  // A token per second is a millionth of one per microsecond.
  if (now_us > since_us &&
      earned_us_.compare_exchange_strong(since_us, now_us, std::memory_order_relaxed)) {
    const std::int64_t most_us = tokens_.most_ppm();  // more than it holds for any rate
    tokens_.Earn(std::min(now_us - since_us, most_us) * rules_.per_second);
  }
  const bool granted = tokens_.Take();
  (granted ? granted_ : refused_).fetch_add(1, std::memory_order_relaxed);
  return granted;
}

}  // namespace mlp::engine
