// Money that calls on several threads may spend together, and never more.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace mlp::tools {

/// Thread-safe.
class Purse {
 public:
  explicit Purse(std::int64_t most_pico) : most_(most_pico) {}

  /// Takes the worst case of a call; false where it would not fit even once all calls under way
  /// have ended. Waits while that is not known.
  [[nodiscard]] bool Reserve(std::int64_t worst_pico);
  /// Ends a reservation with what the call cost.
  void Settle(std::int64_t worst_pico, std::int64_t cost_pico);

  [[nodiscard]] std::int64_t spent() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable settled_;
  std::int64_t most_;
  std::int64_t spent_ = 0;
  std::int64_t reserved_ = 0;
};

}  // namespace mlp::tools
