#include "tests/unit/check/check_support.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "compiler/diag/render_text.hpp"

namespace mlp::compiler {

std::optional<std::string> VirtualReader::Read(const std::string& path) {
  const auto found = files_.find(path);
  if (found == files_.end()) return std::nullopt;
  ++reads[path];
  return found->second;
}

std::vector<std::string> VirtualReader::List(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& [path, text] : files_) {
    const std::filesystem::path file(path);
    if (file.parent_path().generic_string() == folder ||
        (folder == "." && !file.has_parent_path())) {
      names.push_back(file.filename().generic_string());
    }
  }
  return names;
}

std::string Checked::Short() const { return RenderShort(sources, diagnostics.all()); }

void CheckFiles(std::map<std::string, std::string> files, Checked& checked) {
  VirtualReader reader(std::move(files));
  const Program program = LoadProgram(reader, "main.mlp", {}, checked.sources, checked.diagnostics);
  checked.model = Check(program, checked.sources, checked.diagnostics);
  checked.diagnostics.Sort();
}

const std::string& SmallCatalog() {
  static const std::string text = [] {
    std::ifstream stream(std::string(MLP_SOURCE_DIR) + "/tests/golden/check/shared/catalog.mlp");
    return std::string(std::istreambuf_iterator<char>(stream), {});
  }();
  return text;
}

std::string PolicyWith(const std::string& text) {
  return R"(language 1
import "catalog.mlp"
policy p {
  version "1.0.0"
  valid   2026-11-21 .. 2027-11-21
}
request {
  task         one of classify, extract, codegen
  complexity   one of simple < moderate < complex  default moderate
  tier         one of free, pro, enterprise
  region       one of us, eu
  tenant       text
  user         key
  input        tokens up to 400K
  output       tokens up to 16K
  temperature  number 0 .. 2 step 0.01  default 1
  flags        set of beta, internal
  asks         streaming, function-calling
}
)" + text;
}

}  // namespace mlp::compiler
