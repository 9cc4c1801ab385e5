// Boxes of tokens cut by guards: bounds on one axis become intervals of it, slanted ones lines with
// axes of their own.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "compiler/diagram/axes.hpp"
#include "compiler/diagram/mdd.hpp"
#include "compiler/diagram/token_point.hpp"
#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// Tokens on one side of each guard that was asked.
struct CutCell {
  TokenRange box;
  std::vector<Guard> lines;
};

/// What tells two guards apart.
[[nodiscard]] std::tuple<std::int64_t, std::int64_t, std::int64_t> KeyOf(const Guard& guard);

/// Those that hold for some points of the box and not for others, reduced, each once, one axis
/// before slanted ones.
[[nodiscard]] std::vector<Guard> Telling(const std::vector<Guard>& guards, const TokenRange& box);

/// Borrows the Mdd. All of its results are kOverBudget once that is, or the steps are used up.
class TokenCuts {
 public:
  /// The Mdd has at least kMostLines axes of size 2 from first_line on; `steps` are searches for a
  /// point between lines.
  TokenCuts(const PolicyModel& request, const AxisOrder& axes, Mdd& mdd, std::uint32_t first_line,
            std::uint64_t steps);

  using AtCell = std::function<Ref(const CutCell&, const TokenPoint&)>;
  /// `leaf` of each cell that the guards leave and that has points, with one of them.
  Ref Cut(const CutCell& cell, const std::vector<Guard>& guards, const AtCell& leaf);

  /// Disjoint parts as one.
  Ref Merge(std::vector<Ref> parts);
  Ref Either(Ref condition, Ref then, Ref otherwise);
  Ref InputWithin(std::int64_t first, std::int64_t last);
  Ref OutputWithin(std::int64_t first, std::int64_t last);

  std::optional<TokenPoint> Point(const TokenRange& box, const std::vector<Guard>& lines);
  /// Uses up steps.
  void Take(std::uint64_t steps);

  /// kNoIndex: requests have none.
  [[nodiscard]] Index input_axis() const { return input_axis_; }
  [[nodiscard]] Index output_axis() const { return output_axis_; }
  /// Line i is axis first_line + i; a is above zero, or it is zero and b is.
  [[nodiscard]] const std::vector<Guard>& lines() const { return lines_; }

  static constexpr std::uint32_t kMostLines = 2048;

 private:
  Ref CutFrom(const CutCell& cell, const std::vector<Guard>& guards, std::size_t at,
              const AtCell& leaf);
  Ref LineDiagram(Guard guard);

  Mdd& mdd_;
  std::uint32_t first_line_;
  std::uint64_t most_steps_;
  std::uint64_t steps_ = 0;
  Index input_axis_;
  Index output_axis_;
  std::vector<Guard> lines_;
  std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t>, std::uint32_t> line_numbers_;
};

}  // namespace mlp::compiler
