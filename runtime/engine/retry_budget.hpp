// How many attempts a client may repeat, so that those who ask again do not keep down whom too many
// ask.
#pragma once

#include <atomic>
#include <cstdint>

#include "mlp/client.hpp"
#include "runtime/engine/token_bucket.hpp"

namespace mlp::engine {

/// Retries and hedges of all calls of a client under one policy. A token bucket: each call earns a
/// share of a token, each second further ones, each repetition spends one; so at most share * calls
/// + per_second * seconds + at_once. Thread-safe and lock-free. Instants are microseconds of one
/// monotonic clock.
class RetryBudget {
 public:
  RetryBudget(const RetryRules& rules, std::int64_t now_us) noexcept
      : rules_(rules), tokens_(rules.at_once, rules.at_once), earned_us_(now_us) {}

  /// A call makes its first attempt.
  void CountCall() noexcept { tokens_.Earn(rules_.share_ppm); }
  /// Whether an attempt may be repeated now; counted either way.
  [[nodiscard]] bool Take(std::int64_t now_us) noexcept;
  /// It was not repeated after all.
  void GiveBack() noexcept { tokens_.GiveBack(); }

  [[nodiscard]] std::uint64_t granted() const noexcept {
    return granted_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t refused() const noexcept {
    return refused_.load(std::memory_order_relaxed);
  }

 private:
  const RetryRules rules_;
  TokenBucket tokens_;
  std::atomic<std::int64_t> earned_us_;  ///< what time earns was added up to here
  std::atomic<std::uint64_t> granted_{0};
  std::atomic<std::uint64_t> refused_{0};
};

}  // namespace mlp::engine
