// Where two policies decide differently: from two diagrams of priced offers to one of changes.
//
// Leaves that differ are cut by what their rows ask of asks and tokens, exactly. Bounds on one axis
// become intervals of it. Slanted ones, such as input + output <= 200K, become axes of their own
// with the codes 0 (broken) and 1 (kept), below all others; one is asked only where requests lie
// on both of its sides.
#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "compiler/diagram/axes.hpp"
#include "compiler/diagram/mdd.hpp"
#include "compiler/diff/change.hpp"
#include "compiler/diff/cost_changes.hpp"
#include "compiler/diff/offer.hpp"
#include "compiler/diff/token_cuts.hpp"

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
  ChangeMap(const ChangeMap&) = delete;
  ChangeMap& operator=(const ChangeMap&) = delete;

  /// Labels are numbers of changes, 0 where decisions are the same; kOverBudget where a limit is
  /// passed.
  Ref Map(Ref before, Ref after);

  /// Line i is axis first_line + i; a is above zero, or it is zero and b is.
  [[nodiscard]] const std::vector<Guard>& lines() const { return cuts_.lines(); }

  static constexpr std::uint32_t kMostLines = TokenCuts::kMostLines;

 private:
  /// Requests on the way to a leaf.
  struct State {
    std::uint64_t asks_all = 0;
    std::uint64_t asks_none = 0;
    TokenRange box;
  };
  class Pairs;

  Ref Walk(Ref pairs, const State& state);
  Ref Enter(Ref pairs, const State& state);
  Ref Leaf(std::uint32_t pair, const State& state);
  Ref ByCaps(HeldOffer before, HeldOffer after, const TokenRange& box);
  Ref Decided(const HeldOffer& before, const HeldOffer& after, const CutCell& cell,
              const TokenPoint& point);

  const PolicyModel& request_;
  const AxisOrder& axes_;
  Mdd& mdd_;
  const OfferBook& offers_;
  ChangeBook& changes_;
  TokenCuts cuts_;
  CostChanges costs_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> pair_numbers_;
  std::map<std::tuple<Ref, std::uint64_t, std::uint64_t, std::int64_t, std::int64_t, std::int64_t,
                      std::int64_t>,
           Ref>
      walked_;
};

}  // namespace mlp::compiler
