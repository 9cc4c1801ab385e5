// The inputs under tests/golden/<pass>/ and the outputs that they must give.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mlp::compiler::golden {

/// What a pass prints for a file: the whole text is compared.
using RunPass = std::string (*)(const std::string& name, const std::string& text);

struct Pass {
  std::string_view folder;  ///< under tests/golden
  RunPass run;
};
/// Every pass that has a folder. A new pass is a row here.
[[nodiscard]] const std::vector<Pass>& Passes();

struct GoldenFile {
  std::string pass;  ///< the folder
  std::string name;  ///< without `.mlp`
  std::string input_path;
  std::string golden_path;
};
/// All inputs of all folders, by pass and name; also of folders that have no pass.
[[nodiscard]] std::vector<GoldenFile> GoldenFiles();

[[nodiscard]] std::string ReadFile(const std::string& path);

}  // namespace mlp::compiler::golden
