// A `where` condition for one candidate: what can be decided is, the rest is left to the request
// and to live facts.
//
// A fact that the candidate lacks makes its comparison neither true nor false (Kleene's logic); a
// condition that is not true for it puts the candidate out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/diagram/candidates.hpp"
#include "compiler/diagram/guards.hpp"
#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// A candidate at an endpoint and an instant.
struct CandidateSite {
  Index candidate = kNoIndex;
  std::int64_t at_s = 0;
  std::vector<std::string> places;   ///< where it serves; empty: not known
  Index place_attribute = kNoIndex;  ///< whose label `label` is the place, or kNoIndex
  std::uint32_t label = 0;
};

/// What remains of a condition: the cases are disjoint and together all there is.
struct WhereCase {
  std::vector<Guard> guards;
  std::vector<LiveClause> live;
  Condition when;
};

struct WhereResult {
  std::vector<WhereCase> cases;  ///< none: the candidate is out
  std::string because;           ///< then, why: `its context is 128K`
};

/// `box` holds the tokens of the route's requests; conditions on `output` see it after the cap.
[[nodiscard]] WhereResult ApplyWhere(const PolicyModel& model, const CandidateCondition& where,
                                     const CandidateSite& site, const TokenBox& box);

/// Both.
[[nodiscard]] CandidateCondition Conjunction(const CandidateCondition& a,
                                             const CandidateCondition& b);

/// The status that holds at the instant: deprecation and retirement dates count.
[[nodiscard]] ModelStatus StatusAt(const CandidateModel& candidate, std::int64_t at_s);
[[nodiscard]] std::string_view NameOf(ModelStatus status);

}  // namespace mlp::compiler
