// How many rows (calls and attempts) a second the store takes for good, beside the plain way:
// SQLite in the same settings with one transaction for each row.
//
//   bench_store --benchmark_counters_tabular=true
#include <benchmark/benchmark.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "mlp/store.hpp"
#include "tests/support/random_records.hpp"
#include "tests/support/scratch_folder.hpp"

namespace {

using mlp::CallRecord;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kSeed = 1;
constexpr std::size_t kDistinct = 4'096;        // records that take turns
constexpr std::size_t kCallsBetweenLooks = 64;  // at the clock
constexpr std::size_t kComfortable = 32'768;    // calls in the queue, half of what it may hold

std::vector<CallRecord> MakeCalls() {
  mlp::RandomRecords records(kSeed);
  std::vector<CallRecord> calls;
  for (std::size_t i = 0; i < kDistinct; ++i) calls.push_back(records.Plausible());
  return calls;
}

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// One thread appends for five seconds as fast as the queue stays half empty, then flushes. The rate
// counts rows committed over all of that time, so a backlog does not flatter it.
void BM_StoreSustained(benchmark::State& state) {
  const std::vector<CallRecord> calls = MakeCalls();
  std::uint64_t rows = 0;
  std::uint64_t missing = 0;
  double seconds = 0;
  double slowest_append_us = 0;
  for (auto _ : state) {
    const mlp::ScratchFolder folder;
    auto store = mlp::Store::Open(folder / "metrics.db");
    if (!store) return state.SkipWithError(store.error().context.c_str());
    const auto start = Clock::now();
    std::size_t next = 0;
    while (SecondsSince(start) < 5.0) {
      for (std::size_t i = 0; i < kCallsBetweenLooks; ++i) {
        CallRecord call = calls[next++ % kDistinct];
        const auto before = Clock::now();
        benchmark::DoNotOptimize((*store)->Append(std::move(call)));
        slowest_append_us = std::max(slowest_append_us, SecondsSince(before) * 1e6);
      }
      while ((*store)->stats().queued > kComfortable) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    }
    if (!(*store)->Flush()) return state.SkipWithError("flush failed");
    seconds += SecondsSince(start);
    const mlp::StoreStats stats = (*store)->stats();
    rows += stats.rows_written;
    missing += stats.dropped + stats.lost;
  }
  state.counters["rows_per_s"] = static_cast<double>(rows) / seconds;
  state.counters["dropped_or_lost"] = static_cast<double>(missing);
  state.counters["slowest_append_us"] = slowest_append_us;
}
BENCHMARK(BM_StoreSustained)->Iterations(1)->Unit(benchmark::kSecond)->UseRealTime();

// The price of Append for the caller, in bursts that the writer catches up with in between.
void BM_Append(benchmark::State& state) {
  const std::vector<CallRecord> calls = MakeCalls();
  const mlp::ScratchFolder folder;
  auto store = mlp::Store::Open(folder / "metrics.db");
  if (!store) return state.SkipWithError(store.error().context.c_str());
  constexpr std::size_t kBurst = 1'024;
  std::vector<CallRecord> burst;
  std::size_t next = 0;
  double seconds = 0;
  for (auto _ : state) {
    burst.clear();
    for (std::size_t i = 0; i < kBurst; ++i) burst.push_back(calls[next++ % kDistinct]);
    const auto start = Clock::now();
    for (CallRecord& call : burst) benchmark::DoNotOptimize((*store)->Append(std::move(call)));
    const double taken = SecondsSince(start);
    state.SetIterationTime(taken);
    seconds += taken;
    if (!(*store)->Flush()) return state.SkipWithError("flush failed");
  }
  state.counters["ns_per_append"] =
      seconds * 1e9 / (static_cast<double>(state.iterations()) * static_cast<double>(kBurst));
}
BENCHMARK(BM_Append)->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(200);

// The baseline: WAL, synchronous = NORMAL, prepared statement, one INSERT a transaction.
void BM_OneRowPerTransaction(benchmark::State& state) {
  const std::vector<CallRecord> calls = MakeCalls();
  const mlp::ScratchFolder folder;
  sqlite3* database = nullptr;
  sqlite3_open((folder / "plain.db").c_str(), &database);
  sqlite3_exec(database,
               "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
               "CREATE TABLE attempts(call_id TEXT, model TEXT, provider TEXT, error_class TEXT, "
               "request_id TEXT, input INTEGER, output INTEGER, cost_pico INTEGER, "
               "started_us INTEGER, latency_us INTEGER) STRICT",
               nullptr, nullptr, nullptr);
  sqlite3_stmt* insert = nullptr;
  sqlite3_prepare_v2(database, "INSERT INTO attempts VALUES(?,?,?,?,?,?,?,?,?,?)", -1, &insert,
                     nullptr);
  std::uint64_t rows = 0;
  std::size_t next = 0;
  const auto text = [insert](int column, std::string_view value) {
    sqlite3_bind_text(insert, column, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
  };
  const auto start = Clock::now();
  for (auto _ : state) {
    const CallRecord& call = calls[next++ % kDistinct];
    const mlp::AttemptRecord& attempt = call.attempts.front();
    text(1, call.call_id);
    text(2, attempt.model);
    text(3, attempt.provider);
    text(4, ToString(attempt.error_class));
    text(5, attempt.request_id);
    sqlite3_bind_int64(insert, 6, attempt.usage.input);
    sqlite3_bind_int64(insert, 7, attempt.usage.output);
    sqlite3_bind_int64(insert, 8, attempt.cost_pico);
    sqlite3_bind_int64(insert, 9, attempt.started_us);
    sqlite3_bind_int64(insert, 10, attempt.latency_us);
    if (sqlite3_step(insert) != SQLITE_DONE) state.SkipWithError(sqlite3_errmsg(database));
    sqlite3_reset(insert);
    ++rows;
  }
  state.counters["rows_per_s"] = static_cast<double>(rows) / SecondsSince(start);
  sqlite3_finalize(insert);
  sqlite3_close(database);
}
BENCHMARK(BM_OneRowPerTransaction)->UseRealTime()->MinTime(2.0);

}  // namespace

BENCHMARK_MAIN();
