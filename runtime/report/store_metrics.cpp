#include "runtime/report/store_metrics.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <vector>

#include "runtime/core/metrics/budget_metrics.hpp"
#include "runtime/core/metrics/call_metrics.hpp"
#include "runtime/report/budget_query.hpp"
#include "runtime/report/report.hpp"
#include "runtime/store/reader.hpp"

namespace mlp {
namespace {

UInt128 Amount(Money money) {
  return money.pico_usd < 0 ? 0 : static_cast<std::uint64_t>(money.pico_usd);
}

/// Ledgers of one budget and period together: their values name tenants and users.
std::vector<BudgetMoney> SumUp(const std::vector<BudgetRow>& rows) {
  std::map<std::pair<std::string, bool>, BudgetMoney> sums;
  for (const BudgetRow& row : rows) {
    BudgetMoney& sum = sums[{row.budget, row.month}];
    sum.budget = row.budget;
    sum.month = row.month;
    sum.spent_pico += Amount(row.spent);
    sum.reserved_pico += Amount(row.reserved);
    sum.limit_pico = std::min(sum.limit_pico, row.limit.pico_usd);
  }
  std::vector<BudgetMoney> money;
  for (auto& [key, sum] : sums) money.push_back(std::move(sum));
  return money;
}

void WriteStore(std::uint64_t written, const LossCount& losses, OpenMetricsWriter& out) {
  out.Family("mlp_store_calls", MetricType::kCounter, "",
             "Calls by what became of their record: dropped where the queue was full, lost where "
             "it could not be written.");
  const std::array<std::pair<std::string_view, std::uint64_t>, 3> rows = {
      {{"written", written},
       {"dropped", static_cast<std::uint64_t>(losses.dropped)},
       {"lost", static_cast<std::uint64_t>(losses.lost)}}};
  for (const auto& [result, count] : rows) {
    const std::array<MetricLabel, 1> labels = {{{"result", result}}};
    out.Sample(labels, count);
  }
}

}  // namespace

Result<std::string> QueryMetrics(const std::string& path, std::int64_t now_s,
                                 const std::vector<OperatorDown>& taken_down) {
  constexpr std::int64_t kFrom = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kTo = std::numeric_limits<std::int64_t>::max();
  auto reader = StoreReader::Open(path);
  if (!reader) return reader.error();
  CallTotals totals;
  if (Status status = reader->AddTotals(totals); !status) return status.error();
  const auto losses = reader->CountLosses(kFrom, kTo);
  if (!losses) return losses.error();
  Report budgets;
  QueryBudgets(path, now_s, budgets);
  if (!budgets.budget_trouble.empty()) return Error{ErrorClass::kNone, budgets.budget_trouble};

  OpenMetricsWriter out;
  WriteCallMetrics(totals.Metrics(), out);
  WriteBudgetMoney(SumUp(budgets.budgets), out);
  WriteStore(totals.calls(), *losses, out);
  out.Family("mlp_taken_down", MetricType::kGauge, "",
             "Models and providers that operators took down.");
  for (const OperatorDown& down : taken_down) {
    const std::array<MetricLabel, 1> labels = {{{"name", down.name}}};
    out.Sample(labels, std::uint64_t{1});
  }
  return out.Finish();
}

}  // namespace mlp
