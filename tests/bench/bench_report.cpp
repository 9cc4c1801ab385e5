// How long a report takes over a million recorded calls, one by one and from sums, what summing
// them up and deleting them takes, and how many bytes of disk a call takes before and after.
//
//   bench_report --benchmark_counters_tabular=true
#include <benchmark/benchmark.h>

#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "runtime/report/page/page_query.hpp"
#include "runtime/report/report_query.hpp"
#include "runtime/store/record_writer.hpp"
#include "tests/bench/lap.hpp"
#include "tests/support/random_records.hpp"
#include "tests/support/scratch_folder.hpp"

namespace {

constexpr std::int64_t kCalls = 1'000'000;
constexpr std::int64_t kBatch = 4'000;
constexpr std::int64_t kBetween_us = 20'000;  // 50 calls a second: 5.6 hours of them
constexpr std::uint64_t kSeed = 1;
constexpr std::int64_t kBeginning = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();

bool IsWritten(const mlp::WriteResult& result) {
  return result.kind == mlp::WriteResult::Kind::kWritten;
}

/// A million calls of four routes and five models; returns the last one's start.
std::int64_t Fill(mlp::RecordWriter& writer) {
  mlp::RandomRecords records(kSeed);
  std::int64_t at_us = 0;
  for (std::int64_t i = 0; i < kCalls / kBatch; ++i) {
    std::vector<mlp::StoreEntry> entries;
    for (std::int64_t j = 0; j < kBatch; ++j) {
      auto call = std::make_unique<mlp::CallRecord>(records.Plausible());
      at_us = at_us == 0 ? call->started_us : at_us + kBetween_us;
      call->started_us = at_us;
      entries.emplace_back(std::move(call));
    }
    if (!IsWritten(writer.Write({1, i + 1, entries, {}, 0}))) return 0;
  }
  return at_us;
}

bool KeepAll(mlp::RecordWriter& writer, const mlp::Retention& keep, std::int64_t now_us) {
  mlp::UpkeepDone done{.rolled = 0, .deleted = 0, .more = true};
  while (done.more) {
    if (!IsWritten(writer.Keep(keep, now_us, done))) return false;
  }
  return true;
}

double BytesPerCall(mlp::RecordWriter& writer, const std::string& path) {
  static_cast<void>(writer.Run(mlp::RecordWriter::Checkpoint::kTruncate));
  return static_cast<double>(std::filesystem::file_size(path)) / static_cast<double>(kCalls);
}

/// Seconds of the report and of its page; below 0 where they are not over all calls.
std::pair<double, double> Report(const std::string& path, std::int64_t most_rows) {
  mlp::bench::Lap lap;
  const auto report = mlp::QueryReport(path, kBeginning, kEnd, most_rows);
  const double report_s = lap();
  if (!report || report->total.calls != kCalls) return {-1, -1};
  lap();
  const auto page = mlp::QueryPage(path, *report);
  return {report_s, page ? lap() : -1};
}

void BM_ReportOfAMillionCalls(benchmark::State& state) {
  const mlp::ScratchFolder folder;
  const std::string path = folder / "m.db";
  auto writer = mlp::RecordWriter::Open(path);
  if (!writer) return state.SkipWithError("no store");
  for (auto _ : state) {
    const std::int64_t last_us = Fill(**writer);
    if (last_us == 0) return state.SkipWithError("the store does not take the calls");
    const double rows = BytesPerCall(**writer, path);
    state.counters["row_bytes"] = rows;
    std::tie(state.counters["rows_s"].value, state.counters["rows_page_s"].value) =
        Report(path, kCalls);

    mlp::bench::Lap lap;
    if (!KeepAll(**writer, {}, last_us)) return state.SkipWithError("no sums");
    state.counters["sum_up_s"] = lap();
    state.counters["sum_bytes"] = BytesPerCall(**writer, path) - rows;
    std::tie(state.counters["sums_s"].value, state.counters["sums_page_s"].value) = Report(path, 0);

    lap();
    if (!KeepAll(**writer, {.calls_s = 1}, last_us + 2'000'000'000)) {
      return state.SkipWithError("the calls stay");
    }
    state.counters["delete_s"] = lap();
    state.counters["left_bytes"] = BytesPerCall(**writer, path);
    std::tie(state.counters["left_s"].value, state.counters["left_page_s"].value) =
        Report(path, kCalls);
  }
}
BENCHMARK(BM_ReportOfAMillionCalls)->Iterations(1)->Unit(benchmark::kSecond)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
