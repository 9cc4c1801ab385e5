// Where the worst call costs more or less in one of two versions whose lists are equal or nearly.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/diff/call_costs.hpp"
#include "compiler/diff/change.hpp"
#include "compiler/diff/offer.hpp"
#include "compiler/diff/token_cuts.hpp"

namespace mlp::compiler {

/// Borrows everything.
class CostChanges {
 public:
  /// A call that costs up to the tolerance more is as dear.
  CostChanges(Mdd& mdd, TokenCuts& cuts, const OfferBook& offers, ChangeBook& changes,
              std::int64_t tolerance_micro)
      : mdd_(mdd),
        cuts_(cuts),
        offers_(offers),
        changes_(changes),
        tolerance_micro_(tolerance_micro) {}

  /// Labels are numbers of changes, 0 where costs are the same. Precondition: equal lists.
  Ref Of(const HeldOffer& before, const HeldOffer& after, const ComparedLists& lists,
         const CutCell& cell);

  /// Whether the worst call costs more somewhere; unknown where it has too many courses.
  enum class Rise : std::uint8_t { kNot, kMay, kUnknown };
  Rise MayRise(const HeldOffer& before, const HeldOffer& after, const ComparedLists& lists,
               const CutCell& cell);

 private:
  Ref InTier(const CutCell& cell, const HeldOffer& after, const ComparedLists& lists,
             const CallCosts& costs);
  std::optional<std::vector<CostLine>> Courses(const CallCost& cost);
  [[nodiscard]] std::vector<TokenRange> Tiers(const HeldOffer& before, const HeldOffer& after,
                                              const ComparedLists& lists,
                                              const TokenRange& box) const;

  Mdd& mdd_;
  TokenCuts& cuts_;
  const OfferBook& offers_;
  ChangeBook& changes_;
  std::int64_t tolerance_micro_;
};

}  // namespace mlp::compiler
