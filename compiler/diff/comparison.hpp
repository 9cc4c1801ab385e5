// Two policies, or one at two instants, made comparable: one order of axes, one Mdd, one book of
// offers.
//
// Axes of the Mdd: those of the joint request, then the slice of time, then lines (ChangeMap).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/diagram/build.hpp"
#include "compiler/diff/align.hpp"
#include "compiler/diff/change_map.hpp"
#include "compiler/diff/cubes.hpp"
#include "compiler/diff/side.hpp"

namespace mlp::compiler {

/// Instants at which both sides are compared. One side's may differ from the other's.
struct Slice {
  std::int64_t older_s = 0;
  std::int64_t newer_s = 0;
};

/// What is known of one slice once it was compared.
struct SliceRefs {
  Ref older = kFalse;  ///< labels are priced offers
  Ref newer = kFalse;
  Ref changes = kFalse;  ///< labels are changes
};

/// Not movable: parts refer to each other.
class Comparison {
 public:
  /// Nothing, with MLP0803, where a limit is passed. Borrows the models for their names alone.
  static std::unique_ptr<Comparison> Make(const PolicyModel& older, const PolicyModel& newer,
                                          std::size_t slice_count, const ChangeMapOptions& options,
                                          MddBudget budget, Diagnostics& diagnostics);

  /// False, with MLP0803, where a limit is passed. Slices are numbered in the order of the calls.
  bool Compare(const Slice& slice);
  /// The changed requests of all slices, or of one, as few cubes as can be; as Compare.
  std::optional<std::vector<Cube>> Cubes(std::size_t most);
  std::optional<std::vector<Cube>> CubesOf(std::size_t slice, std::size_t most);

  [[nodiscard]] const PolicyModel& request() const { return alignment_.request; }
  [[nodiscard]] const AlignedPolicy& older() const { return alignment_.older; }
  [[nodiscard]] const AlignedPolicy& newer() const { return alignment_.newer; }
  [[nodiscard]] const AxisOrder& axes() const { return older_diagram_.axes; }
  [[nodiscard]] std::uint32_t slice_axis() const {
    return static_cast<std::uint32_t>(axes().axes.size());
  }
  [[nodiscard]] std::uint32_t first_line() const { return slice_axis() + 1; }
  [[nodiscard]] const std::vector<Guard>& lines() const { return map_->lines(); }
  [[nodiscard]] const ChangeBook& changes() const { return changes_; }
  [[nodiscard]] const OfferBook& offers() const { return offers_; }
  [[nodiscard]] const std::vector<Slice>& slices() const { return slices_; }
  [[nodiscard]] const std::vector<SliceRefs>& refs() const { return refs_; }
  [[nodiscard]] const Side& older_side() const { return *older_side_; }
  [[nodiscard]] const Side& newer_side() const { return *newer_side_; }

  /// The label of a diagram at a request with these codes, one per axis.
  [[nodiscard]] std::uint32_t LabelAt(Ref ref, const std::vector<std::int32_t>& codes) const;
  /// Whether a condition of one of the policies holds for such a request.
  [[nodiscard]] bool Holds(const AlignedPolicy& policy, const Condition& condition,
                           const std::vector<std::int32_t>& codes) const;

 private:
  Comparison() = default;
  bool Fail(const std::string& limit);

  Alignment alignment_;
  Diagram older_diagram_;
  Diagram newer_diagram_;
  Mdd mdd_{{}};
  OfferBook offers_;
  ChangeBook changes_;
  std::optional<Side> older_side_;
  std::optional<Side> newer_side_;
  std::optional<ChangeMap> map_;
  std::vector<Slice> slices_;
  std::vector<SliceRefs> refs_;
  MddBudget budget_;
  Diagnostics* diagnostics_ = nullptr;
  Span policy_span_;
};

/// MLP0803 for a version (`old`, `new`, `only`) whose own diagram passes the budget.
void TooTangled(std::string_view version, Span policy, Diagnostics& diagnostics);

/// The instants from which on something that a route may ask for is different in one of the models,
/// the first being the earlier beginning of both horizons; none after the later end. Ascending.
[[nodiscard]] std::vector<std::int64_t> JointCutPoints(const PolicyModel& older,
                                                       const PolicyModel& newer);

}  // namespace mlp::compiler
