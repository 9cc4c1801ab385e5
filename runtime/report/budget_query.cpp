#include "runtime/report/budget_query.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

#include "mlp/budgets.hpp"
#include "runtime/store/ledger_file.hpp"

namespace mlp {
namespace {

Result<std::vector<LedgerEntry>> Read(const std::string& path, Database::Mode mode,
                                      std::int64_t now_s) {
  Database database;
  if (const int code = database.Open(path, mode); code != SQLITE_OK) {
    return Error{ErrorClass::kNone, Describe(code, database)};
  }
  bool empty = false;
  if (Status status = CheckReadable(database, empty, LedgerFileKind()); !status) {
    return status.error();
  }
  if (empty) return std::vector<LedgerEntry>();
  return ReadLedger(database, now_s);
}

std::uint32_t UsedPpm(const BudgetRow& row) {
  return SharePpm(row.spent.pico_usd + row.reserved.pico_usd, row.limit.pico_usd);
}

}  // namespace

void QueryBudgets(const std::string& path, std::int64_t now_s, Report& report) {
  const std::string ledger = path + ".ledger";
  std::error_code ignored;
  if (!std::filesystem::exists(ledger, ignored)) return;
  auto entries = Read(ledger, Database::Mode::kReadOnly, now_s);
  // What a killed process left half written has to be rolled back first.
  if (!entries) entries = Read(ledger, Database::Mode::kReadWrite, now_s);
  if (!entries) {
    report.budget_trouble = entries.error().context;
    return;
  }
  for (const LedgerEntry& entry : *entries) {
    BudgetRow row;
    row.budget = entry.budget;
    row.value = entry.value;
    row.month = entry.month;
    row.from_s = entry.start_s;
    row.to_s = entry.month ? MonthEnd(now_s) : DayEnd(now_s);
    row.spent = {entry.spent_pico};
    row.reserved = {entry.reserved_pico};
    row.limit = {entry.limit_pico};
    row.forecast = ForecastSpend(row.spent, row.from_s, row.to_s, now_s);
    report.budgets.push_back(std::move(row));
  }
  std::stable_sort(report.budgets.begin(), report.budgets.end(),
                   [](const BudgetRow& a, const BudgetRow& b) { return UsedPpm(a) > UsedPpm(b); });
}

}  // namespace mlp
