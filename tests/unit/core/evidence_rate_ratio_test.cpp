#include "runtime/core/evidence/rate_ratio.hpp"

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cmath>

namespace mlp {
namespace {

BOOST_AUTO_TEST_SUITE(rate_ratio)

constexpr std::array kRatios = {1.5, 2.0, 3.0, 5.0};
constexpr std::array kBlocks = {RateBlock{50, 950, 3, 19}, RateBlock{250, 750, 9, 15},
                                RateBlock{500, 500, 24, 11}};

BOOST_AUTO_TEST_CASE(published_vector) {
  RateRatioTest test(1.0, kRatios);
  BOOST_TEST(test.LogEvidence() == 0.0, boost::test_tools::tolerance(1e-12));
  constexpr std::array kEvidence = {2.569074813, 3.803971259, 34.711759015};
  for (std::size_t i = 0; i < kBlocks.size(); ++i) {
    test.Add(kBlocks[i]);
    BOOST_TEST(std::exp(test.LogEvidence()) == kEvidence[i], boost::test_tools::tolerance(1e-9));
  }
  constexpr std::array kLogs = {3.416689263, 4.333190873, 3.461904522, -1.158271839};
  for (std::size_t i = 0; i < kLogs.size(); ++i)
    BOOST_TEST(test.logs()[i] == kLogs[i], boost::test_tools::tolerance(1e-9));
  BOOST_TEST(test.Shows(0.05));
  BOOST_TEST(!test.Shows(0.02));
}

// The definition, term by term: q = n_c / (n_c + n_s), q0 = qm / (qm + 1 - q) and so on.
double LogByDefinition(const RateBlock& block, double margin, double ratio) {
  const double q = static_cast<double>(block.canary_units) /
                   static_cast<double>(block.canary_units + block.stable_units);
  const double q0 = q * margin / (q * margin + 1 - q);
  const double q1 = q * ratio / (q * ratio + 1 - q);
  return static_cast<double>(block.canary_events) * std::log(q1 / q0) +
         static_cast<double>(block.stable_events) * std::log((1 - q1) / (1 - q0));
}

BOOST_AUTO_TEST_CASE(logs_are_sums_of_the_definition_at_any_margin) {
  for (const double margin : {0.5, 1.0, 1.5, 3.0}) {
    for (const RatioGrid& grid : {HarmRatios(margin, 2 * margin), SafeRatios(margin)}) {
      RateRatioTest test(margin, grid);
      for (const RateBlock& block : kBlocks) test.Add(block);
      for (std::size_t i = 0; i < grid.size(); ++i) {
        double expected = 0;
        for (const RateBlock& block : kBlocks) expected += LogByDefinition(block, margin, grid[i]);
        BOOST_TEST(std::abs(test.logs()[i] - expected) < 1e-9);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(state_is_restored_and_adds_up) {
  RateRatioTest whole(1.0, kRatios);
  for (const RateBlock& block : kBlocks) whole.Add(block);
  RateRatioTest first(1.0, kRatios);
  first.Add(kBlocks[0]);
  RateRatioTest second(1.0, kRatios);
  second.Restore(first.logs());
  second.Add(kBlocks[1]);
  second.Add(kBlocks[2]);
  BOOST_TEST(second.LogEvidence() == whole.LogEvidence(), boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(one_arm_alone_says_nothing) {
  RateRatioTest test(1.0, kRatios);
  test.Add({0, 100, 0, 50});
  test.Add({100, 0, 100, 0});
  test.Add({0, 0, 0, 0});
  BOOST_TEST(test.LogEvidence() == 0.0, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(overwhelming_counts_stay_finite) {
  RateRatioTest test(1.0, HarmRatios(1.0, 2.0));
  for (int i = 0; i < 1'000; ++i) test.Add({1'000'000, 1'000'000, 900'000, 10});
  BOOST_TEST(std::isfinite(test.LogEvidence()));
  BOOST_TEST(test.Shows(1e-300));
}

BOOST_AUTO_TEST_CASE(grids_lie_on_their_side_of_the_margin) {
  for (const double margin : {0.2, 1.0, 1.5, 19.0}) {
    for (const double detect : {1.01 * margin, 2 * margin, 100 * margin}) {
      const RatioGrid harm = HarmRatios(margin, detect);
      BOOST_TEST(std::is_sorted(harm.begin(), harm.end()));
      BOOST_TEST(harm.front() > margin);
      BOOST_TEST(harm.front() <= detect * (1 + 1e-12));
      BOOST_TEST(harm.back() >= 20 * (1 - 1e-12));
    }
    const RatioGrid safe = SafeRatios(margin);
    BOOST_TEST(safe.front() < margin);
    BOOST_TEST(safe.back() > 0);
    BOOST_TEST(safe.back() < safe.front());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
