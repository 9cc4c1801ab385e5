#include "tests/fuzz/fuzz_input.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include <nlohmann/json.hpp>

#include "compiler/diag/render_github.hpp"
#include "compiler/diag/render_json.hpp"
#include "compiler/diag/render_sarif.hpp"
#include "compiler/diag/render_text.hpp"

namespace mlp::compiler::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSeparator = "//// ";

void ReadFolder(const fs::path& folder, const std::string& name,
                std::map<std::string, std::string>& files) {
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".mlp") continue;
    std::ifstream stream(entry.path(), std::ios::binary);
    files[name + "/" + entry.path().lexically_relative(folder).generic_string()] =
        std::string(std::istreambuf_iterator<char>(stream), {});
  }
}

/// What the goldens import, or nothing.
const std::map<std::string, std::string>& Catalogs(bool wanted) {
  static const std::map<std::string, std::string> none;
  static const std::map<std::string, std::string> catalogs = [] {
    std::map<std::string, std::string> files;
    ReadFolder(MLP_SOURCE_DIR "/tests/golden/check/shared", "shared", files);
    return files;
  }();
  return wanted ? catalogs : none;
}

bool Within(Span span, const SourceSet& sources) {
  return span.file < sources.size() && span.begin <= span.end &&
         span.end <= sources.text(span.file).size();
}

}  // namespace

void Require(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

InputReader::InputReader(std::string_view input, bool with_catalogs)
    : catalogs_(Catalogs(with_catalogs)) {
  std::string name = kMainFile;
  std::string text;
  while (!input.empty()) {
    const std::size_t end = std::min(input.find('\n'), input.size() - 1) + 1;
    const std::string_view line = input.substr(0, end);
    input.remove_prefix(end);
    if (line.substr(0, kSeparator.size()) == kSeparator) {
      files_.emplace(std::move(name), std::move(text));
      name = line.substr(kSeparator.size(), line.find_last_not_of("\r\n") + 1 - kSeparator.size());
      text.clear();
    } else {
      text += line;
    }
  }
  files_.emplace(std::move(name), std::move(text));
}

std::optional<std::string> InputReader::Read(const std::string& path) {
  if (const auto own = files_.find(path); own != files_.end()) return own->second;
  if (const auto shared = catalogs_.find(path); shared != catalogs_.end()) return shared->second;
  return std::nullopt;
}

std::vector<std::string> InputReader::List(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& [name, text] : catalogs_) {
    const fs::path path(name);
    if (path.parent_path() == folder) names.push_back(path.filename().string());
  }
  return names;
}

ParseOptions SmallParse() { return {.max_bytes = 64U << 10, .max_depth = 100}; }

void RequireSoundTree(const ast::Tree& tree, const SourceSet& sources,
                      const Diagnostics& diagnostics) {
  std::vector<bool> seen(tree.nodes.size());
  std::vector<ast::NodeId> open;
  if (tree.root != ast::kNoNode) open.push_back(tree.root);
  while (!open.empty()) {
    const ast::NodeId id = open.back();
    open.pop_back();
    Require(id < seen.size() && !seen[id], "a node stands in the tree once");
    seen[id] = true;
    const Span span = tree.span(id);
    Require(Within(span, sources), "a node lies in its file");
    Require(tree.kind(id) != ast::Kind::kError || diagnostics.has_errors(),
            "what did not parse is reported");
    for (const ast::NodeId child : tree.children(id)) {
      const Span inner = tree.span(child);
      Require(inner.file == span.file && inner.begin >= span.begin && inner.end <= span.end,
              "a node lies in its parent");
      open.push_back(child);
    }
  }
  for (const Span comment : tree.comments) Require(Within(comment, sources), "comment in its file");
}

void RequireSoundDiagnostics(const SourceSet& sources, Diagnostics& diagnostics) {
  diagnostics.Sort();
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    Require(Within(diagnostic.span, sources), "a finding lies in its file");
    Require(!diagnostic.message.empty(), "a finding has a message");
    for (const Related& related : diagnostic.related) {
      Require(Within(related.span, sources), "a related place lies in its file");
    }
  }
  (void)RenderText(sources, diagnostics.all(), {.color = true});
  (void)RenderShort(sources, diagnostics.all());
  (void)RenderGithub(sources, diagnostics.all());
  Require(nlohmann::json::accept(RenderJson(sources, diagnostics.all())), "JSON is JSON");
  Require(nlohmann::json::accept(RenderSarif(sources, diagnostics.all())), "SARIF is JSON");
}

}  // namespace mlp::compiler::fuzz
