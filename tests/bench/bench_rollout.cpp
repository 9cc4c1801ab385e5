// What rollouts and experiments cost a call: finding its unit's bucket, and leaving behind what its
// end says.
#include <benchmark/benchmark.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "mlp/decide.hpp"
#include "runtime/core/bucket.hpp"
#include "runtime/engine/rollout/arms.hpp"

namespace mlp::engine {
namespace {

std::vector<std::string> Units(std::size_t bytes) {
  std::vector<std::string> units;
  for (std::size_t i = 0; i < 1'024; ++i) {
    std::string unit = "u-" + std::to_string(100'000 + 7 * i);
    unit.resize(bytes, 'x');
    units.push_back(std::move(unit));
  }
  return units;
}

/// A rollout's arm, by the bytes of the unit: to 50 of them fit one block of SHA-256.
void BM_RolloutBucket(benchmark::State& state) {
  const auto units = Units(static_cast<std::size_t>(state.range(0)));
  std::size_t next = 0;
  for (auto _ : state) benchmark::DoNotOptimize(Bucket("sonnet-5", units[next++ % units.size()]));
}
BENCHMARK(BM_RolloutBucket)->Arg(8)->Arg(36)->Arg(100);

void BM_ExperimentBucket(benchmark::State& state) {
  const auto units = Units(8);
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(BucketOfPieces({"tone", kSplit}, units[next++ % units.size()]));
  }
}
BENCHMARK(BM_ExperimentBucket);

/// A call that one rollout judges: its sample made, pushed, and taken by the rollouts' thread.
void BM_LeaveSamples(benchmark::State& state) {
  std::array<Model, 2> models{};
  models[0].name = "claude-sonnet-4-5";
  models[1].name = "claude-sonnet-5";
  std::array<Rollout, 1> rollouts{};
  rollouts[0].salt = "sonnet-5";
  rollouts[0].from_model = 0;
  rollouts[0].to_model = 1;
  Tables tables{};
  tables.models = models;
  tables.rollouts = rollouts;
  CallRecord record;
  record.attempts.resize(1);
  record.attempts.front().model = models[0].name;
  const std::vector<TouchedArm> arms{{.number = 0, .canary = false, .judged = true}};
  const auto units = Units(8);
  const auto ring = std::make_unique<SampleRing>();
  std::size_t next = 0;
  for (auto _ : state) {
    const std::array<std::string_view, 1> texts{units[next++ % units.size()]};
    LeaveSamples(tables, arms, {{}, texts, {}}, record, *ring);
    NumberedSample sample;
    if (!ring->Pop(sample)) return state.SkipWithError("no sample");
    benchmark::DoNotOptimize(sample);
  }
}
BENCHMARK(BM_LeaveSamples);

}  // namespace
}  // namespace mlp::engine

BENCHMARK_MAIN();
