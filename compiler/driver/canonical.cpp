#include "compiler/driver/canonical.hpp"

#include <utility>

#include "compiler/format/format.hpp"
#include "compiler/parse/parse.hpp"

namespace mlp::compiler {

CanonicalText Canonical(const std::string& name, std::string text, SourceSet& sources,
                        Diagnostics& diagnostics) {
  Diagnostics found;
  const ast::Tree tree = Parse(sources, sources.Add(name, std::move(text)), found);
  const bool broken = found.has_errors();
  for (Diagnostic& diagnostic : found.all()) diagnostics.all().push_back(std::move(diagnostic));
  if (broken) return {};

  CanonicalText canonical;
  canonical.text = Format(sources, tree);
  constexpr ParseOptions kOptions;
  if (canonical.text->size() > kOptions.max_bytes) {
    diagnostics
        .Add(Code::k0801, {tree.file, 0, 0},
             "laid out, the file would have more than " + std::to_string(kOptions.max_bytes) +
                 " bytes, the most that are read")
        .help.emplace_back("split it into files that import each other");
    return {};
  }
  Diagnostics again;
  const ast::Tree laid_out = Parse(sources, sources.Add(name, *canonical.text), again);
  if (again.has_errors() || !SaysTheSame(sources, tree, laid_out)) return {std::nullopt, true};
  return canonical;
}

}  // namespace mlp::compiler
