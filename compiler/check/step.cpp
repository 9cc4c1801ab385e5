#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "compiler/check/candidate_condition.hpp"
#include "compiler/check/literal.hpp"
#include "compiler/check/routing.hpp"

namespace mlp::compiler::check {
namespace {

using ast::Kind;

constexpr std::array<std::string_view, 4> kParts = {"capability", "cost", "performance",
                                                    "availability"};
constexpr std::int64_t kWhole = 1'000'000;
constexpr std::size_t kMostShares = 16;  // the members of a drawn group are 4-bit numbers

ObjectiveKind ReadObjective(std::string_view word) {
  if (word == "best") return ObjectiveKind::kBest;
  if (word == "fastest") return ObjectiveKind::kFastest;
  if (word == "least-busy") return ObjectiveKind::kLeastBusy;
  if (word == "balanced") return ObjectiveKind::kBalanced;
  return ObjectiveKind::kCheapest;
}

void ReadWeights(Context& context, View weights, StepModel& step) {
  std::array<bool, 4> given{};
  std::array<std::uint32_t, 4> values{};
  std::int64_t sum = 0;
  bool ok = true;
  for (const View weight : weights.Children(Kind::kWeight)) {
    const View name = weight.ChildAt(0);
    const auto part = std::find(kParts.begin(), kParts.end(), context.Text(name));
    if (part == kParts.end()) {
      ReportUnknown(context, "part of the score", context.Text(name), name.span(),
                    {kParts.begin(), kParts.end()});
      ok = false;
      continue;
    }
    const auto number = static_cast<std::size_t>(part - kParts.begin());
    if (std::exchange(given[number], true)) {
      context.Report(Code::k0305, weight.span(),
                     fmt::format("the weight of `{}` is stated twice", *part),
                     "keep one of the two");
      ok = false;
    }
    const auto share = ReadShare(context, weight.ChildAt(1), "the weight");
    ok = ok && share.has_value();
    values[number] = share.value_or(0);
    sum += values[number];
  }
  if (ok && sum != kWhole) {
    context.Report(Code::k0303, weights.span(), "the weights do not sum to 100%",
                   "weights of capability, cost, performance and availability sum to 100%; one "
                   "left out is 0%");
  }
  step.weights_ppm = values;
}

void ReadObjectiveStep(Context& context, View objective, StepModel& step) {
  const View word = objective.ChildAt(0);
  step.kind = ReadObjective(context.Text(word));
  if (const View path = objective.Child(Kind::kPath)) {
    const std::vector<View> names = path.Children(Kind::kName);
    if (names.size() != 2 || context.Text(names.front()) != "quality") {
      context.Report(Code::k0301, path.span(), fmt::format("`{}` is no score", context.Text(path)),
                     "`best` orders by a score, as in `best quality.accuracy of POOL`");
    } else {
      step.best = context.String(names.back());
      if (!context.quality_names.contains(step.best) &&
          !MayBeDeclared(context, Scope::kModel, step.best)) {
        ReportUnknown(context, "score", step.best, names.back().span(),
                      {context.quality_names.begin(), context.quality_names.end()});
      }
    }
  } else if (step.kind == ObjectiveKind::kBest) {
    context.Report(Code::k0304, word.span(), "`best` does not say which score",
                   "name a score, as in `best quality.accuracy of POOL`");
  }
  if (const View of = objective.Child(Kind::kOf)) {
    step.pool = Resolve(context, Scope::kPool, of.ChildAt(0));
  } else {
    Diagnostic& diagnostic = context.Report(
        Code::k0408, word.span(),
        fmt::format("`{}` without a pool ranges over every active model", context.Text(word)),
        fmt::format("name the models that may be chosen: `{} of POOL`", context.Text(word)));
    diagnostic.severity =
        context.model.stage == PolicyStage::kDevelopment ? Severity::kWarning : Severity::kError;
  }
  if (const View weights = objective.Child(Kind::kWeights)) ReadWeights(context, weights, step);
}

void ReadSpread(Context& context, View spread, StepModel& step) {
  step.kind = ObjectiveKind::kSpread;
  std::int64_t sum = 0;
  bool ok = true;
  for (const View share : spread.Children(Kind::kShare)) {
    if (step.models.size() == kMostShares) {
      context.Report(Code::k0303, share.span(),
                     fmt::format("a spread over more than {} models", kMostShares),
                     "give the shares to fewer models");
      return;
    }
    const Index model = Resolve(context, Scope::kModel, share.ChildAt(0));
    const auto part = ReadShare(context, share.ChildAt(1), "the share");
    ok = ok && part.has_value();
    sum += part.value_or(0);
    if (model == kNoIndex) continue;
    if (std::find(step.models.begin(), step.models.end(), model) != step.models.end()) {
      context.Report(Code::k0202, share.ChildAt(0).span(),
                     fmt::format("`{}` has two shares", context.Text(share.ChildAt(0))),
                     "add them up in one");
      continue;
    }
    step.models.push_back(model);
    step.model_spans.push_back(share.ChildAt(0).span());
    step.shares_ppm.push_back(part.value_or(0));
  }
  if (ok && sum != kWhole) {
    context.Report(Code::k0601, spread.span(),
                   fmt::format("the shares sum to {}, not to 100%", ShowPercent(sum)),
                   "let the shares of a `spread` sum to 100%");
  }
  if (const View by = spread.Child(Kind::kBy)) {
    const View name = by.ChildAt(0);
    const Index key = Resolve(context, Scope::kAttribute, name);
    if (key == kNoIndex) return;
    const AttributeModel& attribute = context.model.attributes[key];
    if (attribute.type != AttributeType::kKey && attribute.type != AttributeType::kText) {
      context
          .Report(Code::k0301, name.span(), fmt::format("`{}` is no key", attribute.name),
                  "`by` names an attribute of type `key` or `text`")
          .related.push_back({attribute.span, "declared here"});
      return;
    }
    step.spread_key = key;
  }
}

}  // namespace

void NeedTokens(Context& context, Span span, std::string_view what) {
  std::vector<std::string> missing;
  for (const std::string_view name : {"input", "output"}) {
    const Index index = name == "input" ? context.model.input : context.model.output;
    if (index == kNoIndex && !MayBeDeclared(context, Scope::kAttribute, name))
      missing.emplace_back(name);
  }
  if (missing.empty()) return;
  std::string help = "add";
  for (const std::string& name : missing)
    help += fmt::format(" `{} tokens up to 16K`{}", name, name == missing.back() ? "" : " and");
  context.Report(Code::k0304, span,
                 fmt::format("{} needs the request's {}", what, List(missing, "and")),
                 help + " to `request`");
}

StepModel CheckStep(Context& context, View node) {
  StepModel step;
  step.span = node.span();
  Once once(context);
  for (const View part : node.Children()) {
    switch (part.kind()) {
      case Kind::kChoice:
        for (const View name : part.Children(Kind::kName)) {
          const Index model = Resolve(context, Scope::kModel, name);
          if (model == kNoIndex) continue;
          step.models.push_back(model);
          step.model_spans.push_back(name.span());
        }
        break;
      case Kind::kObjective:
        ReadObjectiveStep(context, part, step);
        break;
      case Kind::kSpread:
        ReadSpread(context, part, step);
        break;
      case Kind::kWhere:
        if (once.First(part.span(), "where")) {
          step.where = CheckCandidateCondition(context, part.ChildAt(0), FactSet::kCandidate);
        }
        break;
      case Kind::kWithin:
        if (!once.First(part.span(), "within")) break;
        step.within_pico = Read(context, part.ChildAt(0), Unit::kMoney).value_or(kUnlimited);
        step.within_span = part.span();
        NeedTokens(context, part.span(), "`within`");
        break;
      case Kind::kPrefer: {
        const Index bit = Resolve(context, Scope::kCapability, part.ChildAt(0));
        if (bit != kNoIndex) step.prefer.push_back(static_cast<std::uint8_t>(bit));
        break;
      }
      default:
        break;
    }
  }
  return step;
}

void CheckStepNeeds(Context& context, const RouteModel& route, View step,
                    const StepModel& checked) {
  if (checked.kind != ObjectiveKind::kCheapest || route.has_mix) return;
  const View word = step.Child(Kind::kObjective).ChildAt(0);
  context.Report(
      Code::k0304, word.span(),
      fmt::format("`{}` without a mix of tokens has no price to compare", context.Text(word)),
      "add `mix input 2K, output 300` to the route or to `defaults`");
}

}  // namespace mlp::compiler::check
