// Counting a call allocates nothing: this executable counts every use of operator new.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <new>

#include "runtime/engine/observe/call_counters.hpp"
#include "tests/unit/engine/test_policy.hpp"

namespace {

std::atomic<std::size_t> allocation_count{0};

void* Allocate(std::size_t size) {
  allocation_count.fetch_add(1, std::memory_order_relaxed);
  constexpr std::size_t kAlignment = alignof(std::max_align_t);
  const std::size_t rounded = (size + kAlignment - 1) / kAlignment * kAlignment;
  void* const memory = std::aligned_alloc(kAlignment, rounded == 0 ? kAlignment : rounded);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(std::size_t size) { return Allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace mlp::engine {
namespace {

BOOST_AUTO_TEST_CASE(counting_a_call_allocates_nothing) {
  TestPolicy policy;
  CallCounters counters(policy.policy().tables());
  CallRecord call;
  call.route = "all";
  call.arms = "sonnet-5:canary another-rollout-with-a-long-name:stable";
  call.duration_us = 12'345;
  for (const char* model : {"opus", "gpt", "a model that the policy does not have"}) {
    AttemptRecord attempt;
    attempt.model = model;
    attempt.usage.reported = true;
    attempt.usage.input = 1'000;
    attempt.latency_us = 1;
    call.attempts.push_back(attempt);
  }
  constexpr int kCalls = 100'000;
  const std::size_t before = allocation_count.load();
  const std::clock_t begun = std::clock();
  for (int i = 0; i < kCalls; ++i) counters.Count(call);
  const double took_ns = 1e9 * static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
  const std::size_t after = allocation_count.load();
  BOOST_TEST_MESSAGE("counting a call of three attempts: " << took_ns / kCalls
                                                           << " ns of CPU time");
  BOOST_TEST(after == before);
  const std::unique_ptr<int> one = std::make_unique<int>(1);
  BOOST_TEST(allocation_count.load() > after);
}

}  // namespace
}  // namespace mlp::engine
