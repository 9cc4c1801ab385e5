// What the compiler cannot know, as words that a control loop writes and decisions read: the
// current date root, which models are up, which live conditions hold, the order of live groups, the
// share of each rollout.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "mlp/tables.hpp"

namespace mlp {

/// Sized for one Tables at construction, never resized; every member function is thread-safe and
/// lock-free. A fresh state has root 0, every model up, every live condition true, groups in table
/// order, each rollout at the share of its first step, and experiments running.
class LiveState {
 public:
  explicit LiveState(const Tables& tables);
  LiveState(const LiveState&) = delete;
  LiveState& operator=(const LiveState&) = delete;

  [[nodiscard]] std::uint32_t root() const noexcept {
    return root_.load(std::memory_order_relaxed);
  }
  void set_root(std::uint32_t root) noexcept { root_.store(root, std::memory_order_relaxed); }

  [[nodiscard]] bool model_up(std::uint16_t model) const noexcept { return Bit(up_.get(), model); }
  void set_model_up(std::uint16_t model, bool up) noexcept { SetBit(up_.get(), model, up); }

  [[nodiscard]] bool condition(std::uint16_t index) const noexcept {
    return Bit(conditions_.get(), index);
  }
  void set_condition(std::uint16_t index, bool holds) noexcept {
    SetBit(conditions_.get(), index, holds);
  }

  /// Sixteen 4-bit member numbers, the first in the lowest bits.
  [[nodiscard]] std::uint64_t order(std::uint16_t index) const noexcept {
    return orders_[index].load(std::memory_order_relaxed);
  }
  void set_order(std::uint16_t index, std::uint64_t members) noexcept {
    orders_[index].store(members, std::memory_order_relaxed);
  }

  [[nodiscard]] std::uint32_t share_ppm(std::uint16_t rollout) const noexcept {
    return shares_[rollout].load(std::memory_order_relaxed);
  }
  void set_share_ppm(std::uint16_t rollout, std::uint32_t share) noexcept {
    shares_[rollout].store(share, std::memory_order_relaxed);
  }

  [[nodiscard]] bool experiment_runs(std::uint16_t experiment) const noexcept {
    return Bit(experiments_.get(), experiment);
  }
  void set_experiment_runs(std::uint16_t experiment, bool runs) noexcept {
    SetBit(experiments_.get(), experiment, runs);
  }

  /// RoutePlan::output_cap, never changed. All caps side by side take a small part of the plans'
  /// room: at 10,000 routes, reading it from the plan cost a decision 10 to 30 ns in cache misses
  /// (2-core EPYC, 2026-11-21).
  [[nodiscard]] std::uint32_t output_cap(std::uint16_t route) const noexcept {
    return output_caps_[route];
  }

 private:
  using Word = std::atomic<std::uint64_t>;
  static bool Bit(const Word* words, std::uint32_t index) noexcept {
    return ((words[index / 64].load(std::memory_order_relaxed) >> (index % 64)) & 1U) != 0;
  }
  static void SetBit(Word* words, std::uint32_t index, bool value) noexcept {
    const std::uint64_t mask = std::uint64_t{1} << (index % 64);
    if (value) {
      words[index / 64].fetch_or(mask, std::memory_order_relaxed);
    } else {
      words[index / 64].fetch_and(~mask, std::memory_order_relaxed);
    }
  }

  std::atomic<std::uint32_t> root_{0};
  std::unique_ptr<Word[]> up_;
  std::unique_ptr<Word[]> conditions_;
  std::unique_ptr<Word[]> orders_;
  std::unique_ptr<std::atomic<std::uint32_t>[]> shares_;
  std::unique_ptr<Word[]> experiments_;
  std::unique_ptr<std::uint32_t[]> output_caps_;
};

/// The number of the root in force at an instant (seconds since 1970 UTC): the first root before
/// the horizon, the last one after it.
[[nodiscard]] std::uint32_t RootAt(const Tables& tables, std::int64_t at_s) noexcept;

}  // namespace mlp
