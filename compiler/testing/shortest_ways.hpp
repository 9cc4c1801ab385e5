// For leaves of the diagram the earliest date and the fewest questions that lead to them.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/diagram/build.hpp"
#include "compiler/diagram/request_words.hpp"

namespace mlp::compiler {

struct ShortestWay {
  std::uint32_t leaf = 0;
  std::int64_t from_s = 0;               ///< of the root
  std::int64_t until_s = kForever;       ///< where the next root begins
  std::vector<DiagramTerm::Part> parts;  ///< from the root down
};

/// In the order of `leaves`, each of which some root reaches. One walk over the nodes of each root.
/// Precondition: the diagram is complete.
[[nodiscard]] std::vector<ShortestWay> ShortestWays(const PolicyModel& model,
                                                    const Diagram& diagram,
                                                    const std::vector<std::uint32_t>& leaves);

}  // namespace mlp::compiler
