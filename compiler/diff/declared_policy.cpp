#include <array>

#include <fmt/format.h>

#include "compiler/diagram/dates.hpp"
#include "compiler/diagram/fact_words.hpp"
#include "compiler/diagram/unit_words.hpp"
#include "compiler/diff/declared.hpp"
#include "compiler/model/dump.hpp"
#include "runtime/core/comparison.hpp"

namespace mlp::compiler {
namespace {

std::string Joined(const std::vector<std::string>& words, const char* separator = ", ") {
  return fmt::format("{}", fmt::join(words, separator));
}

template <typename T>
std::string NameAt(const std::vector<T>& declared, Index index) {
  return index == kNoIndex ? std::string() : declared[index].name;
}

std::string Seconds(std::int64_t seconds) {
  return seconds == 0 ? std::string() : DurationWords(seconds * 1'000);
}

/// Compared by what it says, and shown as it is written.
template <typename AnyCondition>
void AddCondition(const PolicyModel& model, const std::string& field, const AnyCondition& condition,
                  Declared& to) {
  if (condition.always()) return;
  to.Add(field, DumpCondition(model, condition), condition.nodes[condition.root].span);
}

Declared OfPolicy(const PolicyModel& model) {
  constexpr std::array<const char*, 3> kStages{"development", "staging", "production"};
  Declared to{"policy", model.name, model.span, {}};
  to.Add("version", model.version);
  to.Add("owner", model.owner);
  to.Add("stage", kStages[static_cast<std::size_t>(model.stage)]);
  to.Add("valid", FormatInstant(model.valid.from_s) + " .. " + FormatInstant(model.valid.to_s));
  return to;
}

Declared OfAttribute(const PolicyModel& model, Index number) {
  const AttributeModel& attribute = model.attributes[number];
  Declared to{"request", attribute.name, attribute.span, {}};
  const auto number_at = [&](std::int64_t code) {
    const std::int64_t micro = attribute.minimum_micro + code * attribute.step_micro;
    return (micro < 0 ? "-" : "") + RatioWords(micro < 0 ? -micro : micro);
  };
  switch (attribute.type) {
    case AttributeType::kEnum:
      to.Add("type", attribute.ordered ? "ordered values" : "values");
      to.Add("values", Joined(attribute.labels, attribute.ordered ? " < " : ", "));
      if (attribute.default_code >= 0) {
        to.Add("default", attribute.labels[static_cast<std::size_t>(attribute.default_code)]);
      }
      break;
    case AttributeType::kNumber:
      to.Add("type", "number step " + RatioWords(attribute.step_micro));
      to.Add("range", number_at(0) + " .. " + number_at(attribute.size - 1));
      if (attribute.default_code >= 0) to.Add("default", number_at(attribute.default_code));
      break;
    case AttributeType::kTokens:
      to.Add("type", "tokens");
      to.Add("up to", TokenWords(attribute.size - 1));
      if (attribute.default_code >= 0) to.Add("default", TokenWords(attribute.default_code));
      break;
    case AttributeType::kText:
    case AttributeType::kKey:
      to.Add("type", attribute.type == AttributeType::kText ? "text" : "key");
      if (attribute.has_default) to.Add("default", "\"" + attribute.default_text + "\"");
      break;
    case AttributeType::kSet: {
      to.Add("type", number == model.asks ? "capabilities" : "set");
      std::vector<std::string> members;
      for (std::size_t bit = 0; bit < 64; ++bit) {
        if (((attribute.members >> bit) & 1) == 0) continue;
        members.push_back(number == model.asks ? model.capability_names[bit]
                                               : attribute.labels[bit]);
      }
      to.Add("members", Joined(members));
      break;
    }
  }
  return to;
}

std::string CriterionWords(const CriterionModel& criterion) {
  std::string value;
  if (criterion.relative) {
    if (criterion.value != 1'000'000) value = RatioWords(criterion.value) + "x ";
    value += criterion.baseline;
  } else if (criterion.unit == CriterionModel::Unit::kMilliseconds) {
    value = DurationWords(criterion.value);
  } else if (criterion.unit == CriterionModel::Unit::kPicodollars) {
    value = CostWords(criterion.value);
  } else {
    value = ShareWords(criterion.value);
  }
  std::string text = criterion.subject;
  if (criterion.window_s != 0) text += " over " + Seconds(criterion.window_s);
  text += fmt::format(" {} {}", ToString(criterion.comparison), value);
  if (criterion.min_units != 0) text += fmt::format(", at least {} units", criterion.min_units);
  return text;
}

std::string StepWords(const RolloutModel::Step& step) {
  std::string text = ShareWords(step.share_ppm);
  if (step.prove) text = "prove " + text;
  if (step.criterion) text += " " + CriterionWords(*step.criterion);
  if (step.dwell_s != 0) text += " for " + Seconds(step.dwell_s);
  if (step.min_units != 0) text += fmt::format(" {} units", step.min_units);
  return text;
}

std::string RouteNames(const PolicyModel& model, const std::vector<Index>& routes) {
  std::vector<std::string> names;
  for (const Index route : routes) names.push_back(model.routes[route].name);
  return Joined(names);
}

Declared OfRollout(const PolicyModel& model, const RolloutModel& rollout) {
  constexpr std::array<const char*, 3> kUndecided{"rollback", "promote", "hold"};
  Declared to{"rollout", rollout.name, rollout.span, {}};
  to.Add("move", fmt::format("{} -> {}", NameAt(model.candidates, rollout.from),
                             NameAt(model.candidates, rollout.to)));
  to.Add("for", RouteNames(model, rollout.routes));
  to.Add("by", NameAt(model.attributes, rollout.key));
  std::vector<std::string> parts;
  for (const RolloutModel::Step& step : rollout.steps) parts.push_back(StepWords(step));
  to.Add("steps", Joined(parts));
  for (const RolloutModel::Event& event : rollout.events) {
    to.Add("event " + event.name, CriterionWords(event.criterion));
  }
  parts.clear();
  for (const CriterionModel& one : rollout.rollbacks) parts.push_back(CriterionWords(one));
  to.Add("rollback when", Joined(parts, "; "));
  if (rollout.units_per_day != 0) {
    to.Add("traffic", fmt::format("{} a day", rollout.units_per_day));
  }
  for (const auto& [event, rate] : rollout.base_rates) to.Add("rate of " + event, ShareWords(rate));
  to.Add("undecided", fmt::format("hold {} then {}", Seconds(rollout.undecided_hold_s),
                                  kUndecided[static_cast<std::size_t>(rollout.undecided)]));
  to.Add("confidence", ShareWords(rollout.confidence_micro));
  to.Add("detect", RatioWords(rollout.detect_micro) + "x");
  to.Add("alert", NameAt(model.alerts, rollout.alert));
  if (rollout.salt != rollout.name) to.Add("salt", rollout.salt);
  if (rollout.reshuffle) to.Add("reshuffle", "yes");
  if (rollout.holdback_ppm != 0) {
    to.Add("holdback",
           fmt::format("{} for {}", ShareWords(rollout.holdback_ppm), Seconds(rollout.holdback_s)));
  }
  return to;
}

Declared OfExperiment(const PolicyModel& model, const ExperimentModel& experiment) {
  Declared to{"experiment", experiment.name, experiment.span, {}};
  AddCondition(model, "when", experiment.when, to);
  to.Add("for", RouteNames(model, experiment.routes));
  to.Add("by", NameAt(model.attributes, experiment.key));
  to.Add("replace", NameAt(model.candidates, experiment.replaces));
  for (const ExperimentModel::Arm& arm : experiment.arms) {
    to.Add("arm " + arm.name, fmt::format("{} {}", NameAt(model.candidates, arm.candidate),
                                          ShareWords(arm.share_ppm)));
  }
  to.Add("measure", Joined(experiment.measures));
  to.Add("correct", experiment.correction);
  if (experiment.until_s != kForever) to.Add("until", FormatInstant(experiment.until_s));
  to.Add("lasts", Seconds(experiment.lasts_s));
  if (experiment.min_units != 0) to.Add("at least", fmt::format("{}", experiment.min_units));
  if (experiment.units_per_day != 0) {
    to.Add("traffic", fmt::format("{} a day", experiment.units_per_day));
  }
  to.Add("confidence", ShareWords(experiment.confidence_micro));
  to.Add("detect", RatioWords(experiment.detect_micro) + "x");
  to.Add("alert", NameAt(model.alerts, experiment.alert));
  if (experiment.salt != experiment.name) to.Add("salt", experiment.salt);
  return to;
}

Declared OfBudget(const PolicyModel& model, const BudgetModel& budget) {
  Declared to{"budget", budget.name, budget.span, {}};
  AddCondition(model, "when", budget.when, to);
  if (budget.per_day_pico != kUnlimited) to.Add("limit per day", CostWords(budget.per_day_pico));
  if (budget.per_month_pico != kUnlimited) {
    to.Add("limit per month", CostWords(budget.per_month_pico));
  }
  to.Add("per", NameAt(model.attributes, budget.per));
  const auto at = [](std::uint32_t ppm) { return ppm == 0 ? std::string() : ShareWords(ppm); };
  to.Add("prefer cheapest at", at(budget.prefer_cheapest_at_ppm));
  to.Add("deny at", at(budget.deny_at_ppm));
  for (const BudgetModel::Only& only : budget.only) {
    AddCondition(model, "only at " + ShareWords(only.at_ppm), only.condition, to);
  }
  for (const BudgetModel::Notice& notice : budget.notices) {
    to.Add("alert at " + ShareWords(notice.at_ppm), NameAt(model.alerts, notice.alert));
  }
  return to;
}

Declared OfEvaluator(const PolicyModel& model, const EvaluatorModel& evaluator) {
  Declared to{"evaluator", evaluator.name, evaluator.span, {}};
  for (const EvaluatorModel::Part& part : evaluator.parts) {
    to.Add("part " + part.name, ShareWords(part.weight_ppm));
  }
  if (evaluator.window_calls != 0) to.Add("window", fmt::format("{}", evaluator.window_calls));
  to.Add("floor", RatioWords(evaluator.floor_micro));
  to.Add("judge", NameAt(model.routes, evaluator.judge_route));
  to.Add("question", evaluator.judge_question);
  return to;
}

Declared OfAlert(const AlertModel& alert) {
  Declared to{"alert", alert.name, alert.span, {}};
  if (alert.logs) to.Add("log", "yes");
  std::vector<std::string> webhooks;
  for (const AlertModel::Webhook& one : alert.webhooks) {
    webhooks.push_back(one.sign_env.empty() ? one.url_env : one.url_env + " sign " + one.sign_env);
  }
  to.Add("webhook", Joined(webhooks));
  to.Add("callback", Joined(alert.callbacks));
  return to;
}

Declared OfAssert(const PolicyModel& model, const AssertModel& claim) {
  Declared to{claim.guardrail ? "guardrail" : "assert", claim.text, claim.span, {}};
  AddCondition(model, "when", claim.when, to);
  switch (claim.kind) {
    case ClaimKind::kAlways:
      to.Add("claim", "always " + DumpCondition(model, claim.claim), claim.claim_span);
      break;
    case ClaimKind::kNever:
      to.Add("claim", "never " + DumpCondition(model, claim.claim), claim.claim_span);
      break;
    case ClaimKind::kSurvivesProvider:
      to.Add("claim", "survives provider");
      break;
    case ClaimKind::kSurvivesModel:
      to.Add("claim", "survives model");
      break;
  }
  return to;
}

Declared OfTest(const PolicyModel& model, const TestModel& test) {
  Declared to{"test", test.text, test.span, {}};
  std::string given;
  for (const GivenModel& value : test.given) {
    const AttributeModel& attribute = model.attributes[value.attribute];
    given += fmt::format("{}{} ", given.empty() ? "" : ", ", attribute.name);
    given += attribute.type == AttributeType::kEnum && value.code >= 0
                 ? attribute.labels[static_cast<std::size_t>(value.code)]
             : !value.text.empty() ? value.text
             : value.members != 0  ? fmt::format("{:#x}", value.members)
                                   : fmt::format("{}", value.code);
  }
  to.Add("given", given);
  if (test.date_s) to.Add("on", FormatInstant(*test.date_s));
  std::vector<std::string> names;
  for (const Index one : test.down_providers) names.push_back(model.providers[one].name);
  for (const Index one : test.down_candidates) names.push_back(model.candidates[one].name);
  to.Add("down", Joined(names));
  names.clear();
  for (const TestModel::Live& live : test.live) {
    names.push_back(fmt::format("{} {} {}", model.candidates[live.candidate].name,
                                static_cast<int>(live.fact), live.value));
  }
  to.Add("live", Joined(names));
  names.clear();
  for (const TestModel::Arm& arm : test.arms) {
    names.push_back(model.rollouts[arm.rollout].name + (arm.canary ? " canary" : " stable"));
  }
  to.Add("arm", Joined(names));
  names.clear();
  for (const Index one : test.candidates) names.push_back(model.candidates[one].name);
  to.Add("expect", (test.exactly ? "exactly " : "") + Joined(names));
  to.Add("expect route", NameAt(model.routes, test.route));
  to.Add("expect outcome", test.outcome);
  return to;
}

}  // namespace

void DeclarePolicy(const PolicyModel& model, std::vector<Declared>& all) {
  all.push_back(OfPolicy(model));
  for (Index i = 0; i < model.attributes.size(); ++i) all.push_back(OfAttribute(model, i));
  for (const BudgetModel& budget : model.budgets) all.push_back(OfBudget(model, budget));
  for (const RolloutModel& rollout : model.rollouts) all.push_back(OfRollout(model, rollout));
  for (const ExperimentModel& one : model.experiments) all.push_back(OfExperiment(model, one));
  for (const EvaluatorModel& one : model.evaluators) all.push_back(OfEvaluator(model, one));
  for (const AlertModel& alert : model.alerts) all.push_back(OfAlert(alert));
  for (const AssertModel& claim : model.asserts) all.push_back(OfAssert(model, claim));
  for (const TestModel& test : model.tests) all.push_back(OfTest(model, test));
  for (const LintModel& lint : model.lints) {
    constexpr std::array<const char*, 4> kLevels{"off", "note", "warning", "error"};
    Declared to{"lint", lint.code, lint.span, {}};
    to.Add("severity", kLevels[static_cast<std::size_t>(lint.level)]);
    all.push_back(std::move(to));
  }
}

}  // namespace mlp::compiler
