// Tokens that are earned in small parts and spent whole: what is allowed as a share of something
// else.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace mlp::engine {

/// Thread-safe and lock-free.
class TokenBucket {
 public:
  /// Holds so many tokens at most, and as many at first.
  TokenBucket(std::uint32_t most, std::uint32_t first) noexcept
      : most_ppm_(most * kToken), ppm_(std::min(most, first) * kToken) {}

  /// Millionths of a token.
  void Earn(std::int64_t ppm) noexcept {
    std::int64_t known = ppm_.load(std::memory_order_relaxed);
    while (known < most_ppm_ && !ppm_.compare_exchange_weak(known, std::min(most_ppm_, known + ppm),
                                                            std::memory_order_relaxed)) {
    }
  }
  [[nodiscard]] bool Take() noexcept {
    std::int64_t known = ppm_.load(std::memory_order_relaxed);
    while (known >= kToken) {
      if (ppm_.compare_exchange_weak(known, known - kToken, std::memory_order_relaxed)) return true;
    }
    return false;
  }
  void GiveBack() noexcept { Earn(kToken); }
  [[nodiscard]] std::int64_t most_ppm() const noexcept { return most_ppm_; }

 private:
  static constexpr std::int64_t kToken = 1'000'000;
  const std::int64_t most_ppm_;
  std::atomic<std::int64_t> ppm_;
};

}  // namespace mlp::engine
