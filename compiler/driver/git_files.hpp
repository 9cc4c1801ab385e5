// A git repository at one revision, as the driver sees it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/parse/program.hpp"
#include "compiler/pipeline/files.hpp"
#include "mlp/result.hpp"

namespace mlp::compiler {

/// Reads files as they are at a revision. What lies outside the repository is read from the disk.
/// git runs as a child process without a shell; the revision is settled once.
class GitReader final : public FileReader {
 public:
  /// `path` is any file of the work tree. The error is a text for the user: an unknown revision, no
  /// repository, no git.
  static Result<std::unique_ptr<GitReader>, std::string> Open(const std::string& revision,
                                                              const std::string& path);
  [[nodiscard]] std::optional<std::string> Read(const std::string& path) override;
  [[nodiscard]] std::string Identity(const std::string& path) override;

 private:
  GitReader(std::string root, std::string commit);
  std::string root_;    ///< of the work tree, absolute
  std::string commit_;  ///< its full name
  DiskReader disk_;
};

/// REV of `git:REV`, or nothing.
[[nodiscard]] std::optional<std::string> GitRevision(const std::string& argument);

}  // namespace mlp::compiler
