// The rate limits of a policy's models: what a call takes before it is sent and gives back after.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "mlp/client.hpp"
#include "mlp/tables.hpp"
#include "runtime/engine/exchange.hpp"

namespace mlp::engine {

/// Requests and tokens of the last minute per model that really runs: models of one provider that
/// ask for the same id with the same limits share them, as variants do. Thread-safe and lock-free.
/// Instants are microseconds of one monotonic clock.
class ModelLimits {
 public:
  /// Models that run under `before` too, by provider and id, share its state where their limits are
  /// the same, and begin with what it counted as used where they changed.
  /// `most_pause_ms`: a longer Retry-After is cut to it.
  explicit ModelLimits(const Tables& tables, const ModelLimits* before = nullptr,
                       std::int64_t now_us = 0,
                       std::int64_t most_pause_ms = ThrottleRules{}.most_cooldown_ms);
  ModelLimits(const ModelLimits&) = delete;
  ModelLimits& operator=(const ModelLimits&) = delete;
  ~ModelLimits();

  [[nodiscard]] bool Has(std::uint16_t model) const noexcept { return by_model_[model] != nullptr; }

  /// What an attempt took; the answer to Take.
  struct Ticket {
    bool granted = true;
    /// Of a refusal: until it may pass; INT64_MAX where it never can, being larger than the limit.
    std::int64_t wait_us = 0;
    /// Of a refusal: what ran out, in words for the record.
    std::string_view refused_by = {};
    /// Refused for the sake of those who have no other candidate (`slow at`): no wait is due.
    bool slow = false;
    std::int64_t tokens = 0;  ///< taken
  };
  /// Takes a request and so many tokens (its input and the most output), or nothing. From the
  /// model's `slow at` share of a limit on, measured over the last minute, who `has_others` is
  /// refused, but for kHigh. kLow leaves a tenth of each limit.
  [[nodiscard]] Ticket Take(std::uint16_t model, std::int64_t tokens, bool has_others,
                            Priority priority, std::int64_t now_us) noexcept;

  /// How the attempt of a granted ticket ended: tokens are corrected to what was used (all are
  /// kept where that is unknown and something may have been), and limits are lowered to what the
  /// headers say is left, and until when to stay away. `one_key`: the headers are about all that
  /// the provider gives us.
  void Settle(std::uint16_t model, const Ticket& ticket, const ExchangeEnd& end, bool one_key,
              std::int64_t now_us) noexcept;
  /// An attempt that was not made after all.
  void GiveBack(std::uint16_t model, const Ticket& ticket, std::int64_t now_us) noexcept;

 private:
  struct Bucket;
  [[nodiscard]] std::shared_ptr<Bucket> Continue(const Model& model, std::string_view provider,
                                                 std::int64_t now_us) const;
  const std::int64_t most_pause_ms_;
  std::vector<std::shared_ptr<Bucket>> buckets_;
  std::vector<Bucket*> by_model_;  ///< null: no limit
  std::vector<bool> free_cache_reads_;
};

}  // namespace mlp::engine
