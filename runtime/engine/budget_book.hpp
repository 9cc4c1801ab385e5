// What a client keeps of budgets' money whatever its policy: the ledger, what was told of it, and
// the counts.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "mlp/budgets.hpp"
#include "runtime/store/ledger.hpp"

namespace mlp::engine {

/// One ledger for all policies that a client has at a time: budgets of the same name share their
/// money, so that two policies together pass no limit. Thread-safe, but for `told_until`.
class BudgetBook {
 public:
  /// `path` of the ledger; empty: it is kept in memory, for as long as this object lives.
  BudgetBook(std::string path, BudgetListener told)
      : listener(std::move(told)), path_(std::move(path)) {}

  /// Opens the ledger at the first call; null where it does not open, which is a warning: then
  /// calls go on and what they cost is counted as lost.
  [[nodiscard]] Ledger* Open(std::vector<std::string>& warnings);
  /// Null where no policy had budgets yet.
  [[nodiscard]] Ledger* ledger() const noexcept { return opened_.load(std::memory_order_acquire); }

  [[nodiscard]] BudgetStats stats() const;
  /// See Ledger::Flush. What nothing was held for is reserved and, after that, settled: the second
  /// one waits for it.
  Status Flush() {
    if (ledger() == nullptr) return Done{};
    Status first = ledger()->Flush();
    return first ? ledger()->Flush() : first;
  }

  void CountLost(std::int64_t pico) noexcept {
    lost.fetch_add(1, std::memory_order_relaxed);
    lost_pico.fetch_add(pico, std::memory_order_relaxed);
  }

  const BudgetListener listener;
  std::atomic<std::uint64_t> denied{0};
  std::atomic<std::uint64_t> unheld{0};
  std::atomic<std::uint64_t> lost{0};
  std::atomic<std::int64_t> lost_pico{0};
  std::atomic<std::uint64_t> unpriced{0};

  /// The control loop's own: until when a step of a budget's value is told; budget, value, share,
  /// action, alert, whether of the month.
  using Step = std::tuple<std::string, std::string, std::uint32_t, BudgetAction, std::string, bool>;
  std::map<Step, std::int64_t> told_until;

 private:
  const std::string path_;
  mutable std::mutex mutex_;
  bool tried_ = false;              // under mutex_, as what follows
  std::string trouble_;             // why there is no ledger
  std::unique_ptr<Ledger> ledger_;  // last: its thread calls back
  std::atomic<Ledger*> opened_{nullptr};
};

}  // namespace mlp::engine
