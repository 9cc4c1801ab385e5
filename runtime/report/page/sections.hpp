// The sections of a report's page, each as HTML; empty where there is nothing to show.
#pragma once

#include <string>

#include "runtime/report/page/page.hpp"
#include "runtime/report/report.hpp"

namespace mlp {

[[nodiscard]] std::string OverviewTiles(const Report& report, const ReportPage& page);
[[nodiscard]] std::string AdviceSection(const ReportPage& page);
[[nodiscard]] std::string SpendSection(const Report& report, const ReportPage& page);
[[nodiscard]] std::string LatencySection(const ReportPage& page);
[[nodiscard]] std::string OutcomeSection(const Report& report, const ReportPage& page);
[[nodiscard]] std::string FlowSection(const Report& report, const ReportPage& page);
[[nodiscard]] std::string CacheSection(const Report& report, const ReportPage& page);
[[nodiscard]] std::string RolloutSection(const Report& report, const ReportPage& page);
[[nodiscard]] std::string ExperimentSection(const Report& report);
[[nodiscard]] std::string CalendarSection(const ReportPage& page);
[[nodiscard]] std::string TableSection(const Report& report);

/// `6 hours`, `15 minutes`: what a slot spans.
[[nodiscard]] std::string SpanWords(std::int64_t slot_us);

}  // namespace mlp
