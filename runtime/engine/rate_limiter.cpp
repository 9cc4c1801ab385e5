#include "runtime/engine/rate_limiter.hpp"

#include <algorithm>

#include "runtime/core/wide.hpp"

namespace mlp::engine {
namespace {

constexpr std::int64_t kNanosPerMicro = 1'000;

}  // namespace

RateLimiter::RateLimiter(RateLimit limit)
    : limit_(limit),
      tolerance_ns_(NanosOf(limit.burst > 0 ? limit.burst : limit.count, Rounding::kUp)) {}

// Saturates. What is taken is rounded up, what comes back down: so a limit is
// never passed.
std::int64_t RateLimiter::NanosOf(std::int64_t units, Rounding rounding) const noexcept {
  if (limit_.count <= 0 || units <= 0) return 0;
  const auto count = static_cast<std::uint64_t>(limit_.count);
  const UInt128 total = UInt128{static_cast<std::uint64_t>(units)} *
                        static_cast<std::uint64_t>(limit_.period_us) *
                        static_cast<std::uint64_t>(kNanosPerMicro);
  const UInt128 nanos = (total + (rounding == Rounding::kUp ? count - 1 : 0)) / count;
  return static_cast<std::int64_t>(std::min<UInt128>(nanos, INT64_MAX / 4));
}

RateLimiter::Answer RateLimiter::AnswerAt(std::int64_t arrival_ns,
                                          std::int64_t now_ns) const noexcept {
  Answer answer;
  const std::int64_t used = std::max<std::int64_t>(arrival_ns - now_ns, 0);
  const std::int64_t free = std::max<std::int64_t>(tolerance_ns_ - used, 0);
  const std::uint64_t period_ns =
      static_cast<std::uint64_t>(limit_.period_us) * static_cast<std::uint64_t>(kNanosPerMicro);
  const UInt128 units = UInt128{static_cast<std::uint64_t>(free)} *
                        static_cast<std::uint64_t>(limit_.count) / period_ns;
  answer.remaining = static_cast<std::int64_t>(units);
  answer.reset_after_us = (used + kNanosPerMicro - 1) / kNanosPerMicro;
  return answer;
}

RateLimiter::Answer RateLimiter::Take(std::int64_t units, std::int64_t now_us,
                                      std::int64_t keep) noexcept {
  if (limit_.count <= 0) return {true, INT64_MAX, 0, 0};
  const std::int64_t now_ns = now_us * kNanosPerMicro;
  const std::int64_t cost = NanosOf(units, Rounding::kUp);
  const std::int64_t tolerance_ns = tolerance_ns_ - NanosOf(keep, Rounding::kUp);
  std::int64_t arrival = arrival_ns_.load(std::memory_order_relaxed);
  for (;;) {
    const std::int64_t next = std::max(arrival, now_ns) + cost;
    const std::int64_t early = next - tolerance_ns - now_ns;
    if (early > 0) {
      Answer answer = AnswerAt(arrival, now_ns);
      answer.allowed = false;
      answer.retry_after_us =
          cost > tolerance_ns ? INT64_MAX : (early + kNanosPerMicro - 1) / kNanosPerMicro;
      return answer;
    }
    if (arrival_ns_.compare_exchange_weak(arrival, next, std::memory_order_relaxed)) {
      return AnswerAt(next, now_ns);
    }
  }
}

void RateLimiter::GiveBack(std::int64_t units) noexcept {
  arrival_ns_.fetch_sub(NanosOf(units, Rounding::kDown), std::memory_order_relaxed);
}

void RateLimiter::Charge(std::int64_t units, std::int64_t now_us) noexcept {
  const std::int64_t cost = NanosOf(units, Rounding::kUp);
  std::int64_t arrival = arrival_ns_.load(std::memory_order_relaxed);
  while (!arrival_ns_.compare_exchange_weak(
      arrival, std::max(arrival, now_us * kNanosPerMicro) + cost, std::memory_order_relaxed)) {
  }
}

void RateLimiter::RaiseTo(std::int64_t least_ns) noexcept {
  std::int64_t arrival = arrival_ns_.load(std::memory_order_relaxed);
  while (arrival < least_ns &&
         !arrival_ns_.compare_exchange_weak(arrival, least_ns, std::memory_order_relaxed)) {
  }
}

void RateLimiter::AtMost(std::int64_t remaining, std::int64_t now_us) noexcept {
  if (limit_.count <= 0) return;
  RaiseTo(now_us * kNanosPerMicro + tolerance_ns_ - NanosOf(remaining, Rounding::kDown));
}

void RateLimiter::NotBefore(std::int64_t until_us) noexcept {
  if (limit_.count <= 0) return;
  until_us = std::min(until_us, INT64_MAX / 4 / kNanosPerMicro);
  RaiseTo(until_us * kNanosPerMicro + tolerance_ns_ - NanosOf(1, Rounding::kUp));
}

void RateLimiter::Continue(const RateLimiter& before, std::int64_t now_us) noexcept {
  if (limit_.count <= 0 || before.limit_.count <= 0) return;
  const std::int64_t now_ns = now_us * kNanosPerMicro;
  const std::int64_t used_ns = before.arrival_ns_.load(std::memory_order_relaxed) - now_ns;
  if (used_ns <= 0) return;
  // A unit takes period / count of time.
  const auto wide = [](std::int64_t value) { return static_cast<std::uint64_t>(value); };
  const UInt128 own_ns = UInt128{wide(used_ns)} * wide(before.limit_.count) / wide(limit_.count) *
                         wide(limit_.period_us) / wide(before.limit_.period_us);
  RaiseTo(now_ns + static_cast<std::int64_t>(std::min<UInt128>(own_ns, INT64_MAX / 4)));
}

RateLimiter::Answer RateLimiter::Look(std::int64_t now_us) const noexcept {
  if (limit_.count <= 0) return {true, INT64_MAX, 0, 0};
  return AnswerAt(arrival_ns_.load(std::memory_order_relaxed), now_us * kNanosPerMicro);
}

}  // namespace mlp::engine
