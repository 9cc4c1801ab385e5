// Runs the parser and the checks over files that exist only in the test.
#pragma once

#include <map>
#include <string>

#include "compiler/check/check.hpp"
#include "compiler/parse/program.hpp"

namespace mlp::compiler {

/// Files by path.
class VirtualReader : public FileReader {
 public:
  explicit VirtualReader(std::map<std::string, std::string> files) : files_(std::move(files)) {}
  std::optional<std::string> Read(const std::string& path) override;
  std::vector<std::string> List(const std::string& folder) override;
  /// How often each file was read.
  std::map<std::string, int> reads;

 private:
  std::map<std::string, std::string> files_;
};

struct Checked {
  SourceSet sources;
  Diagnostics diagnostics;
  PolicyModel model;
  /// Every diagnostic in one line, sorted.
  [[nodiscard]] std::string Short() const;
};

/// Checks `main.mlp` among the files.
void CheckFiles(std::map<std::string, std::string> files, Checked& checked);
/// Two providers, three models (sonnet, haiku, gpt), a pool `all`: what most tests import.
[[nodiscard]] const std::string& SmallCatalog();
/// A policy with a request of every type, and then `text`.
[[nodiscard]] std::string PolicyWith(const std::string& text);

}  // namespace mlp::compiler
