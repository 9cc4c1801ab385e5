// What every check works with: the trees, the sink, the names in scope and the model under
// construction.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ast/program.hpp"
#include "compiler/check/names.hpp"
#include "compiler/check/view.hpp"
#include "compiler/diag/diagnostic.hpp"
#include "compiler/model/policy.hpp"
#include "compiler/source/source_set.hpp"

namespace mlp::compiler::check {

/// Lives for one Check; the references outlive it.
class Context {
 public:
  Context(const SourceSet& all_sources, Diagnostics& sink, PolicyModel& target)
      : sources(all_sources), diagnostics(sink), model(target) {}

  const SourceSet& sources;
  Diagnostics& diagnostics;
  PolicyModel& model;
  Names names;
  std::set<std::string, std::less<>> quality_names;  ///< of every score in the catalog
  std::set<std::string, std::less<>> places;         ///< of every endpoint and attribute value
  std::vector<std::map<std::string, std::int64_t, std::less<>>> label_codes;  ///< per attribute

  [[nodiscard]] std::string_view Text(View node) const { return sources.text(node.span()); }
  [[nodiscard]] std::string String(View node) const { return std::string(Text(node)); }

  /// Past the most findings nothing is added any more, and what is returned is dropped.
  Diagnostic& Report(Code code, Span span, std::string message, std::string help = {});

 private:
  std::size_t reported_ = 0;
  Diagnostic dropped_{};
};

/// The text of a declaration's `///` lines, without the slashes, joined by newlines.
[[nodiscard]] std::string Doc(const Context& context, View declaration);
/// The value of a string literal.
[[nodiscard]] std::string Unquote(const Context& context, View string);
/// `a`, `b` or `c`, in backticks, shortened after eight.
[[nodiscard]] std::string List(const std::vector<std::string>& names, std::string_view conjunction);

}  // namespace mlp::compiler::check
