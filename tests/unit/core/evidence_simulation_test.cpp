// The closed form and the error rate of the e-process, held against runs of traffic drawn by
// chance.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "runtime/core/evidence/power.hpp"
#include "runtime/core/evidence/rate_ratio.hpp"

namespace mlp {
namespace {

BOOST_AUTO_TEST_SUITE(evidence_simulation)

constexpr std::uint64_t kSeed = 20261121;
constexpr double kForever_s = std::numeric_limits<double>::infinity();

struct Traffic {
  double share;
  int per_minute;
  double rate;
  double ratio;
};

/// One block of traffic, a minute where nothing else is said: shares as drawn by hashing the units.
RateBlock Minute(const Traffic& traffic, double rate, std::mt19937_64& random) {
  RateBlock block;
  const int canary = std::binomial_distribution<int>(traffic.per_minute, traffic.share)(random);
  block.canary_units = canary;
  block.stable_units = traffic.per_minute - canary;
  block.canary_events = std::binomial_distribution<int>(canary, rate * traffic.ratio)(random);
  block.stable_events = std::binomial_distribution<int>(traffic.per_minute - canary, rate)(random);
  return block;
}

/// The time, in minutes, by which 80% of the runs have shown it.
double SimulatedMinutes(const Traffic& traffic, double margin, const RatioGrid& grid,
                        int most_minutes, std::mt19937_64& random) {
  constexpr int kRuns = 300;
  std::vector<int> minutes;
  for (int run = 0; run < kRuns; ++run) {
    RateRatioTest test(margin, grid);
    int minute = 0;
    while (minute < most_minutes && !test.Shows(0.05)) {
      test.Add(Minute(traffic, traffic.rate, random));
      ++minute;
    }
    minutes.push_back(minute);
  }
  const auto at = minutes.begin() + kRuns * 4 / 5;
  std::nth_element(minutes.begin(), at, minutes.end());
  return *at;
}

double PredictedMinutes(const Traffic& traffic, double margin) {
  const EvidenceStretch stretch{
      RatioEvidence({traffic.per_minute / 60.0, traffic.share, traffic.rate, traffic.ratio},
                    margin),
      kForever_s};
  return TimeToShow({&stretch, 1}, EvidenceNeeded(0.05)).value_or(0) / 60;
}

void ComparePower(const Traffic& traffic, double margin, const RatioGrid& grid, int published,
                  std::mt19937_64& random) {
  const double predicted = PredictedMinutes(traffic, margin);
  const double simulated =
      SimulatedMinutes(traffic, margin, grid, static_cast<int>(3 * predicted), random);
  BOOST_TEST_MESSAGE("share " << traffic.share << ", " << traffic.per_minute << " a minute, rate "
                              << traffic.rate << ", ratio " << traffic.ratio << ", margin "
                              << margin << ": predicted " << predicted << " min, simulated "
                              << simulated << ", published " << published);
  // On the safe side, but not by more than half: predictions become advice.
  BOOST_TEST(simulated <= 1.1 * predicted);
  BOOST_TEST(simulated >= 0.6 * predicted);
  BOOST_TEST(simulated <= 1.25 * published);
}

BOOST_AUTO_TEST_CASE(harm_is_shown_in_the_predicted_time) {
  BOOST_TEST_MESSAGE("seed " << kSeed);
  std::mt19937_64 random(kSeed);
  struct Row {
    Traffic traffic;
    int published;
  };
  constexpr Row kRows[] = {
      {{.05, 100, .02, 2}, 201},   {{.05, 100, .02, 3}, 54}, {{.05, 100, .02, 5}, 19},
      {{.05, 1000, .02, 1.5}, 77}, {{.25, 100, .02, 2}, 53}, {{.5, 100, .02, 1.5}, 143},
      {{.5, 20, .05, 2}, 77},      {{.1, 50, .01, 3}, 115},
  };
  for (const Row& row : kRows)
    ComparePower(row.traffic, 1, HarmRatios(1, row.traffic.ratio), row.published, random);
}

BOOST_AUTO_TEST_CASE(its_absence_is_proved_in_the_predicted_time) {
  BOOST_TEST_MESSAGE("seed " << kSeed);
  std::mt19937_64 random(kSeed);
  ComparePower({.5, 100, .02, 1}, 1.5, SafeRatios(1.5), 167, random);
  ComparePower({.5, 100, .02, 1}, 2, SafeRatios(2), 54, random);
  ComparePower({.05, 100, .02, 1}, 2, SafeRatios(2), 202, random);
}

BOOST_AUTO_TEST_CASE(harm_is_shown_in_the_predicted_time_over_a_ramp) {
  BOOST_TEST_MESSAGE("seed " << kSeed);
  std::mt19937_64 random(kSeed);
  // 2000 units an hour in blocks of three minutes, 300 of the canary at each step, then 50%.
  struct Step {
    double share;
    int blocks;
  };
  constexpr Step kSteps[] = {{.01, 300}, {.05, 60}, {.25, 12}, {.5, 1'000}};
  constexpr double kBlock_s = 180;
  constexpr int kRuns = 200;
  std::vector<EvidenceStretch> stretches;
  for (const Step& step : kSteps) {
    stretches.push_back(
        {RatioEvidence({100 / kBlock_s, step.share, .02, 2}, 1), kBlock_s * step.blocks});
  }
  const double predicted = TimeToShow(stretches, EvidenceNeeded(0.05)).value_or(0) / kBlock_s;
  std::vector<int> shown;
  for (int run = 0; run < kRuns; ++run) {
    RateRatioTest test(1, HarmRatios(1, 2));
    int blocks = 0;
    for (const Step& step : kSteps) {
      for (int i = 0; i < step.blocks && !test.Shows(0.05); ++i, ++blocks)
        test.Add(Minute({step.share, 100, .02, 2}, .02, random));
    }
    shown.push_back(blocks);
  }
  std::sort(shown.begin(), shown.end());
  const double simulated = shown[kRuns * 4 / 5];
  BOOST_TEST_MESSAGE("predicted " << predicted << " blocks, simulated " << simulated);
  BOOST_TEST(simulated <= 1.02 * predicted);
  BOOST_TEST(simulated >= 0.8 * predicted);
}

/// The share of runs of `minutes` minutes, over a ramp and through a common outage, that ever show
/// what is not so.
double FalseAlarms(double ratio, double margin, const RatioGrid& grid, std::mt19937_64& random) {
  constexpr int kRuns = 1'000;
  constexpr double kShares[] = {.05, .25, .5};
  int alarms = 0;
  for (int run = 0; run < kRuns; ++run) {
    RateRatioTest test(margin, grid);
    for (int minute = 0; minute < 180 && !test.Shows(0.05); ++minute) {
      const double rate = minute >= 130 && minute < 140 ? .25 : .01 + .01 * (minute % 3);
      test.Add(Minute({kShares[minute / 60], 100, .02, ratio}, rate, random));
    }
    alarms += test.Shows(0.05) ? 1 : 0;
  }
  return static_cast<double>(alarms) / kRuns;
}

BOOST_AUTO_TEST_CASE(false_alarms_keep_to_the_error_rate) {
  BOOST_TEST_MESSAGE("seed " << kSeed);
  std::mt19937_64 random(kSeed);
  const double harm = FalseAlarms(1, 1, HarmRatios(1, 2), random);
  const double safe = FalseAlarms(1.5, 1.5, SafeRatios(1.5), random);
  BOOST_TEST_MESSAGE("false alarms of harm " << harm << ", of its absence " << safe
                                             << ", allowed 0.05");
  // Three standard deviations of 1,000 runs.
  BOOST_TEST(harm <= 0.05 + 0.021);
  BOOST_TEST(safe <= 0.05 + 0.021);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
