// Shares of arms, intervals that hold at every look, and rates against a bound, by published
// numbers.
#include <array>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "runtime/core/evidence/asymptotic.hpp"
#include "runtime/core/evidence/rate_bound.hpp"
#include "runtime/core/evidence/shares.hpp"

namespace mlp {
namespace {

BOOST_AUTO_TEST_SUITE(evidence_shares)

BOOST_AUTO_TEST_CASE(the_published_sequence_of_arms) {
  // optimizely/ssrm, as GrowthBook tests it: shares .4, .4, .2, one prior count for each arm. The
  // weights are shares * concentration here, so equal weights are given as equal shares and the
  // multinomial is put right.
  constexpr std::array kArms{0, 1, 0, 1, 2};
  constexpr std::array kLogOne{-1.0986122887, -2.4849066498, -3.4011973817, -4.4998096703,
                               -6.4457198194};
  const std::array<double, 3> equal{1.0 / 3, 1.0 / 3, 1.0 / 3};
  std::array<std::int64_t, 3> counts{};
  for (std::size_t i = 0; i < kArms.size(); ++i) {
    ++counts[static_cast<std::size_t>(kArms[i])];
    const double log_one =
        LogSharesFactor(equal, counts, 3) + static_cast<double>(i + 1) * std::log(1.0 / 3);
    BOOST_TEST(std::abs(log_one - kLogOne[i]) < 1e-9);
  }
}

BOOST_AUTO_TEST_CASE(long_and_short_counts_agree) {
  const std::array<double, 2> shares{0.25, 0.75};
  double sum = 0;
  std::array<std::int64_t, 2> counts{};
  std::mt19937_64 random(7);
  for (int i = 0; i < 2'000; ++i) {
    const std::size_t arm = random() % 3 == 0 ? 0 : 1;
    const double total = static_cast<double>(counts[0] + counts[1]);
    sum += std::log((shares[arm] * 10'000 + static_cast<double>(counts[arm])) / (10'000 + total) /
                    shares[arm]);
    ++counts[arm];
  }
  BOOST_TEST(std::abs(LogSharesFactor(shares, counts, 10'000) - sum) < 1e-6);
}

/// No user of twenty came to an arm of a half: a concentrated prior alone does not see it.
BOOST_AUTO_TEST_CASE(few_units_show_a_large_loss_and_many_a_small_one) {
  const std::array<double, 2> half{0.5, 0.5};
  const double found = -std::log(kSharesAlpha);
  const std::array<std::int64_t, 2> lost{0, 20};
  BOOST_TEST(LogSharesFactor(half, lost, 1e4) < found);
  BOOST_TEST(LogSharesEvidence(half, lost) > found);
  const std::array<std::int64_t, 2> thinned{97'000, 100'000};
  BOOST_TEST(LogSharesEvidence(half, thinned) > found);
  BOOST_TEST(LogSharesEvidence(half, std::array<std::int64_t, 2>{9, 11}) < 0);
}

BOOST_AUTO_TEST_CASE(the_published_interval_of_proportions) {
  // GrowthBook: 1396 of 3000 against 2422 of 3461, tuned for 5000, relative: 0.50386 (0.40098,
  // 0.60675); here the same half width by the delta method.
  const double a = 1'396.0 / 3'000;
  const double b = 2'422.0 / 3'461;
  const double relative =
      b * (1 - b) / 3'461 / (a * a) + a * (1 - a) / 3'000 * b * b / (a * a * a * a);
  const double count = 6'461;
  const double half = AnytimeHalfWidth(relative * count, count, 0.05, 5'000);
  BOOST_TEST(std::abs((b / a - 1) - 0.50386) < 1e-4);
  BOOST_TEST(std::abs(half - (0.60675 - 0.40098) / 2) < 2e-4);
}

BOOST_AUTO_TEST_CASE(an_interval_holds_at_every_look) {
  constexpr int kRuns = 500;
  constexpr std::uint64_t kSeed = 20261121;
  std::mt19937_64 random(kSeed);
  std::exponential_distribution<double> draw(1);
  int missed = 0;
  for (int run = 0; run < kRuns; ++run) {
    Moments a;
    Moments b;
    bool ever = false;
    for (int i = 0; i < 3'000; ++i) {
      for (Moments* arm : {&a, &b}) {
        const double value = draw(random);
        ++arm->count;
        arm->sum += value;
        arm->squares += value * value;
      }
      if (i < 100) continue;
      const Difference one = AnytimeDifference(a, b, 0.05);
      ever = ever || one.low() > 0 || one.high() < 0;
    }
    missed += ever ? 1 : 0;
  }
  BOOST_TEST_MESSAGE("seed " << kSeed << ": " << missed << " of " << kRuns << " ever missed");
  BOOST_TEST(missed <= kRuns * (0.05 + 3 * std::sqrt(0.05 * 0.95 / kRuns)));
}

BOOST_AUTO_TEST_CASE(a_bound_is_rarely_passed_by_who_keeps_it) {
  constexpr int kRuns = 1'000;
  constexpr double kBound = 0.05;
  std::mt19937_64 random(20261121);
  int wrong = 0;
  int found = 0;
  for (int run = 0; run < kRuns; ++run) {
    std::vector<double> keeps(24);
    std::vector<double> passes(24);
    bool ever = false;
    for (int block = 0; block < 100; ++block) {
      std::binomial_distribution<std::int64_t> at(30, kBound);
      std::binomial_distribution<std::int64_t> beyond(30, 2 * kBound);
      AddToBoundTest(kBound, RatesAbove(kBound), 30, at(random), keeps);
      AddToBoundTest(kBound, RatesAbove(kBound), 30, beyond(random), passes);
      ever = ever || LogMeanExp(keeps) >= std::log(20.0);
    }
    wrong += ever ? 1 : 0;
    found += LogMeanExp(passes) >= std::log(20.0) ? 1 : 0;
  }
  BOOST_TEST(wrong <= kRuns * (0.05 + 3 * std::sqrt(0.05 * 0.95 / kRuns)));
  BOOST_TEST(found >= 0.95 * kRuns);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
