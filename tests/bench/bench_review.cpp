// How long a review of a large policy takes, and how much memory: `check` of it,
// `diff` to a version in which every tenth route tries another model, and `timeline` of a year in
// which ten models retire.
//
// Targets: below 2 s at 1,000 routes, 15 s at 10,000 disjoint ones, and 20 s at 1,000 tangled ones,
// where a limit may be told of instead (`complete` 0); never more than 2 GiB (`peak_MB`).
#include <benchmark/benchmark.h>

#include <string>

#include "compiler/diagram/build.hpp"
#include "compiler/diagram/findings.hpp"
#include "compiler/diagram/flatten.hpp"
#include "compiler/diff/diff.hpp"
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

/// A version as a comparison takes it.
struct Version {
  explicit Version(const std::string& text)
      : policy(text),
        tables(compiler::CompileTables(policy.model, policy.sources, {}, policy.diagnostics)) {}
  [[nodiscard]] compiler::DiffSide side() const {
    return {policy.model, tables.view(), policy.sources};
  }
  CheckedPolicy policy;
  compiler::OwnedTables tables;
};

void ReportRegions(benchmark::State& state, bool complete, std::size_t regions) {
  state.counters["regions"] = static_cast<double>(regions);
  state.counters["complete"] = complete ? 1 : 0;
  state.counters["peak_MB"] = PeakMb();
}

void DiffPolicies(benchmark::State& state) {
  PolicyText what = What(state);
  const std::string older_text = MakePolicy(what);
  what.changed_every = 10;
  const std::string newer_text = MakePolicy(what);
  std::size_t regions = 0;
  bool complete = true;
  ResetPeak();
  for (auto _ : state) {
    compiler::Diagnostics diagnostics;
    const Version newer(newer_text);
    complete =
        compiler::CanBeCompared(newer.tables.view(), "new", newer.policy.model.span, diagnostics);
    if (!complete) continue;
    const Version older(older_text);
    const auto result = compiler::Diff(older.side(), newer.side(), {}, diagnostics);
    complete = result.has_value();
    regions = complete ? result->regions.size() : 0;
  }
  ReportRegions(state, complete, regions);
}

void TimelineOfPolicy(benchmark::State& state) {
  PolicyText what = What(state);
  what.retiring_models = 10;
  const std::string text = MakePolicy(what);
  std::size_t regions = 0;
  bool complete = true;
  ResetPeak();
  for (auto _ : state) {
    const Version version(text);
    compiler::Diagnostics diagnostics;
    const auto& valid = version.policy.model.valid;
    const auto timeline =
        compiler::Timeline(version.side(), valid.from_s, valid.to_s, {}, diagnostics);
    complete = timeline.has_value();
    regions = 0;
    if (!complete) continue;
    for (const compiler::TimelineEntry& entry : *timeline) regions += entry.regions.size();
  }
  ReportRegions(state, complete, regions);
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
BENCHMARK(DiffPolicies)->Apply(Sizes);
BENCHMARK(TimelineOfPolicy)->Apply(Sizes);

}  // namespace
}  // namespace mlp::bench

BENCHMARK_MAIN();
