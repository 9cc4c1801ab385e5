// How often arms that do not differ are rolled back, per criterion, while the rates of both change
// in time: at most the error rate. And that harm is still found.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <functional>
#include <random>
#include <string>

#include "runtime/core/rollout/machine.hpp"

namespace mlp {
namespace {

BOOST_AUTO_TEST_SUITE(rollout_null)

constexpr std::uint64_t kSeed = 20261122;
constexpr double kAlpha = 0.05;
constexpr std::int64_t kBlockS = 600;

double Most(double rate, int runs) { return rate + 3 * std::sqrt(rate * (1 - rate) / runs); }

PlanCriterion Criterion(Measured measured, Comparison comparison, std::int64_t value,
                        std::uint8_t percentile = 0) {
  PlanCriterion criterion;
  criterion.measured = measured;
  criterion.percentile = percentile;
  criterion.comparison = comparison;
  criterion.relative = true;
  criterion.value = value;
  return criterion;
}

RolloutPlan PlanWith(const PlanCriterion& criterion, std::vector<std::uint32_t> shares,
                     std::uint32_t dwell_s) {
  RolloutPlan plan;
  for (const std::uint32_t share : shares) plan.steps.push_back({share, dwell_s, 0, false});
  plan.steps.push_back({1'000'000, 0, 0, false});
  plan.rollbacks = {criterion};
  return plan;
}

/// What a unit's call comes to, by the block and its arm.
using Call = std::function<void(int block, bool canary, std::mt19937_64& random, RolloutSample&)>;

RolloutState Simulate(const RolloutPlan& plan, int units, const Call& call,
                      std::mt19937_64& random) {
  const std::vector<PlanCriterion> signals = SignalsOf(plan);
  RolloutState state = StartRollout(plan, 0);
  std::uniform_real_distribution<double> uniform;
  for (int block = 1; state.stage == RolloutStage::kStep; ++block) {
    RolloutInput input;
    input.at_s = block * kBlockS;
    for (int unit = 0; unit < units; ++unit) {
      RolloutSample sample;
      sample.at_s = input.at_s;
      sample.canary = uniform(random) < state.share_ppm / 1e6;
      call(block, sample.canary, random, sample);
      UnitMarks marks;
      CountUnit(signals, state.baseline, state.step, sample, marks, input.block);
    }
    state = Next(plan, state, input).state;
  }
  return state;
}

double RolledBack(const std::string& what, const RolloutPlan& plan, int units, int runs,
                  const Call& call) {
  std::mt19937_64 random(kSeed);
  int count = 0;
  for (int run = 0; run < runs; ++run) {
    count += Simulate(plan, units, call, random).stage == RolloutStage::kRolledBack ? 1 : 0;
  }
  BOOST_TEST_MESSAGE(what << ", seed " << kSeed << ": " << count << " of " << runs
                          << " rolled back");
  return static_cast<double>(count) / runs;
}

void Fail(double rate, std::mt19937_64& random, RolloutSample& sample) {
  if (std::uniform_real_distribution<double>()(random) < rate) {
    sample.error_class = ErrorClass::kTimeout;
  } else {
    sample.latency_us = 1'000'000;
  }
}

void Take(double factor, std::mt19937_64& random, RolloutSample& sample) {
  const double seconds = std::lognormal_distribution<double>(0, 0.6)(random) * factor;
  sample.latency_us = static_cast<std::int64_t>(seconds * 1e6);
}

/// Half of 10,000 units in fifty blocks.
RolloutPlan HalfFor50(const PlanCriterion& criterion) {
  return PlanWith(criterion, {500'000}, 50 * kBlockS);
}
constexpr int kBlockUnits = 200;

BOOST_AUTO_TEST_CASE(success_that_is_equal_is_rarely_rolled_back) {
  constexpr int kRuns = 150;
  for (const std::int64_t value : {1'000'000, 990'000, 950'000}) {
    const PlanCriterion criterion = Criterion(Measured::kSuccess, Comparison::kLess, value);
    const std::string what = Words({}, criterion);
    const Call steady = [](int, bool, auto& random, auto& sample) { Fail(0.02, random, sample); };
    const Call drifts = [](int block, bool, auto& random, auto& sample) {
      Fail(block < 20 ? 0.02 : 0.05, random, sample);
    };
    BOOST_TEST(RolledBack(what, HalfFor50(criterion), kBlockUnits, kRuns, steady) <=
               Most(kAlpha, kRuns));
    BOOST_TEST(RolledBack(what + ", drifting", HalfFor50(criterion), kBlockUnits, kRuns, drifts) <=
               Most(kAlpha, kRuns));
    // At the limit itself, while the rate of both drifts.
    const double factor = static_cast<double>(value) / 1e6;
    const Call at_limit = [&](int block, bool canary, auto& random, auto& sample) {
      const double stable = block < 20 ? 0.02 : 0.05;
      Fail(canary ? 1 - factor * (1 - stable) : stable, random, sample);
    };
    BOOST_TEST(RolledBack(what + ", at the limit", HalfFor50(criterion), kBlockUnits, kRuns,
                          at_limit) <= Most(kAlpha, kRuns));
  }
}

BOOST_AUTO_TEST_CASE(success_that_is_harmed_is_found) {
  constexpr int kRuns = 50;
  const Call twice = [](int, bool canary, auto& random, auto& sample) {
    Fail(canary ? 0.04 : 0.02, random, sample);
  };
  const Call tenth = [](int, bool canary, auto& random, auto& sample) {
    Fail(canary ? 0.10 : 0.02, random, sample);
  };
  const auto found = [&](std::int64_t value, const Call& call) {
    const PlanCriterion criterion = Criterion(Measured::kSuccess, Comparison::kLess, value);
    return RolledBack(Words({}, criterion) + ", harmed", HalfFor50(criterion), kBlockUnits, kRuns,
                      call);
  };
  BOOST_TEST(found(1'000'000, twice) >= 0.9);
  BOOST_TEST(found(950'000, tenth) >= 0.9);
}

BOOST_AUTO_TEST_CASE(nothing_ends_at_the_first_failure_of_a_canary) {
  const RolloutPlan plan = HalfFor50(Criterion(Measured::kSuccess, Comparison::kLess, 1'000'000));
  RolloutState state = StartRollout(plan, 0);
  RolloutInput input;
  input.block.canary.signals = {{100, 0}};
  input.block.stable.signals = {{100, 0}};
  for (int block = 1; block <= 5; ++block) {
    input.at_s = block * 60;
    input.block.canary.signals[0].events = block == 5 ? 1 : 0;
    state = Next(plan, state, input).state;
  }
  BOOST_TEST((state.stage == RolloutStage::kStep));
}

BOOST_AUTO_TEST_CASE(percentiles_that_are_equal_are_rarely_rolled_back) {
  constexpr int kRuns = 100;
  for (const std::int64_t value : {1'000'000, 1'100'000}) {
    const PlanCriterion criterion = Criterion(Measured::kLatency, Comparison::kGreater, value, 95);
    const std::string what = Words({}, criterion);
    const Call steady = [](int, bool, auto& random, auto& sample) { Take(1, random, sample); };
    BOOST_TEST(RolledBack(what, HalfFor50(criterion), kBlockUnits, kRuns, steady) <=
               Most(kAlpha, kRuns));
    const double factor = static_cast<double>(value) / 1e6;
    const Call at_limit = [&](int block, bool canary, auto& random, auto& sample) {
      Take((block < 20 ? 1 : 1.5) * (canary ? factor : 1), random, sample);
    };
    BOOST_TEST(RolledBack(what + ", at the limit, drifting", HalfFor50(criterion), kBlockUnits,
                          kRuns, at_limit) <= Most(kAlpha, kRuns));
  }
}

BOOST_AUTO_TEST_CASE(percentiles_that_are_harmed_are_found) {
  constexpr int kRuns = 30;
  const PlanCriterion criterion =
      Criterion(Measured::kLatency, Comparison::kGreater, 1'100'000, 95);
  const Call slower = [](int block, bool canary, auto& random, auto& sample) {
    Take((block < 20 ? 1 : 1.5) * (canary ? 1.5 : 1), random, sample);
  };
  BOOST_TEST(RolledBack(Words({}, criterion) + ", harmed", HalfFor50(criterion), kBlockUnits, kRuns,
                        slower) >= 0.9);
}

BOOST_AUTO_TEST_CASE(means_of_a_ramp_are_not_moved_by_what_moves_both_arms) {
  constexpr int kRuns = 100;
  constexpr int kBlocks = 40;  // 10 at each step
  const PlanCriterion criterion = Criterion(Measured::kLatency, Comparison::kGreater, 1'000'000);
  const RolloutPlan plan =
      PlanWith(criterion, {10'000, 50'000, 250'000, 500'000}, kBlocks / 4 * kBlockS);
  const Call slower_later = [](int block, bool, auto& random, auto& sample) {
    Take(block <= kBlocks / 2 ? 1 : 1.5, random, sample);
  };
  BOOST_TEST(RolledBack("mean latency, +50% for both in the middle", plan, kBlockUnits, kRuns,
                        slower_later) <= Most(kAlpha, kRuns));
  const Call slower_within_a_step = [](int block, bool, auto& random, auto& sample) {
    Take(block <= kBlocks / 2 + 5 ? 1 : 1.5, random, sample);
  };
  BOOST_TEST(RolledBack("mean latency, +50% for both within a step", plan, kBlockUnits, kRuns,
                        slower_within_a_step) <= Most(kAlpha, kRuns));
  const Call harmed = [](int block, bool canary, auto& random, auto& sample) {
    Take((block <= kBlocks / 2 ? 1 : 1.5) * (canary ? 1.3 : 1), random, sample);
  };
  BOOST_TEST(RolledBack("mean latency, the canary 30% slower", plan, kBlockUnits, kRuns / 2,
                        harmed) >= 0.9);
}

/// Five canary units of a hundred a day, in blocks of an hour: mostly of one arm alone.
BOOST_AUTO_TEST_CASE(little_traffic_is_evidence_too) {
  constexpr double kBase = 0.02;
  constexpr double kRatio = 10;
  constexpr double kShare = 0.05;
  constexpr int kDays = 400;
  constexpr int kDayUnits = 100;
  std::mt19937_64 random(kSeed);
  std::uniform_real_distribution<double> uniform;
  RolloutPlan plan = PlanWith(Criterion(Measured::kFailures, Comparison::kGreater, 1'000'000),
                              {50'000}, 1'000 * 86'400);
  // Nothing but the evidence: an error rate that is never reached.
  plan.confidence_ppm = 1'000'000;
  RolloutState state = StartRollout(plan, 0);
  const std::vector<PlanCriterion> signals = SignalsOf(plan);
  for (int day = 0; day < kDays; ++day) {
    for (int unit = 0; unit < kDayUnits; ++unit) {
      RolloutInput input;
      input.at_s = day * 86'400 + unit * 864;
      RolloutSample sample;
      sample.at_s = input.at_s;
      sample.canary = uniform(random) < kShare;
      Fail(kBase * (sample.canary ? kRatio : 1), random, sample);
      UnitMarks marks;
      CountUnit(signals, state.baseline, 0, sample, marks, input.block);
      state = Next(plan, state, input).state;
    }
  }
  // Per unit, for the alternative that is true: the drift of the language reference.
  const double q = kShare * kRatio / (kShare * kRatio + 1 - kShare);
  const double drift = kBase * (kShare * kRatio + 1 - kShare) *
                       (q * std::log(q / kShare) + (1 - q) * std::log((1 - q) / (1 - kShare)));
  const double predicted = drift * kDays * kDayUnits;
  const double grown = Standing(plan, state).front().log_evidence;
  BOOST_TEST_MESSAGE("little traffic, seed " << kSeed << ": ln E " << grown << ", predicted "
                                             << predicted);
  BOOST_TEST(grown >= 0.75 * predicted);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
