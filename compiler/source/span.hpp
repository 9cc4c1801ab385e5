// A place in a source file.
#pragma once

#include <cstdint>

namespace mlp::compiler {

/// The number of a file in its SourceSet.
using FileId = std::uint32_t;

/// Bytes [begin, end) of a file, 0-based. Line and column are computed only when rendered.
struct Span {
  FileId file = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  friend bool operator==(const Span&, const Span&) = default;
};

}  // namespace mlp::compiler
