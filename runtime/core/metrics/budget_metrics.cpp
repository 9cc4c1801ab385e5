#include "runtime/core/metrics/budget_metrics.hpp"

namespace mlp {
namespace {

constexpr int kPico = 12;

std::vector<MetricLabel> LabelsOf(const BudgetMoney& one) {
  std::vector<MetricLabel> labels;
  if (!one.policy.empty()) labels.push_back({"policy", one.policy});
  labels.push_back({"budget", one.budget});
  labels.push_back({"period", one.month ? "month" : "day"});
  return labels;
}

}  // namespace

void WriteBudgetMoney(const std::vector<BudgetMoney>& budgets, OpenMetricsWriter& out) {
  out.Family("mlp_budget_limit_usd", MetricType::kGauge, "usd",
             "The limit of each of a budget's ledgers; none where it has none.");
  for (const BudgetMoney& one : budgets) {
    if (one.limit_pico == INT64_MAX || one.limit_pico < 0) continue;
    out.Decimal(LabelsOf(one), static_cast<std::uint64_t>(one.limit_pico), kPico);
  }
  out.Family("mlp_budget_spent_usd", MetricType::kGauge, "usd",
             "Spent in the present period, over all ledgers of the budget.");
  for (const BudgetMoney& one : budgets) out.Decimal(LabelsOf(one), one.spent_pico, kPico);
  out.Family("mlp_budget_reserved_usd", MetricType::kGauge, "usd",
             "Reserved by calls under way, over all ledgers of the budget.");
  for (const BudgetMoney& one : budgets) out.Decimal(LabelsOf(one), one.reserved_pico, kPico);
}

}  // namespace mlp
