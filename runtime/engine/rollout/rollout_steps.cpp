#include "runtime/engine/rollout/rollout_steps.hpp"

#include <algorithm>
#include <utility>

namespace mlp::engine {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
/// By which clocks of services on one ledger may differ.
constexpr std::int64_t kMostSkewS = 60;

void Note(RolloutEntryKind kind, std::string input, std::int64_t now_s, RolloutOutcome outcome,
          RolloutWork& work) {
  RolloutEntry entry;
  entry.sequence = work.row.sequence++;
  entry.at_s = now_s;
  entry.kind = kind;
  entry.input = std::move(input);
  entry.changes = ChangeLines(outcome.transitions);
  work.entries.push_back(std::move(entry));
  work.row.state = std::move(outcome.state);
  for (RolloutTransition& one : outcome.transitions) work.transitions.push_back(std::move(one));
  work.changed = true;
}

void Close(std::int64_t now_s, RolloutWork& work) {
  RolloutInput input;
  input.at_s = now_s;
  input.block = work.row.pending;
  RolloutOutcome outcome = Next(work.row.plan, work.row.state, input);
  // Nothing came and nothing changed: the next block says the same of the time.
  if (input.block.empty() && outcome.transitions.empty()) return;
  Note(RolloutEntryKind::kBlock, ToText(input.block), now_s, std::move(outcome), work);
  work.row.pending = {};
  work.row.pending_since_s = now_s;
}

/// Says in the log what this version goes on from.
void Restate(std::int64_t now_s, RolloutWork& work) {
  RolloutRow& row = work.row;
  if (!row.former) return;
  RolloutOutcome outcome{row.state, {}};
  outcome.transitions.push_back(
      {RolloutChange::kEdited, row.state.share_ppm, row.state.share_ppm,
       "evidence begins anew: a former version of mlp judged it by other tests"});
  const std::string input = ToText(row.plan) + '\n' + ToText(row.state);
  Note(RolloutEntryKind::kRestated, input, now_s, std::move(outcome), work);
  row.former = false;
  row.pending = {};
  row.pending_since_s = now_s;
}

/// When the plan came; 0, so that any other is newer, where a clock was ahead then.
std::int64_t PlannedUs(const RolloutRow& row, std::int64_t now_s) {
  return row.planned_us > (now_s + kMostSkewS) * kMicrosPerSecond ? 0 : row.planned_us;
}

}  // namespace

bool IsActive(const RolloutState& state) noexcept {
  return state.stage == RolloutStage::kStep || state.stage == RolloutStage::kHoldback;
}

RolloutWork BeginRollout(const RolloutPlan& plan, std::int64_t now_s, std::int64_t planned_us) {
  RolloutWork work;
  work.row.plan = plan;
  work.row.planned_us = planned_us;
  work.row.pending_since_s = now_s;
  Note(RolloutEntryKind::kStarted, ToText(plan), now_s, {StartRollout(plan, now_s), {}}, work);
  return work;
}

void TakePlan(const RolloutPlan& plan, std::int64_t now_s, std::int64_t planned_us,
              RolloutWork& work) {
  Restate(now_s, work);
  if (planned_us <= PlannedUs(work.row, now_s) || plan == work.row.plan) return;
  Close(now_s, work);  // what was counted was counted under the old one
  RolloutOutcome outcome = Edit(work.row.plan, plan, work.row.state, now_s);
  work.row.plan = plan;
  work.row.planned_us = planned_us;
  work.row.pending = {};
  Note(RolloutEntryKind::kEdited, ToText(plan), now_s, std::move(outcome), work);
}

std::int64_t StepNumber(const RolloutState& state) noexcept {
  constexpr std::int64_t kMostSteps = 1'000;
  const std::int64_t step = state.stage == RolloutStage::kStep ? state.step : kMostSteps - 1;
  return state.restarts * kMostSteps + step;
}

void CountSample(const std::vector<PlanCriterion>& signals, const RolloutSample& sample,
                 std::int64_t now_s, UnitMarks& marks, RolloutWork& work) {
  RolloutRow& row = work.row;
  if (row.pending.empty()) row.pending_since_s = now_s;
  CountUnit(signals, row.state.baseline, StepNumber(row.state), sample, marks, row.pending);
}

void EndBlock(std::int64_t now_s, std::int64_t block_s, RolloutWork& work) {
  RolloutRow& row = work.row;
  if (!IsActive(row.state)) return;
  row.pending_since_s = std::min(row.pending_since_s, now_s);
  if (MayClose(row.pending, row.pending_since_s, now_s, block_s) ||
      IsDead(row.state, row.pending)) {
    Close(now_s, work);
  }
}

std::string TakeMove(RolloutMove move, const std::string& who, const std::string& why,
                     std::int64_t now_s, RolloutWork& work) {
  Restate(now_s, work);
  std::string refusal = Refusal(work.row.plan, work.row.state, move, now_s);
  if (!refusal.empty()) return refusal;
  if (IsActive(work.row.state)) Close(now_s, work);
  refusal = Refusal(work.row.plan, work.row.state, move, now_s);
  if (!refusal.empty()) return refusal;
  RolloutInput input;
  input.at_s = now_s;
  input.move = move;
  input.who = who;
  input.why = why;
  Note(RolloutEntryKind::kMove, std::string(ToString(move)), now_s,
       Next(work.row.plan, work.row.state, input), work);
  work.entries.back().who = who;
  work.entries.back().why = why;
  work.row.pending = {};
  work.row.pending_since_s = now_s;
  return {};
}

}  // namespace mlp::engine
