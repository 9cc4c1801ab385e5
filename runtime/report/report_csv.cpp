#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "runtime/report/render.hpp"

namespace mlp {
namespace {

std::string Quoted(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

using Cells = std::vector<std::pair<std::string, std::string>>;  // column and value

void AddNumber(Cells& cells, std::string_view column, std::int64_t value) {
  cells.emplace_back(column, std::to_string(value));
}

// Nothing, not 0, where there was no sample.
void AddQuantiles(Cells& cells, std::string_view column, const Quantiles& quantiles) {
  for (const auto& [name, value] :
       {std::pair("p50", quantiles.p50_us), std::pair("p95", quantiles.p95_us),
        std::pair("p99", quantiles.p99_us)}) {
    cells.emplace_back(fmt::format("{}_{}_us", column, name),
                       quantiles.count == 0 ? "" : std::to_string(value));
  }
}

Cells MakeCells(std::string_view kind, const ReportRow& row) {
  Cells cells{{"kind", std::string(kind)}, {"name", Quoted(row.name)}};
  AddNumber(cells, "calls", row.calls);
  AddNumber(cells, "answered", row.answered);
  AddNumber(cells, "attempts", row.attempts);
  AddNumber(cells, "succeeded", row.succeeded);
  AddNumber(cells, "retries", row.retries);
  AddNumber(cells, "hedges", row.hedges);
  AddNumber(cells, "fallbacks", row.fallbacks);
  AddNumber(cells, "cache_asked", row.cache_asked);
  AddNumber(cells, "cached", row.cached);
  AddNumber(cells, "took_over", row.took_over);
  AddQuantiles(cells, "latency", row.latency);
  AddQuantiles(cells, "first_byte", row.first_byte);
  AddNumber(cells, "input_tokens", row.tokens.input);
  AddNumber(cells, "cache_read_tokens", row.tokens.cache_read);
  AddNumber(cells, "cache_write_tokens", row.tokens.cache_write);
  AddNumber(cells, "cache_write_long_tokens", row.tokens.cache_write_long);
  AddNumber(cells, "output_tokens", row.tokens.output);
  AddNumber(cells, "reasoning_tokens", row.tokens.reasoning);
  cells.emplace_back("cost_usd", row.cost.Decimal());
  AddNumber(cells, "unpriced", row.unpriced);
  AddNumber(cells, "unverified", row.unverified);
  AddNumber(cells, "unreported", row.unreported);
  for (std::size_t i = 1; i < kErrorClassCount; ++i) {
    AddNumber(cells, ToString(static_cast<ErrorClass>(i)), row.outcomes[i]);
  }
  return cells;
}

std::string Line(const Cells& cells, std::string Cells::value_type::*part) {
  std::string line;
  for (const auto& cell : cells) line += (line.empty() ? "" : ",") + cell.*part;
  return line + "\n";
}

}  // namespace

std::string RenderReportCsv(const Report& report) {
  const Cells total = MakeCells("total", report.total);
  std::string text = Line(total, &Cells::value_type::first);
  text += Line(total, &Cells::value_type::second);
  for (const ReportRow& row : report.routes) {
    text += Line(MakeCells("route", row), &Cells::value_type::second);
  }
  for (const ReportRow& row : report.models) {
    text += Line(MakeCells("model", row), &Cells::value_type::second);
  }
  return text;
}

}  // namespace mlp
