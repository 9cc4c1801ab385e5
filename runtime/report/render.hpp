// A Report as text for people, as JSON, as CSV and as a page.
#pragma once

#include <string>

#include "runtime/report/page/page.hpp"
#include "runtime/report/report.hpp"

namespace mlp {

/// Aligned tables within 100 columns; UTF-8. Money and times are rounded.
[[nodiscard]] std::string RenderReportText(const Report& report);

/// {"version":1,...}: money as exact decimals, `"$0.0123"`, times in microseconds, no value
/// for a quantile or rate of nothing (null). Ends with a line break.
[[nodiscard]] std::string RenderReportJson(const Report& report);

/// One row for the total, each route and each model, after a row of column names; RFC 4180 with
/// LF, as spreadsheets take it.
[[nodiscard]] std::string RenderReportCsv(const Report& report);

/// A page on its own, with plots over time: no script, nothing loaded from elsewhere.
[[nodiscard]] std::string RenderReportHtml(const Report& report, const ReportPage& page);

}  // namespace mlp
