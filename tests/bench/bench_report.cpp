// How long a report takes over a million recorded calls, what the page over time takes besides, and
// how many bytes of disk a call takes.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <thread>

#include "mlp/store.hpp"
#include "runtime/report/page/page_query.hpp"
#include "runtime/report/report_query.hpp"
#include "tests/support/random_records.hpp"
#include "tests/support/scratch_folder.hpp"

namespace {

constexpr std::int64_t kCalls = 1'000'000;
constexpr std::uint64_t kSeed = 1;
constexpr std::uint64_t kComfortable = 32'768;  // calls in the queue, half of what it may hold

bool Fill(const std::string& path) {
  auto store = mlp::Store::Open(path);
  if (!store) return false;
  mlp::RandomRecords records(kSeed);
  for (std::int64_t i = 0; i < kCalls; ++i) {
    if (!(*store)->Append(records.Plausible())) return false;
    while (i % 1'024 == 0 && (*store)->stats().queued > kComfortable) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  return (*store)->Flush().ok();
}

double SecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void BM_ReportOfAMillionCalls(benchmark::State& state) {
  const mlp::ScratchFolder folder;
  const std::string path = folder / "m.db";
  if (!Fill(path)) return state.SkipWithError("the store does not take the calls");
  for (auto _ : state) {
    auto start = std::chrono::steady_clock::now();
    auto report = mlp::QueryReport(path, std::numeric_limits<std::int64_t>::min(),
                                   std::numeric_limits<std::int64_t>::max());
    if (!report || report->total.calls != kCalls) return state.SkipWithError("no report");
    state.counters["report_s"] = SecondsSince(start);
    start = std::chrono::steady_clock::now();
    const auto page = mlp::QueryPage(path, *report);
    if (!page) return state.SkipWithError("no page");
    state.counters["page_s"] = SecondsSince(start);
  }
  state.counters["bytes_per_call"] =
      static_cast<double>(std::filesystem::file_size(path)) / static_cast<double>(kCalls);
}
BENCHMARK(BM_ReportOfAMillionCalls)->Iterations(1)->Unit(benchmark::kSecond)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
