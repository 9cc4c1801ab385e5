#include <array>

#include <fmt/format.h>

#include "compiler/check/literal.hpp"
#include "compiler/check/policy_block.hpp"

namespace mlp::compiler::check {
namespace {

using ast::Kind;

// Namespaces that the generated code cannot open or would meet.
constexpr std::array<std::string_view, 3> kTaken = {"mlp", "posix", "std"};

void ReadValid(Context& context, View statement) {
  const View from = statement.ChildAt(0);
  const View to = statement.ChildAt(1);
  const auto first = Read(context, from, Unit::kDate);
  const auto last = Read(context, to, Unit::kDate);
  if (!first || !last) return;
  if (*last <= *first) {
    context
        .Report(Code::k0303, to.span(), "the horizon ends before it begins",
                "`valid A .. B` holds from A until just before B, so B comes later")
        .related.push_back({from.span(), "it begins here"});
    return;
  }
  context.model.valid = {*first, *last};
}

void CheckStatements(Context& context, View policy) {
  Once once(context);
  for (const View statement : policy.Children()) {
    switch (statement.kind()) {
      case Kind::kVersion:
        if (once.First(statement.span(), "version")) {
          context.model.version = Unquote(context, statement.ChildAt(0));
        }
        break;
      case Kind::kOwner:
        if (once.First(statement.span(), "owner"))
          context.model.owner = Unquote(context, statement.ChildAt(0));
        break;
      case Kind::kStage: {
        if (!once.First(statement.span(), "stage")) break;
        const std::string_view word = context.Text(statement.ChildAt(0));
        context.model.stage = word == "production" ? PolicyStage::kProduction
                              : word == "staging"  ? PolicyStage::kStaging
                                                   : PolicyStage::kDevelopment;
        break;
      }
      case Kind::kValid:
        if (once.First(statement.span(), "valid")) ReadValid(context, statement);
        break;
      default:
        break;
    }
  }
}

}  // namespace

void CheckPolicy(Context& context, const Declarations& declarations) {
  for (const Declaration& one : declarations.policies) {
    const Declaration& first = declarations.policies.front();
    if (&one != &first) {
      Diagnostic& diagnostic =
          context.Report(Code::k0202, one.name ? one.name.span() : one.node.span(),
                         "a second policy", "keep one policy in a file");
      if (first.name) diagnostic.related.push_back({first.name.span(), "the first one"});
      continue;
    }
    CheckStatements(context, one.node);
    if (!one.name) continue;
    context.model.name = context.String(one.name);
    context.model.span = one.name.span();
    for (const std::string_view taken : kTaken) {
      if (context.model.name != taken) continue;
      context.Report(
          Code::k0202, one.name.span(),
          fmt::format("the name `{}` is taken by a namespace of C++ or of the runtime", taken),
          "choose another name: the generated code lies in a namespace of the policy's name");
    }
    if (!declarations.routes.empty() && !one.node.Child(Kind::kValid) && !IsBroken(one.node)) {
      context.Report(Code::k0304, one.name.span(),
                     fmt::format("policy `{}` has no horizon", context.model.name),
                     "add `valid 2026-01-01 .. 2027-01-01`: what is compiled and what is proved");
    }
  }
}

}  // namespace mlp::compiler::check
