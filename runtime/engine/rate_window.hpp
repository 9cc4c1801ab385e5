// How much of a limit the last minute used: a sliding-window counter.
#pragma once

#include <atomic>
#include <cstdint>

namespace mlp::engine {

/// The count of the current window and that of the one before, weighted by the part of it that the
/// sliding window still covers: cur + prev * (1 - elapsed / window), which assumes that the events
/// of the window before were spread evenly over it.
///
/// Thread-safe and lock-free; a count that meets the turn of a window may land in either.
class RateWindow {
 public:
  explicit RateWindow(std::int64_t window_us = 60'000'000) : window_us_(window_us) {}

  /// `units` may be negative: a correction of what was added before. Instants are microseconds of
  /// one monotonic clock, 0 or more.
  void Add(std::int64_t units, std::int64_t now_us) noexcept;
  /// Units in the window that ends now, at least 0.
  [[nodiscard]] std::int64_t Sum(std::int64_t now_us) const noexcept;

 private:
  void Turn(std::int64_t window) noexcept;

  const std::int64_t window_us_;
  std::atomic<std::int64_t> current_{0};  ///< the window's number
  std::atomic<std::int64_t> count_{0};
  std::atomic<std::int64_t> before_{0};
};

}  // namespace mlp::engine
