// Promises of the rollout machine over thousands of runs: how often it rolls back what is no worse,
// promotes what is, and finds harm.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <random>

#include "runtime/core/rollout/machine.hpp"

namespace mlp {
namespace {

BOOST_AUTO_TEST_SUITE(rollout_simulation)

constexpr std::uint64_t kSeed = 20261121;
constexpr int kRuns = 2'000;
constexpr std::int64_t kBlockS = 600;
constexpr std::int64_t kUnits = 333;  // a block: 2000 an hour

/// The rate at which both arms fail in a block, by its number.
using Rates = double (*)(int block);
double Steady(int) { return 0.02; }
double WithOutages(int block) { return block % 24 >= 20 ? 0.4 : 0.02; }
double Drifting(int block) { return 0.02 + 0.018 * std::sin(block / 9.0); }

RolloutPlan Plan() {
  RolloutPlan plan;
  plan.name = plan.salt = "r";
  plan.steps = {{10'000, 1'800, 30, false, kNone16},
                {50'000, 1'800, 100, false, kNone16},
                {250'000, 1'800, 300, false, kNone16},
                {500'000, 0, 0, true, 0},
                {1'000'000, 0, 0, false, kNone16}};
  PlanCriterion harm;
  harm.relative = true;
  plan.rollbacks.push_back(harm);
  PlanCriterion proof;
  proof.relative = true;
  proof.comparison = Comparison::kLessEqual;
  proof.value = 1'500'000;
  plan.proofs.push_back(proof);
  plan.hold_s = 12 * 3'600;
  plan.undecided = Undecided::kHold;
  return plan;
}

ArmCounts Arm(std::int64_t units, double rate, std::mt19937_64& random) {
  ArmCounts arm;
  arm.newcomers = arm.arrived = units;
  arm.signals = {
      {units, std::binomial_distribution<std::int64_t>(units, std::min(rate, 1.0))(random)}};
  return arm;
}

/// Ends with kDone, kRolledBack, or kStep where it was held.
RolloutState Simulate(const RolloutPlan& plan, double ratio, Rates rates, std::mt19937_64& random) {
  RolloutState state = StartRollout(plan, 0);
  for (int block = 1; state.stage == RolloutStage::kStep && state.hold == RolloutHold::kNone;
       ++block) {
    RolloutInput input;
    input.at_s = block * kBlockS;
    const auto canary =
        std::binomial_distribution<std::int64_t>(kUnits, state.share_ppm / 1e6)(random);
    input.block = {Arm(canary, rates(block) * ratio, random),
                   Arm(kUnits - canary, rates(block), random)};
    state = Next(plan, state, input).state;
  }
  return state;
}

struct Share {
  double rolled_back = 0;
  double promoted = 0;
  double held_for_shares = 0;
};
Share Simulate(const char* what, double ratio, Rates rates, int runs = kRuns) {
  std::mt19937_64 random(kSeed);
  const RolloutPlan plan = Plan();
  Share share;
  for (int run = 0; run < runs; ++run) {
    const RolloutState end = Simulate(plan, ratio, rates, random);
    share.rolled_back += end.stage == RolloutStage::kRolledBack ? 1.0 / runs : 0;
    share.promoted += end.stage == RolloutStage::kDone ? 1.0 / runs : 0;
    share.held_for_shares += end.hold == RolloutHold::kShares ? 1.0 / runs : 0;
  }
  BOOST_TEST_MESSAGE(what << ", ratio " << ratio << ", seed " << kSeed << ": rolled back "
                          << share.rolled_back << ", promoted " << share.promoted
                          << ", held for its shares " << share.held_for_shares);
  return share;
}

double Sigmas3(double rate, int runs) { return 3 * std::sqrt(rate * (1 - rate) / runs); }

BOOST_AUTO_TEST_CASE(what_is_no_worse_is_rarely_rolled_back) {
  const double most = 0.05 + Sigmas3(0.05, kRuns);
  BOOST_TEST(Simulate("steady", 1, Steady).rolled_back <= most);
  BOOST_TEST(Simulate("common outages", 1, WithOutages, kRuns / 4).rolled_back <= most);
  const Share drifting = Simulate("drifting", 1, Drifting);
  BOOST_TEST(drifting.rolled_back <= most);
  BOOST_TEST(drifting.held_for_shares <= 0.001 + Sigmas3(0.001, kRuns));
  BOOST_TEST(drifting.promoted >= 0.7);
}

BOOST_AUTO_TEST_CASE(what_is_at_the_margin_is_rarely_promoted) {
  BOOST_TEST(Simulate("steady", 1.5, Steady, kRuns / 2).promoted <=
             0.05 + Sigmas3(0.05, kRuns / 2));
}

BOOST_AUTO_TEST_CASE(harm_is_found_before_the_end) {
  // Predicted (closed form, reference 2.11): 2x is found with a chance of 80% after 57 minutes at a
  // quarter of 100 units a minute, so far within the proof's 12 hours at a third of that.
  const Share harmed = Simulate("steady", 2, Steady, kRuns / 2);
  BOOST_TEST(harmed.rolled_back >= 0.7);
  BOOST_TEST(harmed.promoted <= 0.01);
}

/// Users who always fail, or never: one in fifty, calling ten times an hour for two days.
BOOST_AUTO_TEST_CASE(failures_in_clusters_are_no_evidence) {
  constexpr int kClusterRuns = 300;
  std::mt19937_64 random(kSeed);
  RolloutPlan plan = Plan();
  plan.steps = {{250'000, 24 * 3'600, 0, false, kNone16}, {1'000'000, 0, 0, false, kNone16}};
  const std::vector<PlanCriterion> signals = SignalsOf(plan);
  int rolled_back = 0;
  for (int run = 0; run < kClusterRuns; ++run) {
    RolloutState state = StartRollout(plan, 0);
    struct User {
      bool canary;
      bool fails;
      UnitMarks marks;
    };
    std::vector<User> users(400);
    for (User& user : users) {
      user = {random() % 4 == 0, random() % 50 == 0, {}};
    }
    for (int hour = 0; hour < 24 && state.stage == RolloutStage::kStep; ++hour) {
      RolloutInput input;
      input.at_s = (hour + 1) * 3'600;
      for (User& user : users) {
        RolloutSample sample;
        sample.at_s = hour * 3'600 + 1;
        sample.canary = user.canary;
        if (user.fails) sample.error_class = ErrorClass::kTimeout;
        for (int call = 0; call < 3; ++call) {
          CountUnit(signals, state.baseline, state.step, sample, user.marks, input.block);
        }
      }
      state = Next(plan, state, input).state;
    }
    rolled_back += state.stage == RolloutStage::kRolledBack ? 1 : 0;
  }
  BOOST_TEST_MESSAGE("clustered, seed " << kSeed << ": " << rolled_back << " of " << kClusterRuns
                                        << " rolled back");
  BOOST_TEST(rolled_back <= (0.05 + Sigmas3(0.05, kClusterRuns)) * kClusterRuns);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
