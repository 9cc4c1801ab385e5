// A leaf's bounds solved exactly over a box of requests.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/diagram/reach.hpp"

namespace mlp::compiler {

/// Asks and tokens of one request; output before the route's cap.
struct LeafPoint {
  std::uint64_t asks = 0;
  std::int64_t input = 0;
  std::int64_t output = 0;
};

/// Whether a row may be tried at a point, live conditions taken as holding.
[[nodiscard]] bool RowHolds(const CandidateEntry& row, const LeafPoint& point,
                            std::int64_t output_cap);
/// Whether some row of the stable arm may.
[[nodiscard]] bool IsServed(const DiagramLeaf& leaf, const LeafPoint& point,
                            std::int64_t output_cap);

/// Requests of the reached box that no row of the stable arm serves: none where every one is
/// served, else one with few asks, and one with few tokens where that is another.
[[nodiscard]] std::vector<LeafPoint> UnservedPoints(const PolicyModel& model,
                                                    const DiagramLeaf& leaf,
                                                    const ReachedLeaf& reached);
/// A request of the reached box that the row may serve, with the fewest asks and tokens; nothing
/// where there is none.
[[nodiscard]] std::optional<LeafPoint> ServedPoint(const PolicyModel& model, Index route,
                                                   const CandidateEntry& row,
                                                   const ReachedLeaf& reached);
/// Whether the row may serve some request of the reached box.
[[nodiscard]] bool MayServe(const PolicyModel& model, Index route, const CandidateEntry& row,
                            const ReachedLeaf& reached);

/// Why rows of the stable arm are out at a point, each reason once: bit 0 asks, bit 1 a limit of
/// tokens, bit 2 a cost; 0 where there are no rows.
[[nodiscard]] std::uint32_t ReasonsAt(const DiagramLeaf& leaf, const LeafPoint& point,
                                      std::int64_t output_cap);

/// Why the row is out at the point: `lacks streaming`, `takes at most 200K tokens of input and
/// output`. Precondition: it is.
[[nodiscard]] std::string BrokenBound(const PolicyModel& model, const CandidateEntry& row,
                                      const LeafPoint& point, std::int64_t output_cap);

}  // namespace mlp::compiler
