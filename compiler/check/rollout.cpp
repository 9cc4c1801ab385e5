#include <algorithm>

#include <fmt/format.h>

#include "compiler/check/literal.hpp"
#include "compiler/check/traffic.hpp"

namespace mlp::compiler::check {
namespace {

using ast::Kind;

constexpr std::uint32_t kWhole = 1'000'000;
constexpr std::int64_t kYearMs = 365LL * 86'400'000;
constexpr std::int64_t kDefaultHold_s = 7LL * 86'400;

class RolloutStatements {
 public:
  RolloutStatements(Context& context, RolloutModel& rollout)
      : context_(context), rollout_(rollout), once_(context) {}

  void Apply(const Declaration& one) {
    rollout_.undecided_hold_s = kDefaultHold_s;
    for (const View event : one.node.Children(Kind::kEvent)) Event(event);
    for (const View statement : one.node.Children()) Statement(statement);
    if (rollout_.salt.empty()) rollout_.salt = rollout_.name;
    CheckRamp();
    if (!IsBroken(one.node) && one.name) CheckComplete(one);
  }

 private:
  bool First(View statement, std::string_view label) {
    return once_.First(statement.span(), label);
  }

  void Event(View event) {
    const View name = event.ChildAt(0);
    const std::string word = context_.String(name);
    const bool taken = std::find(events_.begin(), events_.end(), word) != events_.end();
    if (taken || word == "failures" || word == "success") {
      context_.Report(Code::k0202, name.span(),
                      fmt::format("event `{}` is {}", word, taken ? "declared twice" : "built in"),
                      "choose another name");
      return;
    }
    events_.push_back(word);
    const View criterion = event.Child(Kind::kCriterion);
    if (!criterion) return;
    if (auto checked = CheckCriterion(context_, criterion, {})) {
      rollout_.events.push_back({word, std::move(*checked)});
    }
  }

  void Statement(View statement) {
    switch (statement.kind()) {
      case Kind::kMove:
        if (First(statement, "move")) Move(statement);
        return;
      case Kind::kFor:
        if (First(statement, "for"))
          rollout_.routes = ResolveAll(context_, Scope::kRoute, statement.Children(Kind::kName));
        return;
      case Kind::kBy:
        if (First(statement, "by")) rollout_.key = CheckKey(context_, statement, false);
        return;
      case Kind::kTraffic:
        if (First(statement, "traffic")) Traffic(statement);
        return;
      case Kind::kRamp:
        if (First(statement, "ramp")) Ramp(statement);
        return;
      case Kind::kProve: {
        RolloutModel::Step step;
        step.prove = true;
        const View criterion = statement.Child(Kind::kCriterion);
        if (criterion) step.criterion = CheckCriterion(context_, criterion, events_);
        return AddStep(statement.ChildAt(0), std::move(step));
      }
      case Kind::kThen:
        return AddStep(statement.ChildAt(0), {});
      case Kind::kRollback: {
        const View criterion = statement.Child(Kind::kCriterion);
        if (!criterion) return;
        if (auto checked = CheckCriterion(context_, criterion, events_))
          rollout_.rollbacks.push_back(std::move(*checked));
        return;
      }
      case Kind::kUndecided: {
        if (!First(statement, "undecided")) return;
        const auto hold = ReadWithin(context_, statement.ChildAt(0), Unit::kDuration, 0, kYearMs,
                                     "the hold", "at most 365d");
        rollout_.undecided_hold_s = hold.value_or(0) / 1'000;
        const View word = statement.Child(Kind::kWord);
        const std::string_view then = word ? context_.Text(word) : "rollback";
        rollout_.undecided = then == "promote" ? Undecided::kPromote
                             : then == "hold"  ? Undecided::kHold
                                               : Undecided::kRollback;
        return;
      }
      case Kind::kConfidence:
        if (First(statement, "confidence")) {
          rollout_.confidence_micro =
              ReadConfidence(context_, statement, rollout_.confidence_micro);
        }
        return;
      case Kind::kDetect:
        if (First(statement, "detect"))
          rollout_.detect_micro = ReadDetect(context_, statement, rollout_.detect_micro);
        return;
      case Kind::kAlertRef:
        if (First(statement, "alert"))
          rollout_.alert = Resolve(context_, Scope::kAlert, statement.ChildAt(0));
        return;
      case Kind::kSalt:
        if (First(statement, "salt")) rollout_.salt = Unquote(context_, statement.ChildAt(0));
        return;
      case Kind::kReshuffle:
        if (First(statement, "reshuffle")) rollout_.reshuffle = true;
        return;
      case Kind::kHoldback: {
        if (!First(statement, "holdback")) return;
        rollout_.holdback_ppm =
            ReadShare(context_, statement.ChildAt(0), "the holdback").value_or(0);
        rollout_.holdback_s = ReadWithin(context_, statement.ChildAt(1), Unit::kDuration, 1'000,
                                         kYearMs, "the holdback's time", "1s to 365d")
                                  .value_or(0) /
                              1'000;
        return;
      }
      default:
        return;
    }
  }

  void Move(View statement) {
    const View from = statement.ChildAt(0);
    const View to = statement.ChildAt(1);
    if (!from || !to) return;
    rollout_.from = Resolve(context_, Scope::kModel, from);
    rollout_.to = Resolve(context_, Scope::kModel, to);
    rollout_.from_span = from.span();
    rollout_.to_span = to.span();
    if (rollout_.from != kNoIndex && rollout_.from == rollout_.to) {
      context_.Report(Code::k0303, to.span(),
                      fmt::format("`{}` is moved to itself", context_.Text(to)),
                      "name the model that takes its place");
    }
  }

  void Traffic(View statement) {
    rollout_.traffic_span = statement.span();
    for (const View part : statement.Children()) {
      if (part.Is(Kind::kUserRate)) rollout_.units_per_day = ReadUserRate(context_, part);
      if (!part.Is(Kind::kBaseRate)) continue;
      const View name = part.ChildAt(0);
      const std::string word = context_.String(name);
      if (word != "failures" && !IsProvidersFailure(word) &&
          std::find(events_.begin(), events_.end(), word) == events_.end()) {
        std::vector<std::string> known = events_;
        known.emplace_back("failures");
        ReportUnknown(context_, "event", word, name.span(), known);
        continue;
      }
      if (!once_.First(part.span(), "the rate of " + word)) continue;
      if (const auto rate = ReadShare(context_, part.ChildAt(1), "the rate")) {
        rollout_.base_rates.emplace_back(word, *rate);
      }
    }
  }

  void Ramp(View statement) {
    RolloutModel::Step step;
    if (const View time = statement.Child(Kind::kMinimumTime)) {
      step.dwell_s = ReadWithin(context_, time.ChildAt(0), Unit::kDuration, 0, kYearMs,
                                "the time of a step", "at most 365d")
                         .value_or(0) /
                     1'000;
    }
    if (const View units = statement.Child(Kind::kMinimumUnits))
      step.min_units = ReadMinimumUnits(context_, units);
    for (const View share : statement.Children()) {
      if (!share.Is(Kind::kMinimumTime) && !share.Is(Kind::kMinimumUnits)) AddStep(share, step);
    }
  }

  void AddStep(View share, RolloutModel::Step step) {
    const auto value = ReadShare(context_, share, "the share");
    if (!value) {
      broken_steps_ = true;
      return;
    }
    step.share_ppm = *value;
    step.span = share.span();
    rollout_.steps.push_back(std::move(step));
  }

  // Shares rise from above 0% to 100%.
  void CheckRamp() {
    std::vector<RolloutModel::Step>& steps = rollout_.steps;
    if (broken_steps_ || steps.empty()) return;
    std::uint32_t before = 0;
    for (const RolloutModel::Step& step : steps) {
      if (step.share_ppm <= before) {
        Diagnostic& diagnostic =
            context_.Report(Code::k0601, step.span,
                            before == 0 ? "the first step moves nothing"
                                        : "the share does not rise above that of the step before",
                            "let the shares rise from step to step, as in `ramp 1%, 5%, 25%`");
        if (&step != &steps.front())
          diagnostic.related.push_back({(&step - 1)->span, "the step before"});
        return;
      }
      before = step.share_ppm;
    }
    if (before == kWhole) return;
    context_
        .Report(Code::k0601, steps.back().span, "the rollout never reaches 100%",
                "end it with `then 100%`")
        .related.push_back({rollout_.span, "the rollout"});
  }

  void CheckComplete(const Declaration& one) {
    const auto need = [&](Kind kind, std::string_view what, std::string_view help) {
      if (one.node.Child(kind)) return;
      context_.Report(Code::k0304, one.name.span(),
                      fmt::format("rollout `{}` has no {}", rollout_.name, what),
                      std::string(help));
    };
    need(Kind::kMove, "models", "add `move OLD -> NEW`");
    need(Kind::kBy, "unit", "add `by ATTRIBUTE`, the key that keeps its users together");
    if (!one.node.Child(Kind::kRamp) && !one.node.Child(Kind::kProve)) {
      need(Kind::kThen, "steps", "add `ramp 1%, 5%, 25% for at least 30m` and `then 100%`");
    }
  }

  Context& context_;
  RolloutModel& rollout_;
  Once once_;
  std::vector<std::string> events_;
  bool broken_steps_ = false;
};

}  // namespace

void CheckRollouts(Context& context, const Declarations& declarations) {
  for (const Declaration& one : declarations.rollouts) {
    RolloutModel scratch;
    RolloutModel& rollout = one.index == kNoIndex ? scratch : context.model.rollouts[one.index];
    RolloutStatements(context, rollout).Apply(one);
  }
}

}  // namespace mlp::compiler::check
