// The families of metrics about budgets' money, from a client's budgets or from a ledger.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/core/metrics/open_metrics.hpp"
#include "runtime/core/wide.hpp"

namespace mlp {

/// A budget's money in one period, over all the values of its `per`: none of them is named.
struct BudgetMoney {
  std::string policy;  ///< empty where it is not known: then it is no label
  std::string budget;
  bool month = false;
  UInt128 spent_pico = 0;
  UInt128 reserved_pico = 0;
  std::int64_t limit_pico = INT64_MAX;  ///< of each ledger; INT64_MAX: none
};

void WriteBudgetMoney(const std::vector<BudgetMoney>& budgets, OpenMetricsWriter& out);

}  // namespace mlp
