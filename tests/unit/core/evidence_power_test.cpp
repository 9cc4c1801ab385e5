#include "runtime/core/evidence/power.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <vector>

namespace mlp {
namespace {

BOOST_AUTO_TEST_SUITE(power)

constexpr double kForever_s = std::numeric_limits<double>::infinity();

double MinutesToShow(double share, double per_minute, double rate, double ratio, double margin) {
  const EvidenceStretch stretch{RatioEvidence({per_minute / 60, share, rate, ratio}, margin),
                                kForever_s};
  return TimeToShow({&stretch, 1}, EvidenceNeeded(0.05)).value_or(-1) / 60;
}

BOOST_AUTO_TEST_CASE(published_predictions_of_harm) {
  struct Row {
    double share, per_minute, rate, ratio;
    int minutes;
  };
  constexpr Row kRows[] = {
      {.05, 100, .02, 2, 221},   {.05, 100, .02, 3, 69}, {.05, 100, .02, 5, 23},
      {.05, 1000, .02, 1.5, 77}, {.25, 100, .02, 2, 57}, {.5, 100, .02, 1.5, 150},
      {.5, 20, .05, 2, 88},      {.1, 50, .01, 3, 147},
  };
  for (const Row& row : kRows) {
    BOOST_TEST_CONTEXT(row.share << " " << row.per_minute << " " << row.rate << " " << row.ratio) {
      BOOST_TEST(std::lround(MinutesToShow(row.share, row.per_minute, row.rate, row.ratio, 1)) ==
                 row.minutes);
    }
  }
}

BOOST_AUTO_TEST_CASE(published_case_against_a_matched_arm) {
  // A 5% canary against a 5% control takes twice as long as against all of the other 95%.
  BOOST_TEST(std::lround(MinutesToShow(.5, 10, .02, 2, 1)) == 442);
}

// Drift and variance again, as sums over both kinds of events.
EvidenceRate BySum(const ArmTraffic& t, double margin) {
  const double canary = t.units_per_s * t.share * t.base_rate * t.ratio;
  const double stable = t.units_per_s * (1 - t.share) * t.base_rate;
  const double q0 = t.share * margin / (t.share * margin + 1 - t.share);
  const double q1 = canary / (canary + stable);
  const double a = std::log(q1 / q0);
  const double b = std::log((1 - q1) / (1 - q0));
  return {canary * a + stable * b, canary * a * a + stable * b * b};
}

BOOST_AUTO_TEST_CASE(rates_of_evidence_at_any_margin) {
  for (const double share : {.01, .25, .5, .9}) {
    for (const double ratio : {.5, 1.0, 2.0, 7.0}) {
      for (const double margin : {.8, 1.3, 4.0}) {
        const ArmTraffic traffic{3.5, share, .04, ratio};
        const EvidenceRate actual = RatioEvidence(traffic, margin);
        const EvidenceRate expected = BySum(traffic, margin);
        BOOST_TEST(std::abs(actual.drift_per_s - expected.drift_per_s) < 1e-12);
        BOOST_TEST(std::abs(actual.variance_per_s - expected.variance_per_s) < 1e-12);
        BOOST_TEST(actual.drift_per_s > 0);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(nothing_is_shown_without_a_difference_or_an_arm) {
  BOOST_TEST(RatioEvidence({10, .5, .02, 1}, 1).drift_per_s < 1e-15);
  BOOST_TEST(RatioEvidence({10, 0, .02, 2}, 1).drift_per_s == 0);
  BOOST_TEST(RatioEvidence({10, 1, .02, 2}, 1).drift_per_s == 0);
  BOOST_TEST(RatioEvidence({10, .5, 0, 2}, 1).drift_per_s == 0);
  BOOST_TEST(RatioEvidence({0, .5, .02, 2}, 1).drift_per_s == 0);
  BOOST_TEST(BoundEvidence(10, .02, .02).drift_per_s == 0);
  BOOST_TEST(BoundEvidence(10, .02, 1).drift_per_s == 0);
}

BOOST_AUTO_TEST_CASE(evidence_against_a_bound) {
  // Kullback-Leibler divergence of a coin of 4% from one of 2%, by hand.
  const EvidenceRate one = BoundEvidence(1, .04, .02);
  BOOST_TEST(one.drift_per_s == .04 * std::log(2) + .96 * std::log(.96 / .98),
             boost::test_tools::tolerance(1e-12));
  const double spread = std::log(2) - std::log(.96 / .98);
  BOOST_TEST(one.variance_per_s == .04 * .96 * spread * spread,
             boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(evidence_of_units_that_never_fail) {
  const EvidenceRate one = BoundEvidence(1, 0, .02);
  BOOST_TEST(one.drift_per_s == -std::log(.98), boost::test_tools::tolerance(1e-12));
  BOOST_TEST(one.variance_per_s == 0);
}

// The first of many small instants at which enough is shown.
double BySteps(const std::vector<EvidenceStretch>& stretches, double need, double step) {
  double seconds = 0;
  double drift = 0;
  double variance = 0;
  for (const EvidenceStretch& stretch : stretches) {
    for (double in = 0; in < stretch.seconds; in += step) {
      if (drift - kPowerQuantile * std::sqrt(variance) >= need) return seconds;
      seconds += step;
      drift += stretch.rate.drift_per_s * step;
      variance += stretch.rate.variance_per_s * step;
    }
  }
  return -1;
}

BOOST_AUTO_TEST_CASE(evidence_adds_up_over_the_steps_of_a_ramp) {
  constexpr double kHour_s = 3'600;
  const double need = EvidenceNeeded(0.025);
  for (const double per_hour : {300.0, 2'000.0, 10'000.0, 90'000.0}) {
    std::vector<EvidenceStretch> ramp;
    for (const double share : {.01, .05, .25, 1.0, .5})
      ramp.push_back({RatioEvidence({per_hour / 3'600, share, .02, 2}, 1), 5 * kHour_s});
    const std::optional<double> shown = TimeToShow(ramp, need);
    const double expected = BySteps(ramp, need, 0.25);
    BOOST_TEST_CONTEXT(per_hour) {
      BOOST_TEST(shown.has_value() == (expected >= 0));
      if (shown) BOOST_TEST(std::abs(*shown - expected) < 2);
    }
  }
}

BOOST_AUTO_TEST_CASE(edges_of_time) {
  BOOST_TEST(!TimeToShow({}, 4.3).has_value());
  const std::vector<EvidenceStretch> still = {{{}, kForever_s}, {{1, 1}, 0}};
  BOOST_TEST(!TimeToShow(still, 4.3).has_value());
  const std::vector<EvidenceStretch> late = {{{}, 100}, {{1, 0}, 10}};
  BOOST_TEST(TimeToShow(late, 4.0).value_or(-1) == 104);
  BOOST_TEST(TimeToShow(late, 0).value_or(-1) == 100);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
