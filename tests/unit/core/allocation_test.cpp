// The decision path allocates nothing: this executable counts every use of operator new.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

#include "mlp/cost.hpp"
#include "mlp/decide.hpp"
#include "runtime/core/bitset_layout.hpp"
#include "tests/support/sample_tables.hpp"

namespace {

std::atomic<std::size_t> allocation_count{0};

void* Allocate(std::size_t size, std::size_t alignment) {
  allocation_count.fetch_add(1, std::memory_order_relaxed);
  const std::size_t rounded = (size + alignment - 1) / alignment * alignment;
  void* const memory = std::aligned_alloc(alignment, rounded == 0 ? alignment : rounded);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

// All other forms of operator new and delete lead here.
void* operator new(std::size_t size) { return Allocate(size, alignof(std::max_align_t)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return Allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace mlp {
namespace {

/// Runs `body` and returns how often it allocated.
template <typename Body>
std::size_t CountAllocations(const Body& body) {
  const std::size_t before = allocation_count.load();
  body();
  return allocation_count.load() - before;
}

BOOST_AUTO_TEST_SUITE(allocation)

BOOST_AUTO_TEST_CASE(the_counter_counts) {
  BOOST_TEST(CountAllocations([] { std::make_unique<int>(1); }) == 1U);
}

BOOST_AUTO_TEST_CASE(decide_never_allocates) {
  const Tables& tables = test::SampleTables();
  LiveState live(tables);
  std::size_t candidate_count = 0;
  const std::size_t allocations = CountAllocations([&] {
    for (const std::uint32_t share : {0U, 500'000U, 1'000'000U}) {
      live.set_share_ppm(0, share);
      for (std::int32_t i = 0; i < 3'000; ++i) {
        test::SampleRequest request;
        request.task = i % 4;  // 3 is out of domain
        request.input = i * 40;
        request.asks = static_cast<std::uint64_t>(i % 9);
        request.user = i % 2 == 0 ? "user-with-a-rather-long-name-that-fits-no-small-buffer" : "";
        const DecideOptions options{static_cast<std::uint64_t>(i) << 50, i % 5 == 0};
        candidate_count += Decide(tables, live, request.View(), options).count;
      }
    }
  });
  BOOST_TEST(allocations == 0U);
  BOOST_TEST(candidate_count > 1'000U);
}

BOOST_AUTO_TEST_CASE(nor_does_the_bitset_index) {
  BitsetLayout layout(70);
  std::vector<std::int32_t> cuts;
  TermSet only_last(2, 0);
  only_last[1] = 32;
  layout.AddAxis(0, {}, {&only_last, 1}, cuts);
  layout.edge.assign(70, kLeafBit | 1);
  layout.edge[69] = kLeafBit | 2;
  layout.no_term_edge.assign(1, kLeafBit | 1);
  Tables tables = test::SampleTables();
  tables.bitsets = layout.View();
  const LiveState live(tables);
  test::SampleRequest request;
  std::uint16_t route = kNone16;
  BOOST_TEST(CountAllocations([&] { route = Decide(tables, live, request.View()).route; }) == 0U);
  BOOST_TEST(route == test::kRouteElse);
}

BOOST_AUTO_TEST_CASE(nor_do_prices) {
  const Tables& tables = test::SampleTables();
  Usage usage;
  usage.input = 5;
  std::int64_t sum = 0;
  const std::size_t allocations = CountAllocations([&] {
    bool priced = false;
    sum += SettleCost(tables, test::kSonnet, 0, test::kSampleFrom_s, usage, priced).pico_usd;
    sum += AttemptCostPico(tables, tables.rows[1], test::kSampleFrom_s, 5, 5, false);
  });
  BOOST_TEST(allocations == 0U);
  BOOST_TEST(sum == 15'000'000 + 15'000'000 + 75'000'000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
