#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "runtime/report/evidence/evidence_text.hpp"
#include "runtime/report/figures.hpp"
#include "runtime/report/render.hpp"
#include "runtime/report/text_table.hpp"

namespace mlp {
namespace {

constexpr std::size_t kWidth = 100;
std::string Heading(const Report& report) {
  const ReportRow& total = report.total;
  std::string text = report.files.empty() ? "" : report.files.front();
  if (report.files.size() > 1) text += fmt::format(" and {} more", report.files.size() - 1);
  if (total.calls == 0) return text + "\nno calls in this window\n";
  text += fmt::format("\n{} to {} UTC\n\n", Minute(report.first_us), Minute(report.last_us));
  text += fmt::format("{} calls, {} answered; {} attempts, {} retries, {} fallbacks; {}\n",
                      Grouped(total.calls), Percent(total.answered, total.calls),
                      Grouped(total.attempts), Grouped(total.retries), Grouped(total.fallbacks),
                      total.cost.Rounded());
  if (total.cache_asked > 0) {
    text += fmt::format("{} of {} calls that asked the cache were answered from it ({})\n",
                        Grouped(total.cached), Grouped(total.cache_asked),
                        Percent(total.cached, total.cache_asked));
  }
  return text;
}

std::string Routes(const Report& report) {
  TextTable table({"Route", "calls", "answered", "attempts", "retries", "fallbacks", "p50", "p95",
                   "p99", "cost"});
  for (const ReportRow& row : report.routes) {
    table.AddRow({RouteName(row), Grouped(row.calls), Percent(row.answered, row.calls),
                  Grouped(row.attempts), Grouped(row.retries), Grouped(row.fallbacks),
                  Quantile(row.latency, row.latency.p50_us),
                  Quantile(row.latency, row.latency.p95_us),
                  Quantile(row.latency, row.latency.p99_us), row.cost.Rounded()});
  }
  return table.Render(kWidth);
}

std::string Models(const Report& report) {
  TextTable table({"Model", "attempts", "success", "gave up", "took over", "p50", "p95", "p99",
                   "1st byte", "cost"});
  for (const ReportRow& row : report.models) {
    table.AddRow(
        {row.name, Grouped(row.attempts), Percent(row.succeeded, row.attempts),
         Grouped(row.fallbacks), Grouped(row.took_over), Quantile(row.latency, row.latency.p50_us),
         Quantile(row.latency, row.latency.p95_us), Quantile(row.latency, row.latency.p99_us),
         Quantile(row.first_byte, row.first_byte.p50_us), row.cost.Rounded()});
  }
  return table.Render(kWidth);
}

std::string Tokens(const Report& report) {
  TextTable table(
      {"Tokens", "input", "cache read", "cache write", "cache 1 h", "output", "reasoning"});
  for (const ReportRow& row : report.models) {
    const Usage& tokens = row.tokens;
    table.AddRow({row.name, Grouped(tokens.input), Grouped(tokens.cache_read),
                  Grouped(tokens.cache_write), Grouped(tokens.cache_write_long),
                  Grouped(tokens.output), Grouped(tokens.reasoning)});
  }
  return table.Render(kWidth);
}

// A line per class that occurs: the calls that ended with it, and the attempts of each model.
std::string Errors(const Report& report) {
  std::string text;
  for (std::size_t i = 1; i < kErrorClassCount; ++i) {
    std::vector<std::string> words;
    for (const ReportRow& row : report.models) {
      if (row.outcomes[i] == 0) continue;
      if (!words.empty()) words.back() += ",";
      words.push_back(fmt::format("{} {}", row.name, Grouped(row.outcomes[i])));
    }
    const std::int64_t calls = report.total.outcomes[i];
    if (words.empty() && calls == 0) continue;
    text += Wrapped(fmt::format("{:<20}{:>10}  ", ToString(static_cast<ErrorClass>(i)),
                                calls == 0 ? "-" : Grouped(calls)),
                    words, kWidth);
  }
  if (text.empty()) return text;
  return fmt::format("{:<20}{:>10}  {}\n", "Errors", "calls", "attempts") + text;
}

// The fullest; all are in the JSON.
std::string Budgets(const Report& report) {
  constexpr std::size_t kMostShown = 20;
  if (report.budgets.empty()) return "";
  TextTable table({"Budget", "period", "used", "spent", "reserved", "limit", "forecast"});
  const std::size_t shown = std::min(report.budgets.size(), kMostShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const BudgetRow& row = report.budgets[i];
    table.AddRow({BudgetRowName(row), row.month ? "month" : "day", UsedShare(row),
                  Dollars(row.spent), Dollars(row.reserved), LimitWords(row), ForecastWords(row)});
  }
  std::string text = table.Render(kWidth);
  if (shown < report.budgets.size()) {
    text += fmt::format("and {} more; --format json lists all\n", report.budgets.size() - shown);
  }
  return text;
}

std::string RemarkLines(const Report& report) {
  std::string text;
  for (const std::string& remark : Remarks(report)) text += "note: " + remark + "\n";
  return text;
}

}  // namespace

std::string RenderReportText(const Report& report) {
  std::string text = Heading(report);
  std::vector<std::string> parts;
  if (report.total.calls > 0) parts.push_back(Routes(report));
  if (!report.models.empty()) parts.insert(parts.end(), {Models(report), Tokens(report)});
  parts.insert(parts.end(), {Errors(report), Budgets(report), EvidenceText(report.evidence),
                             RemarkLines(report)});
  for (const std::string& part : parts) {
    if (!part.empty()) text += "\n" + part;
  }
  return text;
}

}  // namespace mlp
