// The disk, as the driver sees it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/parse/program.hpp"

namespace mlp::compiler {

/// Reads from the file system. A file, or a pipe, is read up to 64 MiB, which is beyond what any
/// pass takes, so that none exhausts memory.
class DiskReader final : public FileReader {
 public:
  [[nodiscard]] std::optional<std::string> Read(const std::string& path) override;
  [[nodiscard]] std::string Identity(const std::string& path) override;
  [[nodiscard]] std::vector<std::string> List(const std::string& folder) override;
};

/// All of standard input, as far as a DiskReader reads a file; nothing where it cannot be read.
[[nodiscard]] std::optional<std::string> ReadStandardInput();

/// Replaces the text of a file at once, and keeps its mode (and its owner, where that is allowed).
/// On failure the text of the error, and the file as it was.
[[nodiscard]] std::optional<std::string> ReplaceFile(const std::string& path,
                                                     const std::string& text);

/// Writes files (path, text) so that none is half written: each beside its place, then renamed; a
/// file whose text is the same is left alone, so that nothing is built again. Makes missing
/// folders. On failure the text of the error, and no file has changed unless a rename itself
/// failed.
[[nodiscard]] std::optional<std::string> WriteFiles(
    const std::vector<std::pair<std::string, std::string>>& files);

}  // namespace mlp::compiler
