#include "runtime/engine/rollout/sample_ring.hpp"

#include <memory>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace mlp::engine {
namespace {

BOOST_AUTO_TEST_SUITE(sample_ring)

BOOST_AUTO_TEST_CASE(what_fits_comes_out_in_order_and_the_rest_is_counted) {
  const auto ring = std::make_unique<SampleRing>();
  NumberedSample sample;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    sample.sample.unit = i;
    ring->Push(sample);
  }
  std::uint64_t out = 0;
  for (; ring->Pop(sample); ++out) BOOST_REQUIRE(sample.sample.unit == out);
  BOOST_TEST(out + ring->dropped() == 10'000U);
  BOOST_TEST(out > 0U);
  ring->Push(sample);
  BOOST_TEST(ring->Pop(sample));
  BOOST_TEST(!ring->Pop(sample));
}

BOOST_AUTO_TEST_CASE(many_writers_lose_nothing_that_was_not_counted) {
  const auto ring = std::make_unique<SampleRing>();
  constexpr std::uint64_t kEach = 50'000;
  std::vector<std::thread> writers;
  for (std::uint64_t writer = 0; writer < 3; ++writer) {
    writers.emplace_back([&ring, writer] {
      NumberedSample sample;
      for (std::uint64_t i = 0; i < kEach; ++i) {
        sample.sample.unit = writer * kEach + i;
        ring->Push(sample);
      }
    });
  }
  std::vector<bool> seen(3 * kEach);
  std::uint64_t out = 0;
  NumberedSample sample;
  const auto take = [&] {
    while (ring->Pop(sample)) {
      BOOST_REQUIRE(!seen[sample.sample.unit]);
      seen[sample.sample.unit] = true;
      ++out;
    }
  };
  while (out + ring->dropped() < 3 * kEach) take();
  for (std::thread& writer : writers) writer.join();
  take();
  BOOST_TEST(out + ring->dropped() == 3 * kEach);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
