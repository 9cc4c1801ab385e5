// A few random policies against the oracle, in memory alone: what to run after every change of the
// compiler, where all of them with their C++ take minutes to build.
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/property/comparison.hpp"

namespace mlp::oracle {
namespace {

BOOST_AUTO_TEST_SUITE(quick)

BOOST_AUTO_TEST_CASE(some_requests_of_all_small_policies_and_of_large_ones) {
  constexpr std::size_t kSmall = 220;
  constexpr std::size_t kLarge = 30;
  constexpr std::int64_t kScale = 10'000;
  constexpr std::size_t kEvery = 29;  // a prime, so that every value of every attribute comes up
  Tally tally;
  for (std::size_t seed = 0; seed < kSmall && tally.differences.empty(); ++seed) {
    Comparison(seed).Run([](std::size_t number, std::size_t) { return number % kEvery == 0; },
                         tally);
  }
  for (std::size_t seed = 1'000; seed < 1'000 + kLarge && tally.differences.empty(); ++seed) {
    Comparison(seed, kScale)
        .Run([](std::size_t number, std::size_t count) { return number % (count / 100 | 1U) == 0; },
             tally);
  }
  for (const std::string& difference : tally.differences) BOOST_ERROR(difference);
  BOOST_TEST_MESSAGE(tally.Show());
  BOOST_TEST(tally.requests >= 40'000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::oracle
