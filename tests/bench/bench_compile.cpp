// How long a policy takes from its text to the emitted C++, by the number and the shape of its
// routes, and how long the C++ compiler takes for what was emitted.
//
// Targets: check plus compile of 1,000 routes below 1 s, of 10,000 disjoint ones below 10 s; the
// C++ of 10,000 routes below 10 s with g++ -O2. Counters are seconds per pass; `total_s` is their
// sum.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <fmt/format.h>

#include "compiler/diagram/build.hpp"
#include "compiler/diagram/findings.hpp"
#include "compiler/diagram/flatten.hpp"
#include "compiler/emit/emit.hpp"
#include "tests/bench/lap.hpp"
#include "tests/bench/synthetic_policy.hpp"
#include "tests/support/scratch_folder.hpp"

namespace mlp::bench {
namespace {

using compiler::Diagnostics;

std::string TextFor(const benchmark::State& state) {
  return MakePolicy(
      {.shape = static_cast<Shape>(state.range(0)), .routes = static_cast<int>(state.range(1))});
}

void CompilePolicy(benchmark::State& state) {
  const std::string text = TextFor(state);
  double parse = 0, check = 0, build = 0, prove = 0, flatten = 0, emit = 0;
  std::size_t emitted_bytes = 0;
  for (auto _ : state) {
    CheckedPolicy policy(text);
    parse += policy.parse_s;
    check += policy.check_s;
    if (!policy.Errors().empty()) return state.SkipWithError(policy.Errors().c_str());
    Diagnostics& diagnostics = policy.diagnostics;
    Lap lap;
    compiler::Diagram diagram = compiler::BuildDiagram(policy.model, {}, diagnostics);
    build += lap();
    if (!diagram.complete) return state.SkipWithError("past the diagram's budget");
    compiler::FindDecisionProblems(policy.model, diagram, diagnostics);
    prove += lap();
    const compiler::OwnedTables tables = compiler::Flatten(policy.model, diagram, policy.sources);
    flatten += lap();
    const compiler::EmittedFiles files = compiler::Emit(tables.view(), {.policy_file = "big.mlp"});
    emit += lap();
    emitted_bytes = files.header.size() + files.source.size();
  }
  const auto count = static_cast<double>(state.iterations());
  const std::pair<const char*, double> passes[] = {{"1_parse_s", parse},     {"2_check_s", check},
                                                   {"3_build_s", build},     {"4_prove_s", prove},
                                                   {"5_flatten_s", flatten}, {"6_emit_s", emit}};
  double total = 0;
  for (const auto& [name, seconds] : passes) {
    state.counters[name] = seconds / count;
    total += seconds / count;
  }
  state.counters["total_s"] = total;
  state.counters["emitted_KB"] = static_cast<double>(emitted_bytes) / 1'000;
}

/// The C++ compiler on the emitted source, the process included.
void CompileEmitted(benchmark::State& state) {
  const std::string text = TextFor(state);
  CheckedPolicy policy(text);
  const compiler::OwnedTables tables =
      compiler::CompileTables(policy.model, policy.sources, {}, policy.diagnostics);
  if (policy.diagnostics.has_errors()) return state.SkipWithError("the policy has errors");
  const compiler::EmittedFiles files = compiler::Emit(tables.view(), {.policy_file = "big.mlp"});
  const ScratchFolder folder;
  std::ofstream(folder / files.header_name, std::ios::binary) << files.header;
  std::ofstream(folder / files.source_name, std::ios::binary) << files.source;
  const std::string command =
      fmt::format("g++ -std=c++20 -O2 -I{}/runtime/include -c {} -o {}", MLP_SOURCE_DIR,
                  folder / files.source_name, folder / "big.o");
  for (auto _ : state) {
    if (std::system(command.c_str()) != 0) return state.SkipWithError("g++ failed");
  }
  state.counters["object_KB"] =
      static_cast<double>(std::filesystem::file_size(folder / "big.o")) / 1'000;
}

void Sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"shape", "routes"})->Unit(benchmark::kMillisecond);
  benchmark->Args({static_cast<std::int64_t>(Shape::kMixed), 1'000});
  benchmark->Args({static_cast<std::int64_t>(Shape::kOverlapping), 1'000});
  benchmark->Args({static_cast<std::int64_t>(Shape::kDisjoint), 10'000});
}

void SizesOnce(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"shape", "routes"})->Unit(benchmark::kMillisecond)->Iterations(1);
  benchmark->UseRealTime();
  benchmark->Args({static_cast<std::int64_t>(Shape::kMixed), 1'000});
  benchmark->Args({static_cast<std::int64_t>(Shape::kDisjoint), 10'000});
}

BENCHMARK(CompilePolicy)->Apply(Sizes);
BENCHMARK(CompileEmitted)->Apply(SizesOnce);

}  // namespace
}  // namespace mlp::bench

BENCHMARK_MAIN();
