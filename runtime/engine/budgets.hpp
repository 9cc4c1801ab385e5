// The budgets of a policy under calls: which of them a request falls under, what they do to it, and
// the money that it holds in them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "mlp/budgets.hpp"
#include "mlp/decide.hpp"
#include "mlp/policy.hpp"
#include "runtime/engine/budget_book.hpp"
#include "runtime/store/ledger.hpp"

namespace mlp::engine {

/// What the budgets that a request falls under say of it at an instant.
struct Standing {
  std::vector<LedgerAccount> accounts;  ///< one for each; empty: nothing is to be held
  bool prefers_cheapest = false;
  std::vector<const BudgetStep*> only;  ///< in force
  std::string restricted_by;            ///< the budget of the last of them, in words
  std::optional<std::string> denial;    ///< in words
};

/// Thread-safe. Instants are seconds since 1970 UTC.
class Budgets {
 public:
  /// `book` and `policy` outlive it, the book also what Settle still has to write. Opens the ledger
  /// where the policy has budgets; see BudgetBook::Open.
  Budgets(const Policy& policy, BudgetBook& book, std::vector<std::string>& warnings);

  [[nodiscard]] bool any() const noexcept { return !tables_.budgets.empty(); }
  /// No I/O. Precondition: every code of the request is within its attribute's size.
  [[nodiscard]] Standing StandingOf(const RequestView& request, std::int64_t now_s);
  /// Takes out the candidates that an `only` forbids; kDenied where it leaves nobody.
  void Restrict(const Standing& standing, const RequestView& request, std::int64_t now_s,
                Decision& decision) const;

  struct Answer {
    bool may_go = true;
    std::int64_t hold = 0;  ///< what Settle takes; 0: nothing is held
    std::string why = {};   ///< where it may not, in words
  };
  /// Reserves the most that an attempt may cost, until `expires_s`. `answered` runs once, on the
  /// ledger's thread or here, and must not block. Where the ledger fails the attempt may go, and is
  /// counted.
  void Reserve(const Standing& standing, std::int64_t amount_pico, std::int64_t now_s,
               std::int64_t expires_s, std::function<void(Answer)> answered);
  /// The end of an attempt that went: what it really cost. One that held nothing is booked now.
  void Settle(const Standing& standing, std::int64_t hold, std::int64_t actual_pico,
              std::int64_t now_s);

  void CountUnpriced() noexcept { book_.unpriced.fetch_add(1, std::memory_order_relaxed); }
  void CountDenied() noexcept { book_.denied.fetch_add(1, std::memory_order_relaxed); }

  /// Tells the listener of the steps that are reached anew. For one thread, the control loop's.
  void Watch(std::int64_t now_s);
  /// Of every budget and value that a request of this process fell under this month; budgets with
  /// one ledger for all always.
  [[nodiscard]] std::vector<BudgetState> States(std::int64_t now_s);

 private:
  [[nodiscard]] LedgerAccount AccountOf(const Budget& budget, const RequestView& request) const;
  [[nodiscard]] const Budget* Find(const std::string& name) const;
  void Tell(const Ledger::Use& use, std::int64_t now_s);
  void Book(const Standing& standing, std::int64_t actual_pico, std::int64_t now_s);

  const Policy& policy_;
  const Tables& tables_;
  BudgetBook& book_;
  Ledger* ledger_ = nullptr;  ///< the book's; null where it did not open
  // Watch's own.
  std::uint64_t watched_ = 0;
  std::int64_t watched_day_s_ = 0;
};

}  // namespace mlp::engine
