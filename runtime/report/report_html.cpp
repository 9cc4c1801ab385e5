#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string_view>

#include "runtime/report/figures.hpp"
#include "runtime/report/html_plot.hpp"
#include "runtime/report/render.hpp"

namespace mlp {
namespace {

constexpr std::string_view kHead = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>mlp report</title>
<style>
:root { color-scheme: light dark; --ink: #1c2430; --soft: #667085; --rule: #d8dde5; --page: #fff;
  --calls: #4c78a8; --failed: #c8443c; --p50: #54a24b; --p95: #b279a2; --cost: #c98a1b; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --soft: #98a2b3; --rule: #343c48;
  --page: #14181f; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page);
  max-width: 1100px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin-bottom: 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .3rem; }
.soft, .axis, .top { color: var(--soft); }
.tiles { display: flex; flex-wrap: wrap; gap: 2rem; margin: 1rem 0; }
.tiles b { display: block; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .6rem; text-align: right; white-space: nowrap; }
th { color: var(--soft); font-weight: 500; } tr + tr { border-top: 1px solid var(--rule); }
th:first-child, td:first-child { text-align: left; }
figure { margin: 1.2rem 0; } svg { width: 100%; height: auto; border-bottom: 1px solid var(--rule); }
.axis { display: flex; justify-content: space-between; font-size: .85rem; }
.top { float: right; } .key { display: inline-block; width: .7em; height: .7em; margin: 0 .3em 0 1em; }
.calls { fill: var(--calls); background: var(--calls); }
.failed { fill: var(--failed); background: var(--failed); }
.cost { fill: var(--cost); background: var(--cost); }
.p50 { fill: var(--p50); stroke: var(--p50); background: var(--p50); }
.p95 { fill: var(--p95); stroke: var(--p95); background: var(--p95); }
.line { fill: none; stroke-width: 2; }
.note { border-left: 3px solid var(--failed); padding-left: .6rem; margin: .3rem 0; }
</style>
</head>
<body>
)html";

std::string Row(std::string_view tag, const std::vector<std::string>& cells) {
  std::string html = "<tr>";
  for (const std::string& cell : cells) {
    html += fmt::format("<{0}>{1}</{0}>", tag, EscapeHtml(cell));
  }
  return html + "</tr>\n";
}

std::string Table(std::string_view title, const std::vector<std::string>& heading,
                  const std::vector<std::vector<std::string>>& rows) {
  if (rows.empty()) return "";
  std::string html =
      fmt::format("<h2>{}</h2>\n<div class=\"wide\"><table>\n{}", title, Row("th", heading));
  for (const auto& row : rows) html += Row("td", row);
  return html + "</table></div>\n";
}

std::vector<std::string> QuantileCells(const Quantiles& quantiles) {
  return {Quantile(quantiles, quantiles.p50_us), Quantile(quantiles, quantiles.p95_us),
          Quantile(quantiles, quantiles.p99_us)};
}

std::string Routes(const Report& report) {
  std::vector<std::vector<std::string>> rows;
  for (const ReportRow& row : report.routes) {
    rows.push_back({RouteName(row), Grouped(row.calls), Percent(row.answered, row.calls),
                    Grouped(row.attempts), Grouped(row.retries), Grouped(row.fallbacks)});
    for (std::string& cell : QuantileCells(row.latency)) rows.back().push_back(std::move(cell));
    rows.back().push_back("$" + row.cost.Decimal());
  }
  return Table("Routes",
               {"Route", "calls", "answered", "attempts", "retries", "fallbacks", "p50", "p95",
                "p99", "cost"},
               rows);
}

std::string Models(const Report& report) {
  std::vector<std::vector<std::string>> rows;
  for (const ReportRow& row : report.models) {
    rows.push_back({row.name, Grouped(row.attempts), Percent(row.succeeded, row.attempts),
                    Grouped(row.fallbacks), Grouped(row.took_over)});
    for (std::string& cell : QuantileCells(row.latency)) rows.back().push_back(std::move(cell));
    rows.back().push_back(Quantile(row.first_byte, row.first_byte.p50_us));
    rows.back().push_back("$" + row.cost.Decimal());
  }
  return Table("Models",
               {"Model", "attempts", "success", "gave up", "took over", "p50", "p95", "p99",
                "1st byte p50", "cost"},
               rows);
}

std::string Tokens(const Report& report) {
  std::vector<std::vector<std::string>> rows;
  for (const ReportRow& row : report.models) {
    const Usage& tokens = row.tokens;
    rows.push_back({row.name, Grouped(tokens.input), Grouped(tokens.cache_read),
                    Grouped(tokens.cache_write), Grouped(tokens.cache_write_long),
                    Grouped(tokens.output), Grouped(tokens.reasoning)});
  }
  return Table(
      "Tokens",
      {"Model", "input", "cache read", "cache write", "cache write 1 h", "output", "reasoning"},
      rows);
}

std::string Errors(const Report& report) {
  std::vector<std::vector<std::string>> rows;
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
  return Table("Errors", {"Class", "calls that ended so", "attempts", "of which"}, rows);
}

std::string Budgets(const Report& report) {
  std::vector<std::vector<std::string>> rows;
  for (const BudgetRow& row : report.budgets) {
    rows.push_back({BudgetRowName(row), row.month ? "month" : "day", UsedShare(row),
                    Dollars(row.spent), Dollars(row.reserved), LimitWords(row),
                    ForecastWords(row)});
  }
  return Table("Budgets",
               {"Budget", "period", "used", "spent", "reserved", "limit", "forecast at its end"},
               rows);
}

// A series with one point for each slot.
PlotSeries MakeSeries(const Timeline& timeline, std::string name, std::string css, bool bars,
                      const std::function<double(const TimeSlot&)>& value,
                      const std::function<std::string(const TimeSlot&)>& label) {
  PlotSeries series{std::move(name), std::move(css), bars, {}};
  for (std::size_t i = 0; i < timeline.slots.size(); ++i) {
    const TimeSlot& slot = timeline.slots[i];
    const std::int64_t start_us =
        timeline.start_us + static_cast<std::int64_t>(i) * timeline.slot_us;
    series.points.push_back({value(slot), Minute(start_us) + ": " + label(slot)});
  }
  return series;
}

PlotSeries LatencySeries(const Timeline& timeline, const char* name,
                         std::int64_t Quantiles::*quantile) {
  return MakeSeries(
      timeline, name, name, false,
      [quantile](const TimeSlot& slot) {
        return slot.latency.count == 0 ? -1.0 : static_cast<double>(slot.latency.*quantile);
      },
      [quantile, name](const TimeSlot& slot) {
        return std::string(name) + " " + Quantile(slot.latency, slot.latency.*quantile);
      });
}

std::string Plots(const Timeline& timeline) {
  if (timeline.slots.empty()) return "";
  std::int64_t most_calls = 0;
  std::int64_t most_us = 0;
  MoneySum most_cost;
  for (const TimeSlot& slot : timeline.slots) {
    most_calls = std::max(most_calls, slot.calls);
    most_us = std::max(most_us, slot.latency.p95_us);
    if (slot.cost.Approximate() > most_cost.Approximate()) most_cost = slot.cost;
  }
  const std::string left = Minute(timeline.start_us);
  const std::string right = Minute(
      timeline.start_us + static_cast<std::int64_t>(timeline.slots.size()) * timeline.slot_us);
  const std::string each = fmt::format(" in {} min", timeline.slot_us / 60'000'000);
  const auto calls_label = [](const TimeSlot& slot) {
    return fmt::format("{} calls, {} not answered", Grouped(slot.calls),
                       Grouped(slot.calls - slot.answered));
  };
  const Plot calls{
      "Calls" + each,
      "highest " + Grouped(most_calls),
      left,
      right,
      {MakeSeries(
           timeline, "calls", "calls", true,
           [](const TimeSlot& slot) { return static_cast<double>(slot.calls); }, calls_label),
       MakeSeries(
           timeline, "not answered", "failed", true,
           [](const TimeSlot& slot) { return static_cast<double>(slot.calls - slot.answered); },
           calls_label)}};
  const Plot latency{"Latency of answered calls",
                     "highest " + Duration(most_us),
                     left,
                     right,
                     {LatencySeries(timeline, "p95", &Quantiles::p95_us),
                      LatencySeries(timeline, "p50", &Quantiles::p50_us)}};
  const Plot cost{"Cost" + each,
                  "highest " + most_cost.Rounded(),
                  left,
                  right,
                  {MakeSeries(
                      timeline, "cost", "cost", true,
                      [](const TimeSlot& slot) { return slot.cost.Approximate(); },
                      [](const TimeSlot& slot) { return "$" + slot.cost.Decimal(); })}};
  return "<h2>Over time (UTC)</h2>\n" + RenderPlot(calls) + RenderPlot(latency) + RenderPlot(cost);
}

std::string Tile(const std::string& figure, std::string_view what) {
  return fmt::format("<div><b>{}</b>{}</div>\n", EscapeHtml(figure), what);
}

std::string Summary(const Report& report) {
  const ReportRow& total = report.total;
  std::string files;
  for (const std::string& file : report.files) files += (files.empty() ? "" : ", ") + file;
  std::string html = fmt::format("<h1>Calls of {}</h1>\n", EscapeHtml(files));
  if (total.calls == 0) return html + "<p>No calls in this window.</p>\n";
  html += fmt::format("<p class=\"soft\">{} to {} UTC</p>\n<div class=\"tiles\">\n",
                      Minute(report.first_us), Minute(report.last_us));
  html += Tile(Grouped(total.calls), "calls");
  html += Tile(Percent(total.answered, total.calls), "answered");
  html += Tile(Quantile(total.latency, total.latency.p50_us), "median");
  html += Tile(Quantile(total.latency, total.latency.p95_us), "95th percentile");
  html += Tile(Grouped(total.retries), "retries");
  html += Tile(Grouped(total.fallbacks), "fallbacks");
  html += Tile(total.cost.Rounded(), "cost");
  return html + "</div>\n";
}

}  // namespace

std::string RenderReportHtml(const Report& report, const Timeline& timeline) {
  std::string html = std::string(kHead) + Summary(report);
  for (const std::string& remark : Remarks(report)) {
    html += fmt::format("<p class=\"note\">{}</p>\n", EscapeHtml(remark));
  }
  html += Plots(timeline) + Routes(report) + Models(report) + Tokens(report) + Errors(report) +
          Budgets(report);
  return html + "</body>\n</html>\n";
}

}  // namespace mlp
