// A limit of so many units per minute, kept by the generic cell rate algorithm (GCRA, ITU-T I.371):
// one theoretical arrival time instead of a window, so that there is no burst at a minute's turn.
#pragma once

#include <atomic>
#include <cstdint>

namespace mlp::engine {

/// What a limit allows: `count` units in `period_us`, at most `burst` of them at one instant.
struct RateLimit {
  std::int64_t count = 0;  ///< 0: no limit
  std::int64_t period_us = 60'000'000;
  std::int64_t burst = 0;  ///< 0: as many as `count`, like the providers' own buckets
};

/// Thread-safe and lock-free. Instants are microseconds of one monotonic clock, 0 or more.
class RateLimiter {
 public:
  explicit RateLimiter(RateLimit limit);

  struct Answer {
    bool allowed = true;
    std::int64_t remaining = 0;  ///< units that would pass at once now; without a limit INT64_MAX
    std::int64_t retry_after_us = 0;  ///< 0 where allowed; INT64_MAX where no wait helps
    std::int64_t reset_after_us = 0;  ///< until all units are there again
  };
  /// Takes so many units, or none of them where they do not pass now, leaving `keep` others that
  /// would.
  Answer Take(std::int64_t units, std::int64_t now_us, std::int64_t keep = 0) noexcept;
  /// Gives back what was taken and not used; what has recovered since stays recovered.
  void GiveBack(std::int64_t units) noexcept;
  /// Takes units that were used beyond what was taken; never refuses.
  void Charge(std::int64_t units, std::int64_t now_us) noexcept;
  /// What the provider says is left, where that is less than what we counted: somebody else uses
  /// the same limit.
  void AtMost(std::int64_t remaining, std::int64_t now_us) noexcept;
  /// Nothing passes before `until_us` (73 years at most): the provider said when to come back.
  void NotBefore(std::int64_t until_us) noexcept;
  /// Begins with the units that another limit counts as used, however many it allows.
  void Continue(const RateLimiter& before, std::int64_t now_us) noexcept;
  /// What would be left, taking nothing.
  [[nodiscard]] Answer Look(std::int64_t now_us) const noexcept;

 private:
  enum class Rounding : std::uint8_t { kUp, kDown };
  [[nodiscard]] std::int64_t NanosOf(std::int64_t units, Rounding rounding) const noexcept;
  void RaiseTo(std::int64_t least_ns) noexcept;
  [[nodiscard]] Answer AnswerAt(std::int64_t arrival_ns, std::int64_t now_ns) const noexcept;

  const RateLimit limit_;
  const std::int64_t tolerance_ns_;
  std::atomic<std::int64_t> arrival_ns_{0};  ///< the theoretical arrival time
};

}  // namespace mlp::engine
