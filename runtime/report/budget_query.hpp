// From the ledger beside a store to the budgets of a Report.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/report/report.hpp"

namespace mlp {

/// Fills the budgets of `report` from FILE.ledger beside the store at `path`: the periods that hold
/// `now_s`, seconds since 1970. Without a ledger there are none; where it cannot be read the report
/// says why. Also while services write it.
void QueryBudgets(const std::string& path, std::int64_t now_s, Report& report);

}  // namespace mlp
