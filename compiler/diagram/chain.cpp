#include "compiler/diagram/chain.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <limits>
#include <vector>

namespace mlp::compiler {
namespace {

std::int64_t Add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::int64_t>::max() : sum;
}

}  // namespace

std::int64_t WorstChainCost(std::span<const std::int64_t> costs_pico, std::uint32_t retries,
                            std::uint32_t attempts) {
  const std::size_t tried = std::min<std::size_t>(costs_pico.size(), attempts);
  std::vector<std::int64_t> costs(costs_pico.begin(),
                                  costs_pico.begin() + static_cast<std::ptrdiff_t>(tried));
  std::int64_t sum = 0;
  for (const std::int64_t cost : costs) {
    if (cost < 0) return -1;
    sum = Add(sum, cost);
  }
  // With more candidates than attempts no retry keeps one for each later candidate, until the last
  // ones are near: then none is left. Otherwise what is over goes to the dearest.
  if (costs_pico.size() > attempts) return sum;
  std::size_t over = attempts - tried;
  std::sort(costs.begin(), costs.end(), std::greater<>());
  for (const std::int64_t cost : costs) {
    for (std::uint32_t retry = 0; retry < retries && over > 0; ++retry, --over)
      sum = Add(sum, cost);
  }
  return sum;
}

ChainLimits LimitsOf(const RouteModel& route) {
  return {route.retries + (route.hedge_percentile != 0 ? 1U : 0U), route.attempts,
          route.call_cost_pico};
}

std::uint32_t MostAttempts(std::size_t candidates, const ChainLimits& limits) {
  if (candidates >= limits.attempts) return limits.attempts;
  const std::size_t all = candidates * (std::size_t{1} + limits.retries);
  return static_cast<std::uint32_t>(std::min<std::size_t>(all, limits.attempts));
}

std::int64_t WorstCallCost(std::span<const std::int64_t> costs_pico, const ChainLimits& limits) {
  if (limits.cost_pico == kUnlimited) {
    return WorstChainCost(costs_pico, limits.retries, limits.attempts);
  }
  std::vector<std::int64_t> costs(costs_pico.begin(), costs_pico.end());
  for (std::int64_t& cost : costs) cost = std::max<std::int64_t>(cost, 0);
  return std::min(limits.cost_pico, WorstChainCost(costs, limits.retries, limits.attempts));
}

std::int64_t WorstCallTimeMs(const PolicyModel& model, const RouteModel& route,
                             std::span<const Index> candidates) {
  constexpr std::int64_t kMostRetryAfterMs = 120'000;  // as runtime/engine/retry.hpp
  const std::int64_t deadline = route.deadline_ms > 0 ? route.deadline_ms : kUnlimited;
  const bool waits_for_limits =
      route.actions[static_cast<std::size_t>(ErrorClass::kRateLimited)] == Action::kRetry;
  const std::size_t tried = std::min<std::size_t>(candidates.size(), route.attempts);
  const std::size_t over = candidates.size() > route.attempts ? 0 : route.attempts - tried;
  // The longest with so many retries over the candidates so far.
  std::vector<std::int64_t> longest(over + 1, 0);
  for (std::size_t i = 0; i < tried; ++i) {
    const CandidateModel& candidate = model.candidates[candidates[i]];
    const bool limited = candidate.requests_per_minute > 0 || candidate.tokens_per_minute > 0;
    std::int64_t attempt = model.providers[candidate.provider].total_ms;
    if (route.attempt_ms > 0) {
      attempt = attempt > 0 ? std::min(attempt, route.attempt_ms) : route.attempt_ms;
    }
    if (attempt <= 0) return deadline;
    std::vector<std::int64_t> next(over + 1, 0);
    for (std::size_t before = 0; before <= over; ++before) {
      std::int64_t time = Add(longest[before], attempt);
      if (limited && waits_for_limits) time = Add(time, kMostRetryAfterMs);
      std::int64_t backoff = route.backoff_base_ms;
      for (std::size_t own = 0; before + own <= over; ++own) {
        next[before + own] = std::max(next[before + own], time);
        if (own == route.retries) break;
        time = Add(time, Add(attempt,
                             std::max(kMostRetryAfterMs, std::min(backoff, route.backoff_cap_ms))));
        backoff = Add(backoff, backoff);
      }
    }
    longest = std::move(next);
  }
  return std::min(deadline, *std::max_element(longest.begin(), longest.end()));
}

}  // namespace mlp::compiler
