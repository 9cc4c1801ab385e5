// From a main file's path to the trees of everything it imports.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/ast/program.hpp"
#include "compiler/diag/diagnostic.hpp"
#include "compiler/parse/parse.hpp"
#include "compiler/source/source_set.hpp"

namespace mlp::compiler {

/// Where files come from: the disk, a revision, or a test's own map.
class FileReader {
 public:
  virtual ~FileReader() = default;
  /// The file's whole text, or nothing where it cannot be read. Paths are normal (no `.`, no inner
  /// `..`, `/`).
  [[nodiscard]] virtual std::optional<std::string> Read(const std::string& path) = 0;
  /// What all paths to one file have in common, links and ways around included: a file is imported
  /// once under it.
  [[nodiscard]] virtual std::string Identity(const std::string& path) { return path; }
  /// The names of the files in a folder (`` is the current one), for help only; may be empty.
  [[nodiscard]] virtual std::vector<std::string> List(const std::string& /*folder*/) { return {}; }
};

/// Folders in which an import is looked for when it does not lie beside the importing file, first
/// first.
using ImportRoots = std::vector<std::string>;

/// Reads and parses `main_path` and its imports. Reports syntax, MLP0203 and MLP0204. A main file
/// that cannot be read is the caller's to report: then there are no trees.
[[nodiscard]] Program LoadProgram(FileReader& reader, const std::string& main_path,
                                  const ImportRoots& import_roots, SourceSet& sources,
                                  Diagnostics& diagnostics, const ParseOptions& options = {});

}  // namespace mlp::compiler
