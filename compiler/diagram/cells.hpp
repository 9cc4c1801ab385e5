// The requests of one leaf, cut exactly into cells in which the same rows hold: what the proofs of
// assertions and the diff of two policies have in common.
//
// Asks and tokens are independent below a leaf, so its cells are pairs of an AsksClass and a
// TokenCell; a row holds in a pair where it holds in both.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "compiler/diagram/token_point.hpp"
#include "mlp/tables.hpp"

namespace mlp::compiler {

/// What decides whether a row holds: its own capabilities and bounds, under its route's cap. Rows
/// of two policies, or a bound that is only asked about, may stand side by side. Does not own.
struct CellRow {
  std::uint64_t capabilities = ~std::uint64_t{0};
  std::span<const Guard> guards;  ///< over input and the capped output; all must hold
  std::int64_t output_cap = std::numeric_limits<std::int64_t>::max();
};

/// Per row whether it holds.
using RowSet = std::vector<bool>;

/// All sets with every member of `all` and none of `none`.
struct AsksCube {
  std::uint64_t all = 0;
  std::uint64_t none = 0;
};

/// The sets of asks for which the same rows have the capabilities.
struct AsksClass {
  RowSet rows;
  std::uint64_t fewest = 0;     ///< a set of the class with the fewest members
  std::vector<AsksCube> cubes;  ///< disjoint; together exactly the class
};

/// Integer points of a box between lines in which the same rows' bounds hold; at least one point.
struct TokenCell {
  RowSet rows;
  TokenRange box;  ///< as tight as its corners show
  std::vector<Guard>
      lines;               ///< over raw input and output; slanted ones that the box does not imply
  std::int64_t input = 0;  ///< a point, with few tokens where that is found easily
  std::int64_t output = 0;
};

/// Every class of asks with `asks_all`, none of `asks_none`, drawn from `members`. Disjoint and
/// together all of them; ordered by `fewest`; nothing where they have more than `most` cubes.
[[nodiscard]] std::optional<std::vector<AsksClass>> AsksClasses(std::span<const CellRow> rows,
                                                                std::uint64_t asks_all,
                                                                std::uint64_t asks_none,
                                                                std::uint64_t members,
                                                                std::size_t most = 16384);

/// Disjoint and together every integer point of the box; nothing where there are more than `most`.
[[nodiscard]] std::optional<std::vector<TokenCell>> TokenCells(std::span<const CellRow> rows,
                                                               const TokenRange& box,
                                                               std::size_t most = 4096);

}  // namespace mlp::compiler
