#include "runtime/core/evidence/paired.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

namespace mlp {
namespace {

constexpr std::uint64_t kSeed = 11;

BOOST_AUTO_TEST_SUITE(evidence_paired)

/// Published to so many places: Newcombe 1998 (paired), example (36, 12, 2, 0), and the children's
/// airways of Fagerland, Lydersen and Laake 2014, (1, 1, 7, 12).
BOOST_AUTO_TEST_CASE(newcombe_gives_the_published_intervals) {
  const PairedDifference example = NewcombePaired({36, 12, 2, 0});
  BOOST_TEST(std::abs(example.estimate - 0.2) < 1e-12);
  BOOST_TEST(std::abs(example.low - 0.0569) < 5e-5);
  BOOST_TEST(std::abs(example.high - 0.3404) < 5e-5);
  const PairedDifference airways = NewcombePaired({1, 1, 7, 12});
  BOOST_TEST(std::abs(airways.low + 0.507) < 5e-4);
  BOOST_TEST(std::abs(airways.high + 0.026) < 5e-4);
}

BOOST_AUTO_TEST_CASE(ends_stay_within_bounds_and_turn_with_the_sides) {
  for (std::uint64_t a = 0; a < 5; ++a) {
    for (std::uint64_t b = 0; b < 5; ++b) {
      for (std::uint64_t c = 0; c < 5; ++c) {
        for (std::uint64_t d = 0; d < 5; ++d) {
          const PairedDifference one = NewcombePaired({a, b, c, d});
          const PairedDifference turned = NewcombePaired({a, c, b, d});
          BOOST_TEST(one.low >= -1);
          BOOST_TEST(one.high <= 1);
          BOOST_TEST(one.low <= one.estimate + 1e-12);
          BOOST_TEST(one.high >= one.estimate - 1e-12);
          BOOST_TEST(std::abs(one.low + turned.high) < 1e-9);
        }
      }
    }
  }
  BOOST_TEST(NewcombePaired({54, 0, 0, 0}).high > 0.05);  // no failure seen is not none
}

BOOST_AUTO_TEST_CASE(the_bootstrap_covers_the_mean_and_repeats_itself) {
  std::mt19937_64 random(kSeed);
  std::lognormal_distribution<double> latency(0, 1);
  const double mean = std::exp(0.5);
  int covered = 0;
  constexpr int kTrials = 60;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<double> values(80);
    for (double& value : values) value = latency(random);
    const PairedDifference one = BootstrapMean(values);
    BOOST_TEST(one.low < one.estimate);
    BOOST_TEST(one.high > one.estimate);
    if (one.low <= mean && mean <= one.high) ++covered;
  }
  BOOST_TEST(covered >= kTrials * 8 / 10);  // long tails cost it some of its 95%
  const std::vector<double> few = {1, 2, 3};
  BOOST_TEST(BootstrapMean(few).low == BootstrapMean(few).low);
  const std::vector<double> constant(20, 4.0);
  BOOST_TEST(BootstrapMean(constant).low == 4.0);
  BOOST_TEST(BootstrapMean(constant).high == 4.0);
  BOOST_TEST(BootstrapMean({}).estimate == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
