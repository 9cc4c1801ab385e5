// The files of one run: their text, and from a byte to a line and column.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/source/span.hpp"

namespace mlp::compiler {

/// 1-based; columns count Unicode code points, as editors show them.
struct LineColumn {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

/// Owns the text of every file read in a run. Text never moves while the set lives.
class SourceSet {
 public:
  /// Adds a file under the name that diagnostics show. Text is at most 2^31 bytes.
  FileId Add(std::string name, std::string text);

  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(files_.size()); }
  [[nodiscard]] std::string_view name(FileId file) const { return files_[file].name; }
  [[nodiscard]] std::string_view text(FileId file) const { return files_[file].text; }
  [[nodiscard]] std::string_view text(Span span) const {
    return text(span.file).substr(span.begin, span.end - span.begin);
  }
  [[nodiscard]] LineColumn Locate(FileId file, std::uint32_t byte) const;
  /// The line (1-based) without its line end.
  [[nodiscard]] std::string_view Line(FileId file, std::uint32_t line) const;

 private:
  struct File {
    std::string name;
    std::string text;
    std::vector<std::uint32_t> line_starts;
  };
  std::deque<File> files_;
};

}  // namespace mlp::compiler
