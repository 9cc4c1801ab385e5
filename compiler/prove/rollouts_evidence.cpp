#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "compiler/prove/rollouts.hpp"
#include "compiler/prove/rollouts_advice.hpp"
#include "compiler/prove/rollouts_plan.hpp"
#include "compiler/prove/rollouts_words.hpp"

namespace mlp::compiler {
namespace {

/// One rollout.
class Finder {
 public:
  Finder(const PolicyModel& model, const RolloutModel& rollout, Diagnostics& diagnostics)
      : model_(model), rollout_(rollout), diagnostics_(diagnostics) {}

  void Find() {
    if (rollout_.units_per_day <= 0) {
      NoTraffic();
      return;
    }
    plan_ = PlanOf(rollout_);
    for (const CriterionModel& criterion : rollout_.rollbacks) {
      if (criterion.window_s == 0) {
        Harm(criterion);
      } else {
        Window(criterion, std::nullopt);
      }
    }
    for (std::size_t step = 0; step < rollout_.steps.size(); ++step) {
      if (!rollout_.steps[step].prove || !rollout_.steps[step].criterion) continue;
      const CriterionModel& criterion = *rollout_.steps[step].criterion;
      if (criterion.window_s == 0) {
        Proof(criterion, step);
      } else {
        Window(criterion, step);
      }
    }
  }

 private:
  // ------------------------------------------------------------ what cannot be said

  /// In development nothing, in staging a note, in production a warning.
  Diagnostic* Unknown(Span span, std::string message) {
    if (model_.stage == PolicyStage::kDevelopment) return nullptr;
    Diagnostic& diagnostic = diagnostics_.Add(Code::k0602, span, std::move(message));
    diagnostic.severity =
        model_.stage == PolicyStage::kProduction ? Severity::kWarning : Severity::kNote;
    return &diagnostic;
  }

  void NoTraffic() {
    const bool judges =
        !rollout_.rollbacks.empty() || std::any_of(rollout_.steps.begin(), rollout_.steps.end(),
                                                   [](const auto& step) { return step.prove; });
    if (!judges) return;
    Diagnostic* diagnostic =
        Unknown(rollout_.span, fmt::format("rollout `{}` declares no traffic, so whether its "
                                           "criteria can be decided in time is not known",
                                           rollout_.name));
    if (diagnostic == nullptr) return;
    diagnostic->help.emplace_back(
        "add `traffic 2000 users per hour, failures 2%` with what the old model has");
  }

  /// The criterion's event and limit, or a finding why there is none.
  std::optional<Judged> JudgedOf(const CriterionModel& criterion) {
    const JudgedOrNot result = Judge(rollout_, criterion);
    if (result.judged) return result.judged;
    const bool success = criterion.subject == "success" || criterion.subject == "success-rate";
    const std::string event =
        success || criterion.subject == "error-rate" ? "failures" : criterion.subject;
    Diagnostic* diagnostic = Unknown(
        criterion.span,
        fmt::format("whether `{}` can be decided in time is not known: {}",
                    CriterionWords(criterion),
                    result.why == NotJudged::kRateNotDeclared
                        ? fmt::format("`traffic` does not state how often `{}` is seen", event)
                        : fmt::format("`{}` is not how often an event is seen", event)));
    if (diagnostic == nullptr) return std::nullopt;
    if (result.why == NotJudged::kRateNotDeclared) {
      if (rollout_.traffic_span.begin != rollout_.traffic_span.end)
        diagnostic->related.push_back({rollout_.traffic_span, "the traffic"});
      diagnostic->help.push_back(
          fmt::format("add `{} 2%` to `traffic`, with the old model's rate", event));
    } else {
      diagnostic->help.emplace_back(
          "make it an event, as in `event slow latency above 1.3x baseline.p95`, and judge that; "
          "or give it a window, as in `over 1h`");
    }
    return std::nullopt;
  }

  /// Whether the criterion asks for what it is there for: harm in `rollback`, none in `prove`.
  bool HasDirection(const CriterionModel& criterion, const Judged& judged, bool harm) {
    const bool more = criterion.comparison == Comparison::kGreater ||
                      criterion.comparison == Comparison::kGreaterEqual;
    if (more == (harm != judged.success)) return true;
    diagnostics_
        .Add(Code::k0602, criterion.span,
             harm ? fmt::format("`{}` never shows harm: it holds for a canary that is better",
                                CriterionWords(criterion))
                  : fmt::format("`{}` never proves that there is no harm: it holds for a canary "
                                "that is worse",
                                CriterionWords(criterion)))
        .help.push_back(fmt::format("compare with `{}`", more ? "<" : ">"));
    return false;
  }

  // ------------------------------------------------------------ harm

  void Harm(const CriterionModel& criterion) {
    const std::optional<Judged> judged = JudgedOf(criterion);
    if (!judged || !HasDirection(criterion, *judged, true)) return;
    if (SecondsToShowHarm(plan_, *judged, Detect(), HarmAlpha(rollout_), false)) {
      NoteSteps(*judged);
      return;
    }
    Diagnostic& diagnostic =
        diagnostics_.Add(Code::k0602, criterion.span, HarmMessage(criterion, *judged));
    for (std::size_t step = 0; step < plan_.steps.size(); ++step) {
      if (plan_.steps[step].share < 1)
        diagnostic.related.push_back({rollout_.steps[step].span, StepWords(step, *judged)});
    }
    AddWays(AdviceForHarm(rollout_, *judged), diagnostic);
  }

  std::string HarmMessage(const CriterionModel& criterion, const Judged& judged) const {
    const std::string harm = fmt::format("{} the `{}`", FactorWords(Detect()), judged.event);
    if (judged.base_rate <= 0)
      return fmt::format("{} of a baseline without any is no harm to show", harm);
    if (!IsBeyond(judged, Detect())) {
      return fmt::format("`{}` allows {} of the baseline, which `detect` asks to show",
                         CriterionWords(criterion), harm);
    }
    const auto seconds = SecondsToShowHarm(plan_, judged, Detect(), HarmAlpha(rollout_), true);
    if (!seconds) {
      return fmt::format("{} of the baseline cannot be shown: no step leaves both models traffic",
                         harm);
    }
    return fmt::format(
        "at {} it takes {} to show {} of the baseline, and the rollout may be at 100% after {}",
        TrafficWords(rollout_.units_per_day), RoundedDurationWords(*seconds), harm,
        RoundedDurationWords(plan_.LongestSeconds()));
  }

  /// `15h at 1% show 9.1x`.
  std::string StepWords(std::size_t step, const Judged& judged) const {
    const double alpha = HarmAlpha(rollout_);
    const std::string where = fmt::format("{} at {}", RoundedDurationWords(plan_.SecondsAt(step)),
                                          PercentWords(plan_.steps[step].share));
    double least = 1;
    double most = std::min(1'000.0, MostRatio(judged));
    if (!SecondsToShowHarmAt(plan_, step, judged, most, alpha))
      return fmt::format("{} show no harm at all", where);
    while (most - least > 1e-3 * most) {
      const double middle = (least + most) / 2;
      (SecondsToShowHarmAt(plan_, step, judged, middle, alpha) ? most : least) = middle;
    }
    return fmt::format("{} show {} the `{}` and more", where, FactorWords(RoundUp(most)),
                       judged.event);
  }

  /// The steps that do not show harm alone, though the whole rollout does.
  void NoteSteps(const Judged& judged) {
    if (noted_) return;
    std::vector<std::size_t> blind;
    for (std::size_t step = 0; step < plan_.steps.size(); ++step) {
      if (plan_.steps[step].share < 1 && !plan_.steps[step].prove &&
          !SecondsToShowHarmAt(plan_, step, judged, Detect(), HarmAlpha(rollout_))) {
        blind.push_back(step);
      }
    }
    if (blind.empty()) return;
    noted_ = true;
    const double seconds =
        SecondsToShowHarm(plan_, judged, Detect(), HarmAlpha(rollout_), false).value_or(0);
    Diagnostic& diagnostic = diagnostics_.Add(
        Code::k0602, rollout_.steps[blind.front()].span,
        fmt::format("{} the `{}` of the baseline is shown after {}, at {}: not by this step alone",
                    FactorWords(Detect()), judged.event, RoundedDurationWords(seconds),
                    PercentWords(plan_.steps[StepAfter(seconds)].share)));
    diagnostic.severity = Severity::kNote;
    for (const std::size_t step : blind)
      diagnostic.related.push_back({rollout_.steps[step].span, StepWords(step, judged)});
  }

  std::size_t StepAfter(double seconds) const {
    std::size_t step = 0;
    for (double end = plan_.SecondsAt(0); end < seconds && step + 1 < plan_.steps.size();
         end += plan_.SecondsAt(step)) {
      ++step;
    }
    return step;
  }

  // ------------------------------------------------------------ proof

  void Proof(const CriterionModel& criterion, std::size_t step) {
    const std::optional<Judged> judged = JudgedOf(criterion);
    if (!judged || !HasDirection(criterion, *judged, false)) return;
    const auto seconds = SecondsToProve(plan_, step, *judged, ProveAlpha(rollout_));
    if (seconds && *seconds <= plan_.hold_s) return;
    const std::string words = CriterionWords(criterion);
    Diagnostic& diagnostic = diagnostics_.Add(
        Code::k0602, criterion.span,
        seconds ? fmt::format("at {} it takes {} to prove `{}`, and the step is held for {}",
                              TrafficWords(rollout_.units_per_day), RoundedDurationWords(*seconds),
                              words, RoundedDurationWords(plan_.hold_s))
                : fmt::format("`{}` cannot be proved of a canary that is like the baseline: it "
                              "leaves no margin",
                              words));
    AddWays(AdviceForProof(rollout_, step), diagnostic);
  }

  // ------------------------------------------------------------ windows

  void Window(const CriterionModel& criterion, std::optional<std::size_t> only) {
    std::optional<std::size_t> best;
    for (std::size_t step = 0; step < plan_.steps.size(); ++step) {
      if ((only && *only != step) || plan_.steps[step].share >= 1) continue;
      if (!best || UsersInWindow(plan_, step, criterion) > UsersInWindow(plan_, *best, criterion)) {
        best = step;
      }
    }
    if (!best) return;
    // Expected numbers are not whole; half a user makes no difference.
    const double users = UsersInWindow(plan_, *best, criterion);
    if (users + 0.5 >= static_cast<double>(criterion.min_units)) return;
    Diagnostic& diagnostic = diagnostics_.Add(
        Code::k0602, criterion.span,
        fmt::format("at {} `{} over {}` sees at most {:.0f} users, at {}, and asks for {}",
                    TrafficWords(rollout_.units_per_day), criterion.subject,
                    RoundedDurationWords(static_cast<double>(criterion.window_s)), users,
                    PercentWords(plan_.steps[*best].share), criterion.min_units));
    AddWays(AdviceForWindow(rollout_, criterion, *best), diagnostic);
  }

  // ------------------------------------------------------------ words

  static void AddWays(const std::vector<std::string>& ways, Diagnostic& diagnostic) {
    if (ways.empty()) return;
    diagnostic.help.push_back(
        ways.size() == 1 ? fmt::format("{} is enough", ways.front())
                         : fmt::format("any one of these is enough: {}", fmt::join(ways, ", ")));
  }

  [[nodiscard]] double Detect() const { return static_cast<double>(rollout_.detect_micro) / 1e6; }

  const PolicyModel& model_;
  const RolloutModel& rollout_;
  Diagnostics& diagnostics_;
  RolloutPlan plan_;
  bool noted_ = false;
};

}  // namespace

void FindEvidenceProblems(const PolicyModel& model, Diagnostics& diagnostics) {
  for (const RolloutModel& rollout : model.rollouts) Finder(model, rollout, diagnostics).Find();
}

}  // namespace mlp::compiler
