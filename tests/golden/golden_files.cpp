#include "tests/golden/golden_files.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <tuple>

#include "compiler/ast/literals.hpp"
#include "compiler/check/check.hpp"
#include "compiler/diag/render_text.hpp"
#include "compiler/diagram/build.hpp"
#include "compiler/diagram/dump.hpp"
#include "compiler/diagram/findings.hpp"
#include "compiler/evaluation/evaluations.hpp"
#include "compiler/format/format.hpp"
#include "compiler/model/dump.hpp"
#include "compiler/parse/program.hpp"
#include "compiler/prove/lints.hpp"
#include "compiler/prove/prove.hpp"
#include "tests/golden/diff_passes.hpp"

namespace mlp::compiler::golden {
namespace {

constexpr std::size_t kAll = 100'000;

std::string RunParse(const std::string& name, const std::string& text) {
  SourceSet sources;
  Diagnostics diagnostics;
  const ast::Tree tree = Parse(sources, sources.Add(name, text), diagnostics);
  diagnostics.Sort();
  return ast::Dump(tree, sources) +
         RenderText(sources, diagnostics.all(), {.color = false, .max_shown = kAll});
}

// The input under its name alone, so that no golden tells where the repository lies; what it
// imports is read from the folder of the pass.
class FolderReader : public FileReader {
 public:
  FolderReader(std::string folder, std::string name, std::string text)
      : folder_(std::move(folder)), name_(std::move(name)), text_(std::move(text)) {}

  std::optional<std::string> Read(const std::string& path) override {
    if (path == name_) return text_;
    if (!std::filesystem::is_regular_file(folder_ + path)) return std::nullopt;
    return ReadFile(folder_ + path);
  }
  std::vector<std::string> List(const std::string& folder) override {
    std::vector<std::string> names;
    if (!std::filesystem::is_directory(folder_ + folder)) return names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ + folder)) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  std::string folder_;
  std::string name_;
  std::string text_;
};

// What is wrong, or the model.
std::string RunCheck(const std::string& name, const std::string& text) {
  SourceSet sources;
  Diagnostics diagnostics;
  FolderReader reader(std::string(MLP_SOURCE_DIR) + "/tests/golden/check/", name, text);
  const Program program = LoadProgram(reader, name, {}, sources, diagnostics);
  const PolicyModel model = Check(program, sources, diagnostics);
  diagnostics.Sort();
  if (diagnostics.all().empty()) return DumpModel(model);
  return RenderText(sources, diagnostics.all(), {.color = false, .max_shown = kAll});
}

// `// nodes: 50` in the text sets the diagram's budget.
DiagramOptions OptionsIn(const std::string& text) {
  constexpr std::string_view kNodes = "// nodes: ";
  DiagramOptions options;
  const std::size_t at = text.find(kNodes);
  if (at != std::string::npos) {
    options.budget.nodes = static_cast<std::uint32_t>(std::stoul(text.substr(at + kNodes.size())));
  }
  return options;
}

// What is found over all requests, or the diagram.
std::string RunDiagram(const std::string& name, const std::string& text) {
  SourceSet sources;
  Diagnostics diagnostics;
  FolderReader reader(std::string(MLP_SOURCE_DIR) + "/tests/golden/check/", name, text);
  const Program program = LoadProgram(reader, name, {}, sources, diagnostics);
  const PolicyModel model = Check(program, sources, diagnostics);
  std::string dump;
  if (!diagnostics.has_errors()) {
    Diagram diagram = BuildDiagram(model, OptionsIn(text), diagnostics);
    FindDecisionProblems(model, diagram, diagnostics);
    dump = DumpDiagram(model, diagram);
  }
  diagnostics.Sort();
  if (diagnostics.all().empty()) return dump;
  return RenderText(sources, diagnostics.all(), {.color = false, .max_shown = kAll});
}

// `// as-of: 2026-12-01` in the text is the day that findings are relative to.
std::int64_t AsOfIn(const std::string& text) {
  constexpr std::string_view kAsOf = "// as-of: ";
  const std::size_t at = text.find(kAsOf);
  const std::string day =
      at == std::string::npos ? "2026-11-21" : text.substr(at + kAsOf.size(), 10);
  return ast::ReadDate(day).value();
}

// Everything that `mlpc check` finds.
std::string RunProve(const std::string& name, const std::string& text) {
  SourceSet sources;
  Diagnostics diagnostics;
  FolderReader reader(std::string(MLP_SOURCE_DIR) + "/tests/golden/check/", name, text);
  const Program program = LoadProgram(reader, name, {}, sources, diagnostics);
  const PolicyModel model =
      CheckEvaluations(Check(program, sources, diagnostics), reader, {}, sources, diagnostics);
  Lints lints(model);
  lints.Apply(0, diagnostics);
  if (!diagnostics.has_errors()) {
    const std::size_t checked = diagnostics.all().size();
    Diagram diagram = BuildDiagram(model, OptionsIn(text), diagnostics);
    FindDecisionProblems(model, diagram, diagnostics);
    Prove(model, diagram, diagnostics, {.as_of_s = AsOfIn(text)});
    lints.Apply(checked, diagnostics);
    lints.ReportUnused(diagnostics);
  }
  diagnostics.Sort();
  return RenderText(sources, diagnostics.all(), {.color = false, .max_shown = kAll});
}

// The canonical layout, or what is wrong.
std::string RunFormat(const std::string& name, const std::string& text) {
  SourceSet sources;
  Diagnostics diagnostics;
  const ast::Tree tree = Parse(sources, sources.Add(name, text), diagnostics);
  if (!diagnostics.has_errors()) return Format(sources, tree);
  diagnostics.Sort();
  return RenderText(sources, diagnostics.all(), {.color = false, .max_shown = kAll});
}

}  // namespace

const std::vector<Pass>& Passes() {
  static const std::vector<Pass> passes{
      {"check", &RunCheck},       {"diagram", &RunDiagram}, {"diff", &RunDiff},
      {"format", &RunFormat},     {"parse", &RunParse},     {"prove", &RunProve},
      {"timeline", &RunTimeline},
  };
  return passes;
}

std::vector<GoldenFile> GoldenFiles() {
  std::vector<GoldenFile> files;
  const std::filesystem::path root = std::string(MLP_SOURCE_DIR) + "/tests/golden";
  for (const auto& folder : std::filesystem::directory_iterator(root)) {
    if (!folder.is_directory()) continue;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      if (entry.path().extension() != ".mlp") continue;
      std::filesystem::path golden = entry.path();
      golden.replace_extension(".golden");
      files.push_back({folder.path().filename().string(), entry.path().stem().string(),
                       entry.path().string(), golden.string()});
    }
  }
  std::sort(files.begin(), files.end(), [](const GoldenFile& a, const GoldenFile& b) {
    return std::tie(a.pass, a.name) < std::tie(b.pass, b.name);
  });
  return files;
}

std::string ReadFile(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace mlp::compiler::golden
