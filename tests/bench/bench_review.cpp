// How long a review of a large policy takes, and how much memory: `check` of it.
//
// Targets: below 2 s at 1,000 routes, 15 s at 10,000 disjoint ones, and 20 s at 1,000 tangled ones,
// where a limit may be told of instead (`complete` 0); never more than 2 GiB (`peak_MB`).
#include <benchmark/benchmark.h>

#include <string>

#include "compiler/diagram/build.hpp"
#include "compiler/diagram/findings.hpp"
#include "compiler/diagram/flatten.hpp"
#include "compiler/prove/prove.hpp"
#include "tests/bench/lap.hpp"
#include "tests/bench/synthetic_policy.hpp"

namespace mlp::bench {
namespace {

PolicyText What(const benchmark::State& state) {
  return {.shape = static_cast<Shape>(state.range(0)), .routes = static_cast<int>(state.range(1))};
}

void CheckPolicy(benchmark::State& state) {
  const std::string text = MakePolicy(What(state));
  double read = 0, build = 0, find = 0, prove = 0, flatten = 0;
  bool complete = true;
  ResetPeak();
  for (auto _ : state) {
    Lap lap;
    CheckedPolicy policy(text);
    if (!policy.Errors().empty()) return state.SkipWithError(policy.Errors().c_str());
    read += lap();
    compiler::Diagram diagram = compiler::BuildDiagram(policy.model, {}, policy.diagnostics);
    build += lap();
    compiler::FindDecisionProblems(policy.model, diagram, policy.diagnostics);
    find += lap();
    compiler::Prove(policy.model, diagram, policy.diagnostics);
    prove += lap();
    const compiler::OwnedTables tables = compiler::Flatten(policy.model, diagram, policy.sources);
    flatten += lap();
    complete = complete && diagram.complete;
  }
  const auto count = static_cast<double>(state.iterations());
  state.counters["1_read_s"] = read / count;
  state.counters["2_build_s"] = build / count;
  state.counters["3_find_s"] = find / count;
  state.counters["4_prove_s"] = prove / count;
  state.counters["5_flatten_s"] = flatten / count;
  state.counters["complete"] = complete ? 1 : 0;
  state.counters["peak_MB"] = PeakMb();
}

void Sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"shape", "routes"})->Unit(benchmark::kMillisecond)->Iterations(1);
  benchmark->UseRealTime();
  benchmark->Args({static_cast<std::int64_t>(Shape::kMixed), 1'000});
  benchmark->Args({static_cast<std::int64_t>(Shape::kDisjoint), 10'000});
  benchmark->Args({static_cast<std::int64_t>(Shape::kOverlapping), 1'000});
  benchmark->Args({static_cast<std::int64_t>(Shape::kTangled), 1'000});
}

BENCHMARK(CheckPolicy)->Apply(Sizes);

}  // namespace
}  // namespace mlp::bench

BENCHMARK_MAIN();
