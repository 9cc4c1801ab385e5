#include "mlp/loader.hpp"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/diag/render_text.hpp"
#include "compiler/diagram/flatten.hpp"
#include "compiler/pipeline/files.hpp"
#include "compiler/pipeline/pipeline.hpp"
#include "compiler/source/source_set.hpp"
#include "runtime/engine/policy_loader.hpp"

namespace mlp {
namespace {

struct Owner {
  explicit Owner(compiler::OwnedTables made)
      : used(std::move(made)), view(used.view()), policy(view) {}
  Owner(compiler::OwnedTables made, compiler::OwnedTables with_all)
      : used(std::move(made)), all(std::move(with_all)), view(all->view()), policy(view) {
    view.hash = used.view().hash;
  }
  compiler::OwnedTables used;
  std::optional<compiler::OwnedTables> all;
  Tables view;
  Policy policy;
};

Error Refused(std::string context) { return {ErrorClass::kInvalidRequest, std::move(context)}; }

/// The disk, but for some files.
class EditedReader final : public compiler::FileReader {
 public:
  explicit EditedReader(const std::map<std::string, std::string>& instead) {
    for (const auto& [path, text] : instead) instead_.emplace(disk_.Identity(path), text);
  }
  std::optional<std::string> Read(const std::string& path) override {
    const auto found = instead_.find(disk_.Identity(path));
    return found == instead_.end() ? disk_.Read(path) : found->second;
  }
  std::string Identity(const std::string& path) override { return disk_.Identity(path); }
  std::vector<std::string> List(const std::string& folder) override { return disk_.List(folder); }

 private:
  compiler::DiskReader disk_;
  std::map<std::string, std::string> instead_;
};

/// Without warnings and notes, which refuse nothing.
std::string ErrorsOf(const compiler::SourceSet& sources, const compiler::Diagnostics& found) {
  std::vector<compiler::Diagnostic> errors;
  for (const compiler::Diagnostic& one : found.all()) {
    if (one.severity == compiler::Severity::kError) errors.push_back(one);
  }
  return RenderText(sources, errors);
}

}  // namespace

Result<std::shared_ptr<const Policy>> LoadPolicy(const std::string& file,
                                                 const LoadOptions& options) {
  compiler::SourceSet sources;
  compiler::Diagnostics diagnostics;
  EditedReader reader(options.instead);
  compiler::Compilation compilation = Compile(
      file, {.import_roots = options.import_roots, .findings = options.prove, .reader = &reader},
      sources, diagnostics);
  if (!compilation.readable) return Refused(fmt::format("cannot read {}", file));
  if (diagnostics.has_errors()) return Refused(ErrorsOf(sources, diagnostics));
  if (!compilation.has_policy || !compilation.tables) {
    return Refused(
        fmt::format("{} has no `policy`: it is a catalog, and there is nothing to decide", file));
  }
  const auto owner =
      options.all_models
          ? std::make_shared<Owner>(*std::move(compilation.tables),
                                    compiler::Flatten(compilation.model, *compilation.diagram,
                                                      sources, compiler::KeptModels::kAll))
          : std::make_shared<Owner>(*std::move(compilation.tables));
  return std::shared_ptr<const Policy>(owner, &owner->policy);
}

namespace {

Result<std::shared_ptr<const Policy>> LoadForClient(const std::string& file) {
  return LoadPolicy(file);
}

}  // namespace

/// What the link option of mlp::loader names, so that this file is linked and registers itself.
extern "C" {
bool mlp_link_loader = (engine::SetPolicyLoader(&LoadForClient), true);
}

}  // namespace mlp
