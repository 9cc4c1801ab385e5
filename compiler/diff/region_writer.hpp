// From a cube of changed requests to a region: its condition in words, its share of recorded
// traffic, and a witness with the decisions of both sides.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/diff/comparison.hpp"
#include "compiler/diff/diff.hpp"

namespace mlp::compiler {

class RegionWriter {
 public:
  /// Borrows everything. `slice_words`: whether the condition tells the dates.
  RegionWriter(const Comparison& comparison, const DiffSide& older, const DiffSide& newer,
               bool slice_words);

  /// Nothing where no request lies in the cube: parts of it that bounds exclude.
  [[nodiscard]] std::optional<DiffRegion> Write(const Cube& cube) const;

 private:
  struct Point {
    std::vector<std::int32_t> codes;  ///< per axis, complete but for the lines
    std::vector<bool> told;           ///< axes that the cube names
    std::uint32_t slice = 0;
  };
  [[nodiscard]] std::string When(Cube cube) const;
  void DropImpliedLines(Cube& cube) const;
  [[nodiscard]] std::string SliceWords(const DiagramTerm::Part& part) const;
  [[nodiscard]] std::vector<Point> Points(const Cube& cube) const;
  [[nodiscard]] std::optional<std::int64_t> RiseAt(const Point& point, const Change& change) const;
  [[nodiscard]] std::optional<Point> Choose(const Cube& cube, const Change& change,
                                            std::optional<std::int64_t>& rise) const;
  [[nodiscard]] Witness WitnessAt(const Point& point, const Change& change) const;
  [[nodiscard]] std::string BudgetFor(const Point& point) const;
  [[nodiscard]] Explanation Replay(const Point& point, const Witness& witness, bool older) const;
  [[nodiscard]] std::string PlaceOf(const Explanation& explanation, const DiffSide& side) const;

  const Comparison& comparison_;
  const DiffSide& older_;
  const DiffSide& newer_;
  bool slice_words_;
  std::vector<std::int32_t> usual_;  ///< per joint axis
};

/// Breaking ones first, then by class.
void SortRegions(std::vector<DiffRegion>& regions);

}  // namespace mlp::compiler
