#include "runtime/report/report_query.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "mlp/record.hpp"
#include "runtime/core/call_answer.hpp"
#include "runtime/core/histogram.hpp"
#include "runtime/core/usage_sums.hpp"
#include "runtime/report/times.hpp"
#include "runtime/store/reader.hpp"

namespace mlp {
namespace {

// A row that still grows, with the times behind its quantiles.
struct Accumulator {
  ReportRow row;
  Times latency;
  Times first_byte;
};

void AddCost(const AttemptRecord& attempt, ReportRow& row) {
  AddTokens(attempt.usage, row.tokens);
  row.cost.Add(Money{attempt.cost_pico});
  if (!attempt.priced) ++row.unpriced;
  if (attempt.usage.reported && !attempt.usage.verified) ++row.unverified;
  if (attempt.error_class == ErrorClass::kNone && !attempt.usage.reported) ++row.unreported;
}

// What routes and models count alike.
void AddAttempt(const AttemptRecord& attempt, Accumulator& to) {
  ReportRow& row = to.row;
  const bool succeeded = attempt.error_class == ErrorClass::kNone;
  ++row.attempts;
  if (succeeded) ++row.succeeded;
  if (attempt.kind == AttemptKind::kRetry) ++row.retries;
  if (attempt.kind == AttemptKind::kHedge) ++row.hedges;
  if (succeeded && attempt.first_byte_us >= 0) to.first_byte.Add(attempt.first_byte_us);
  AddCost(attempt, row);
}

void AddToRoute(const CallRecord& call, const AttemptRecord* answer, Accumulator& to) {
  ReportRow& row = to.row;
  ++row.calls;
  ++row.outcomes[static_cast<std::size_t>(call.outcome)];
  for (const AttemptRecord& attempt : call.attempts) AddAttempt(attempt, to);
  for (const AttemptRecord& lookup : call.lookups) AddCost(lookup, row);
  if (call.cache != CacheUse::kNone) ++row.cache_asked;
  if (IsFromCache(call)) {
    ++row.cached;
    ++row.answered;
    to.latency.Add(call.duration_us);
  }
  if (answer == nullptr) return;
  ++row.answered;
  if (answer->model != call.attempts.front().model) ++row.fallbacks;
  to.latency.Add(call.duration_us);
}

// The same from sums.
void AddCostSums(const RolledCell& cell, ReportRow& row) {
  row.tokens.input += cell.input;
  row.tokens.cache_read += cell.cache_read;
  row.tokens.cache_write += cell.cache_write;
  row.tokens.cache_write_long += cell.cache_write_long;
  row.tokens.output += cell.output;
  row.tokens.reasoning += cell.reasoning;
  row.cost.Add(cell.cost);
  row.unpriced += cell.unpriced;
  row.unverified += cell.unverified;
  row.unreported += cell.unreported;
}

void AddAttemptSums(const RolledCell& cell, Accumulator& to) {
  to.row.attempts += cell.attempts;
  to.row.succeeded += cell.succeeded;
  to.row.retries += cell.retries;
  to.row.hedges += cell.hedges;
  to.first_byte.Merge(cell.first_byte);
  AddCostSums(cell, to.row);
}

// Of calls for a route, of attempts for a model.
void AddOwnSums(const RolledCell& cell, Accumulator& to) {
  to.row.calls += cell.calls;
  to.row.answered += cell.answered;
  to.row.fallbacks += cell.fallbacks;
  to.row.took_over += cell.took_over;
  to.row.cache_asked += cell.cache_asked;
  to.row.cached += cell.cached;
  for (std::size_t i = 0; i < cell.ends.size(); ++i) to.row.outcomes[i] += cell.ends[i];
  to.latency.Merge(cell.latency);
}

class ReportBuilder {
 public:
  void Add(const CallRecord& call) {
    const AttemptRecord* answer = FindAnswer(call);
    AddToRoute(call, answer, total_);
    AddToRoute(call, answer, RowOf(routes_, call.route));
    AddToModels(call, answer);
    Span(call.started_us, call.started_us);
  }

  void Add(const CellKey& key, const RolledCell& cell) {
    switch (key.kind) {
      case CellKind::kCalls:
        AddOwnSums(cell, total_);
        AddOwnSums(cell, RowOf(routes_, key.names[0]));
        Span(cell.first_us, cell.last_us);
        break;
      case CellKind::kAttempts: {
        AddAttemptSums(cell, total_);
        AddAttemptSums(cell, RowOf(routes_, key.names[0]));
        Accumulator& model = RowOf(models_, key.names[2]);
        AddAttemptSums(cell, model);
        AddOwnSums(cell, model);
        break;
      }
      case CellKind::kLookups: {
        AddCostSums(cell, total_.row);
        AddCostSums(cell, RowOf(routes_, key.names[0]).row);
        Accumulator& model = RowOf(models_, key.names[2]);
        AddAttemptSums(cell, model);
        AddOwnSums(cell, model);
        break;
      }
      case CellKind::kFlow:
      case CellKind::kArm:
        break;
    }
  }

  Report Finish() {
    Report report;
    report.first_us = first_us_;
    report.last_us = last_us_;
    report.total = FinishRow(total_);
    report.routes = FinishRows(routes_);
    report.models = FinishRows(models_);
    return report;
  }

 private:
  using Rows = std::map<std::string, Accumulator, std::less<>>;

  // Calls from `first_us` to `last_us` were counted.
  void Span(std::int64_t first_us, std::int64_t last_us) {
    first_us_ = has_span_ ? std::min(first_us_, first_us) : first_us;
    last_us_ = has_span_ ? std::max(last_us_, last_us) : last_us;
    has_span_ = true;
  }

  static Accumulator& RowOf(Rows& rows, std::string_view name) {
    auto found = rows.find(name);
    if (found == rows.end()) {
      found = rows.emplace(std::string(name), Accumulator{}).first;
      found->second.row.name = name;
    }
    return found->second;
  }

  void AddToModels(const CallRecord& call, const AttemptRecord* answer) {
    for (std::size_t i = 0; i < call.attempts.size(); ++i) {
      const AttemptRecord& attempt = call.attempts[i];
      Accumulator& model = RowOf(models_, attempt.model);
      AddAttempt(attempt, model);
      ++model.row.outcomes[static_cast<std::size_t>(attempt.error_class)];
      if (attempt.error_class == ErrorClass::kNone) model.latency.Add(attempt.latency_us);
      const bool tried_before =
          std::any_of(call.attempts.begin(), call.attempts.begin() + static_cast<std::ptrdiff_t>(i),
                      [&](const AttemptRecord& earlier) { return earlier.model == attempt.model; });
      if (!tried_before) ++model.row.calls;
    }
    for (const AttemptRecord& lookup : call.lookups) {
      Accumulator& model = RowOf(models_, lookup.model);
      AddAttempt(lookup, model);
      ++model.row.calls;
      ++model.row.outcomes[static_cast<std::size_t>(lookup.error_class)];
      if (lookup.error_class != ErrorClass::kNone) continue;
      ++model.row.answered;
      model.latency.Add(lookup.latency_us);
    }
    if (answer == nullptr) return;
    const std::string& first = call.attempts.front().model;
    ++RowOf(models_, answer->model).row.answered;
    if (answer->model == first) return;
    ++RowOf(models_, answer->model).row.took_over;
    ++RowOf(models_, first).row.fallbacks;
  }

  static ReportRow FinishRow(Accumulator& from) {
    from.row.latency = from.latency.Finish();
    from.row.first_byte = from.first_byte.Finish();
    return std::move(from.row);
  }

  static std::vector<ReportRow> FinishRows(Rows& from) {
    std::vector<ReportRow> rows;
    for (auto& [name, accumulator] : from) rows.push_back(FinishRow(accumulator));
    std::stable_sort(rows.begin(), rows.end(),
                     [](const ReportRow& a, const ReportRow& b) { return a.calls > b.calls; });
    return rows;
  }

  Accumulator total_;
  Rows routes_;
  Rows models_;
  bool has_span_ = false;
  std::int64_t first_us_ = 0;
  std::int64_t last_us_ = 0;
};

}  // namespace

Result<Report> QueryReport(const std::string& path, std::int64_t from_us, std::int64_t to_us,
                           std::int64_t most_rows) {
  auto reader = StoreReader::Open(path);
  if (!reader) return reader.error();
  ReportBuilder builder;
  const auto span = reader->ForEachRecorded(
      {.from_us = from_us, .to_us = to_us, .most_rows = most_rows},
      [&builder](const CallRecord& call) { builder.Add(call); },
      [&builder](std::int64_t, const CellKey& key, const RolledCell& cell) {
        builder.Add(key, cell);
      });
  if (!span) return span.error();
  const auto losses = reader->CountLosses(span->from_us, span->to_us);
  if (!losses) return losses.error();
  Report report = builder.Finish();
  report.files = reader->files();
  report.from_us = span->from_us;
  report.to_us = span->to_us;
  report.summed = span->summed;
  report.widened = span->from_us != from_us || span->to_us != to_us;
  report.dropped = losses->dropped;
  report.lost = losses->lost;
  return report;
}

}  // namespace mlp
