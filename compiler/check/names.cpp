#include "compiler/check/names.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "compiler/check/context.hpp"
#include "compiler/source/nearest.hpp"

namespace mlp::compiler::check {
namespace {

auto& Table(Context& context, Scope scope) {
  return context.names.scopes[static_cast<std::size_t>(scope)];
}

// Looking for the nearest of many names takes long, so a file of wrong names gets help for the
// first ones.
constexpr std::size_t kMostSuggestions = 200;

// What may be declared in an imported file, and so be missing together with it.
bool Importable(Scope scope) {
  switch (scope) {
    case Scope::kProvider:
    case Scope::kModel:
    case Scope::kCapability:
    case Scope::kPool:
    case Scope::kEvaluator:
    case Scope::kAlert:
      return true;
    case Scope::kAttribute:
    case Scope::kRoute:
    case Scope::kRollout:
    case Scope::kExperiment:
    case Scope::kBudget:
      return false;
  }
  return false;
}

}  // namespace

std::string_view ToString(Scope scope) {
  switch (scope) {
    case Scope::kProvider:
      return "provider";
    case Scope::kModel:
      return "model";
    case Scope::kCapability:
      return "capability";
    case Scope::kPool:
      return "pool";
    case Scope::kAttribute:
      return "attribute";
    case Scope::kRoute:
      return "route";
    case Scope::kRollout:
      return "rollout";
    case Scope::kExperiment:
      return "experiment";
    case Scope::kBudget:
      return "budget";
    case Scope::kEvaluator:
      return "evaluator";
    case Scope::kAlert:
      return "alert";
  }
  return "name";
}

bool Declare(Context& context, Scope scope, View name, Index index) {
  const std::string_view word = context.Text(name);
  if (Declare(context, scope, word, index, name.span())) return true;
  const Span first = Table(context, scope).find(word)->second.span;
  Diagnostic& diagnostic = context.Report(
      Code::k0202, name.span(), fmt::format("{} `{}` is declared twice", ToString(scope), word));
  if (first == Span{}) {
    diagnostic.message = fmt::format("{} `{}` is built in", ToString(scope), word);
    diagnostic.help.emplace_back("leave the declaration out, or choose another name");
    return false;
  }
  diagnostic.related.push_back({first, "first declared here"});
  diagnostic.help.emplace_back(
      scope == Scope::kModel || scope == Scope::kProvider
          ? fmt::format("give one of them another name; facts of a declared {0} are "
                        "changed with `amend {0} {1}`",
                        ToString(scope), word)
          : "give one of them another name");
  return false;
}

bool Declare(Context& context, Scope scope, std::string_view name, Index index, Span span) {
  return Table(context, scope).emplace(std::string(name), Names::Entry{index, span}).second;
}

bool MayBeDeclared(const Context& context, Scope scope, std::string_view name) {
  if (scope == Scope::kAttribute && context.names.no_request) return true;
  return (context.names.incomplete && Importable(scope)) || context.names.poisoned.contains(name);
}

Index Lookup(const Context& context, Scope scope, std::string_view name) {
  const auto& table = context.names.scopes[static_cast<std::size_t>(scope)];
  const auto found = table.find(name);
  return found == table.end() ? kNoIndex : found->second.index;
}

Index Resolve(Context& context, Scope scope, View name) {
  const std::string_view word = context.Text(name);
  const auto& table = Table(context, scope);
  if (const auto found = table.find(word); found != table.end()) return found->second.index;
  if (MayBeDeclared(context, scope, word)) return kNoIndex;
  std::vector<std::string> known;
  if (context.names.suggested < kMostSuggestions) {
    known.reserve(table.size());
    for (const auto& [declared, entry] : table) known.push_back(declared);
  }
  ReportUnknown(context, ToString(scope), word, name.span(), known);
  return kNoIndex;
}

std::vector<Index> ResolveAll(Context& context, Scope scope, const std::vector<View>& names) {
  std::vector<Index> found;
  for (const View name : names) {
    const Index index = Resolve(context, scope, name);
    if (index != kNoIndex) found.push_back(index);
  }
  return found;
}

Diagnostic& ReportUnknown(Context& context, std::string_view what, std::string_view word, Span span,
                          const std::vector<std::string>& known) {
  std::string help;
  if (context.names.suggested++ >= kMostSuggestions) {
    help = "mend the first unknown names";
  } else if (const auto nearest = NearestName(word, {known.begin(), known.end()})) {
    help = fmt::format("the nearest known {} is `{}`", what, *nearest);
  } else if (known.empty()) {
    help = fmt::format("no {} is declared here", what);
  } else {
    help = fmt::format("known: {}", List(known, "and"));
  }
  return context.Report(Code::k0201, span, fmt::format("unknown {} `{}`", what, word),
                        std::move(help));
}

bool Once::First(Span statement, std::string_view label) {
  const auto [first, inserted] = seen_.emplace(std::string(label), statement);
  if (inserted) return true;
  Diagnostic& diagnostic =
      context_.Report(Code::k0305, statement, fmt::format("`{}` is stated twice", label),
                      "keep one of the two statements");
  diagnostic.related.push_back({first->second, "first stated here"});
  return false;
}

}  // namespace mlp::compiler::check
