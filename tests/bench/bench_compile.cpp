// How long a policy takes from its text to the emitted C++, by the number and the shape of its
// routes, and how long the C++ compiler takes for what was emitted.
//
// Targets: check plus compile of 1,000 routes below 1 s, of 10,000 disjoint ones below 10 s; the
// C++ of 10,000 routes below 10 s with g++ -O2. Counters are seconds per pass; `total_s` is their
// sum.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <random>
#include <string>

#include <fmt/format.h>

#include "compiler/check/check.hpp"
#include "compiler/diag/render_text.hpp"
#include "compiler/diagram/build.hpp"
#include "compiler/diagram/findings.hpp"
#include "compiler/diagram/flatten.hpp"
#include "compiler/emit/emit.hpp"
#include "compiler/parse/program.hpp"
#include "tests/support/scratch_folder.hpp"

namespace mlp::bench {
namespace {

using compiler::Diagnostics;
using compiler::SourceSet;

/// What the conditions of the routes are like.
enum class Shape : std::int64_t {
  kMixed,        ///< a task and an interval of input, all disjoint
  kDisjoint,     ///< intervals of input alone, disjoint
  kOverlapping,  ///< a task and an interval drawn at random
};

constexpr int kModelCount = 50;
constexpr int kTaskCount = 4;

std::string Head() {
  std::string text = R"(language 1
provider main {
  protocol openai
  endpoint us "https://main.example/v1"
}
policy big {
  version "1.0.0"
  owner   "bench"
  stage   development
  valid   2026-11-21 .. 2027-11-21
}
request {
  task   one of t0, t1, t2, t3
  input  tokens up to 400K
  output tokens up to 16K
}
)";
  for (int i = 0; i < kModelCount; ++i) {
    text += fmt::format(
        "model m{} {{\n  provider main\n  pin exact \"m{}-1\"\n  context 1M, output 64K\n"
        "  can text-input, text-output\n  price input ${}/M, output ${}/M\n  status active\n}}\n",
        i, i, 1 + i % 7, 2 + i % 11);
  }
  return text;
}

std::string MakePolicy(Shape shape, int route_count) {
  std::string text = Head();
  std::mt19937 random(20261121);
  const int per_task = (route_count + kTaskCount - 1) / kTaskCount;
  for (int i = 0; i < route_count; ++i) {
    std::string when;
    if (shape == Shape::kMixed) {
      const int width = 400'000 / per_task;
      const int from = i / kTaskCount * width;
      when = fmt::format("task == t{} and input >= {} and input < {}", i % kTaskCount, from,
                         from + width);
    } else if (shape == Shape::kDisjoint) {
      const int width = 400'000 / route_count;
      when = fmt::format("input >= {} and input < {}", i * width, (i + 1) * width);
    } else {
      const int from = static_cast<int>(random() % 300'000);
      const int to = from + 1 + static_cast<int>(random() % 100'000);
      when = fmt::format("task == t{} and input >= {} and input < {}", random() % kTaskCount, from,
                         to);
    }
    text += fmt::format("route r{} when {} {{\n  try m{}, m{}\n  else m{}\n}}\n", i, when,
                        i % kModelCount, (i * 7 + 3) % kModelCount, (i * 13 + 5) % kModelCount);
  }
  return text + "route rest otherwise { try m0 }\n";
}

class OneFile final : public compiler::FileReader {
 public:
  explicit OneFile(const std::string& text) : text_(text) {}
  std::optional<std::string> Read(const std::string&) override { return text_; }

 private:
  const std::string& text_;
};

/// Seconds since it was last asked.
class Lap {
 public:
  double operator()() {
    const auto now = std::chrono::steady_clock::now();
    const std::chrono::duration<double> seconds = now - last_;
    last_ = now;
    return seconds.count();
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

void CompilePolicy(benchmark::State& state) {
  const std::string text =
      MakePolicy(static_cast<Shape>(state.range(0)), static_cast<int>(state.range(1)));
  double parse = 0, check = 0, build = 0, prove = 0, flatten = 0, emit = 0;
  std::size_t emitted_bytes = 0;
  for (auto _ : state) {
    SourceSet sources;
    Diagnostics diagnostics;
    OneFile reader(text);
    Lap lap;
    const compiler::Program program =
        compiler::LoadProgram(reader, "big.mlp", {}, sources, diagnostics);
    parse += lap();
    const compiler::PolicyModel model = compiler::Check(program, sources, diagnostics);
    check += lap();
    if (diagnostics.has_errors())
      return state.SkipWithError(compiler::RenderText(sources, diagnostics.all()).c_str());
    compiler::Diagram diagram = compiler::BuildDiagram(model, {}, diagnostics);
    build += lap();
    if (!diagram.complete) return state.SkipWithError("past the diagram's budget");
    compiler::FindDecisionProblems(model, diagram, diagnostics);
    prove += lap();
    const compiler::OwnedTables tables = compiler::Flatten(model, diagram, sources);
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
  const std::string text =
      MakePolicy(static_cast<Shape>(state.range(0)), static_cast<int>(state.range(1)));
  SourceSet sources;
  Diagnostics diagnostics;
  OneFile reader(text);
  const compiler::Program program =
      compiler::LoadProgram(reader, "big.mlp", {}, sources, diagnostics);
  const compiler::PolicyModel model = compiler::Check(program, sources, diagnostics);
  const compiler::OwnedTables tables = compiler::CompileTables(model, sources, {}, diagnostics);
  if (diagnostics.has_errors()) return state.SkipWithError("the policy has errors");
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
