#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "compiler/check/claims.hpp"
#include "compiler/check/comparison.hpp"
#include "compiler/check/condition_tree.hpp"
#include "compiler/check/literal.hpp"

namespace mlp::compiler::check {
namespace {

using ast::Kind;

constexpr std::uint32_t kWhole = 1'000'000;

struct Watched {
  std::string_view name;
  Unit unit;
  AlertMeasure measure;
};
// What an alert may look at.
constexpr std::array kWatched = std::to_array<Watched>({
    {"calls", Unit::kCount, AlertMeasure::kCalls},
    {"failures", Unit::kCount, AlertMeasure::kFailures},
    {"fallbacks", Unit::kCount, AlertMeasure::kFallbacks},
    {"retries", Unit::kCount, AlertMeasure::kRetries},
    {"refusals", Unit::kCount, AlertMeasure::kRefusals},
    {"rollbacks", Unit::kCount, AlertMeasure::kRollbacks},
    {"in-flight", Unit::kCount, AlertMeasure::kInFlight},
    {"error-rate", Unit::kRatio, AlertMeasure::kErrorRate},
    {"success-rate", Unit::kRatio, AlertMeasure::kSuccessRate},
    {"availability", Unit::kRatio, AlertMeasure::kAvailability},
    {"quality", Unit::kRatio, AlertMeasure::kQuality},
    {"cost", Unit::kMoney, AlertMeasure::kCost},
    {"latency.p50", Unit::kDuration, AlertMeasure::kLatencyP50},
    {"latency.p95", Unit::kDuration, AlertMeasure::kLatencyP95},
    {"latency.p99", Unit::kDuration, AlertMeasure::kLatencyP99},
    {"ttft.p50", Unit::kDuration, AlertMeasure::kTtftP50},
    {"ttft.p95", Unit::kDuration, AlertMeasure::kTtftP95},
    {"ttft.p99", Unit::kDuration, AlertMeasure::kTtftP99},
});

void CheckEvaluator(Context& context, const Declaration& one, EvaluatorModel& evaluator) {
  Once once(context);
  std::uint64_t sum = 0;
  bool ok = true;
  for (const View statement : one.node.Children()) {
    switch (statement.kind()) {
      case Kind::kPart: {
        const View name = statement.ChildAt(0);
        if (!once.First(name.span(), "part " + context.String(name))) break;
        const auto weight = ReadShare(context, statement.ChildAt(1), "the weight");
        ok = ok && weight.has_value();
        sum += weight.value_or(0);
        evaluator.parts.push_back({context.String(name), weight.value_or(0)});
        break;
      }
      case Kind::kWindowSize:
        if (!once.First(statement.span(), "window")) break;
        evaluator.window_calls = ReadWithin(context, statement.ChildAt(0), Unit::kCount, 1,
                                            1'000'000, "the window", "1 to 1M calls")
                                     .value_or(0);
        break;
      case Kind::kFloor:
        if (!once.First(statement.span(), "floor")) break;
        evaluator.floor_micro = ReadWithin(context, statement.ChildAt(0), Unit::kRatio, 0,
                                           1'000'000, "the floor", "0% to 100%")
                                    .value_or(0);
        break;
      case Kind::kJudge:
        if (!once.First(statement.span(), "judge")) break;
        evaluator.judge_route =
            one.imported ? kNoIndex : Resolve(context, Scope::kRoute, statement.ChildAt(0));
        evaluator.judge_question = Unquote(context, statement.Child(Kind::kString));
        break;
      default:
        break;
    }
  }
  if (!ok || evaluator.parts.empty() || sum == kWhole || IsBroken(one.node) || !one.name) return;
  context.Report(Code::k0303, one.name.span(),
                 fmt::format("the parts of evaluator `{}` sum to {}", context.Text(one.name),
                             ShowPercent(static_cast<std::int64_t>(sum))),
                 "let the weights of the parts sum to 100%");
}

/// One comparison of a measure; nothing where it was reported.
std::optional<AlertAtom> ReadAlertAtom(Context& context, View leaf) {
  if (!leaf.Is(Kind::kCompare)) {
    context.Report(Code::k0301, leaf.span(),
                   fmt::format("`{}` is not a condition of an alert", context.Text(leaf)),
                   "compare a measure, as in `fallbacks > 3`");
    return std::nullopt;
  }
  const auto sides = ReadSides(context, leaf);
  if (!sides) return std::nullopt;
  const std::string name = PathText(context, sides->left);
  const auto* watched = std::find_if(kWatched.begin(), kWatched.end(),
                                     [&](const Watched& one) { return one.name == name; });
  if (watched == kWatched.end()) {
    std::vector<std::string> known;
    for (const Watched& one : kWatched) known.emplace_back(one.name);
    ReportUnknown(context, "measure", name, sides->left.span(), known);
    return std::nullopt;
  }
  AlertAtom atom{watched->measure, sides->comparison, 0, 0};
  Unit unit = watched->unit;
  if (atom.measure == AlertMeasure::kFailures && sides->right.Is(Kind::kPercent)) {
    atom.measure = AlertMeasure::kErrorRate;  // `failures > 2%` is a share, `failures > 3` a count
    unit = Unit::kRatio;
  }
  atom.window_s = ReadWindow(context, leaf);
  const auto threshold = Read(context, sides->right, unit);
  constexpr std::int64_t kMicrosPerMilli = 1'000;
  atom.threshold = threshold.value_or(0) * (unit == Unit::kDuration ? kMicrosPerMilli : 1);
  return threshold ? std::optional(atom) : std::nullopt;
}

void CheckAlertWhen(Context& context, View expression, AlertModel& alert) {
  alert.any = expression.Is(Kind::kOr);
  TreeBuilder<Condition> tree;  // for its walk alone
  static_cast<void>(tree.Build(context, expression, [&](View leaf) {
    if (const auto atom = ReadAlertAtom(context, leaf)) alert.atoms.push_back(*atom);
    return tree.AddPoisoned(leaf.span());
  }));
}

/// The variable of a webhook's secret, or empty.
std::string SignedBy(Context& context, View webhook) {
  const View sign = webhook.Child(Kind::kSign);
  return sign ? Unquote(context, sign.Child(Kind::kEnv).ChildAt(0)) : std::string();
}

void CheckAlert(Context& context, const Declaration& one, AlertModel& alert) {
  for (const View statement : one.node.Children()) {
    switch (statement.kind()) {
      case Kind::kLog:
        alert.logs = true;
        break;
      case Kind::kWebhook:
        if (const View env = statement.Child(Kind::kEnv))
          alert.webhooks.push_back(
              {Unquote(context, env.ChildAt(0)), SignedBy(context, statement)});
        break;
      case Kind::kCallback:
        alert.callbacks.push_back(context.String(statement.ChildAt(0)));
        break;
      case Kind::kAlertWhen:
        CheckAlertWhen(context, statement.ChildAt(0), alert);
        break;
      default:
        break;
    }
  }
  const bool told = alert.logs || !alert.webhooks.empty() || !alert.callbacks.empty();
  if (told || IsBroken(one.node) || !one.name) return;
  context.Report(Code::k0304, one.name.span(),
                 fmt::format("alert `{}` tells nobody", context.Text(one.name)),
                 "add `log`, `webhook env \"URL\"` or `callback NAME`");
}

}  // namespace

void CheckEvaluators(Context& context, const Declarations& declarations) {
  for (const Declaration& one : declarations.evaluators) {
    EvaluatorModel scratch;
    CheckEvaluator(context, one,
                   one.index == kNoIndex ? scratch : context.model.evaluators[one.index]);
  }
}

void CheckAlerts(Context& context, const Declarations& declarations) {
  for (const Declaration& one : declarations.alerts) {
    AlertModel scratch;
    CheckAlert(context, one, one.index == kNoIndex ? scratch : context.model.alerts[one.index]);
  }
}

}  // namespace mlp::compiler::check
