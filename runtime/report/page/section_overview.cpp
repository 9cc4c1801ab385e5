#include <fmt/format.h>

#include "runtime/report/figures.hpp"
#include "runtime/report/page/chart.hpp"
#include "runtime/report/page/html.hpp"
#include "runtime/report/page/sections.hpp"

namespace mlp {
namespace {

template <typename Value>
std::vector<double> PerSlot(const ReportPage& page, const Value& value) {
  std::vector<double> values;
  values.reserve(page.slots.size());
  for (const PageSlot& slot : page.slots) values.push_back(value(slot));
  return values;
}

std::string Tile(const std::string& figure, const char* what, const std::string& spark = {}) {
  return fmt::format("<div class=\"tile\"><b>{}</b><span>{}</span>{}</div>\n", EscapeHtml(figure),
                     what, spark);
}

double QuantileOf(const PageSlot& slot, double share) {
  const auto value = slot.latency.Quantile(share);
  return value ? static_cast<double>(*value) : -1.0;
}

}  // namespace

std::string OverviewTiles(const Report& report, const ReportPage& page) {
  const ReportRow& total = report.total;
  std::string html = "<div class=\"tiles\">\n";
  html += Tile(Grouped(total.calls), "calls",
               RenderSparkline(PerSlot(
                   page, [](const PageSlot& slot) { return static_cast<double>(slot.calls); })));
  html += Tile(
      total.cost.Rounded(), "spent",
      RenderSparkline(PerSlot(page, [](const PageSlot& slot) { return slot.cost.Approximate(); })));
  html += Tile(Percent(total.answered, total.calls), "answered");
  html +=
      Tile(Quantile(total.latency, total.latency.p50_us), "median latency",
           RenderSparkline(PerSlot(page, [](const PageSlot& s) { return QuantileOf(s, 0.5); })));
  html +=
      Tile(Quantile(total.latency, total.latency.p95_us), "95th percentile",
           RenderSparkline(PerSlot(page, [](const PageSlot& s) { return QuantileOf(s, 0.95); })));
  html += Tile(Percent(total.fallbacks, total.answered), "answered by a fallback");
  if (total.cache_asked > 0) {
    html += Tile(Percent(total.cached, total.cache_asked), "of cacheable calls cached");
  }
  return html + "</div>\n";
}

}  // namespace mlp
