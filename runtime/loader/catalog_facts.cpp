#include "runtime/loader/catalog_facts.hpp"

#include "compiler/diag/diagnostic.hpp"
#include "compiler/format/unified_diff.hpp"
#include "compiler/pipeline/pipeline.hpp"
#include "compiler/source/source_set.hpp"

namespace mlp {

Result<std::vector<CatalogModel>> LoadCatalog(const std::string& file, const LoadOptions& options) {
  compiler::SourceSet sources;
  compiler::Diagnostics diagnostics;
  const compiler::Compilation compilation = Compile(
      file, {.import_roots = options.import_roots, .findings = false}, sources, diagnostics);
  if (!compilation.readable || diagnostics.has_errors()) {
    return Error{ErrorClass::kInvalidRequest, "cannot read the catalog of " + file};
  }
  std::vector<CatalogModel> catalog;
  for (const compiler::CandidateModel& model : compilation.model.candidates) {
    CatalogModel to;
    to.name = model.name;
    to.active = model.status == compiler::ModelStatus::kActive;
    for (const compiler::ScoreModel& score : model.quality) {
      to.quality.emplace_back(score.name, score.micro);
    }
    catalog.push_back(std::move(to));
  }
  return catalog;
}

std::string PatchOf(std::string_view old_text, std::string_view new_text, const std::string& name) {
  return compiler::UnifiedDiff(old_text, new_text, "a/" + name, "b/" + name);
}

}  // namespace mlp
