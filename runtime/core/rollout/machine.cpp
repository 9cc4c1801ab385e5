#include "runtime/core/rollout/machine.hpp"

#include <algorithm>
#include <utility>

#include "runtime/core/rollout/alarms.hpp"
#include "runtime/core/rollout/judge.hpp"

namespace mlp {
namespace {

constexpr std::uint32_t kWhole = 1'000'000;
/// Units of the stable arm that make the baseline.
constexpr std::int64_t kBaselineUnits = 100;

std::int64_t WindowS(const RolloutPlan& plan) {
  std::int64_t longest = kRecentS;
  for (const PlanCriterion& one : plan.rollbacks) {
    longest = std::max<std::int64_t>(longest, one.window_s);
  }
  for (const PlanCriterion& one : plan.proofs) {
    longest = std::max<std::int64_t>(longest, one.window_s);
  }
  return longest;
}

class Machine {
 public:
  Machine(const RolloutPlan& plan, RolloutState state, std::int64_t at_s)
      : plan_(plan), signals_(SignalsOf(plan)), at_s_(at_s) {
    out_.state = std::move(state);
  }

  RolloutOutcome TakeBlock(const RolloutBlock& block) {
    Pass();
    if (!active()) return std::move(out_);
    Count(block);
    const bool outage = IsOutage(state(), at_s_);
    if (outage != state().outage) {
      state().outage = outage;
      Say(outage ? RolloutChange::kOutage : RolloutChange::kOutageEnded,
          OutageWords(state(), at_s_));
    }
    if (IsDead(state(), {})) {
      RollBack("the canary is dead: " + DeathWords(state()));
    } else if (!outage) {
      Judge();
    }
    return std::move(out_);
  }

  RolloutOutcome TakeMove(const RolloutInput& input) {
    Pass();
    if (!Refusal(plan_, state(), *input.move, at_s_).empty()) return std::move(out_);
    const std::string by = "by " + input.who + (input.why.empty() ? "" : ": " + input.why);
    switch (*input.move) {
      case RolloutMove::kHold:
        Hold(RolloutHold::kOperator, by);
        break;
      case RolloutMove::kResume:
        Resume(by);
        break;
      case RolloutMove::kAdvance:
        state().hold = RolloutHold::kNone;
        Advance(by);
        break;
      case RolloutMove::kRollback:
        RollBack(by);
        break;
    }
    return std::move(out_);
  }

  RolloutOutcome TakeEdit(const RolloutPlan& before) {
    Pass();
    RolloutState& s = state();
    if (before.rollbacks != plan_.rollbacks || before.events != plan_.events ||
        before.confidence_ppm != plan_.confidence_ppm || before.detect_ppm != plan_.detect_ppm) {
      BeginEvidenceAnew(plan_, s);
    }
    const std::uint32_t old_share = s.share_ppm;
    if (s.stage == RolloutStage::kStep) {
      // As far as a step of the new ramp allows without more units than now.
      std::uint32_t step = 0;
      for (std::uint32_t i = 0; i < plan_.steps.size(); ++i) {
        if (plan_.steps[i].share_ppm <= s.share_ppm) step = i;
      }
      const bool same = s.step < plan_.steps.size() && s.step < before.steps.size() &&
                        plan_.steps[s.step] == before.steps[s.step] && step == s.step &&
                        before.proofs == plan_.proofs;
      s.step = step;
      if (!same) EnterStep();
      SetShare();
    }
    Transition({RolloutChange::kEdited, old_share, s.share_ppm, "the policy says otherwise"});
    return std::move(out_);
  }

 private:
  RolloutState& state() { return out_.state; }
  [[nodiscard]] bool active() const {
    return out_.state.stage == RolloutStage::kStep || out_.state.stage == RolloutStage::kHoldback;
  }

  void Transition(RolloutTransition transition) {
    out_.transitions.push_back(std::move(transition));
  }
  void Say(RolloutChange change, std::string because) {
    Transition({change, state().share_ppm, state().share_ppm, std::move(because)});
  }

  /// Time goes by; while held or in an outage it does not count. A clock that was ahead once must
  /// not stop it until then.
  void Pass() {
    RolloutState& s = state();
    for (std::int64_t* const then : {&s.started_s, &s.step_since_s, &s.updated_s, &s.ended_s}) {
      *then = std::min(*then, at_s_);
    }
    for (TimedBlock& one : s.recent) one.at_s = std::min(one.at_s, at_s_);
    if (s.hold != RolloutHold::kNone || s.outage) {
      s.paused_s += std::max<std::int64_t>(at_s_ - s.updated_s, 0);
    }
    s.updated_s = at_s_;
  }
  [[nodiscard]] std::int64_t Elapsed() const {
    return at_s_ - out_.state.step_since_s - out_.state.paused_s;
  }

  // ------------------------------------------------------------ counts

  void Count(const RolloutBlock& block) {
    RolloutState& s = state();
    s.canary_arrived += block.canary.arrived;
    s.stable_arrived += block.stable.arrived;
    s.canary_newcomers += block.canary.newcomers;
    s.stable_newcomers += block.stable.newcomers;
    if (!s.baseline.frozen) Freeze(block);
    s.total.Add(block);
    if (!block.empty()) s.recent.push_back({at_s_, block});
    const std::int64_t oldest = at_s_ - WindowS(plan_);
    std::erase_if(s.recent, [&](const TimedBlock& one) { return one.at_s <= oldest; });
    for (std::size_t i = 0; i < plan_.rollbacks.size(); ++i) {
      AddEvidence(plan_, signals_, plan_.rollbacks[i], block, s.harm[i], s.harm_waiting[i]);
    }
    if (const PlanCriterion* proof = Proof()) {
      AddEvidence(plan_, signals_, *proof, block, s.proof, s.proof_waiting);
    }
    CountMeans(block);
  }

  void CountMeans(const RolloutBlock& block) {
    std::vector<ShareMeans>& all = state().means;
    const std::uint32_t share = state().share_ppm;
    auto at = std::find_if(all.begin(), all.end(),
                           [&](const ShareMeans& one) { return one.share_ppm == share; });
    if (at == all.end()) at = all.insert(at, {share, {}, {}});
    for (std::size_t i = 0; i < kValueKinds; ++i) {
      at->canary[i].Add(block.canary.values[i]);
      at->stable[i].Add(block.stable.values[i]);
    }
  }

  void Freeze(const RolloutBlock& block) {
    RolloutState& s = state();
    RolloutBlock stable;
    stable.stable = block.stable;
    s.before.Add(stable);
    const ArmCounts& arm = s.before.stable;
    if (arm.signal(0).units < kBaselineUnits) return;
    if (NeedsBaseline(plan_) && CountOf(arm.latency) < kBaselineUnits / 2) return;
    RolloutBaseline& baseline = s.baseline;
    baseline.frozen = true;
    baseline.failure_rate = arm.signal(0).rate();
    for (std::size_t i = 0; i < kValueKinds; ++i) {
      const ValueSum& one = arm.values[i];
      baseline.means[i] = one.count == 0 ? 0 : one.sum / static_cast<double>(one.count);
    }
    constexpr std::array<int, 3> kPercentiles{50, 95, 99};
    for (std::size_t i = 0; i < kPercentiles.size(); ++i) {
      baseline.latency[i] = PercentileOf(arm.latency, kPercentiles[i]);
      baseline.ttft[i] = PercentileOf(arm.ttft, kPercentiles[i]);
    }
    s.before = {};
  }

  [[nodiscard]] const PlanCriterion* Proof() const {
    const RolloutState& s = out_.state;
    if (s.stage != RolloutStage::kStep || s.step >= plan_.steps.size()) return nullptr;
    const RolloutPlan::Step& step = plan_.steps[s.step];
    return step.prove && step.proof < plan_.proofs.size() ? &plan_.proofs[step.proof] : nullptr;
  }

  // ------------------------------------------------------------ verdicts

  void Judge() {
    for (std::size_t i = 0; i < plan_.rollbacks.size(); ++i) {
      const PlanCriterion& criterion = plan_.rollbacks[i];
      const CriterionStanding standing =
          StandingOf(plan_, signals_, criterion, state(), state().harm[i], false);
      if (!standing.holds) continue;
      RollBack(EvidenceWords(plan_, criterion, standing));
      return;
    }
    if (SharesAreOthers(state()) && state().hold == RolloutHold::kNone &&
        !state().shares_accepted) {
      Hold(RolloutHold::kShares, SharesWords(state()));
      return;
    }
    if (state().hold == RolloutHold::kNone) GoOn();
  }

  // ------------------------------------------------------------ moves

  void GoOn() {
    RolloutState& s = state();
    if (s.stage == RolloutStage::kHoldback) {
      if (Elapsed() >= plan_.holdback_s) Advance("its units were held back for long enough");
      return;
    }
    const RolloutPlan::Step& step = plan_.steps[s.step];
    if (step.prove) {
      GoOnProved();
    } else if (Elapsed() >= step.dwell_s && s.canary_arrived >= step.min_units &&
               (s.baseline.frozen || !NeedsBaseline(plan_))) {
      Advance(Numbers("no harm was shown in %.0f s at %.4g%%, by %.0f units of the canary",
                      static_cast<double>(Elapsed()), step.share_ppm / 1e4,
                      static_cast<double>(s.canary_arrived)));
    }
  }

  void GoOnProved() {
    if (const PlanCriterion* proof = Proof()) {
      const CriterionStanding standing =
          StandingOf(plan_, signals_, *proof, state(), state().proof, true);
      if (standing.holds) {
        Advance(EvidenceWords(plan_, *proof, standing));
        return;
      }
    }
    if (Elapsed() < plan_.hold_s) return;
    const std::string because = Numbers(
        "neither harm nor its absence was shown in %.0f s at "
        "%.4g%%, by %.0f units of the canary",
        static_cast<double>(Elapsed()), state().share_ppm / 1e4,
        static_cast<double>(state().canary_arrived));
    switch (plan_.undecided) {
      case Undecided::kRollback:
        RollBack(because);
        break;
      case Undecided::kPromote:
        Advance(because);
        break;
      case Undecided::kHold:
        Hold(RolloutHold::kUndecided, because);
        break;
    }
  }

  void EnterStep() {
    RolloutState& s = state();
    s.step_since_s = at_s_;
    s.paused_s = 0;
    s.canary_arrived = 0;
    s.stable_arrived = 0;
    s.proof.clear();
    s.proof_waiting = {};
    if (const PlanCriterion* proof = Proof()) s.proof = EmptyLog(*proof);
  }

  void SetShare() {
    RolloutState& s = state();
    std::uint32_t share = 0;
    switch (s.stage) {
      case RolloutStage::kStep:
        share = s.step < plan_.steps.size() ? plan_.steps[s.step].share_ppm : 0;
        break;
      case RolloutStage::kHoldback:
        share = kWhole - std::min(plan_.holdback_ppm, kWhole);
        break;
      case RolloutStage::kDone:
        share = kWhole;
        break;
      case RolloutStage::kRolledBack:
        break;
    }
    if (share == s.share_ppm) return;
    s.shares_log += SharesLog(s);
    s.canary_newcomers = 0;
    s.stable_newcomers = 0;
    // Units of different shares are no block.
    s.harm_waiting.assign(s.harm.size(), {});
    s.proof_waiting = {};
    s.share_ppm = share;
  }

  void Advance(std::string because) {
    RolloutState& s = state();
    const std::uint32_t before = s.share_ppm;
    if (s.stage == RolloutStage::kHoldback || s.step + 1 >= plan_.steps.size()) {
      s.stage = RolloutStage::kDone;
    } else {
      ++s.step;
    }
    // The last step is the end, or what is held back of it.
    if (s.stage == RolloutStage::kStep && plan_.steps[s.step].share_ppm >= kWhole) {
      s.stage = plan_.holdback_ppm > 0 ? RolloutStage::kHoldback : RolloutStage::kDone;
    }
    EnterStep();
    SetShare();
    if (s.stage == RolloutStage::kDone) s.ended_s = at_s_;
    Transition({s.stage == RolloutStage::kDone ? RolloutChange::kDone : RolloutChange::kAdvanced,
                before, s.share_ppm, std::move(because)});
  }

  void RollBack(std::string because) {
    RolloutState& s = state();
    const std::uint32_t before = s.share_ppm;
    s.stage = RolloutStage::kRolledBack;
    s.hold = RolloutHold::kNone;
    s.outage = false;
    s.ended_s = at_s_;
    SetShare();
    Transition({RolloutChange::kRolledBack, before, 0, std::move(because)});
  }

  void Hold(RolloutHold hold, std::string because) {
    state().hold = hold;
    Say(RolloutChange::kHeld, std::move(because));
  }

  void Resume(const std::string& by) {
    RolloutState& s = state();
    if (s.stage != RolloutStage::kRolledBack) {
      if (s.hold == RolloutHold::kShares) s.shares_accepted = true;
      // A step whose time is over gets it anew; else it would be held again at once.
      if (s.hold == RolloutHold::kUndecided) EnterStep();
      s.hold = RolloutHold::kNone;
      Say(RolloutChange::kResumed, by);
      return;
    }
    RolloutState anew = StartRollout(plan_, at_s_);
    anew.restarts = s.restarts + 1;
    anew.baseline = s.baseline;
    s = std::move(anew);
    Transition({RolloutChange::kRestarted, 0, s.share_ppm, by});
  }

  const RolloutPlan& plan_;
  const std::vector<PlanCriterion> signals_;
  const std::int64_t at_s_;
  RolloutOutcome out_;
};

}  // namespace

void BeginEvidenceAnew(const RolloutPlan& plan, RolloutState& state) {
  state.harm = EmptyLogs(plan);
  state.harm_waiting.assign(state.harm.size(), {});
  state.means.clear();
  state.total = {};
  state.recent.clear();
  if (!state.baseline.frozen) state.before = {};
}

RolloutState StartRollout(const RolloutPlan& plan, std::int64_t at_s) {
  RolloutState state;
  state.started_s = at_s;
  state.step_since_s = at_s;
  state.updated_s = at_s;
  BeginEvidenceAnew(plan, state);
  if (plan.steps.empty() || plan.steps.front().share_ppm >= kWhole) {
    state.stage = RolloutStage::kDone;
    state.share_ppm = plan.steps.empty() ? 0 : kWhole;
    state.ended_s = at_s;
    return state;
  }
  const RolloutPlan::Step& first = plan.steps.front();
  state.share_ppm = first.share_ppm;
  if (first.prove && first.proof < plan.proofs.size()) {
    state.proof = EmptyLog(plan.proofs[first.proof]);
  }
  return state;
}

RolloutOutcome Next(const RolloutPlan& plan, const RolloutState& state, const RolloutInput& input) {
  Machine machine(plan, state, input.at_s);
  return input.move ? machine.TakeMove(input) : machine.TakeBlock(input.block);
}

RolloutOutcome Edit(const RolloutPlan& before, const RolloutPlan& plan, const RolloutState& state,
                    std::int64_t at_s) {
  return Machine(plan, state, at_s).TakeEdit(before);
}

std::string Refusal(const RolloutPlan& plan, const RolloutState& state, RolloutMove move,
                    std::int64_t at_s) {
  const bool rolled_back = state.stage == RolloutStage::kRolledBack;
  if (state.stage == RolloutStage::kDone && move != RolloutMove::kRollback) {
    return "it is at its end: all units have `" + plan.to + "`";
  }
  if (rolled_back && move != RolloutMove::kResume) return "it was rolled back";
  switch (move) {
    case RolloutMove::kHold:
      return state.hold == RolloutHold::kNone ? "" : "it is held already";
    case RolloutMove::kResume:
      if (!rolled_back) return state.hold == RolloutHold::kNone ? "it is not held" : "";
      if (state.restarts >= kRolloutRestarts) {
        return "it was begun anew twice; give it another `salt` to begin with other units";
      }
      if (at_s < state.ended_s + kRolloutCooldownS) {
        return "it was rolled back less than an hour ago; try again in " +
               std::to_string((state.ended_s + kRolloutCooldownS - at_s + 59) / 60) + " minutes";
      }
      return "";
    case RolloutMove::kAdvance:
    case RolloutMove::kRollback:
      return "";
  }
  return "";
}

bool MayClose(const RolloutBlock& pending, std::int64_t since_s, std::int64_t now_s,
              std::int64_t block_s) {
  // Pairs of one unit each say little of a rate, so a block waits for both arms, but not for ever.
  constexpr std::int64_t kMostBlocks = 10;
  if (now_s - since_s < block_s) return false;
  const bool both = pending.canary.signal(0).units > 0 && pending.stable.signal(0).units > 0;
  return both || pending.empty() || now_s - since_s >= kMostBlocks * block_s;
}

std::vector<CriterionStanding> Standing(const RolloutPlan& plan, const RolloutState& state) {
  const std::vector<PlanCriterion> signals = SignalsOf(plan);
  std::vector<CriterionStanding> all;
  for (std::size_t i = 0; i < plan.rollbacks.size() && i < state.harm.size(); ++i) {
    all.push_back(StandingOf(plan, signals, plan.rollbacks[i], state, state.harm[i], false));
  }
  if (state.stage == RolloutStage::kStep && state.step < plan.steps.size()) {
    const RolloutPlan::Step& step = plan.steps[state.step];
    if (step.prove && step.proof < plan.proofs.size()) {
      all.push_back(StandingOf(plan, signals, plan.proofs[step.proof], state, state.proof, true));
    }
  }
  return all;
}

}  // namespace mlp
