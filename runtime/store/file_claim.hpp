// Which file of a store this process writes: one writing process per file, by lock files.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mlp/result.hpp"

namespace mlp {

/// The right to write one file, held until destruction or any other end of the process.
class FileClaim {
 public:
  /// Claims `path`, else the first of path.2, path.3, ... that nobody holds.
  static Result<FileClaim> Take(const std::string& path);
  /// Claims `file` itself; nothing where somebody holds it.
  static Result<std::optional<FileClaim>> TakeThis(const std::string& file);

  FileClaim(FileClaim&& other) noexcept;
  FileClaim& operator=(FileClaim&& other) noexcept;
  ~FileClaim();

  [[nodiscard]] const std::string& file() const noexcept { return file_; }

 private:
  FileClaim(std::string file, int descriptor) : file_(std::move(file)), descriptor_(descriptor) {}

  std::string file_;
  int descriptor_ = -1;
};

/// The files that exist of the store at `path`, itself first and then by number.
[[nodiscard]] std::vector<std::string> StoreFiles(const std::string& path);

}  // namespace mlp
