#include <limits>
#include <nlohmann/json.hpp>

#include "runtime/core/histogram.hpp"
#include "runtime/report/evidence/evidence_json.hpp"
#include "runtime/report/render.hpp"
#include "runtime/report/since.hpp"

namespace mlp {
namespace {

using Json = nlohmann::ordered_json;

Json MakeQuantiles(const Quantiles& quantiles) {
  if (quantiles.count == 0) return nullptr;
  return {{"count", quantiles.count},
          {"p50", quantiles.p50_us},
          {"p95", quantiles.p95_us},
          {"p99", quantiles.p99_us}};
}

Json MakeRate(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return nullptr;
  return static_cast<double>(part) / static_cast<double>(whole);
}

Json MakeErrors(const ReportRow& row) {
  Json errors = Json::object();
  for (std::size_t i = 1; i < kErrorClassCount; ++i) {
    if (row.outcomes[i] == 0) continue;
    errors[std::string(ToString(static_cast<ErrorClass>(i)))] = row.outcomes[i];
  }
  return errors;
}

Json MakeRow(const ReportRow& row) {
  return {{"name", row.name},
          {"calls", row.calls},
          {"answered", row.answered},
          {"answeredRate", MakeRate(row.answered, row.calls)},
          {"attempts", row.attempts},
          {"succeeded", row.succeeded},
          {"successRate", MakeRate(row.succeeded, row.attempts)},
          {"retries", row.retries},
          {"hedges", row.hedges},
          {"fallbacks", row.fallbacks},
          {"cacheAsked", row.cache_asked},
          {"cached", row.cached},
          {"cacheHitRate", MakeRate(row.cached, row.cache_asked)},
          {"tookOver", row.took_over},
          {"latencyUs", MakeQuantiles(row.latency)},
          {"firstByteUs", MakeQuantiles(row.first_byte)},
          {"tokens",
           {{"input", row.tokens.input},
            {"cacheRead", row.tokens.cache_read},
            {"cacheWrite", row.tokens.cache_write},
            {"cacheWriteLong", row.tokens.cache_write_long},
            {"output", row.tokens.output},
            {"reasoning", row.tokens.reasoning}}},
          {"cost", "$" + row.cost.Decimal()},
          {"unpriced", row.unpriced},
          {"unverified", row.unverified},
          {"unreported", row.unreported},
          {"errors", MakeErrors(row)}};
}

Json MakeRows(const std::vector<ReportRow>& rows) {
  Json list = Json::array();
  for (const ReportRow& row : rows) list.push_back(MakeRow(row));
  return list;
}

Json MakeBudget(const BudgetRow& row) {
  constexpr std::int64_t kMicros = 1'000'000;
  const bool limited = row.limit.pico_usd != std::numeric_limits<std::int64_t>::max();
  return {{"name", row.budget},
          {"value", row.value.empty() ? Json(nullptr) : Json(row.value)},
          {"period", row.month ? "month" : "day"},
          {"from", FormatInstant(row.from_s * kMicros)},
          {"to", FormatInstant(row.to_s * kMicros)},
          {"spent", ToString(row.spent)},
          {"reserved", ToString(row.reserved)},
          {"limit", limited ? Json(ToString(row.limit)) : Json(nullptr)},
          {"forecast", row.forecast ? Json(ToString(*row.forecast)) : Json(nullptr)}};
}

Json MakeBudgets(const std::vector<BudgetRow>& rows) {
  Json list = Json::array();
  for (const BudgetRow& row : rows) list.push_back(MakeBudget(row));
  return list;
}

// Open ends of the window have no instant.
Json MakeInstant(std::int64_t instant_us, std::int64_t open) {
  if (instant_us == open) return nullptr;
  return FormatInstant(instant_us);
}

}  // namespace

std::string RenderReportJson(const Report& report) {
  using Limits = std::numeric_limits<std::int64_t>;
  const Json json = {
      {"version", 1},
      {"files", report.files},
      {"from", MakeInstant(report.from_us, Limits::min())},
      {"to", MakeInstant(report.to_us, Limits::max())},
      {"firstCall", MakeInstant(report.first_us, 0)},
      {"lastCall", MakeInstant(report.last_us, 0)},
      {"quantileError", report.summed ? static_cast<double>(Histogram::kError_ppm) / 1e6 : 0.0},
      {"total", MakeRow(report.total)},
      {"routes", MakeRows(report.routes)},
      {"models", MakeRows(report.models)},
      {"budgets", MakeBudgets(report.budgets)},
      {"rollouts", RolloutsJson(report.evidence)},
      {"experiments", ExperimentsJson(report.evidence)},
      {"missing", {{"dropped", report.dropped}, {"lost", report.lost}}},
  };
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace mlp
