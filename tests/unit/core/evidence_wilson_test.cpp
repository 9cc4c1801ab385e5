// Wilson's interval against published examples (Newcombe 1998, "Two-sided confidence intervals for
// the single proportion").
#include "runtime/core/evidence/wilson.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

namespace mlp {
namespace {

BOOST_AUTO_TEST_SUITE(wilson)

BOOST_AUTO_TEST_CASE(the_published_examples) {
  struct Example {
    std::uint64_t events, trials;
    double low, high;
  };
  for (const Example& example :
       {Example{81, 263, 0.25528852, 0.36620958}, Example{15, 148, 0.06238640, 0.16048724},
        Example{0, 20, 0, 0.16112516}, Example{1, 29, 0.00611321, 0.17175522}}) {
    const Interval interval = WilsonInterval(example.events, example.trials);
    BOOST_TEST(std::abs(interval.low - example.low) < 1e-8);
    BOOST_TEST(std::abs(interval.high - example.high) < 1e-8);
  }
}

BOOST_AUTO_TEST_CASE(the_ends_stay_within_the_shares) {
  BOOST_TEST(WilsonInterval(38, 38).high == 1.0);
  BOOST_TEST(WilsonInterval(0, 77).low == 0.0);
  BOOST_TEST(WilsonInterval(0, 0).low == 0.0);
  BOOST_TEST(WilsonInterval(0, 0).high == 1.0);
  for (std::uint64_t n = 1; n < 200; ++n) {
    for (std::uint64_t k = 0; k <= n; ++k) {
      const Interval interval = WilsonInterval(k, n);
      const double share = static_cast<double>(k) / static_cast<double>(n);
      BOOST_REQUIRE(interval.low >= 0 && interval.high <= 1);
      BOOST_REQUIRE(interval.low <= share && share <= interval.high);
      const Interval mirrored = WilsonInterval(n - k, n);
      BOOST_REQUIRE(std::abs(interval.low + mirrored.high - 1) < 1e-12);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
