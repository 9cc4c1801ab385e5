// A model's status, dates and successor.
#include <fmt/format.h>

#include "compiler/check/catalog.hpp"
#include "compiler/check/literal.hpp"

namespace mlp::compiler::check {
namespace {

using ast::Kind;

void CheckAsOf(Context& context, View statement) {
  if (const View as_of = statement.Child(Kind::kAsOf)) {
    static_cast<void>(Read(context, as_of.ChildAt(0), Unit::kDate));
  }
}

ModelStatus ReadStatus(std::string_view word) {
  if (word == "candidate") return ModelStatus::kCandidate;
  if (word == "evaluating") return ModelStatus::kEvaluating;
  if (word == "staging") return ModelStatus::kStaging;
  if (word == "deprecated") return ModelStatus::kDeprecated;
  if (word == "retired") return ModelStatus::kRetired;
  if (word == "archived") return ModelStatus::kArchived;
  return ModelStatus::kActive;
}

}  // namespace

void CheckLifecycle(Context& context, View statement, CandidateModel& model) {
  CheckAsOf(context, statement);
  switch (statement.kind()) {
    case Kind::kStatus:
      model.status = ReadStatus(context.Text(statement.ChildAt(0)));
      model.status_span = statement.span();
      return;
    case Kind::kLifecycleDate: {
      const std::string_view word = context.Text(statement.ChildAt(0));
      const View date = statement.ChildAt(1);
      const auto instant = Read(context, date, Unit::kDate);
      if (!instant) return;
      if (word == "released") model.released_s = *instant;
      if (word == "deprecated") model.deprecated_s = *instant;
      if (word == "retires") {
        model.retires_s = *instant;
        model.retires_span = statement.span();
      }
      return;
    }
    case Kind::kRetiresNotBefore:
      static_cast<void>(
          Read(context, statement.ChildAt(0), Unit::kDate));  // a promise: it decides nothing
      return;
    case Kind::kSuccessor: {
      const View name = statement.ChildAt(0);
      model.successor_span = statement.span();
      model.breaking.clear();
      for (const View breaking : statement.Children(Kind::kBreaking)) {
        model.breaking.push_back(Unquote(context, breaking.ChildAt(0)));
      }
      model.successor_index = Resolve(context, Scope::kModel, name);
      model.successor = model.successor_index == kNoIndex
                            ? ""
                            : context.model.candidates[model.successor_index].name;
      return;
    }
    default:
      return;
  }
}

void CheckLifecycleOrder(Context& context, const CandidateModel& model) {
  if (model.retires_s == kForever) return;
  if (model.retires_s <= model.released_s) {
    context.Report(Code::k0303, model.retires_span, "the model retires before it is released",
                   "`retires` comes after `released`");
  } else if (model.deprecated_s != kForever && model.retires_s < model.deprecated_s) {
    context.Report(Code::k0303, model.retires_span, "the model retires before it is deprecated",
                   "`retires` comes after `deprecated`");
  }
}

}  // namespace mlp::compiler::check
