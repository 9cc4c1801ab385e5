// Lines and columns of many places, in an order near that of the text.
#pragma once

#include "compiler/source/source_set.hpp"
#include "compiler/source/span.hpp"

namespace mlp::compiler {

/// As SourceSet::Locate, but a place behind the last one in its line costs the distance alone, so
/// that thousands of findings in one long line cost no more than in many short ones. Borrows.
class Places {
 public:
  explicit Places(const SourceSet& sources) : sources_(sources) {}
  [[nodiscard]] LineColumn Locate(FileId file, std::uint32_t byte);

 private:
  const SourceSet& sources_;
  bool known_ = false;
  FileId file_ = 0;
  std::uint32_t byte_ = 0;
  LineColumn at_;
};

}  // namespace mlp::compiler
