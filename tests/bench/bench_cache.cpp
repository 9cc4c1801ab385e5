// What the cache costs a call: the digest of what is asked, and finding the answer in memory.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/engine/cache/answer_cache.hpp"
#include "runtime/engine/cache/cache_key.hpp"

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

}  // namespace
}  // namespace mlp::engine

BENCHMARK_MAIN();
