#include "runtime/engine/budget_words.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "mlp/money.hpp"

namespace mlp::engine {
namespace {

/// "2026-12-01 00:00 UTC": periods begin at midnight.
std::string Midnight(std::int64_t at_s) {
  constexpr std::int64_t kSecondsPerDay = 86'400;
  const std::chrono::sys_days day{std::chrono::days{at_s / kSecondsPerDay}};
  const std::chrono::year_month_day date{day};
  return fmt::format("{:04}-{:02}-{:02} 00:00 UTC", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string Dollars(std::int64_t pico) { return ToString(Money{pico}); }

/// "$100.00 per day (it denies from 90% on), until 2026-11-22 00:00 UTC".
std::string Limit(const LedgerAccount& account, bool month, std::int64_t now_s) {
  constexpr std::uint32_t kWhole = 1'000'000;
  constexpr double kPpmPerPercent = 10'000;
  const std::string from =
      account.hold_ppm == kWhole
          ? ""
          : fmt::format(" (it denies from {}% on)", account.hold_ppm / kPpmPerPercent);
  return fmt::format(
      "{} per {}{}, until {}", Dollars(month ? account.per_month_pico : account.per_day_pico),
      month ? "month" : "day", from, Midnight(month ? MonthEnd(now_s) : DayEnd(now_s)));
}

}  // namespace

std::string BudgetName(const LedgerAccount& account) {
  return account.value.empty() ? fmt::format("budget `{}`", account.budget)
                               : fmt::format("budget `{}` of `{}`", account.budget, account.value);
}

std::string UsedUp(const LedgerAccount& account, const LedgerUse& use, std::int64_t now_s) {
  // Of two limits that deny, the one that does so for longer.
  const bool month = SharePpm(use.month_spent_pico, account.per_month_pico) >= account.hold_ppm;
  return fmt::format("{} denies the request: {} spent of {}", BudgetName(account),
                     Dollars(month ? use.month_spent_pico : use.day_spent_pico),
                     Limit(account, month, now_s));
}

std::string NoRoom(const LedgerAccount& account, const LedgerFile::Grant& grant,
                   std::int64_t now_s) {
  return fmt::format("{} has {} left of {}", BudgetName(account),
                     Dollars(std::max<std::int64_t>(grant.room_pico, 0)),
                     Limit(account, grant.month, now_s));
}

}  // namespace mlp::engine
