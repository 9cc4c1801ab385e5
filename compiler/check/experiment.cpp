#include <fmt/format.h>

#include "compiler/check/comparison.hpp"
#include "compiler/check/literal.hpp"
#include "compiler/check/request_condition.hpp"
#include "compiler/check/traffic.hpp"

namespace mlp::compiler::check {
namespace {

using ast::Kind;

constexpr std::uint32_t kWhole = 1'000'000;
constexpr std::int64_t kYearMs = 365LL * 86'400'000;

class ExperimentStatements {
 public:
  ExperimentStatements(Context& context, ExperimentModel& experiment)
      : context_(context), experiment_(experiment), once_(context) {}

  void Apply(const Declaration& one) {
    for (const View statement : one.node.Children()) Statement(statement);
    if (experiment_.salt.empty()) experiment_.salt = experiment_.name;
    if (!one.name || IsBroken(one.node)) return;
    if (experiment_.arms.size() < 2 && arms_ < 2) {
      context_.Report(Code::k0304, one.name.span(),
                      fmt::format("experiment `{}` compares nothing", experiment_.name),
                      "add two arms or more, as in `arm fast MODEL 50%`");
    } else if (!broken_shares_ && sum_ != kWhole) {
      context_.Report(Code::k0601, one.name.span(),
                      fmt::format("the shares of the arms sum to {}, not to 100%",
                                  ShowPercent(static_cast<std::int64_t>(sum_))),
                      "let the shares of an experiment's arms sum to 100%");
    }
    if (!one.node.Child(Kind::kBy)) {
      context_.Report(Code::k0304, one.name.span(),
                      fmt::format("experiment `{}` has no unit", experiment_.name),
                      "add `by ATTRIBUTE`, the key that keeps its users together");
    }
  }

 private:
  bool First(View statement, std::string_view label) {
    return once_.First(statement.span(), label);
  }

  void Statement(View statement) {
    switch (statement.kind()) {
      case Kind::kWhen:
        if (First(statement, "when")) experiment_.when = CheckWhen(context_, statement.ChildAt(0));
        return;
      case Kind::kFor:
        if (First(statement, "for"))
          experiment_.routes = ResolveAll(context_, Scope::kRoute, statement.Children(Kind::kName));
        return;
      case Kind::kBy:
        if (First(statement, "by")) experiment_.key = CheckKey(context_, statement, false);
        return;
      case Kind::kReplace:
        if (First(statement, "replace"))
          experiment_.replaces = Resolve(context_, Scope::kModel, statement.ChildAt(0));
        return;
      case Kind::kArm:
        return Arm(statement);
      case Kind::kMeasure:
        for (const View path : statement.Children(Kind::kPath)) {
          if (CheckSubject(context_, path, {}))
            experiment_.measures.push_back(PathText(context_, path));
        }
        if (const View word = statement.Child(Kind::kWord))
          experiment_.correction = context_.String(word);
        return;
      case Kind::kUntil:
        if (First(statement, "until")) Until(statement);
        return;
      case Kind::kTraffic:
        if (!First(statement, "traffic")) return;
        if (const View rate = statement.Child(Kind::kUserRate))
          experiment_.units_per_day = ReadUserRate(context_, rate);
        return;
      case Kind::kConfidence:
        if (First(statement, "confidence")) {
          experiment_.confidence_micro =
              ReadConfidence(context_, statement, experiment_.confidence_micro);
        }
        return;
      case Kind::kDetect:
        if (First(statement, "detect"))
          experiment_.detect_micro = ReadDetect(context_, statement, experiment_.detect_micro);
        return;
      case Kind::kSalt:
        if (First(statement, "salt")) experiment_.salt = Unquote(context_, statement.ChildAt(0));
        return;
      case Kind::kAlertRef:
        if (First(statement, "alert"))
          experiment_.alert = Resolve(context_, Scope::kAlert, statement.ChildAt(0));
        return;
      default:
        return;
    }
  }

  void Arm(View statement) {
    const View name = statement.ChildAt(0);
    ++arms_;
    if (!once_.First(name.span(), "arm " + context_.String(name))) return;
    ExperimentModel::Arm arm;
    arm.name = context_.String(name);
    arm.span = name.span();
    arm.candidate = Resolve(context_, Scope::kModel, statement.ChildAt(1));
    const auto share = ReadShare(context_, statement.ChildAt(2), "the share");
    broken_shares_ = broken_shares_ || !share;
    arm.share_ppm = share.value_or(0);
    sum_ += arm.share_ppm;
    experiment_.arms.push_back(std::move(arm));
  }

  void Until(View statement) {
    const View end = statement.ChildAt(0);
    if (end.Is(Kind::kDate)) {
      experiment_.until_s = Read(context_, end, Unit::kDate).value_or(kForever);
    } else {
      experiment_.lasts_s =
          ReadWithin(context_, end, Unit::kDuration, 1'000, kYearMs, "the length", "1s to 365d")
              .value_or(0) /
          1'000;
    }
    if (const View minimum = statement.Child(Kind::kMinimumUnits))
      experiment_.min_units = ReadMinimumUnits(context_, minimum);
  }

  Context& context_;
  ExperimentModel& experiment_;
  Once once_;
  std::size_t arms_ = 0;
  std::uint64_t sum_ = 0;
  bool broken_shares_ = false;
};

}  // namespace

void CheckExperiments(Context& context, const Declarations& declarations) {
  for (const Declaration& one : declarations.experiments) {
    ExperimentModel scratch;
    ExperimentModel& experiment =
        one.index == kNoIndex ? scratch : context.model.experiments[one.index];
    ExperimentStatements(context, experiment).Apply(one);
  }
}

}  // namespace mlp::compiler::check
