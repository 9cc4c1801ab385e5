// What a client knows of its policy's budgets: the money of the present day and month, what it is
// forecast to be at their end, and what that does to calls.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "mlp/money.hpp"
#include "mlp/tables.hpp"

namespace mlp {

/// One limit of a budget and its period, a day or month of UTC; instants in seconds since 1970.
struct BudgetPeriod {
  Money limit = {INT64_MAX};  ///< INT64_MAX: without one
  Money spent = {};
  Money reserved = {};  ///< by calls under way, each at the most that it may cost
  /// See ForecastSpend.
  std::optional<Money> forecast = {};
  std::int64_t from_s = 0;
  std::int64_t to_s = 0;  ///< where it begins anew
};

/// A budget for one value of its `per` attribute.
struct BudgetState {
  std::string budget;
  std::string value;  ///< empty where the budget has one ledger for all
  BudgetPeriod day = {};
  BudgetPeriod month = {};
  std::uint32_t used_ppm = 0;  ///< of the tighter limit, reservations included
  bool prefers_cheapest = false;
  bool restricts = false;  ///< an `only` is in force
  bool denies = false;
};

/// What a period will have cost at its end if its rest costs as much per hour as its elapsed part:
/// spent * length / elapsed, rounded down. Assumes an even course over the period, no day of the
/// week or hour of the day, and leaves reservations out, which end far below what they hold.
/// Nothing before a 24th of the period has passed (an hour of a day, some 30 hours of a month), nor
/// outside of it.
[[nodiscard]] std::optional<Money> ForecastSpend(Money spent, std::int64_t from_s,
                                                 std::int64_t to_s, std::int64_t now_s) noexcept;

/// A budget's step is reached: told once for each step, value and period by each client.
struct BudgetNotice {
  std::string budget;
  std::string value;
  std::uint32_t at_ppm = 0;
  BudgetAction action = BudgetAction::kAlert;
  std::string alert;           ///< kAlert: the name in the policy
  std::uint32_t used_ppm = 0;  ///< when it was noticed, of the tighter limit
  bool month = false;          ///< that limit is the month's
  Money used;                  ///< of that period, reservations included
  Money limit;
  std::int64_t resets_s = 0;
};
/// Called by the client's control loop within about a second; must not block.
using BudgetListener = std::function<void(const BudgetNotice&)>;

/// Counts since the client began.
struct BudgetStats {
  std::uint64_t held = 0;       ///< attempts that had their money reserved
  std::uint64_t denied = 0;     ///< calls ended for want of money
  std::uint64_t unheld = 0;     ///< attempts made without, since the ledger could not be written
  std::uint64_t lost = 0;       ///< of these, those that could not be booked afterwards either
  Money lost_cost;              ///< what these cost
  std::uint64_t unpriced = 0;   ///< attempts whose price is not known: nothing could be reserved
  std::uint64_t expired = 0;    ///< reservations booked as spent because no end came
  std::uint64_t unsettled = 0;  ///< ends that still wait for being written
  std::string last_error;       ///< of the ledger, empty without one
};

}  // namespace mlp
