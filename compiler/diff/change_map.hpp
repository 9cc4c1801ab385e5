// Where two policies decide differently: from two diagrams of priced offers to one of changes.
//
// Leaves that differ are cut by what their rows ask of asks and tokens, exactly. Bounds on one axis
// become intervals of it. Slanted ones, such as input + output <= 200K, become axes of their own
// with the codes 0 (broken) and 1 (kept), below all others; one is asked only where requests lie
// on both of its sides.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "compiler/diagram/axes.hpp"
#include "compiler/diagram/mdd.hpp"
#include "compiler/diagram/token_point.hpp"
#include "compiler/diff/call_costs.hpp"
#include "compiler/diff/change.hpp"
#include "compiler/diff/offer.hpp"

namespace mlp::compiler {

struct ChangeMapOptions {
  std::int64_t tolerance_micro = 0;  ///< a chain that costs up to this share more is as dear
  std::uint64_t steps = 0;           ///< searches for a point between lines
};

/// Borrows everything; the Mdd and the books must not move while it lives.
class ChangeMap {
 public:
  /// The Mdd has the joint axes first and at least kMostLines axes of size 2 from first_line on.
  ChangeMap(const PolicyModel& request, const AxisOrder& axes, Mdd& mdd, std::uint32_t first_line,
            const OfferBook& offers, ChangeBook& changes, const ChangeMapOptions& options);

  /// Labels are numbers of changes, 0 where decisions are the same; kOverBudget where a limit is
  /// passed.
  Ref Map(Ref before, Ref after);

  /// Line i is axis first_line + i; a is above zero, or it is zero and b is.
  [[nodiscard]] const std::vector<Guard>& lines() const { return lines_; }

  static constexpr std::uint32_t kMostLines = 2048;

 private:
  /// Requests on the way to a leaf.
  struct State {
    std::uint64_t asks_all = 0;
    std::uint64_t asks_none = 0;
    TokenRange box;
  };
  struct Cell {
    TokenRange box;
    std::vector<Guard> lines;
  };
  using AtCell = std::function<Ref(const Cell&, const TokenPoint&)>;
  class Pairs;

  Ref Walk(Ref pairs, const State& state);
  Ref Enter(Ref pairs, const State& state);
  Ref Merge(std::vector<Ref> parts);
  Ref Either(Ref condition, Ref then, Ref otherwise);
  Ref Leaf(std::uint32_t pair, const State& state);
  Ref ByCaps(HeldOffer before, HeldOffer after, const TokenRange& box);
  Ref Cut(const Cell& cell, const std::vector<Guard>& guards, std::size_t at, const AtCell& leaf);
  Ref Decided(const HeldOffer& before, const HeldOffer& after, const Cell& cell,
              const TokenPoint& point);
  Ref CostChange(const HeldOffer& before, const HeldOffer& after, const ComparedLists& lists,
                 const Cell& cell);
  Ref CostChangeIn(const Cell& cell, const HeldOffer& after, const ComparedLists& lists,
                   const CallCosts& costs);
  /// Whether the worst call costs more somewhere; unknown where it has too many courses.
  enum class Rise : std::uint8_t { kNot, kMay, kUnknown };
  Rise MayRise(const HeldOffer& before, const HeldOffer& after, const ComparedLists& lists,
               const Cell& cell);
  std::optional<std::vector<CostLine>> Courses(const CallCost& cost);
  [[nodiscard]] std::vector<TokenRange> Tiers(const HeldOffer& before, const HeldOffer& after,
                                              const ComparedLists& lists,
                                              const TokenRange& box) const;
  Ref LineDiagram(Guard guard);
  std::optional<TokenPoint> Point(const TokenRange& box, const std::vector<Guard>& lines);
  void Take(std::uint64_t steps);

  const PolicyModel& request_;
  const AxisOrder& axes_;
  Mdd& mdd_;
  std::uint32_t first_line_;
  const OfferBook& offers_;
  ChangeBook& changes_;
  ChangeMapOptions options_;
  Index input_axis_;
  Index output_axis_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> pair_numbers_;
  std::map<std::tuple<Ref, std::uint64_t, std::uint64_t, std::int64_t, std::int64_t, std::int64_t,
                      std::int64_t>,
           Ref>
      walked_;
  std::vector<Guard> lines_;
  std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t>, std::uint32_t> line_numbers_;
  std::uint64_t steps_ = 0;
};

}  // namespace mlp::compiler
