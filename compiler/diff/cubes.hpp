// A labelled diagram as few disjoint conjunctions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/diagram/build.hpp"
#include "compiler/diagram/mdd.hpp"

namespace mlp::compiler {

/// All requests that keep every part; axes that are not named may have any code.
struct Cube {
  std::uint32_t label = 0;
  std::vector<DiagramTerm::Part> parts;  ///< ascending by axis
};

/// The requests whose label is not 0: disjoint cubes, each of one label, together all of them.
/// Nothing where there are more than `most` before they are merged.
///
/// How they become few: first every path of the diagram is one, edges of a node to the same child
/// taken together. Then two cubes of a label that differ on one axis alone become one, with the
/// codes of both there, until no two do. Where several remain, the label's requests are covered
/// anew: a cube grows on every axis as far as all of it belongs to what is left, the one that names
/// the fewest axes is taken, and so on with the rest; the shorter list is kept.
[[nodiscard]] std::optional<std::vector<Cube>> FewCubes(Mdd& mdd, Ref root, std::size_t most);

/// Whether the cube has the request with these codes, one per axis.
[[nodiscard]] bool Contains(const Cube& cube, const std::vector<std::int32_t>& codes);

}  // namespace mlp::compiler
