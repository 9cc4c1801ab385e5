// Conditions over a candidate: `where`, `always`, `never`, `only` and `gate`.
#pragma once

#include "compiler/check/context.hpp"
#include "compiler/check/view.hpp"

namespace mlp::compiler::check {

/// Where a condition stands, which decides what it may ask for.
enum class FactSet : std::uint8_t {
  kCandidate,  ///< facts of the candidate, `request.NAME`, `live.`
  kClaim,      ///< kCandidate, and facts of the list of candidates
  kGate,       ///< scores by their bare names, known or not yet
};

/// The expression of a Where, Always, Never, Only or Gate node.
[[nodiscard]] CandidateCondition CheckCandidateCondition(Context& context, View expression,
                                                         FactSet facts);

}  // namespace mlp::compiler::check
