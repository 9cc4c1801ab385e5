#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "runtime/report/render.hpp"
#include "runtime/report/since.hpp"
#include "runtime/report/text_table.hpp"

namespace mlp {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::string_view kNothing = "-";

// 1234567 as `1,234,567`.
std::string Grouped(std::int64_t value) {
  std::string text = std::to_string(value);
  const std::size_t first = value < 0 ? 1 : 0;
  for (std::size_t i = text.size(); i > first + 3;) text.insert(i -= 3, ",");
  return text;
}

// A share in percent, cut and not rounded: what is not all never reads 100%.
std::string Percent(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return std::string(kNothing);
  if (part == whole) return "100%";
  const std::int64_t hundredths = part * 10'000 / whole;
  return fmt::format("{}.{:02}%", hundredths / 100, hundredths % 100);
}

std::string Duration(std::int64_t us) {
  if (us < 1'000) return fmt::format("{} us", us);
  if (us < 9'950) return fmt::format("{:.1f} ms", static_cast<double>(us) / 1e3);
  if (us < 999'500) return fmt::format("{:.0f} ms", static_cast<double>(us) / 1e3);
  if (us < 99'950'000) return fmt::format("{:.1f} s", static_cast<double>(us) / 1e6);
  return fmt::format("{:.0f} s", static_cast<double>(us) / 1e6);
}

std::string Quantile(const Quantiles& quantiles, std::int64_t value_us) {
  return quantiles.count == 0 ? std::string(kNothing) : Duration(value_us);
}

std::string RouteName(const ReportRow& row) { return row.name.empty() ? "(no route)" : row.name; }

// `2026-11-20 14:00`
std::string Minute(std::int64_t instant_us) {
  std::string text = FormatInstant(instant_us).substr(0, 16);
  text[10] = ' ';
  return text;
}

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

// Words behind `line`, as many to a line as fit, the next lines under the first word.
std::string Wrapped(std::string line, const std::vector<std::string>& words) {
  const std::size_t indent = line.size();
  std::string text;
  bool first = true;
  for (const std::string& word : words) {
    if (!first && TextWidth(line) + TextWidth(word) > kWidth) {
      text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
      line.assign(indent, ' ');
    }
    line += word + " ";
    first = false;
  }
  return text + line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
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
                                calls == 0 ? std::string(kNothing) : Grouped(calls)),
                    words);
  }
  if (text.empty()) return text;
  return fmt::format("{:<20}{:>10}  {}\n", "Errors", "calls", "attempts") + text;
}

std::string Remarks(const Report& report) {
  const ReportRow& total = report.total;
  const std::pair<std::int64_t, std::string_view> remarks[] = {
      {report.dropped, "calls are missing: the store's queue was full"},
      {report.lost, "calls are missing: they could not be written"},
      {total.unpriced, "attempts have no price and count as $0.00"},
      {total.unverified, "attempts state a token total that their classes do not sum to"},
      {total.unreported, "successful attempts state no usage and count as no tokens"},
  };
  std::string text;
  for (const auto& [count, remark] : remarks) {
    if (count > 0) text += fmt::format("note: {} {}\n", Grouped(count), remark);
  }
  return text;
}

}  // namespace

std::string RenderReportText(const Report& report) {
  std::string text = Heading(report);
  std::vector<std::string> parts;
  if (report.total.calls > 0) parts.push_back(Routes(report));
  if (!report.models.empty()) parts.insert(parts.end(), {Models(report), Tokens(report)});
  parts.insert(parts.end(), {Errors(report), Remarks(report)});
  for (const std::string& part : parts) {
    if (!part.empty()) text += "\n" + part;
  }
  return text;
}

}  // namespace mlp
