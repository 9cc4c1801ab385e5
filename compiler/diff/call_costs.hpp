// What the worst call costs in two versions, as functions of a request's tokens, before any
// rounding to picodollars.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/diagram/cells.hpp"
#include "compiler/diagram/course_lines.hpp"
#include "compiler/diff/change.hpp"
#include "compiler/diff/offer.hpp"

namespace mlp::compiler {

/// What an attempt may cost at most on `sheet` for prompts of the box, whose output lies either
/// within the cap or beyond it: the largest of these. Nothing where no price is known.
/// Precondition: the box lies in one tier.
[[nodiscard]] std::vector<CostLine> AttemptLines(const CostSheet& sheet, const TokenRange& box,
                                                 std::int64_t output_cap);

/// Holds exactly where `after` is at most `before` and the tolerance more; nothing where that is
/// everywhere in tokens. The factors are reduced; those that would not fit a Guard are rounded.
[[nodiscard]] std::optional<Guard> NotAbove(const CostLine& after, const CostLine& before,
                                            std::int64_t tolerance_micro);

/// One version's worst call (WorstCallCost in compiler/diagram/chain.hpp), over a box.
struct CallCost {
  AttemptCosts attempts;
  CourseAttempts count;
  std::optional<CostLine> bound;  ///< of a call: it costs no more
  [[nodiscard]] Int128 At(const TokenPoint& point) const;
  /// Few enough that any two of two versions may be compared.
  [[nodiscard]] CourseLines Courses() const;
};

/// Of two versions. Candidates without a price in one of two equal lists count in neither.
struct CallCosts {
  CallCost before;
  CallCost after;
  std::vector<std::uint32_t> differ;  ///< places in equal lists whose attempts cost something else
};

/// Precondition: the box lies in one tier of every price and on one side of each cap.
[[nodiscard]] CallCosts CallCostsOf(const OfferBook& offers, const HeldOffer& before,
                                    const HeldOffer& after, const ComparedLists& lists,
                                    const TokenRange& box);

/// Whether an attempt at one of the candidates of two equal lists may cost more in `after`.
[[nodiscard]] bool AnyAttemptMayRise(const CallCost& before, const CallCost& after);

}  // namespace mlp::compiler
