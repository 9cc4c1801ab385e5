// From statements and blocks to the text of a whole file: indents and columns.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "compiler/format/entries.hpp"

namespace mlp::compiler::format {

/// What only the tree tells, as bytes of the file.
struct Marks {
  std::set<std::uint32_t> docs;              ///< `///` lines that document something
  std::set<std::uint32_t> wide;              ///< tokens that stand two blanks behind the one before
  std::set<std::uint32_t> wide_word_before;  ///< tokens whose keyword does
};

[[nodiscard]] std::string WritePage(const std::vector<Entry>& entries, const Marks& marks);

}  // namespace mlp::compiler::format
