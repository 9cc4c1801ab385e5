#include "compiler/check/context.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "compiler/ast/literals.hpp"

namespace mlp::compiler::check {

namespace {

// More than anyone reads; keeps a hopeless file from exhausting memory.
constexpr std::size_t kMostFindings = 10'000;

}  // namespace

Diagnostic& Context::Report(Code code, Span span, std::string message, std::string help) {
  if (reported_ >= kMostFindings) {
    if (reported_++ == kMostFindings) {
      diagnostics
          .Add(Code::k0801, span,
               fmt::format("more than {} findings; the rest is left out", kMostFindings))
          .help.emplace_back("mend the first ones");
    }
    dropped_ = Diagnostic{};
    return dropped_;
  }
  ++reported_;
  Diagnostic& diagnostic = diagnostics.Add(code, span, std::move(message));
  if (!help.empty()) diagnostic.help.push_back(std::move(help));
  return diagnostic;
}

std::string Doc(const Context& context, View declaration) {
  std::string doc;
  for (const View line : declaration.Children(ast::Kind::kDoc)) {
    std::string_view text = context.Text(line);
    while (text.starts_with('/')) text.remove_prefix(1);
    if (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with('\r') || text.ends_with(' ')) text.remove_suffix(1);
    if (!doc.empty()) doc += '\n';
    doc += text;
  }
  return doc;
}

std::string Unquote(const Context& context, View string) {
  if (!string) return {};
  return ast::ReadString(context.Text(string)).value_or(std::string());
}

std::string List(const std::vector<std::string>& names, std::string_view conjunction) {
  constexpr std::size_t kShown = 8;
  const std::size_t shown = std::min(names.size(), kShown);
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    const bool last = i + 1 == names.size();
    if (i > 0) text += last ? fmt::format(" {} ", conjunction) : ", ";
    text += fmt::format("`{}`", names[i]);
  }
  if (shown < names.size()) text += fmt::format(" {} {} more", conjunction, names.size() - shown);
  return text;
}

}  // namespace mlp::compiler::check
