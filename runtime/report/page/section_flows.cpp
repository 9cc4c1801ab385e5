// Where calls went on to, and the tables of routes, models and tokens.
#include <algorithm>

#include <fmt/format.h>

#include "runtime/report/figures.hpp"
#include "runtime/report/page/html.hpp"
#include "runtime/report/page/sections.hpp"

namespace mlp {
namespace {

constexpr std::size_t kMostFlows = 16;

std::string ReasonsOf(const PageFlow& flow) {
  std::vector<std::pair<std::int64_t, std::string>> reasons;
  for (std::size_t i = 0; i < kErrorClassCount; ++i) {
    if (flow.reasons[i] == 0) continue;
    const auto end = static_cast<ErrorClass>(i);
    // A hedge or the end of a call may leave an attempt that did not fail.
    reasons.emplace_back(flow.reasons[i], end == ErrorClass::kNone ? "no failure" : ToString(end));
  }
  std::stable_sort(reasons.begin(), reasons.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string words;
  for (const auto& [calls, name] : reasons) {
    words += fmt::format("{}{} {}", words.empty() ? "" : ", ", Grouped(calls), name);
  }
  return words;
}

std::vector<std::string> QuantileCells(const Quantiles& quantiles) {
  return {Quantile(quantiles, quantiles.p50_us), Quantile(quantiles, quantiles.p95_us),
          Quantile(quantiles, quantiles.p99_us)};
}

HtmlRows RouteRows(const Report& report) {
  HtmlRows rows;
  for (const ReportRow& row : report.routes) {
    rows.push_back({RouteName(row), Grouped(row.calls), Percent(row.answered, row.calls),
                    Grouped(row.attempts), Grouped(row.retries), Grouped(row.fallbacks)});
    for (std::string& cell : QuantileCells(row.latency)) rows.back().push_back(std::move(cell));
    rows.back().push_back("$" + row.cost.Decimal());
  }
  return rows;
}

HtmlRows ModelRows(const Report& report) {
  HtmlRows rows;
  for (const ReportRow& row : report.models) {
    rows.push_back({row.name, Grouped(row.attempts), Percent(row.succeeded, row.attempts),
                    Grouped(row.fallbacks), Grouped(row.took_over)});
    for (std::string& cell : QuantileCells(row.latency)) rows.back().push_back(std::move(cell));
    rows.back().push_back(Quantile(row.first_byte, row.first_byte.p50_us));
    rows.back().push_back("$" + row.cost.Decimal());
  }
  return rows;
}

HtmlRows TokenRows(const Report& report) {
  HtmlRows rows;
  for (const ReportRow& row : report.models) {
    const Usage& tokens = row.tokens;
    rows.push_back({row.name, Grouped(tokens.input), Grouped(tokens.cache_read),
                    Grouped(tokens.cache_write), Grouped(tokens.cache_write_long),
                    Grouped(tokens.output), Grouped(tokens.reasoning)});
  }
  return rows;
}

}  // namespace

std::string FlowSection(const Report& report, const ReportPage& page) {
  if (page.flows.empty()) return {};
  const std::int64_t most = page.flows.front().calls;
  std::string list = "<ul class=\"bars\">\n";
  HtmlRows rows;
  for (std::size_t i = 0; i < page.flows.size(); ++i) {
    const PageFlow& flow = page.flows[i];
    const std::string to = flow.to.empty() ? "not answered" : flow.to;
    const std::string reasons = ReasonsOf(flow);
    rows.push_back({flow.from, to, Grouped(flow.calls), reasons});
    if (i >= kMostFlows) continue;
    list += fmt::format(
        "<li><div class=\"head\"><b>{} → {}</b><span>{} calls, {} of all</span></div>"
        "<div class=\"track {}\" aria-hidden=\"true\"><i style=\"width:{:.1f}%\"></i></div>"
        "<span class=\"soft\">first attempt: {}</span></li>\n",
        EscapeHtml(flow.from), EscapeHtml(to), Grouped(flow.calls),
        Percent(flow.calls, report.total.calls), flow.to.empty() ? "c5" : "c1",
        100 * static_cast<double>(flow.calls) / static_cast<double>(most), EscapeHtml(reasons));
  }
  return HtmlSection(
      "flows", "Fallbacks", "From the model a call was begun on to the one that answered.",
      list + "</ul>\n" +
          HtmlNumbers("Fallbacks", {"From", "to", "calls", "first attempts ended with"}, rows));
}

std::string TableSection(const Report& report) {
  return HtmlSection("tables", "Routes and models", "",
                     HtmlTable("Routes",
                               {"Route", "calls", "answered", "attempts", "retries", "fallbacks",
                                "p50", "p95", "p99", "cost"},
                               RouteRows(report)) +
                         "<p></p>\n" +
                         HtmlTable("Models",
                                   {"Model", "attempts", "success", "gave up", "took over", "p50",
                                    "p95", "p99", "1st byte p50", "cost"},
                                   ModelRows(report)) +
                         "<p></p>\n" +
                         HtmlTable("Tokens by the class in which they are billed",
                                   {"Model", "input", "cache read", "cache write",
                                    "cache write 1 h", "output", "reasoning"},
                                   TokenRows(report)));
}

}  // namespace mlp
