#include <fmt/format.h>

#include "compiler/check/claims.hpp"

namespace mlp::compiler::check {
namespace {

using ast::Kind;

// Syntax, names, types and the compiler's limits are never a matter of opinion; a claim is changed
// or taken out, not weighed (a guardrail binds its importer), so is a score, and no table holds
// unsound shares.
bool MayBeWeighed(std::string_view code) {
  return !code.starts_with("MLP01") && !code.starts_with("MLP02") && !code.starts_with("MLP03") &&
         !code.starts_with("MLP08") && code != "MLP0407" && code != "MLP0506" && code != "MLP0601";
}

LintLevel ReadLevel(std::string_view word) {
  if (word == "off") return LintLevel::kOff;
  if (word == "note") return LintLevel::kNote;
  if (word == "error") return LintLevel::kError;
  return LintLevel::kWarning;
}

}  // namespace

void CheckLints(Context& context, const Declarations& declarations) {
  Once once(context);
  for (const Declaration& one : declarations.lints) {
    const View code = one.name;
    if (!code) continue;
    const std::string name = context.String(code);
    if (!ParseCode(name)) {
      context.Report(Code::k0201, code.span(), fmt::format("unknown code `{}`", name),
                     "`mlpc help` lists all codes");
      continue;
    }
    if (!MayBeWeighed(name)) {
      context.Report(Code::k0303, code.span(), fmt::format("`{}` is always an error", name),
                     "mend the place that it names; decisions (04, but for MLP0407), lifecycle "
                     "(05, but for MLP0506), rollouts (06, but for MLP0601), money (07) and style "
                     "(09) may be weighed");
      continue;
    }
    if (!once.First(code.span(), "lint " + name)) continue;
    LintModel lint;
    lint.code = name;
    const View word = one.node.Child(Kind::kWord);
    lint.level = word ? ReadLevel(context.Text(word)) : LintLevel::kWarning;
    lint.reason = Unquote(context, one.node.Child(Kind::kString));
    lint.span = code.span();
    context.model.lints.push_back(std::move(lint));
  }
}

}  // namespace mlp::compiler::check
