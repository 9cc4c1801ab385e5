// What ended calls leave for the rollouts' thread: many writers, one reader, nobody waits.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "runtime/core/rollout/block.hpp"

namespace mlp::engine {

/// A sample with the number of its rollout, or of its arm behind all rollouts.
struct NumberedSample {
  std::uint16_t number = 0;
  RolloutSample sample;
};

/// A bounded queue with a turn for each cell (after D. Vyukov's). Push is lock-free and drops where
/// it is full, counted; Pop is for one thread at a time.
class SampleRing {
 public:
  SampleRing() {
    for (std::size_t i = 0; i < kCells; ++i) cells_[i].turn.store(i, std::memory_order_relaxed);
  }
  SampleRing(const SampleRing&) = delete;
  SampleRing& operator=(const SampleRing&) = delete;

  void Push(const NumberedSample& sample) noexcept {
    std::size_t at = tail_.load(std::memory_order_relaxed);
    for (;;) {
      Cell& cell = cells_[at % kCells];
      const std::size_t turn = cell.turn.load(std::memory_order_acquire);
      if (turn == at) {
        if (tail_.compare_exchange_weak(at, at + 1, std::memory_order_relaxed)) {
          cell.sample = sample;
          cell.turn.store(at + 1, std::memory_order_release);
          return;
        }
      } else if (turn < at) {
        dropped_.fetch_add(1, std::memory_order_relaxed);
        return;
      } else {
        at = tail_.load(std::memory_order_relaxed);
      }
    }
  }

  [[nodiscard]] bool Pop(NumberedSample& sample) noexcept {
    Cell& cell = cells_[head_ % kCells];
    if (cell.turn.load(std::memory_order_acquire) != head_ + 1) return false;
    sample = cell.sample;
    cell.turn.store(head_ + kCells, std::memory_order_release);
    ++head_;
    return true;
  }

  [[nodiscard]] std::uint64_t dropped() const noexcept {
    return dropped_.load(std::memory_order_relaxed);
  }

 private:
  static constexpr std::size_t kCells = 8'192;
  struct Cell {
    std::atomic<std::size_t> turn;
    NumberedSample sample;
  };
  std::array<Cell, kCells> cells_;
  alignas(64) std::atomic<std::size_t> tail_{0};
  alignas(64) std::size_t head_ = 0;
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace mlp::engine
