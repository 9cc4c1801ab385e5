// A literal where one of another unit should stand: a mistake about units, not about syntax.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/parse/farthest.hpp"

namespace mlp::compiler::parse {

struct WrongUnit {
  Code code;  ///< MLP0302, or MLP0301 where text stands for a measure
  std::string message;
  std::string help;
};

/// What to say where `found` is a whole literal and literals of other units were expected; nothing
/// where something else was expected too, or `found` is no literal.
[[nodiscard]] std::optional<WrongUnit> FindWrongUnit(const Farthest& farthest,
                                                     std::string_view found);

}  // namespace mlp::compiler::parse
