// What the tests of the importers share.
#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "compiler/import/import.hpp"

namespace mlp::compiler::test {

inline bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// The lines of `text` that begin with `prefix`.
inline std::vector<std::string> Lines(const std::string& text, const std::string& prefix) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (line.compare(0, prefix.size(), prefix) == 0) lines.push_back(line);
  }
  return lines;
}

/// The bytes of a file of the repository, or an empty text.
inline std::string ReadSource(const std::string& path) {
  std::ifstream file(std::string(MLP_SOURCE_DIR) + "/" + path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace mlp::compiler::test
