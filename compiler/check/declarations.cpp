#include "compiler/check/declarations.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "compiler/model/capabilities.hpp"

namespace mlp::compiler::check {
namespace {

using ast::Kind;

bool MayBeImported(Kind kind) {
  switch (kind) {
    case Kind::kProvider:
    case Kind::kAmendProvider:
    case Kind::kModel:
    case Kind::kVariant:
    case Kind::kAmendModel:
    case Kind::kCapability:
    case Kind::kPool:
    case Kind::kEvaluator:
    case Kind::kAlert:
    case Kind::kGuardrail:
      return true;
    default:
      return false;
  }
}

Declared* ListOf(Declarations& all, Kind kind) {
  switch (kind) {
    case Kind::kPolicy:
      return &all.policies;
    case Kind::kRequest:
      return &all.requests;
    case Kind::kDefaults:
      return &all.defaults;
    case Kind::kCapability:
      return &all.capabilities;
    case Kind::kProvider:
      return &all.providers;
    case Kind::kAmendProvider:
      return &all.provider_amendments;
    case Kind::kModel:
      return &all.models;
    case Kind::kVariant:
      return &all.variants;
    case Kind::kAmendModel:
      return &all.model_amendments;
    case Kind::kPool:
      return &all.pools;
    case Kind::kRoute:
      return &all.routes;
    case Kind::kRollout:
      return &all.rollouts;
    case Kind::kExperiment:
      return &all.experiments;
    case Kind::kBudget:
      return &all.budgets;
    case Kind::kEvaluator:
      return &all.evaluators;
    case Kind::kAlert:
      return &all.alerts;
    case Kind::kAssert:
    case Kind::kGuardrail:
      return &all.asserts;
    case Kind::kTest:
      return &all.tests;
    case Kind::kLint:
      return &all.lints;
    default:
      return nullptr;
  }
}

View NameOf(View declaration) {
  if (declaration.Is(Kind::kAssert) || declaration.Is(Kind::kGuardrail) ||
      declaration.Is(Kind::kTest)) {
    return declaration.Child(Kind::kString);
  }
  if (declaration.Is(Kind::kLint)) return declaration.Child(Kind::kCode);
  return declaration.Child(Kind::kName);
}

// The keyword that a declaration begins with, for messages; its span where it has no name.
Span Keyword(const Context& context, View declaration) {
  Span span = declaration.span();
  const std::vector<View> docs = declaration.Children(Kind::kDoc);
  if (!docs.empty()) span.begin = docs.back().span().end;
  const std::string_view text = context.sources.text(span);
  const std::size_t first = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  const std::size_t last = std::min(text.find_first_of(" \t\r\n{", first), text.size());
  return {span.file, span.begin + static_cast<std::uint32_t>(first),
          span.begin + static_cast<std::uint32_t>(last)};
}

// Every word of what did not parse: it may be the declaration of a name that is used elsewhere.
void Poison(Context& context, View error) {
  const std::string_view text = context.Text(error);
  std::size_t begin = 0;
  while (begin < text.size()) {
    const auto in_name = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    };
    if (!in_name(text[begin])) {
      ++begin;
      continue;
    }
    std::size_t end = begin;
    while (end < text.size() && in_name(text[end])) ++end;
    context.names.poisoned.emplace(text.substr(begin, end - begin));
    begin = end;
  }
}

void PoisonAll(Context& context, const ast::Tree& tree) {
  for (ast::NodeId id = 0; id < tree.nodes.size(); ++id) {
    if (tree.kind(id) == Kind::kError) Poison(context, View(tree, id));
  }
}

// Declares in the order of the program, so that the first of two is the one that holds.
void DeclareInOrder(Context& context, Scope scope, Declared& declared) {
  Index next = 0;
  for (Declaration& one : declared) {
    if (one.name && Declare(context, scope, one.name, next)) one.index = next++;
  }
}

// Declares one or two lists in one scope, numbered by name.
void DeclareByName(Context& context, Scope scope, std::initializer_list<Declared*> lists) {
  std::vector<Declaration*> all;
  for (Declared* list : lists) {
    for (Declaration& one : *list) all.push_back(&one);
  }
  std::stable_sort(all.begin(), all.end(), [](const Declaration* a, const Declaration* b) {
    const Span first = a->node.span();
    const Span second = b->node.span();
    return first.file == second.file && first.begin < second.begin;
  });
  std::vector<Declaration*> first;
  for (Declaration* one : all) {
    if (one->name && Declare(context, scope, one->name, 0)) first.push_back(one);
  }
  std::sort(first.begin(), first.end(), [&](const Declaration* a, const Declaration* b) {
    return context.Text(a->name) < context.Text(b->name);
  });
  auto& table = context.names.scopes[static_cast<std::size_t>(scope)];
  for (std::size_t i = 0; i < first.size(); ++i) {
    first[i]->index = static_cast<Index>(i);
    table.find(context.Text(first[i]->name))->second.index = first[i]->index;
  }
}

// Gives every declared one its slot, with name, doc, span and origin.
template <typename T>
void Fill(const Context& context, const Declared& declared, std::vector<T>& models) {
  for (const Declaration& one : declared) {
    if (one.index == kNoIndex) continue;
    if (models.size() <= one.index) models.resize(one.index + 1);
    models[one.index].name = context.String(one.name);
    models[one.index].span = one.name.span();
    if constexpr (requires { models[one.index].doc; })
      models[one.index].doc = Doc(context, one.node);
    if constexpr (requires { models[one.index].from_import; })
      models[one.index].from_import = one.imported;
  }
}

void DeclareCapabilities(Context& context, Declared& declared) {
  PolicyModel& model = context.model;
  for (const std::string_view name : BuiltInCapabilities()) {
    Declare(context, Scope::kCapability, name, static_cast<Index>(model.capability_names.size()),
            Span{});
    model.capability_names.emplace_back(name);
  }
  for (const Declaration& one : declared) {
    const auto bit = static_cast<Index>(model.capability_names.size());
    if (!one.name || !Declare(context, Scope::kCapability, one.name, bit)) continue;
    if (bit >= kMaxCapabilities) {
      context.Report(
          Code::k0303, one.name.span(), fmt::format("more than {} capabilities", kMaxCapabilities),
          fmt::format("{} are built in; declare at most {}", BuiltInCapabilities().size(),
                      kMaxCapabilities - BuiltInCapabilities().size()));
      context.names.scopes[static_cast<std::size_t>(Scope::kCapability)]
          .find(context.Text(one.name))
          ->second.index = kNoIndex;
      continue;
    }
    model.capability_names.push_back(context.String(one.name));
    model.declared_capabilities.push_back({context.String(one.name), Doc(context, one.node),
                                           one.name.span(), static_cast<std::uint8_t>(bit),
                                           one.imported});
  }
}

void CheckPlace(Context& context, const Declaration& one) {
  const Span span = Keyword(context, one.node);
  context.Report(
      Code::k0205, span,
      fmt::format("an imported file may not declare `{}`", context.sources.text(span)),
      "move it to the policy's own file; imports hold providers, models, variants, amendments, "
      "capabilities, pools, evaluators, alerts and guardrails");
}

// What lives with `policy` in a file that has none.
void CheckHasPolicy(Context& context, const Declarations& all) {
  if (!all.policies.empty()) return;
  for (const Declared* list : {&all.routes, &all.requests, &all.defaults, &all.rollouts,
                               &all.experiments, &all.budgets, &all.tests, &all.asserts}) {
    for (const Declaration& one : *list) {
      if (one.imported || one.node.Is(Kind::kGuardrail)) continue;
      const Span span = Keyword(context, one.node);
      context.Report(
          Code::k0304, span,
          fmt::format("`{}` stands in a file without `policy`", context.sources.text(span)),
          "begin the file with `policy NAME { version \"1.0.0\"; valid 2026-01-01 .. 2027-01-01 "
          "}`");
      return;
    }
  }
}

}  // namespace

bool IsBroken(View declaration) { return static_cast<bool>(declaration.Child(Kind::kError)); }

Declarations Collect(Context& context, const Program& program) {
  Declarations all;
  context.names.incomplete = program.incomplete;
  bool broken = false;
  for (std::size_t i = 0; i < program.trees.size(); ++i) {
    const ast::Tree& tree = program.trees[i];
    if (tree.root == ast::kNoNode) continue;
    PoisonAll(context, tree);
    for (const View node : View(tree, tree.root).Children()) {
      broken = broken || node.Is(Kind::kError);
      Declared* list = ListOf(all, node.kind());
      if (list == nullptr) continue;
      const Declaration one{node, NameOf(node), kNoIndex, program.imported[i]};
      if (one.imported && !MayBeImported(node.kind())) {
        CheckPlace(context, one);
        continue;
      }
      list->push_back(one);
    }
  }
  context.names.no_request = all.requests.empty() && (all.policies.empty() || broken);
  if (!broken) CheckHasPolicy(context, all);

  PolicyModel& model = context.model;
  DeclareCapabilities(context, all.capabilities);
  DeclareByName(context, Scope::kProvider, {&all.providers});
  DeclareByName(context, Scope::kModel, {&all.models, &all.variants});
  DeclareByName(context, Scope::kPool, {&all.pools});
  DeclareInOrder(context, Scope::kRoute, all.routes);
  DeclareInOrder(context, Scope::kRollout, all.rollouts);
  DeclareInOrder(context, Scope::kExperiment, all.experiments);
  DeclareInOrder(context, Scope::kBudget, all.budgets);
  DeclareInOrder(context, Scope::kEvaluator, all.evaluators);
  DeclareInOrder(context, Scope::kAlert, all.alerts);
  Fill(context, all.providers, model.providers);
  Fill(context, all.models, model.candidates);
  Fill(context, all.variants, model.candidates);
  Fill(context, all.pools, model.pools);
  Fill(context, all.routes, model.routes);
  Fill(context, all.rollouts, model.rollouts);
  Fill(context, all.experiments, model.experiments);
  Fill(context, all.budgets, model.budgets);
  Fill(context, all.evaluators, model.evaluators);
  Fill(context, all.alerts, model.alerts);
  return all;
}

}  // namespace mlp::compiler::check
