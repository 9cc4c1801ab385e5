// Reads what a report's page shows beside the Report.
#pragma once

#include <cstdint>
#include <string>

#include "mlp/result.hpp"
#include "mlp/tables.hpp"
#include "runtime/report/page/page.hpp"
#include "runtime/report/report.hpp"

namespace mlp {

/// The calls of the report's store and window over time; no slots where it has no calls. A second
/// reading of the store: calls that came since are left out.
[[nodiscard]] Result<ReportPage> QueryPage(const std::string& path, const Report& report);

/// Dates from `now_s` up to a year ahead on which models of the policy are deprecated, retire or
/// change their price, with how often the report's window tried them.
void AddCalendar(const Tables& tables, const Report& report, std::int64_t now_s, ReportPage& page);

}  // namespace mlp
