#include "runtime/engine/rate_window.hpp"

#include <algorithm>

#include "runtime/core/wide.hpp"

namespace mlp::engine {

void RateWindow::Turn(std::int64_t window) noexcept {
  std::int64_t known = current_.load(std::memory_order_acquire);
  while (known < window) {
    if (!current_.compare_exchange_weak(known, window, std::memory_order_acq_rel)) continue;
    const std::int64_t last = count_.exchange(0, std::memory_order_relaxed);
    before_.store(window == known + 1 ? last : 0, std::memory_order_relaxed);
    return;
  }
}

void RateWindow::Add(std::int64_t units, std::int64_t now_us) noexcept {
  Turn(now_us / window_us_);
  count_.fetch_add(units, std::memory_order_relaxed);
}

std::int64_t RateWindow::Sum(std::int64_t now_us) const noexcept {
  const std::int64_t window = now_us / window_us_;
  const std::int64_t known = current_.load(std::memory_order_acquire);
  const std::int64_t count = count_.load(std::memory_order_relaxed);
  std::int64_t now = 0;
  std::int64_t before = 0;
  if (known >= window) {
    now = count;
    before = before_.load(std::memory_order_relaxed);
  } else if (known == window - 1) {
    before = count;
  }
  const std::int64_t left_us = window_us_ - now_us % window_us_;
  const UInt128 weighted = UInt128{static_cast<std::uint64_t>(std::max<std::int64_t>(before, 0))} *
                           static_cast<std::uint64_t>(left_us) /
                           static_cast<std::uint64_t>(window_us_);
  return std::max<std::int64_t>(now + static_cast<std::int64_t>(weighted), 0);
}

}  // namespace mlp::engine
