#include "runtime/core/rollout/fields.hpp"
#include "runtime/core/rollout/judge.hpp"
#include "runtime/core/rollout/machine.hpp"

namespace mlp {

template <typename Io>
void Fields(Io& io, SignalCount& x) {
  io(x.units, x.events);
}
template <typename Io>
void Fields(Io& io, ValueSum& x) {
  io(x.count, x.sum, x.squares);
}
template <typename Io>
void Fields(Io& io, std::pair<std::int32_t, std::int64_t>& x) {
  io(x.first, x.second);
}
template <typename Io>
void Fields(Io& io, ArmCounts& x) {
  io(x.newcomers, x.arrived, x.signals, x.values[0], x.values[1], x.values[2], x.values[3],
     x.latency, x.ttft);
}
template <typename Io>
void Fields(Io& io, RolloutBlock& x) {
  io(x.canary, x.stable);
}
template <typename Io>
void Fields(Io& io, RolloutBaseline& x) {
  io(x.frozen, x.failure_rate, x.means[0], x.means[1], x.means[2], x.means[3], x.latency[0],
     x.latency[1], x.latency[2], x.ttft[0], x.ttft[1], x.ttft[2]);
}
template <typename Io>
void Fields(Io& io, TimedBlock& x) {
  io(x.at_s, x.counts);
}
template <typename Io>
void Fields(Io& io, RateBlock& x) {
  io(x.canary_units, x.stable_units, x.canary_events, x.stable_events);
}
template <typename Io>
void Fields(Io& io, ShareMeans& x) {
  io(x.share_ppm);
  for (ValueSum& one : x.canary) io(one);
  for (ValueSum& one : x.stable) io(one);
}
/// As the version before had them.
struct FormerState {
  RolloutState state;
};
template <typename Io>
void Fields(Io& io, FormerState& former) {
  RolloutState& x = former.state;
  io(x.stage, x.hold, x.outage, x.step, x.share_ppm, x.started_s, x.step_since_s, x.updated_s,
     x.paused_s, x.ended_s, x.canary_arrived, x.stable_arrived, x.restarts, x.shares_accepted,
     x.baseline, x.before, x.total, x.harm, x.proof, x.shares_log, x.canary_newcomers,
     x.stable_newcomers, x.recent);
}
template <typename Io>
void Fields(Io& io, RolloutState& x) {
  io(x.stage, x.hold, x.outage, x.step, x.share_ppm, x.started_s, x.step_since_s, x.updated_s,
     x.paused_s, x.ended_s, x.canary_arrived, x.stable_arrived, x.restarts, x.shares_accepted,
     x.baseline, x.before, x.total, x.harm, x.proof, x.shares_log, x.canary_newcomers,
     x.stable_newcomers, x.recent, x.harm_waiting, x.proof_waiting, x.means);
}

namespace {

template <typename T>
std::string Text(std::string_view version, const T& value) {
  FieldWriter writer;
  writer(value);
  return std::string(version) + writer.Take();
}

template <typename T>
std::optional<T> Parsed(std::string_view version, std::string_view text) {
  if (text.substr(0, version.size()) != version) return std::nullopt;
  FieldReader reader(text.substr(version.size()));
  T value;
  reader(value);
  if (!reader.Whole()) return std::nullopt;
  return value;
}

constexpr std::string_view kState = "state2 ";
constexpr std::string_view kFormerState = "state1 ";
constexpr std::string_view kBlock = "block1 ";

}  // namespace

std::string ToText(const RolloutState& state) { return Text(kState, state); }
std::optional<RolloutState> ParseRolloutState(std::string_view text) {
  return Parsed<RolloutState>(kState, text);
}
std::optional<RolloutState> ParseFormerRolloutState(std::string_view text,
                                                    const RolloutPlan& plan) {
  std::optional<FormerState> former = Parsed<FormerState>(kFormerState, text);
  if (!former) return std::nullopt;
  RolloutState& state = former->state;
  BeginEvidenceAnew(plan, state);
  state.proof.clear();
  if (state.stage == RolloutStage::kStep && state.step < plan.steps.size()) {
    const RolloutPlan::Step& step = plan.steps[state.step];
    if (step.prove && step.proof < plan.proofs.size()) {
      state.proof = EmptyLog(plan.proofs[step.proof]);
    }
  }
  return std::move(state);
}
std::string ToText(const RolloutBlock& block) { return Text(kBlock, block); }
std::optional<RolloutBlock> ParseRolloutBlock(std::string_view text) {
  return Parsed<RolloutBlock>(kBlock, text);
}

std::string_view ToString(RolloutMove move) noexcept {
  switch (move) {
    case RolloutMove::kHold:
      return "hold";
    case RolloutMove::kResume:
      return "resume";
    case RolloutMove::kAdvance:
      return "advance";
    case RolloutMove::kRollback:
      return "rollback";
  }
  return "";
}

std::string_view ToString(RolloutStage stage) noexcept {
  switch (stage) {
    case RolloutStage::kStep:
      return "running";
    case RolloutStage::kHoldback:
      return "holding-back";
    case RolloutStage::kDone:
      return "done";
    case RolloutStage::kRolledBack:
      return "rolled-back";
  }
  return "";
}

std::string_view ToString(RolloutHold hold) noexcept {
  switch (hold) {
    case RolloutHold::kNone:
      return "";
    case RolloutHold::kOperator:
      return "operator";
    case RolloutHold::kShares:
      return "shares";
    case RolloutHold::kUndecided:
      return "undecided";
  }
  return "";
}

std::string_view ToString(RolloutChange change) noexcept {
  switch (change) {
    case RolloutChange::kAdvanced:
      return "advanced";
    case RolloutChange::kRolledBack:
      return "rolled-back";
    case RolloutChange::kDone:
      return "done";
    case RolloutChange::kHeld:
      return "held";
    case RolloutChange::kResumed:
      return "resumed";
    case RolloutChange::kRestarted:
      return "restarted";
    case RolloutChange::kOutage:
      return "outage";
    case RolloutChange::kOutageEnded:
      return "outage-ended";
    case RolloutChange::kEdited:
      return "edited";
  }
  return "";
}

}  // namespace mlp
