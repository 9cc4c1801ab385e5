// What the cache costs a call: the digest of what is asked, and finding the answer in memory.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/core/split_mix.hpp"
#include "runtime/engine/cache/answer_cache.hpp"
#include "runtime/engine/cache/cache_key.hpp"
#include "runtime/engine/cache/similar_text.hpp"
#include "runtime/engine/cache/vector_index.hpp"

namespace mlp::engine {
namespace {

constexpr std::int64_t kNow = 1'800'000'000;

struct Asked {
  explicit Asked(std::size_t prompt_bytes, std::size_t count) {
    prompts.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      std::string text = "What is the opening time of branch " + std::to_string(i) + "? ";
      text.resize(prompt_bytes, '.');
      prompts.push_back({.messages = {{"user", std::move(text)}}});
    }
  }
  [[nodiscard]] WireCall Call(std::size_t i) const {
    WireCall call;
    call.model_id = "claude-haiku-4-5-20251001";
    call.max_output_tokens = 500;
    call.prompt = &prompts[i % prompts.size()];
    return call;
  }
  std::vector<Prompt> prompts;
};

/// The whole hit: digest and answer.
void BM_Hit(benchmark::State& state) {
  const Asked asked(static_cast<std::size_t>(state.range(0)), 1'024);
  AnswerCache memory(std::size_t{64} << 20);
  for (std::size_t i = 0; i < asked.prompts.size(); ++i) {
    auto answer = std::make_shared<CachedAnswer>();
    answer->text = "From nine to five.";
    memory.Put(CacheKey("anthropic", asked.Call(i)), answer, kNow + 60);
  }
  std::size_t next = 0;
  for (auto _ : state) {
    const auto answer = memory.Find(CacheKey("anthropic", asked.Call(next++)), kNow);
    if (answer == nullptr) return state.SkipWithError("not found");
    benchmark::DoNotOptimize(answer->text.data());
  }
}
BENCHMARK(BM_Hit)->Arg(64)->Arg(256)->Arg(1'024)->Arg(16'384);

void BM_KeyAlone(benchmark::State& state) {
  const Asked asked(static_cast<std::size_t>(state.range(0)), 1'024);
  std::size_t next = 0;
  for (auto _ : state) {
    const Sha256Digest key = CacheKey("anthropic", asked.Call(next++));
    benchmark::DoNotOptimize(key);
  }
}
BENCHMARK(BM_KeyAlone)->Arg(64)->Arg(1'024);

constexpr std::size_t kDimension = 768;
constexpr std::size_t kPartBytes = std::size_t{64} << 20;

/// Beside the vector's own call: to find the nearest of so many kept vectors, and to keep one.
struct Vectors {
  explicit Vectors(std::size_t count) {
    while (kept.size() < count) kept.push_back(Make());
    for (const std::vector<float>& one : kept) Add(one);
  }
  std::vector<float> Make() {
    std::vector<float> vector(kDimension);
    for (float& x : vector) x = static_cast<float>(random.Uniform() - 0.5);
    if (!Normalize(vector)) vector[0] = 1;
    return vector;
  }
  void Add(const std::vector<float>& vector) {
    index.Add(vector, Sha256(std::to_string(index.size())), INT64_MAX);
  }
  SplitMix64 random{4'711};
  VectorIndex index{kDimension, kPartBytes};
  std::vector<std::vector<float>> kept;
};

void BM_SimilarFind(benchmark::State& state) {
  Vectors vectors(static_cast<std::size_t>(state.range(0)));
  std::size_t next = 0;
  for (auto _ : state) {
    const auto found = vectors.index.Search(vectors.kept[next++ % vectors.kept.size()], kNow);
    if (found.empty()) return state.SkipWithError("not found");
    benchmark::DoNotOptimize(found.data());
  }
}
BENCHMARK(BM_SimilarFind)->Arg(256)->Arg(4'096)->Unit(benchmark::kMicrosecond);

void BM_SimilarKeep(benchmark::State& state) {
  Vectors vectors(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    state.PauseTiming();
    const std::vector<float> vector = vectors.Make();
    state.ResumeTiming();
    vectors.Add(vector);
  }
}
BENCHMARK(BM_SimilarKeep)->Arg(4'096)->Iterations(1'000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace mlp::engine

BENCHMARK_MAIN();
