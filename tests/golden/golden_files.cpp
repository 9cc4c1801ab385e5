#include "tests/golden/golden_files.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <tuple>

#include "compiler/diag/render_text.hpp"
#include "compiler/parse/parse.hpp"

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

}  // namespace

const std::vector<Pass>& Passes() {
  static const std::vector<Pass> passes{
      {"parse", &RunParse},
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
