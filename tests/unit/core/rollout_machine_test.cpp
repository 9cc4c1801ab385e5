// The rollout machine: steps, verdicts, holds, the operator's hand, and that its texts read back to
// the bit.
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <string>

#include "runtime/core/rollout/machine.hpp"

namespace mlp {
namespace {

constexpr std::int64_t kStart = 1'795'219'200;
constexpr std::int64_t kMinute = 60;

/// ramp 1%, 25% for at least 30m, 300 users; prove 50% failures <= 1.5x baseline; then 100%.
RolloutPlan SamplePlan() {
  RolloutPlan plan;
  plan.name = "next";
  plan.salt = "a salt";
  plan.from = "old";
  plan.to = "new";
  plan.policy = "support";
  plan.steps = {{10'000, 1'800, 30, false, kNone16},
                {250'000, 1'800, 300, false, kNone16},
                {500'000, 0, 0, true, 0},
                {1'000'000, 0, 0, false, kNone16}};
  plan.rollbacks.emplace_back().relative = true;
  PlanCriterion proof;
  proof.relative = true;
  proof.comparison = Comparison::kLessEqual;
  proof.value = 1'500'000;
  plan.proofs.push_back(proof);
  plan.hold_s = 6 * 3'600;
  return plan;
}

ArmCounts Arm(std::int64_t units, std::int64_t events) {
  ArmCounts arm;
  arm.newcomers = arm.arrived = units;
  arm.signals = {{units, events}};
  return arm;
}

RolloutInput Block(std::int64_t at_s, RolloutBlock block) {
  RolloutInput input;
  input.at_s = at_s;
  input.block = std::move(block);
  return input;
}

RolloutInput Move(std::int64_t at_s, RolloutMove move) {
  RolloutInput input;
  input.at_s = at_s;
  input.move = move;
  input.who = "ann";
  input.why = "tests";
  return input;
}

/// Ten minutes of 1000 units in the share of the state, with failing shares in percent.
RolloutInput TenMinutes(const RolloutState& state, double canary, double stable) {
  const auto units = static_cast<std::int64_t>(1'000.0 * state.share_ppm / 1e6);
  const auto part = [](std::int64_t of, double percent) {
    return static_cast<std::int64_t>(static_cast<double>(of) * percent / 100 + 0.5);
  };
  return Block(state.updated_s + 10 * kMinute,
               {Arm(units, part(units, canary)), Arm(1'000 - units, part(1'000 - units, stable))});
}

struct Run {
  RolloutPlan plan = SamplePlan();
  RolloutState state = StartRollout(plan, kStart);
  std::vector<RolloutTransition> all;

  void Take(const RolloutInput& input) {
    RolloutOutcome outcome = Next(plan, state, input);
    state = std::move(outcome.state);
    for (RolloutTransition& one : outcome.transitions) all.push_back(std::move(one));
  }
  bool Until(RolloutChange change, double canary, double stable, int most_blocks = 200) {
    for (int i = 0; i < most_blocks; ++i) {
      Take(TenMinutes(state, canary, stable));
      if (!all.empty() && all.back().change == change) return true;
    }
    return false;
  }
};

BOOST_AUTO_TEST_SUITE(rollout_machine)

BOOST_AUTO_TEST_CASE(a_good_one_goes_through_its_steps_to_the_end) {
  Run run;
  BOOST_TEST(run.state.share_ppm == 10'000u);
  BOOST_TEST(run.Until(RolloutChange::kDone, 2, 2));
  BOOST_REQUIRE(run.all.size() == 3u);
  BOOST_TEST(run.all[0].to_ppm == 250'000u);
  BOOST_TEST(run.all[1].to_ppm == 500'000u);
  BOOST_TEST(run.all[2].to_ppm == 1'000'000u);
  BOOST_TEST(run.all[2].because.find("proved: failures <= 1.5x baseline") != std::string::npos);
  BOOST_TEST((run.state.stage == RolloutStage::kDone));
}

BOOST_AUTO_TEST_CASE(a_step_waits_for_its_time_and_for_its_users) {
  Run run;
  run.Take(Block(kStart + 29 * kMinute, {Arm(100, 2), Arm(9'900, 200)}));
  BOOST_TEST(run.all.empty());
  run.Take(Block(kStart + 30 * kMinute, {}));
  BOOST_TEST(run.state.share_ppm == 250'000u);
  run.Take(Block(kStart + 90 * kMinute, {Arm(299, 6), Arm(900, 18)}));
  BOOST_TEST(run.state.share_ppm == 250'000u);
  run.Take(Block(kStart + 91 * kMinute, {Arm(1, 0), Arm(3, 0)}));
  BOOST_TEST(run.state.share_ppm == 500'000u);
}

BOOST_AUTO_TEST_CASE(harm_rolls_back_and_says_what_was_shown) {
  Run run;
  BOOST_TEST(run.Until(RolloutChange::kRolledBack, 10, 2));
  BOOST_TEST(run.state.share_ppm == 0u);
  BOOST_TEST(run.all.back().because.find("shown: failures > baseline (canary ") == 0u);
  // Nothing follows.
  run.Take(TenMinutes(run.state, 2, 2));
  BOOST_TEST(run.state.share_ppm == 0u);
}

BOOST_AUTO_TEST_CASE(a_dead_canary_trips_at_once) {
  Run run;
  run.Take(Block(kStart + kMinute, {Arm(6, 6), Arm(594, 12)}));
  BOOST_REQUIRE(run.all.size() == 1u);
  BOOST_TEST(run.all.back().because.find("the canary is dead") == 0u);
  BOOST_TEST(IsDead(StartRollout(run.plan, kStart), {Arm(6, 6), Arm(594, 12)}));
  BOOST_TEST(!IsDead(StartRollout(run.plan, kStart), {Arm(6, 6), Arm(594, 400)}));
}

BOOST_AUTO_TEST_CASE(a_common_outage_neither_moves_nor_counts) {
  Run run;
  run.Until(RolloutChange::kAdvanced, 2, 2);
  const std::uint32_t share = run.state.share_ppm;
  BOOST_TEST(run.Until(RolloutChange::kOutage, 60, 60));
  for (int i = 0; i < 20; ++i) run.Take(TenMinutes(run.state, 60, 60));
  BOOST_TEST(run.state.share_ppm == share);
  BOOST_TEST(run.state.paused_s >= 20 * 10 * kMinute);
  BOOST_TEST(run.Until(RolloutChange::kOutageEnded, 2, 2));
  BOOST_TEST(run.Until(RolloutChange::kDone, 2, 2));
}

BOOST_AUTO_TEST_CASE(what_is_not_shown_in_time_goes_as_the_policy_says) {
  for (const Undecided undecided : {Undecided::kRollback, Undecided::kPromote, Undecided::kHold}) {
    Run run;
    run.plan.undecided = undecided;
    run.plan.proofs[0].value = 1'010'000;  // hardly to be proved
    const RolloutChange expected = undecided == Undecided::kRollback  ? RolloutChange::kRolledBack
                                   : undecided == Undecided::kPromote ? RolloutChange::kDone
                                                                      : RolloutChange::kHeld;
    BOOST_TEST(run.Until(expected, 2, 2));
    BOOST_TEST(run.all.back().because.find("neither harm nor its absence") == 0u);
    if (undecided != Undecided::kHold) continue;
    run.Take(Move(run.state.updated_s + 10, RolloutMove::kResume));
    BOOST_TEST((run.state.hold == RolloutHold::kNone));
    BOOST_TEST(!run.Until(RolloutChange::kHeld, 2, 2, 30));
    BOOST_TEST(run.Until(RolloutChange::kHeld, 2, 2, 10));
  }
}

BOOST_AUTO_TEST_CASE(shares_that_are_others_hold_until_a_person_accepts_them) {
  Run run;
  run.Until(RolloutChange::kAdvanced, 2, 2);
  run.Take(Block(run.state.updated_s + 60, {Arm(300, 6), Arm(2'700, 54)}));
  BOOST_REQUIRE((run.all.back().change == RolloutChange::kHeld));
  BOOST_TEST((run.state.hold == RolloutHold::kShares));
  run.Take(Move(run.state.updated_s + 10, RolloutMove::kResume));
  run.Take(Block(run.state.updated_s + 60, {Arm(300, 6), Arm(2'700, 54)}));
  BOOST_TEST((run.state.hold == RolloutHold::kNone));
}

BOOST_AUTO_TEST_CASE(an_operator_holds_resumes_advances_and_rolls_back) {
  Run run;
  run.Take(Move(kStart + 60, RolloutMove::kHold));
  BOOST_TEST(run.all.back().because == "by ann: tests");
  for (int i = 0; i < 20; ++i) run.Take(TenMinutes(run.state, 2, 2));
  BOOST_TEST(run.state.share_ppm == 10'000u);
  run.Take(Move(run.state.updated_s, RolloutMove::kResume));
  run.Take(TenMinutes(run.state, 2, 2));
  BOOST_TEST(run.state.share_ppm == 10'000u);  // the time of the hold does not count
  run.Take(Move(run.state.updated_s, RolloutMove::kAdvance));
  BOOST_TEST(run.state.share_ppm == 250'000u);
  run.Take(Move(run.state.updated_s, RolloutMove::kRollback));
  BOOST_TEST(run.state.share_ppm == 0u);
  const std::int64_t then = run.state.updated_s;
  BOOST_TEST(Refusal(run.plan, run.state, RolloutMove::kResume, then + 60).find("59 minutes") !=
             std::string::npos);
  BOOST_TEST(Refusal(run.plan, run.state, RolloutMove::kAdvance, then) == "it was rolled back");
  run.Take(Move(then + kRolloutCooldownS, RolloutMove::kResume));
  BOOST_TEST(run.state.share_ppm == 10'000u);
  BOOST_TEST(run.state.restarts == 1u);
}

BOOST_AUTO_TEST_CASE(units_held_back_are_judged_too) {
  Run run;
  run.plan.holdback_ppm = 10'000;
  run.plan.holdback_s = 24 * 3'600;
  while (run.state.stage == RolloutStage::kStep) run.Take(TenMinutes(run.state, 2, 2));
  BOOST_TEST((run.state.stage == RolloutStage::kHoldback));
  BOOST_TEST(run.state.share_ppm == 990'000u);
  Run harmed = run;
  BOOST_TEST(run.Until(RolloutChange::kDone, 2, 2));
  BOOST_TEST(run.state.share_ppm == 1'000'000u);
  BOOST_TEST(harmed.Until(RolloutChange::kRolledBack, 60, 0));
}

BOOST_AUTO_TEST_CASE(a_window_is_a_plain_threshold) {
  Run run;
  PlanCriterion window;
  window.measured = Measured::kSuccess;
  window.comparison = Comparison::kLess;
  window.relative = true;
  window.value = 950'000;
  window.window_s = 3'600;
  window.min_units = 100;
  run.plan.rollbacks = {window};
  run.state = StartRollout(run.plan, kStart);
  BOOST_TEST(Words(run.plan, window) == "success over 1h < 0.95x baseline, at least 100 users");
  run.Take(Block(kStart + 60, {Arm(99, 20), Arm(9'900, 198)}));
  BOOST_TEST(run.all.empty());
  run.Take(Block(kStart + 120, {Arm(1, 0), Arm(99, 2)}));
  BOOST_TEST((run.all.back().change == RolloutChange::kRolledBack));
}

BOOST_AUTO_TEST_CASE(an_edited_ramp_keeps_the_share_and_the_units) {
  Run run;
  run.Until(RolloutChange::kAdvanced, 2, 2);
  RolloutPlan edited = run.plan;
  edited.steps.insert(edited.steps.begin() + 1, {100'000, 60, 0, false, kNone16});
  const RolloutOutcome same = Edit(run.plan, edited, run.state, run.state.updated_s);
  BOOST_TEST(same.state.share_ppm == 250'000u);
  BOOST_TEST(same.state.step == 2u);
  BOOST_TEST((same.state.harm == run.state.harm));
  edited.steps[2].share_ppm = 300'000;
  BOOST_TEST(Edit(run.plan, edited, run.state, run.state.updated_s).state.share_ppm == 100'000u);
  edited.rollbacks[0].value = 1'100'000;
  BOOST_TEST((Edit(run.plan, edited, run.state, run.state.updated_s).state.harm != run.state.harm));
}

BOOST_AUTO_TEST_CASE(texts_read_back_to_the_bit) {
  Run run;
  run.plan.events.push_back({"slow", run.plan.proofs[0]});
  run.plan.events[0].criterion.score = "a b:c";
  const auto plan = ParseRolloutPlan(ToText(run.plan));
  BOOST_REQUIRE(plan.has_value());
  BOOST_TEST((*plan == run.plan));
  RolloutBlock block{Arm(3, 1), Arm(7, 2)};
  AddToHistogram(block.stable.latency, 1'234'567);
  block.canary.values[2].Add(0.1);
  BOOST_TEST(ToText(*ParseRolloutBlock(ToText(block))) == ToText(block));
  // A run whose state goes through its text at each step is the same run.
  RolloutState through = run.state;
  for (int i = 0; i < 60; ++i) {
    const RolloutInput input = TenMinutes(run.state, 3, 2);
    run.Take(input);
    through = Next(run.plan, *ParseRolloutState(ToText(through)), input).state;
    BOOST_REQUIRE(ToText(through) == ToText(run.state));
  }
  BOOST_TEST(!ParseRolloutState("state1 1 2 3"));
  BOOST_TEST(!ParseRolloutState(ToText(run.state) + " 1"));
  BOOST_TEST(!ParseRolloutPlan("plan1 999999999999:x"));
}

BOOST_AUTO_TEST_CASE(a_unit_counts_once_an_hour_and_fails_once_a_step) {
  const RolloutPlan plan = SamplePlan();
  const std::vector<PlanCriterion> signals = SignalsOf(plan);
  BOOST_TEST(signals.size() == 1u);
  UnitMarks marks;
  RolloutBlock block;
  RolloutSample sample;
  sample.canary = true;
  sample.at_s = kStart;
  sample.error_class = ErrorClass::kTimeout;
  for (int i = 0; i < 10; ++i) CountUnit(signals, {}, 0, sample, marks, block);
  BOOST_TEST(block.canary.signals[0].units == 1);
  BOOST_TEST(block.canary.signals[0].events == 1);
  sample.at_s += 3'600;  // it has failed: it is none of those that still may
  CountUnit(signals, {}, 0, sample, marks, block);
  BOOST_TEST(block.canary.signals[0].units == 1);
  CountUnit(signals, {}, 1, sample, marks, block);
  BOOST_TEST(block.canary.signals[0].units == 2);
  BOOST_TEST(block.canary.newcomers == 1);
  BOOST_TEST(block.canary.arrived == 2);
}

BOOST_AUTO_TEST_CASE(events_have_the_baseline_of_the_start) {
  RolloutPlan plan = SamplePlan();
  PlanCriterion slow;
  slow.measured = Measured::kLatency;
  slow.relative = true;
  slow.baseline_percentile = 95;
  slow.value = 1'300'000;
  plan.events.push_back({"slow", slow});
  PlanCriterion harm;
  harm.measured = Measured::kEvent;
  harm.event = 0;
  harm.relative = true;
  plan.rollbacks.push_back(harm);
  const std::vector<PlanCriterion> signals = SignalsOf(plan);
  BOOST_REQUIRE(signals.size() == 2u);
  BOOST_TEST(SignalOf(signals, harm) == 1u);
  RolloutState state = StartRollout(plan, kStart);
  RolloutBlock block;
  for (int unit = 0; unit < 200; ++unit) {
    UnitMarks marks;
    RolloutSample sample;
    sample.at_s = kStart;
    sample.latency_us = 1'000'000 + unit * 5'000;
    CountUnit(signals, state.baseline, 0, sample, marks, block);
  }
  BOOST_TEST(block.stable.signals[1].units == 0);  // nobody knows yet what is slow
  state = Next(plan, state, Block(kStart + 60, block)).state;
  BOOST_REQUIRE(state.baseline.frozen);
  BOOST_TEST(std::abs(state.baseline.latency[1] - 1'950'000) < 45'000);
  UnitMarks marks;
  RolloutSample sample;
  sample.canary = true;
  sample.at_s = kStart + 61;
  sample.latency_us = 2'700'000;
  RolloutBlock next;
  CountUnit(signals, state.baseline, 0, sample, marks, next);
  BOOST_TEST(next.canary.signals[1].units == 1);
  BOOST_TEST(next.canary.signals[1].events == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
