#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "runtime/report/figures.hpp"
#include "runtime/report/page/anomalies.hpp"
#include "runtime/report/page/chart.hpp"
#include "runtime/report/page/html.hpp"
#include "runtime/report/page/sections.hpp"

namespace mlp {
namespace {

constexpr std::size_t kOwnColours = 7;
constexpr int kRestColour = 9;

std::string DollarWords(double value) {
  if (value == 0) return "$0";
  if (value >= 1 && value == std::floor(value)) return "$" + Grouped(std::llround(value));
  if (value < 0.01) return fmt::format("${:.4f}", value);
  if (value < 10) return fmt::format("${:.2f}", value);
  return "$" + Grouped(std::llround(value));
}

/// The dearest by their names, the others together.
Chart SpendChart(const ReportPage& page, const char* title, const std::vector<std::string>& names,
                 std::vector<MoneySum> PageSlot::*sums) {
  Chart chart;
  chart.title = title;
  chart.start_us = page.start_us;
  chart.slot_us = page.slot_us;
  chart.words = DollarWords;
  const bool has_rest = names.size() > kOwnColours + 1;
  const std::size_t own = has_rest ? kOwnColours : names.size();
  for (std::size_t i = 0; i < own + (has_rest ? 1 : 0); ++i) {
    ChartSeries series;
    const bool rest = i == own;
    series.name = rest ? fmt::format("{} others", names.size() - own)
                       : (names[i].empty() ? "(no route)" : names[i]);
    series.colour = rest ? kRestColour : static_cast<int>(i) + 1;
    double total = 0;
    for (const PageSlot& slot : page.slots) {
      const std::vector<MoneySum>& values = slot.*sums;
      double value = 0;
      for (std::size_t k = i; k < (rest ? values.size() : i + 1); ++k) {
        value += values[k].Approximate();
      }
      series.values.push_back(value);
      total += value;
    }
    if (total > 0) chart.series.push_back(std::move(series));
  }
  return chart;
}

std::string BudgetItem(const BudgetRow& row) {
  const bool limited = row.limit.pico_usd != INT64_MAX;
  const auto spent = static_cast<double>(row.spent.pico_usd);
  const auto reserved = static_cast<double>(row.reserved.pico_usd);
  const auto forecast = static_cast<double>(row.forecast ? row.forecast->pico_usd : 0);
  const double limit = limited ? static_cast<double>(row.limit.pico_usd) : 0;
  const double top = std::max({spent + reserved, forecast, limit, 1.0}) * 1.02;
  const bool over = limited && row.forecast && row.forecast->pico_usd > row.limit.pico_usd;
  std::string words =
      fmt::format("{} of {} spent", Dollars(row.spent), limited ? Dollars(row.limit) : "no limit");
  if (row.reserved.pico_usd > 0) words += ", " + Dollars(row.reserved) + " reserved";
  if (row.forecast) {
    words += fmt::format(", <span class=\"{}\">forecast {}{}</span>", over ? "over" : "ok",
                         Dollars(*row.forecast), over ? " at its end, over the limit" : "");
  }
  std::string track =
      fmt::format("<i class=\"ghost\" style=\"width:{:.1f}%\"></i><i style=\"width:{:.1f}%\"></i>",
                  100 * std::max(forecast, spent + reserved) / top, 100 * spent / top);
  if (limited) track += fmt::format("<u style=\"left:{:.1f}%\"></u>", 100 * limit / top);
  return fmt::format(
      "<li><div class=\"head\"><b>{}</b><span>this {}: {}</span></div>"
      "<div class=\"track {}\" aria-hidden=\"true\">{}</div></li>\n",
      EscapeHtml(BudgetRowName(row)), row.month ? "month" : "day", words, over ? "c5" : "c1",
      track);
}

std::string Budgets(const Report& report) {
  if (report.budgets.empty()) return {};
  constexpr std::size_t kMostBudgets = 24;
  std::string html =
      "<h3>Budgets</h3>\n<p class=\"soft\">Filled: spent. Pale: the forecast at the "
      "period's end. The bar across: the limit.</p>\n<ul class=\"bars\">\n";
  HtmlRows rows;
  for (std::size_t i = 0; i < report.budgets.size(); ++i) {
    const BudgetRow& row = report.budgets[i];
    if (i < kMostBudgets) html += BudgetItem(row);
    rows.push_back({BudgetRowName(row), row.month ? "month" : "day", UsedShare(row),
                    Dollars(row.spent), Dollars(row.reserved), LimitWords(row),
                    ForecastWords(row)});
  }
  return html + "</ul>\n" +
         HtmlNumbers(
             "Budgets",
             {"Budget", "period", "used", "spent", "reserved", "limit", "forecast at its end"},
             rows);
}

}  // namespace

std::string SpanWords(std::int64_t slot_us) {
  const std::int64_t minutes = slot_us / 60'000'000;
  const auto words = [](std::int64_t count, const char* unit) {
    return count == 1 ? fmt::format("a{} {}", unit[0] == 'h' ? "n" : "", unit)
                      : fmt::format("{} {}s", count, unit);
  };
  if (minutes % 1'440 == 0) return words(minutes / 1'440, "day");
  if (minutes % 60 == 0) return words(minutes / 60, "hour");
  return words(minutes, "minute");
}

std::string SpendSection(const Report& report, const ReportPage& page) {
  if (page.slots.empty() && report.budgets.empty()) return {};
  Chart models = SpendChart(page, "Spend by model", page.models, &PageSlot::cost_by_model);
  models.marks = page.cost_marks;
  const Chart routes = SpendChart(page, "Spend by route", page.routes, &PageSlot::cost_by_route);
  const std::string line = page.slots.empty() ? std::string()
                                              : fmt::format("Each column is {}. {}",
                                                            SpanWords(page.slot_us), AnomalyRule());
  return HtmlSection("spend", "Money", line,
                     RenderChart(models) + RenderChart(routes) + Budgets(report));
}

}  // namespace mlp
