#include "runtime/report/evidence/rollout_words.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "runtime/report/figures.hpp"

namespace mlp {
namespace {

constexpr std::int64_t kMicros = 1'000'000;

std::string UtcMinute(std::int64_t at_s) { return Minute(at_s * kMicros) + " UTC"; }

std::string HoldWords(const RolloutState& state) {
  switch (state.hold) {
    case RolloutHold::kNone:
      return {};
    case RolloutHold::kOperator:
      return "; held by hand until `mlp rollout resume`";
    case RolloutHold::kShares:
      return "; held: users come in other shares than they were given";
    case RolloutHold::kUndecided:
      return "; held: its time was over and nothing was proved";
  }
  return {};
}

}  // namespace

std::string SpanOf(std::int64_t seconds) {
  seconds = std::max<std::int64_t>(seconds, 0);
  if (seconds < 120) return fmt::format("{}s", seconds);
  if (seconds < 7'200) return fmt::format("{}m", seconds / 60);
  if (seconds < 172'800) return fmt::format("{}h", seconds / 3'600);
  return fmt::format("{}d", seconds / 86'400);
}

std::string ShareWords(std::uint32_t ppm) { return fmt::format("{:.4g}%", ppm / 1e4); }

std::string MeasureWords(Measured measured, double value) {
  const bool timed = measured == Measured::kLatency || measured == Measured::kTtft;
  return timed ? Duration(std::llround(value)) : FigureWords(measured, value);
}

std::int64_t StepSeconds(const RolloutState& state, std::int64_t now_s) {
  const std::int64_t end_s = state.ended_s == 0 ? now_s : state.ended_s;
  // The last stretch of a hold or an outage is in no sum yet.
  const bool stands = state.hold != RolloutHold::kNone || state.outage;
  const std::int64_t until_s = stands ? state.updated_s : end_s;
  return std::max<std::int64_t>(until_s - state.step_since_s - state.paused_s, 0);
}

std::string StandingWords(const RolloutRow& row, std::int64_t now_s) {
  const RolloutState& state = row.state;
  const std::string spent = SpanOf(StepSeconds(state, now_s));
  switch (state.stage) {
    case RolloutStage::kDone:
      return fmt::format("done since {}: all users have {}", UtcMinute(state.ended_s), row.plan.to);
    case RolloutStage::kRolledBack:
      return fmt::format("rolled back at {}: no user has {}", UtcMinute(state.ended_s),
                         row.plan.to);
    case RolloutStage::kHoldback:
      return fmt::format("at {}, the rest held back for {} of {}{}", ShareWords(state.share_ppm),
                         spent, SpanOf(row.plan.holdback_s), HoldWords(state));
    case RolloutStage::kStep:
      break;
  }
  if (row.plan.steps.empty()) return fmt::format("at {}", ShareWords(state.share_ppm));
  const RolloutPlan::Step& step =
      row.plan.steps[std::min<std::size_t>(state.step, row.plan.steps.size() - 1)];
  std::string words = fmt::format("at {}, step {} of {}, for {}", ShareWords(state.share_ppm),
                                  state.step + 1, row.plan.steps.size(), spent);
  if (step.prove) {
    words += fmt::format(" of at most {}", SpanOf(row.plan.hold_s));
  } else {
    if (step.dwell_s != 0) words += fmt::format(" of at least {}", SpanOf(step.dwell_s));
    words += fmt::format("; {} users of the canary", Grouped(state.canary_arrived));
    if (step.min_units != 0) words += fmt::format(" of at least {}", Grouped(step.min_units));
  }
  words += HoldWords(state);
  if (state.outage) words += "; waits for the end of an outage of both models";
  return words;
}

std::string StepWords(const RolloutPlan& plan, const RolloutPlan::Step& step) {
  std::string words = ShareWords(step.share_ppm);
  if (step.prove) {
    const bool known = step.proof < plan.proofs.size();
    return words + " until proved" + (known ? ": " + Words(plan, plan.proofs[step.proof]) : "");
  }
  if (step.dwell_s != 0) words += " for at least " + SpanOf(step.dwell_s);
  if (step.min_units != 0) {
    words += fmt::format("{}{} users", step.dwell_s != 0 ? ", " : " for at least ",
                         Grouped(step.min_units));
  }
  return words;
}

std::string ArmsWords(const CriterionStanding& one) {
  return fmt::format("canary {} of {} users, stable {} of {}",
                     MeasureWords(one.measured, one.canary), Grouped(one.canary_units),
                     MeasureWords(one.measured, one.stable), Grouped(one.stable_units));
}

std::string EvidenceWords(const CriterionStanding& one) {
  if (one.needed <= 0) return one.holds ? "it holds" : "it does not hold";
  return fmt::format("ln E {:.3f}{} from {:.3f} on", one.log_evidence,
                     one.holds ? (one.proof ? ": proved" : ": harm is shown")
                               : (one.proof ? "; proved" : "; harm is shown"),
                     one.needed);
}

}  // namespace mlp
