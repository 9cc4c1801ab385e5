// Calls, latency, outcomes and the cache over time.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "runtime/report/figures.hpp"
#include "runtime/report/page/chart.hpp"
#include "runtime/report/page/html.hpp"
#include "runtime/report/page/sections.hpp"

namespace mlp {
namespace {

constexpr std::size_t kOwnClasses = 7;
constexpr int kRestColour = 9;

std::string CountWords(double value) { return Grouped(std::llround(value)); }

std::string ShareWords(double value) {
  return value == 0 || value >= 0.995 ? fmt::format("{:.0f}%", value * 100)
         : value < 0.01               ? fmt::format("{:.2f}%", value * 100)
                                      : fmt::format("{:.1f}%", value * 100);
}

Chart ChartOf(const ReportPage& page, const char* title) {
  Chart chart;
  chart.title = title;
  chart.start_us = page.start_us;
  chart.slot_us = page.slot_us;
  return chart;
}

ChartSeries LatencySeries(const ReportPage& page, const char* name, int colour, double share) {
  ChartSeries series{name, colour, {}};
  for (const PageSlot& slot : page.slots) {
    const auto value = slot.latency.Quantile(share);
    series.values.push_back(value ? static_cast<double>(std::max<std::int64_t>(*value, 1)) : -1);
  }
  return series;
}

/// Failed attempts by class, the most frequent first and the others together.
Chart FailureChart(const ReportPage& page) {
  Chart chart = ChartOf(page, "Failed attempts, as a share of all");
  chart.words = ShareWords;
  std::vector<std::pair<std::int64_t, std::size_t>> classes;
  for (std::size_t i = 1; i < kErrorClassCount; ++i) {
    std::int64_t sum = 0;
    for (const PageSlot& slot : page.slots) sum += slot.attempt_ends[i];
    if (sum > 0) classes.emplace_back(-sum, i);
  }
  std::sort(classes.begin(), classes.end());
  for (std::size_t rank = 0; rank < classes.size(); ++rank) {
    const std::size_t end = classes[rank].second;
    if (rank <= kOwnClasses) {
      const bool rest = rank == kOwnClasses;
      chart.series.push_back({rest ? "others" : std::string(ToString(static_cast<ErrorClass>(end))),
                              rest ? kRestColour : static_cast<int>(rank) + 1,
                              std::vector<double>(page.slots.size(), 0)});
    }
    for (std::size_t i = 0; i < page.slots.size(); ++i) {
      const PageSlot& slot = page.slots[i];
      if (slot.attempts == 0) continue;
      chart.series.back().values[i] +=
          static_cast<double>(slot.attempt_ends[end]) / static_cast<double>(slot.attempts);
    }
  }
  chart.marks = page.failure_marks;
  chart.least_top = 0.02;
  return chart;
}

std::string ClassTable(const Report& report) {
  HtmlRows rows;
  for (std::size_t i = 1; i < kErrorClassCount; ++i) {
    std::int64_t attempts = 0;
    std::string models;
    for (const ReportRow& row : report.models) {
      if (row.outcomes[i] == 0) continue;
      attempts += row.outcomes[i];
      models +=
          fmt::format("{}{} {}", models.empty() ? "" : ", ", row.name, Grouped(row.outcomes[i]));
    }
    const std::int64_t calls = report.total.outcomes[i];
    if (attempts == 0 && calls == 0) continue;
    rows.push_back({std::string(ToString(static_cast<ErrorClass>(i))), Grouped(calls),
                    Grouped(attempts), models});
  }
  return HtmlTable("What calls and attempts ended with, but for success",
                   {"Class", "calls", "attempts", "of which"}, rows);
}

}  // namespace

std::string LatencySection(const ReportPage& page) {
  if (page.slots.empty()) return {};
  Chart latency = ChartOf(page, "Latency of answered calls");
  latency.columns = false;
  latency.logarithmic = true;
  latency.words = [](double value) {
    std::string words = Duration(std::llround(value));
    if (const std::size_t at = words.find(".0 "); at != std::string::npos) words.erase(at, 2);
    return words;
  };
  latency.series = {LatencySeries(page, "p99", 4, 0.99), LatencySeries(page, "p95", 2, 0.95),
                    LatencySeries(page, "p50", 1, 0.5)};
  latency.marks = page.latency_marks;
  return HtmlSection("latency", "Latency",
                     "On a logarithmic scale, retries and fallbacks included; within 1.1% of the "
                     "exact percentile of its slot. Marks are of p95.",
                     RenderChart(latency));
}

std::string OutcomeSection(const Report& report, const ReportPage& page) {
  if (page.slots.empty()) return {};
  Chart calls = ChartOf(page, "Calls");
  calls.words = CountWords;
  calls.series = {{"answered", 1, {}}, {"not answered", 5, {}}};
  for (const PageSlot& slot : page.slots) {
    calls.series[0].values.push_back(static_cast<double>(slot.answered));
    calls.series[1].values.push_back(static_cast<double>(slot.calls - slot.answered));
  }
  return HtmlSection("outcomes", "Success and failure", "",
                     RenderChart(calls) + RenderChart(FailureChart(page)) + ClassTable(report));
}

std::string CacheSection(const Report& report, const ReportPage& page) {
  if (report.total.cache_asked == 0) return {};
  Chart hits = ChartOf(page, "Answered from the cache, of the calls whose route caches");
  hits.columns = false;
  hits.words = ShareWords;
  hits.least_top = 0.05;
  hits.series = {{"cached", 3, {}}};
  for (const PageSlot& slot : page.slots) {
    hits.series[0].values.push_back(slot.cache_asked == 0
                                        ? -1
                                        : static_cast<double>(slot.cached) /
                                              static_cast<double>(slot.cache_asked));
  }
  return HtmlSection("cache", "Cache",
                     fmt::format("{} of {} calls that could be were answered without a model: {}",
                                 Grouped(report.total.cached), Grouped(report.total.cache_asked),
                                 Percent(report.total.cached, report.total.cache_asked)),
                     RenderChart(hits));
}

}  // namespace mlp
