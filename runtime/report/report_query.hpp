// From a store's calls to a Report.
#pragma once

#include <cstdint>
#include <string>

#include "mlp/result.hpp"
#include "runtime/report/report.hpp"

namespace mlp {

/// Up to so many calls a report reads one by one, which takes it a fraction of a second.
inline constexpr std::int64_t kReportRows = 100'000;

/// The report on the calls of the store at `path` that began in [from_us, to_us). Up to `most_rows`
/// calls whose rows are all kept are read one by one: quantiles are exact then, for 8 bytes of
/// memory an attempt and call. Else sums are read: all counts and money are the same, quantiles are
/// those of histograms, and the window is widened where only sums of hours or days are kept.
[[nodiscard]] Result<Report> QueryReport(const std::string& path, std::int64_t from_us,
                                         std::int64_t to_us, std::int64_t most_rows = kReportRows);

}  // namespace mlp
