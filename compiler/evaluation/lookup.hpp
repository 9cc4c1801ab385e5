// Where a file lies that a policy, or a result, names by a path.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/parse/program.hpp"

namespace mlp::compiler {

struct FoundFile {
  std::string folder;  ///< the root that it was found below
  std::string path;    ///< as the reader takes it
  std::string text;
};

/// Whether a relative path stays below its folder: it is not absolute, and no `..` leads out.
[[nodiscard]] bool StaysBelow(const std::string& written);

/// The first of the folders below which the path names a file, links followed; nothing where it
/// would lead out of all of them. Precondition: StaysBelow(written).
[[nodiscard]] std::optional<FoundFile> FindBelow(FileReader& reader,
                                                 const std::vector<std::string>& folders,
                                                 const std::string& written);

}  // namespace mlp::compiler
