#include <algorithm>

#include <fmt/format.h>

#include "compiler/check/comparison.hpp"
#include "compiler/check/literal.hpp"
#include "compiler/check/traffic.hpp"
#include "compiler/model/live_facts.hpp"

namespace mlp::compiler::check {
namespace {

using ast::Kind;
using Unit_ = CriterionModel::Unit;

Unit LiteralUnit(Unit_ unit) {
  switch (unit) {
    case Unit_::kRatio:
      return Unit::kRatio;
    case Unit_::kMilliseconds:
      return Unit::kDuration;
    case Unit_::kPicodollars:
      return Unit::kMoney;
  }
  return Unit::kRatio;
}

}  // namespace

bool IsProvidersFailure(std::string_view name) {
  const std::optional<ErrorClass> error_class = ParseErrorClass(name);
  if (!error_class) return false;
  switch (*error_class) {
    case ErrorClass::kNone:
    case ErrorClass::kBudgetExhausted:
    case ErrorClass::kDeadlineExceeded:
    case ErrorClass::kNoRoute:
    case ErrorClass::kNoCandidate:
    case ErrorClass::kCancelled:
      return false;
    default:
      return true;
  }
}

std::optional<CriterionModel::Unit> CheckSubject(Context& context, View path,
                                                 const std::vector<std::string>& events) {
  const std::string name = PathText(context, path);
  const std::vector<std::string> names = PathNames(context, path);
  if (name == "failures" || name == "success" || name == "error-rate" || name == "success-rate")
    return Unit_::kRatio;
  if (std::find(events.begin(), events.end(), name) != events.end()) return Unit_::kRatio;
  if (IsProvidersFailure(name)) return Unit_::kRatio;
  if (name == "cost" || name == "attempt.cost") return Unit_::kPicodollars;
  if (name == "latency" || name == "ttft") return Unit_::kMilliseconds;
  if (names.size() == 2 && (names.front() == "latency" || names.front() == "ttft") &&
      FindLiveFact(name)) {
    return Unit_::kMilliseconds;
  }
  if (name == "quality") return Unit_::kRatio;
  if (names.size() == 2 && names.front() == "quality") {
    if (context.quality_names.contains(names.back()) ||
        MayBeDeclared(context, Scope::kModel, names.back())) {
      return Unit_::kRatio;
    }
    ReportUnknown(context, "score", names.back(), path.span(),
                  {context.quality_names.begin(), context.quality_names.end()});
    return std::nullopt;
  }
  if (context.names.poisoned.contains(name)) return std::nullopt;
  std::vector<std::string> known = {"failures",    "success",     "cost",        "latency",
                                    "latency.p50", "latency.p95", "latency.p99", "ttft.p50",
                                    "ttft.p95",    "ttft.p99"};
  known.insert(known.end(), events.begin(), events.end());
  for (const std::string& score : context.quality_names) known.push_back("quality." + score);
  ReportUnknown(context, "measure", name, path.span(), known);
  return std::nullopt;
}

std::optional<CriterionModel> CheckCriterion(Context& context, View node,
                                             const std::vector<std::string>& events) {
  const std::vector<View> parts = node.Children();
  if (parts.size() < 3 || !parts[0].Is(Kind::kPath) || !parts[1].Is(Kind::kOperator))
    return std::nullopt;
  CriterionModel criterion;
  criterion.span = node.span();
  criterion.subject = PathText(context, parts[0]);
  const auto comparison = ReadOperator(context.Text(parts[1]));
  const auto unit = CheckSubject(context, parts[0], events);
  criterion.window_s = ReadWindow(context, parts[0]);
  if (const View minimum = node.Child(Kind::kMinimumUnits))
    criterion.min_units = ReadMinimumUnits(context, minimum);
  if (!comparison || !unit) return std::nullopt;
  criterion.comparison = *comparison;
  criterion.unit = *unit;
  if (IsEquality(*comparison)) {
    context.Report(Code::k0301, parts[1].span(), "a measure is compared for equality",
                   "compare with `<`, `<=`, `>` or `>=`");
    return std::nullopt;
  }

  const bool factor = parts[2].Is(Kind::kTimes);
  const View right = factor ? (parts.size() > 3 ? parts[3] : View()) : parts[2];
  if (!right) return std::nullopt;
  if (factor) {
    criterion.value = ReadWithin(context, parts[2], Unit::kFactor, 1, 1'000'000'000, "the factor",
                                 "above 0x and at most 1000x")
                          .value_or(1'000'000);
  }
  if (!right.Is(Kind::kPath)) {
    const auto value = Read(context, right, LiteralUnit(*unit));
    if (!value) return std::nullopt;
    criterion.value = *value;
    return criterion;
  }
  criterion.relative = true;
  criterion.baseline = PathText(context, right);
  const std::vector<std::string> names = PathNames(context, right);
  const bool percentile =
      names.size() == 2 && (names[1] == "p50" || names[1] == "p95" || names[1] == "p99");
  if (names.empty() || names.front() != "baseline" || (names.size() > 1 && !percentile)) {
    ReportUnknown(context, "comparison", criterion.baseline, right.span(),
                  {"baseline", "baseline.p50", "baseline.p95", "baseline.p99"});
    return std::nullopt;
  }
  if (percentile && *unit != Unit_::kMilliseconds) {
    context.Report(
        Code::k0302, right.span(),
        fmt::format("`{}` is a duration, and `{}` is not", criterion.baseline, criterion.subject),
        "compare it with `baseline`");
    return std::nullopt;
  }
  return criterion;
}

Index CheckKey(Context& context, View by, bool enums) {
  const View name = by.ChildAt(0);
  const Index key = Resolve(context, Scope::kAttribute, name);
  if (key == kNoIndex) return kNoIndex;
  const AttributeModel& attribute = context.model.attributes[key];
  const bool fits = attribute.type == AttributeType::kKey ||
                    attribute.type == AttributeType::kText ||
                    (enums && attribute.type == AttributeType::kEnum);
  if (fits) return key;
  context
      .Report(Code::k0301, name.span(),
              fmt::format("`{}` does not tell one unit from another", attribute.name),
              enums ? "name an attribute of type `key`, `text` or `one of`"
                    : "name an attribute of type `key` or `text`, as in `user key`")
      .related.push_back({attribute.span, "declared here"});
  return kNoIndex;
}

std::int64_t ReadUserRate(Context& context, View rate) {
  const auto count = ReadWithin(context, rate.ChildAt(0), Unit::kCount, 1, 1'000'000'000'000,
                                "the traffic", "1 and more");
  const View word = rate.ChildAt(1);
  if (!count || !word) return 0;
  return context.Text(word) == "hour" ? *count * 24 : *count;
}

std::uint32_t ReadMinimumUnits(Context& context, View minimum) {
  return static_cast<std::uint32_t>(ReadWithin(context, minimum.ChildAt(0), Unit::kCount, 1,
                                               0xFFFFFFFF, "the number of units", "1 and more")
                                        .value_or(0));
}

std::int64_t ReadConfidence(Context& context, View confidence, std::int64_t fallback) {
  return ReadWithin(context, confidence.ChildAt(0), Unit::kRatio, 500'001, 999'999,
                    "the confidence", "above 50% and below 100%, as in `95%`")
      .value_or(fallback);
}

std::int64_t ReadDetect(Context& context, View detect, std::int64_t fallback) {
  return ReadWithin(context, detect.ChildAt(0), Unit::kFactor, 1'000'001, 1'000'000'000,
                    "the harm to detect", "above 1x, as in `2x`")
      .value_or(fallback);
}

}  // namespace mlp::compiler::check
