#include "tests/unit/report/evidence_fixture.hpp"

#include <utility>

#include "runtime/store/rollout_rederive.hpp"

namespace mlp {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kNow = 1'795'260'000;

ArmCounts Arm(std::int64_t users, double cost, std::int64_t failing) {
  ArmCounts arm;
  arm.newcomers = arm.arrived = users;
  arm.signals = {{users, failing}};
  // In milli-dollars, half of the users a third above the mean and half below.
  ValueSum& sum = arm.values[static_cast<std::size_t>(ValueKind::kCost)];
  for (std::int64_t i = 0; i < users; ++i) sum.Add(cost * 1e9 * (i % 2 == 0 ? 4.0 / 3 : 2.0 / 3));
  return arm;
}

void Tell(RolloutEntryKind kind, std::int64_t at_s, std::string input, RolloutOutcome outcome,
          RolloutFinding& finding) {
  RolloutRow& row = finding.story.row;
  RolloutEntry entry;
  entry.sequence = row.sequence++;
  entry.at_s = at_s;
  entry.kind = kind;
  entry.input = std::move(input);
  if (kind == RolloutEntryKind::kMove) {
    entry.who = "ann";
    entry.why = "it looks well";
  }
  entry.changes = ChangeLines(outcome.transitions);
  row.state = std::move(outcome.state);
  finding.story.log.push_back(std::move(entry));
}

}  // namespace

ExperimentFinding MakeExperiment(std::int64_t plain_users, std::int64_t warm_users,
                                 double plain_cost, double warm_cost, std::int64_t warm_failing) {
  ExperimentFinding finding;
  ExperimentPlan& plan = finding.row.plan;
  plan.name = plan.salt = "tone";
  plan.policy = "support";
  plan.replaced = "mini";
  plan.arms = {{"plain", "mini", 500'000}, {"warm", "haiku", 500'000}};
  plan.measures = {{"cost", Measured::kCost, 0, ErrorClass::kNone, ""},
                   {"failures", Measured::kFailures, 0, ErrorClass::kNone, ""}};
  plan.lasts_s = 14 * kDay;
  finding.row.counts = {Arm(plain_users, plain_cost, plain_users / 50),
                        Arm(warm_users, warm_cost, warm_failing)};
  finding.row.started_s = kNow - 3 * kDay;
  finding.elapsed_s = 3 * kDay;
  finding.compared = Compare(plan, finding.row.counts, finding.elapsed_s);
  finding.shares = CheckShares(plan, finding.row.counts);
  return finding;
}

RolloutFinding MakeRollout(std::int64_t start_s) {
  RolloutFinding finding;
  RolloutRow& row = finding.story.row;
  RolloutPlan& plan = row.plan;
  plan.name = plan.salt = "next";
  plan.policy = "support";
  plan.from = "mini";
  plan.to = "haiku";
  plan.steps = {{100'000, 3'600, 0, false, kNone16},
                {500'000, 3'600, 300, false, kNone16},
                {1'000'000, 0, 0, false, kNone16}};
  PlanCriterion harm;
  harm.relative = true;
  plan.rollbacks = {harm};
  Tell(RolloutEntryKind::kStarted, start_s, ToText(plan), {StartRollout(plan, start_s), {}},
       finding);
  std::int64_t at_s = start_s;
  for (int minute = 1; minute <= 400 && row.state.ended_s == 0; ++minute) {
    at_s += 60;
    if (minute == 41) {
      RolloutInput move;
      move.at_s = at_s;
      move.move = RolloutMove::kAdvance;
      move.who = "ann";
      move.why = "it looks well";
      Tell(RolloutEntryKind::kMove, at_s, "advance", Next(plan, row.state, move), finding);
      continue;
    }
    const bool half = row.state.share_ppm == 500'000;
    RolloutInput input;
    input.at_s = at_s;
    input.block.canary = Arm(half ? 500 : 100, 1, half ? 15 : 2);
    input.block.stable = Arm(half ? 500 : 900, 1, half ? 10 : 18);
    Tell(RolloutEntryKind::kBlock, at_s, ToText(input.block), Next(plan, row.state, input),
         finding);
  }
  finding.story.changes = ChangesOf(finding.story.log);
  finding.standing = Standing(plan, row.state);
  return finding;
}

}  // namespace mlp
