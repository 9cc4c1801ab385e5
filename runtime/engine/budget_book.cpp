#include "runtime/engine/budget_book.hpp"

#include <utility>

#include <fmt/format.h>

namespace mlp::engine {

Ledger* BudgetBook::Open(std::vector<std::string>& warnings) {
  const std::lock_guard lock(mutex_);
  if (!std::exchange(tried_, true)) {
    Result<std::unique_ptr<Ledger>> opened = Ledger::Open(path_.empty() ? ":memory:" : path_);
    if (opened.ok()) {
      ledger_ = std::move(opened).value();
      opened_.store(ledger_.get(), std::memory_order_release);
    } else {
      trouble_ = opened.error().context;
    }
  }
  if (ledger_ == nullptr) {
    warnings.push_back(fmt::format("budgets: {}; calls go on and nothing is held", trouble_));
  }
  return ledger_.get();
}

BudgetStats BudgetBook::stats() const {
  BudgetStats stats;
  stats.denied = denied.load(std::memory_order_relaxed);
  stats.unheld = unheld.load(std::memory_order_relaxed);
  stats.lost = lost.load(std::memory_order_relaxed);
  stats.lost_cost = {lost_pico.load(std::memory_order_relaxed)};
  stats.unpriced = unpriced.load(std::memory_order_relaxed);
  Ledger* const ledger = this->ledger();
  if (ledger == nullptr) {
    const std::lock_guard lock(mutex_);
    stats.last_error = trouble_;
    return stats;
  }
  LedgerStats of_ledger = ledger->stats();
  stats.held = of_ledger.reserved;
  stats.expired = of_ledger.expired;
  stats.unsettled = of_ledger.waiting;
  stats.last_error = std::move(of_ledger.last_error);
  return stats;
}

}  // namespace mlp::engine
