// A policy is text in UTF-8 without NUL: finds what is not, byte by byte.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diag/diagnostic.hpp"

namespace mlp::compiler::parse {

struct WrongBytes {
  std::vector<std::uint32_t> places;  ///< the first of each run, in order
  std::string mended;   ///< the text with each such byte as a space; empty where there is none
  bool binary = false;  ///< so many that this is no text at all
};

/// Reports the first byte of each run as MLP0101.
[[nodiscard]] WrongBytes FindWrongBytes(std::string_view text, FileId file,
                                        Diagnostics& diagnostics);

}  // namespace mlp::compiler::parse
