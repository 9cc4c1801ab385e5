// Sparing a provider that says "too many": adaptive throttling, and a pause where it names one.
#pragma once

#include <cstdint>

#include "mlp/health.hpp"
#include "runtime/engine/health/sliding_ring.hpp"

namespace mlp::engine {

/// Google's SRE book, "Handling Overload": of the requests of the window, counted when they start,
/// a new one is held back with the chance max(0, (requests - K * accepts) / (requests + 1)). What
/// is held back counts as a request, so that a trickle always gets through. A request under way
/// counts as accepted until it is refused: calls of a minute would otherwise throttle themselves.
///
/// Not thread-safe; microseconds of one steady clock.
class Throttle {
 public:
  explicit Throttle(const ThrottleRules& rules) : rules_(rules), ring_(rules.window_ms * 1'000) {}

  /// Counts a request and says whether it may go; `random` is 64 random bits.
  [[nodiscard]] bool Admit(std::int64_t now_us, std::uint64_t random);
  /// A request that started at `started_us` was refused as one too many; `retry_after_ms` is how
  /// long to stay away, -1 where that was not said.
  void Refused(std::int64_t started_us, std::int64_t now_us, std::int64_t retry_after_ms);

  /// The chance that the next request is held back.
  [[nodiscard]] double HeldBack(std::int64_t now_us);
  [[nodiscard]] bool cooling(std::int64_t now_us) const { return now_us < cool_until_us_; }
  /// 0: it never asked.
  [[nodiscard]] std::int64_t cool_until_us() const { return cool_until_us_; }

 private:
  struct Counts {
    std::uint32_t requests = 0;
    std::uint32_t refused = 0;  // by the provider or here
    void Clear() { *this = {}; }
  };
  ThrottleRules rules_;
  SlidingRing<Counts, 60> ring_;
  Counts total_;
  std::int64_t cool_until_us_ = 0;
};

}  // namespace mlp::engine
