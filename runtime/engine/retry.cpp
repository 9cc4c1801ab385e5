#include "runtime/engine/retry.hpp"

#include <algorithm>
#include <cmath>

namespace mlp::engine {

std::int64_t BackoffMs(std::int64_t base_ms, std::int64_t cap_ms, std::uint32_t retries,
                       double uniform) {
  const double ceiling =
      std::min(static_cast<double>(cap_ms),
               std::ldexp(static_cast<double>(base_ms), static_cast<int>(retries)));
  return static_cast<std::int64_t>(ceiling * uniform);
}

NextStep AfterFailure(const RoutePlan& route, const ProviderReply& failure, const ChainState& state,
                      double uniform) {
  const Action action = route.actions[static_cast<std::size_t>(failure.error_class)];
  if (action == Action::kStop) return {NextStep::Kind::kStop, 0};

  const bool again = action == Action::kRetry && !state.closed_off && !failure.never_fits &&
                     failure.should_retry.value_or(true);
  if ((again || state.other_key) && state.retries_made < route.retries &&
      state.attempts_made + 1 + state.later_candidates <= route.attempts &&
      (state.other_key || failure.retry_after_ms <= kMostRetryAfterMs)) {
    const std::int64_t jitter =
        BackoffMs(route.backoff_base_ms, route.backoff_cap_ms, state.retries_made, uniform);
    const std::int64_t wait = state.other_key ? 0 : std::max(jitter, failure.retry_after_ms);
    const std::int64_t needed =
        wait + state.attempt_ms * (1 + static_cast<std::int64_t>(state.later_candidates));
    if (needed <= state.remaining_ms) return {NextStep::Kind::kRetry, wait};
  }
  if (state.later_candidates > 0 && state.attempts_made < route.attempts) {
    return {NextStep::Kind::kNextCandidate, 0};
  }
  return {NextStep::Kind::kStop, 0};
}

NextStep AfterLimit(const RoutePlan& route, const LimitRefusal& refusal, const ChainState& state) {
  const Action action = route.actions[static_cast<std::size_t>(ErrorClass::kRateLimited)];
  if (action == Action::kStop) return {NextStep::Kind::kStop, 0};
  if (action == Action::kRetry && refusal.waits && refusal.wait_ms <= kMostRetryAfterMs &&
      refusal.waited_ms + refusal.wait_ms <= kMostRetryAfterMs) {
    const std::int64_t needed =
        refusal.wait_ms +
        state.attempt_ms * (1 + static_cast<std::int64_t>(state.later_candidates));
    if (needed <= state.remaining_ms) return {NextStep::Kind::kRetry, refusal.wait_ms};
  }
  if (state.later_candidates > 0) return {NextStep::Kind::kNextCandidate, 0};
  return {NextStep::Kind::kStop, 0};
}

}  // namespace mlp::engine
