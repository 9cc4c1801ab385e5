// What an experiment's counts say, and how rarely they say what is not so.
#include "runtime/core/rollout/experiment_standing.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <random>

namespace mlp {
namespace {

constexpr std::uint64_t kSeed = 20261121;

ExperimentPlan Plan() {
  ExperimentPlan plan;
  plan.name = plan.salt = "tone";
  plan.replaced = "mini";
  plan.arms = {{"warm", "haiku", 500'000}, {"plain", "mini", 500'000}};
  plan.measures = {{"cost", Measured::kCost, 0, ErrorClass::kNone, ""},
                   {"success", Measured::kSuccess, 0, ErrorClass::kNone, ""},
                   {"latency.p95", Measured::kLatency, 95, ErrorClass::kNone, ""}};
  return plan;
}

/// Calls of `users` whose arm costs and fails so.
void Draw(int users, double warm_cost, double warm_failing, std::mt19937_64& random,
          const ExperimentPlan& plan, ExperimentCounts& counts) {
  std::exponential_distribution<double> latency(1 / 1e6);
  for (int i = 0; i < users; ++i) {
    const bool warm = random() % 2 == 0;
    RolloutSample sample;
    sample.at_s = 1;
    sample.cost_pico = static_cast<std::int64_t>(
        (warm ? warm_cost : 1e9) * std::uniform_real_distribution<double>(0.5, 1.5)(random));
    if (std::uniform_real_distribution<double>(0, 1)(random) < (warm ? warm_failing : 0.02)) {
      sample.error_class = ErrorClass::kServerError;
    } else {
      sample.latency_us = static_cast<std::int64_t>(latency(random)) + 1;
    }
    CountOnce(plan, warm ? 0 : 1, sample, counts);
  }
}

BOOST_AUTO_TEST_SUITE(experiment)

BOOST_AUTO_TEST_CASE(what_is_cheaper_and_no_worse_is_recommended) {
  const ExperimentPlan plan = Plan();
  BOOST_TEST(plan.Control() == 1u);
  std::mt19937_64 random(kSeed);
  ExperimentCounts counts;
  Draw(4'000, 0.7e9, 0.02, random, plan, counts);
  const std::vector<Compared> all = Compare(plan, counts, 3 * 86'400);
  BOOST_REQUIRE(all.size() == 3u);
  BOOST_TEST((all[0].verdict == Verdict::kBetter));
  BOOST_TEST(all[0].adjusted_p < 1e-6);
  BOOST_TEST(std::abs(all[0].difference / all[0].control + 0.3) < 0.05);
  BOOST_TEST((all[1].verdict == Verdict::kOpen));
  BOOST_TEST(all[1].half_width_in_a_week < (all[1].high - all[1].low) / 2);
}

BOOST_AUTO_TEST_CASE(what_fails_more_is_worse) {
  const ExperimentPlan plan = Plan();
  std::mt19937_64 random(kSeed);
  ExperimentCounts counts;
  Draw(6'000, 1e9, 0.12, random, plan, counts);
  const std::vector<Compared> all = Compare(plan, counts, 60);
  BOOST_REQUIRE(all.size() == 3u);
  BOOST_TEST((all[0].verdict == Verdict::kOpen));
  BOOST_TEST((all[1].verdict == Verdict::kWorse));
  BOOST_TEST(all[1].high < 0);
  BOOST_TEST(Compare(plan, {}, 60).empty());
}

BOOST_AUTO_TEST_CASE(other_shares_than_were_given_are_told_and_chance_is_not) {
  const ExperimentPlan plan = Plan();
  ExperimentCounts counts(2);
  BOOST_TEST(CheckShares(plan, counts).p == 1.0);
  counts[0].newcomers = 5'000;
  counts[1].newcomers = 5'500;
  BOOST_TEST(CheckShares(plan, counts).differ);
  counts[1].newcomers = 5'060;
  BOOST_TEST(!CheckShares(plan, counts).differ);
  // At any look: of walks that are as they should be, few ever say otherwise.
  constexpr int kRuns = 2'000;
  std::mt19937_64 random(kSeed);
  int wrong = 0;
  for (int run = 0; run < kRuns; ++run) {
    counts.assign(2, {});
    bool ever = false;
    for (int user = 0; user < 1'000 && !ever; ++user) {
      ++counts[random() % 2].newcomers;
      if (user % 10 == 9) ever = CheckShares(plan, counts).differ;
    }
    wrong += ever ? 1 : 0;
  }
  BOOST_TEST_MESSAGE("seed " << kSeed << ": " << wrong << " of " << kRuns);
  BOOST_TEST(wrong <= 8);  // 2 are expected at most, and three deviations
}

BOOST_AUTO_TEST_CASE(looking_often_shows_nothing_that_is_not_so) {
  const ExperimentPlan plan = Plan();
  constexpr int kRuns = 200;
  std::mt19937_64 random(kSeed);
  int wrong = 0;
  for (int run = 0; run < kRuns; ++run) {
    ExperimentCounts counts;
    bool ever = false;
    for (int look = 0; look < 8 && !ever; ++look) {
      Draw(150, 1e9, 0.02, random, plan, counts);
      for (const Compared& one : Compare(plan, counts, 60)) {
        // The percentile's limit is drawn itself: it is a guide, not a promise.
        if (plan.measures[one.measure].percentile != 0) continue;
        ever = ever || one.verdict != Verdict::kOpen;
      }
    }
    wrong += ever ? 1 : 0;
  }
  BOOST_TEST_MESSAGE("seed " << kSeed << ": " << wrong << " of " << kRuns
                             << " showed a difference");
  BOOST_TEST(wrong <= kRuns * (0.05 + 3 * std::sqrt(0.05 * 0.95 / kRuns)));
}

BOOST_AUTO_TEST_CASE(it_is_over_when_time_and_users_came) {
  ExperimentPlan plan = Plan();
  ExperimentCounts counts(2);
  BOOST_TEST(!IsOver(plan, counts, 0, 1'000'000'000));
  plan.lasts_s = 100;
  plan.min_units = 2;
  BOOST_TEST(!IsOver(plan, counts, 50, 150));
  counts[0].newcomers = counts[1].newcomers = 2;
  BOOST_TEST(IsOver(plan, counts, 50, 150));
  BOOST_TEST(!IsOver(plan, counts, 50, 149));
  plan.lasts_s = 0;
  plan.until_s = 200;
  BOOST_TEST(!IsOver(plan, counts, 50, 199));
  BOOST_TEST(IsOver(plan, counts, 50, 200));
}

BOOST_AUTO_TEST_CASE(counts_go_with_what_is_measured_and_not_with_its_place) {
  ExperimentPlan before = Plan();
  before.measures = {{"timeout", Measured::kErrorClass, 0, ErrorClass::kTimeout, ""},
                     {"quality.a", Measured::kQuality, 0, ErrorClass::kNone, "a"}};
  ExperimentPlan plan = before;
  plan.measures = {{"refused", Measured::kErrorClass, 0, ErrorClass::kRefused, ""},
                   {"timeout", Measured::kErrorClass, 0, ErrorClass::kTimeout, ""},
                   {"quality.b", Measured::kQuality, 0, ErrorClass::kNone, "b"}};
  ExperimentCounts counts;
  RolloutSample sample;
  sample.at_s = 1;
  sample.error_class = ErrorClass::kTimeout;
  sample.cost_pico = 7;
  sample.quality_ppm = 500'000;
  CountOnce(before, 0, sample, counts);
  const ExperimentCounts remapped = Remapped(before, plan, counts);
  BOOST_REQUIRE(remapped.size() == 2u);
  const ArmCounts& arm = remapped[0];
  BOOST_TEST(arm.newcomers == 1);
  BOOST_REQUIRE(arm.signals.size() == 3u);
  BOOST_TEST(arm.signals[0].events == 1);
  BOOST_TEST(arm.signals[1].units == 0);
  BOOST_TEST(arm.signals[2].units == 1);
  BOOST_TEST(arm.signals[2].events == 1);
  BOOST_TEST(arm.values[static_cast<std::size_t>(ValueKind::kCost)].count == 1);
  BOOST_TEST(arm.values[static_cast<std::size_t>(ValueKind::kQuality)].count == 0);
  BOOST_TEST(Remapped(before, before, counts)[0].signals[1].events == 1);
}

BOOST_AUTO_TEST_CASE(texts_read_back) {
  const ExperimentPlan plan = Plan();
  BOOST_TEST((ParseExperimentPlan(ToText(plan)) == plan));
  std::mt19937_64 random(kSeed);
  ExperimentCounts counts;
  Draw(100, 1e9, 0.1, random, plan, counts);
  BOOST_TEST(ToText(*ParseExperimentCounts(ToText(counts))) == ToText(counts));
  BOOST_TEST(!ParseExperimentPlan("experiment1 3:a"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
