// Slots that stand out from those before them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "runtime/report/page/page.hpp"

namespace mlp {

/// The rule of AnomaliesOf in one sentence, as the page states it.
[[nodiscard]] std::string AnomalyRule();

/// Slots whose value is above the median m of the up to 28 slots that lie 1, 2, ... periods before
/// it and have one (at least 7) by more than six times their scaled median absolute deviation
/// (1.4826 * MAD estimates a standard deviation: Iglewicz and Hoaglin 1993) and by more than half
/// of m. A period is a day's slots, so that nights are compared with nights. Values below 0 are
/// none.
[[nodiscard]] std::vector<PageMark> AnomaliesOf(const std::vector<double>& values,
                                                std::size_t period);

/// Of cost, p95 latency and the share of failed attempts; slots of fewer than 50 calls
/// have none, and fewer than 10 failures are not marked.
void MarkAnomalies(ReportPage& page);

}  // namespace mlp
