// A circuit breaker: closes off what fails, tries it again after a while, and lets it come back
// slowly. A pure state machine: the clock and the random bits are passed in.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mlp/health.hpp"
#include "runtime/engine/health/sliding_ring.hpp"

namespace mlp::engine {

/// What the end of an attempt says of what it was asked of.
enum class Outcome : std::uint8_t {
  kSuccess,
  kFailure,
  kExcluded,  ///< nothing: the caller's own fault, or a throttle
};

/// Not thread-safe. Times are microseconds of one steady clock; `random` is 64 random bits.
///
/// Closed: all are admitted. It opens once Wilson's lower bound (95%) of the share of failures
/// passes rules.most_failures with at least rules.least_calls ends in the window, or after
/// rules.consecutive failures in a row. Open: none is admitted for U(0, min(cap, base * 2^k)) (full
/// jitter, AWS, "Exponential Backoff And Jitter"); k is 0 where it was closed for twice its last
/// open time before, else one more. Half-open: one at a time, of whom rules.probes must succeed in
/// a row; a failure, or one whose lease expires, opens it again. Then closed, with a share admitted
/// that grows over rules.slow_start_ms.
///
/// Each change of state is a new generation; what was admitted in an older one changes nothing.
class Breaker {
 public:
  explicit Breaker(const BreakerRules& rules) : rules_(rules), ends_(rules.window_ms * 1'000) {}

  struct Permit {
    bool admitted = false;
    bool probe = false;   ///< holds the one lease of the half-open state
    bool forced = false;  ///< admitted although closed off: only its success counts
    std::uint32_t generation = 0;
  };
  /// `lease_us`: how long a probe may take at most.
  [[nodiscard]] Permit Admit(std::int64_t now_us, std::int64_t lease_us, std::uint64_t random);
  /// Admits where there is nobody else: whatever the state.
  [[nodiscard]] Permit Force() const { return {true, false, true, generation_}; }

  /// The end of what was admitted; once for each permit.
  void Report(const Permit& permit, Outcome outcome, std::int64_t now_us, std::uint64_t random);

  /// What time alone changes: the end of the open state, a lease that expires.
  void Advance(std::int64_t now_us, std::uint64_t random);

  [[nodiscard]] BreakerState state() const { return state_; }
  /// Whether somebody may be admitted now: closed, or half-open with the lease free.
  [[nodiscard]] bool up() const {
    return state_ == BreakerState::kClosed || (state_ == BreakerState::kHalfOpen && !probe_out_);
  }
  [[nodiscard]] std::uint32_t generation() const { return generation_; }
  [[nodiscard]] std::int64_t since_us() const { return since_us_; }
  /// When the open state ends; of the last one in other states.
  [[nodiscard]] std::int64_t open_until_us() const { return open_until_us_; }
  /// How many of all are admitted: 1, or less in a slow start.
  [[nodiscard]] double Share(std::int64_t now_us) const;
  /// Whether time alone may still change something.
  [[nodiscard]] bool settled(std::int64_t now_us) const {
    return state_ == BreakerState::kClosed && Share(now_us) >= 1;
  }

  /// Why it opened last.
  struct Trip {
    std::uint32_t failures = 0;
    std::uint32_t ends = 0;
    bool in_a_row = false;
    bool as_probe = false;  ///< a probe of the half-open state failed
    bool expired = false;   ///< or did not come back
  };
  [[nodiscard]] const Trip& trip() const { return trip_; }

 private:
  struct Ends {
    std::uint32_t all = 0;
    std::uint32_t failures = 0;
    void Clear() { *this = {}; }
  };
  void Enter(BreakerState state, std::int64_t now_us);
  void Open(std::int64_t now_us, std::uint64_t random);
  void EndInClosed(bool failed, std::int64_t now_us, std::uint64_t random);

  BreakerRules rules_;
  BreakerState state_ = BreakerState::kClosed;
  std::uint32_t generation_ = 0;
  std::int64_t since_us_ = 0;
  SlidingRing<Ends, 30> ends_;
  std::uint32_t in_a_row_ = 0;  // failures when closed, successes when half-open
  std::uint32_t exponent_ = 0;  // k of the last open state
  std::int64_t open_us_ = -1;   // the length of the last open state; -1: never open
  std::int64_t open_until_us_ = 0;
  bool probe_out_ = false;
  std::int64_t lease_until_us_ = 0;
  Trip trip_;
};

}  // namespace mlp::engine
