// From a route to its candidates at an instant, in order: what `From route to candidates` of the
// language reference says, worked out as far as it can be before a request is known.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/model/policy.hpp"
#include "mlp/tables.hpp"

namespace mlp::compiler {

/// Holds when one of its atoms does; their `model` is the candidate's index in
/// PolicyModel::candidates.
using LiveClause = std::vector<LiveAtom>;

/// A candidate under the conditions that are left to the request and the run time. One candidate
/// may have several neighbouring entries: a price tier each, or the cases of a condition.
struct CandidateEntry {
  Index candidate = kNoIndex;
  Index endpoint = kNoIndex;       ///< in its provider's endpoints
  Index rollout = kNoIndex;        ///< the rollout that puts it here, for canary units only
  std::uint32_t step = 0;          ///< 0-based
  std::uint64_t capabilities = 0;  ///< what a request may ask for
  std::uint32_t group = 0;         ///< 0: fixed; else groups[group - 1] sets its order
  std::vector<Guard> guards;       ///< all must hold
  std::vector<LiveClause> live;    ///< all must hold
  Condition when;                  ///< over the request, its output as the route's cap leaves it
};

/// Neighbouring entries whose order is drawn or live.
struct CandidateGroup {
  GroupKind kind = GroupKind::kFastest;
  std::uint32_t step = 0;
  Index key = kNoIndex;                    ///< kSpread: the attribute that makes it sticky
  std::vector<Index> members;              ///< candidates, in initial order
  std::vector<std::uint32_t> weights_ppm;  ///< kSpread: per member; kBalanced: the four parts
};

/// A candidate that a step names or its pool holds, and that serves no request here.
struct RejectedCandidate {
  Index candidate = kNoIndex;
  std::uint32_t step = 0;
  std::string because;   ///< lower case, as a diagnostic words it
  bool covered = false;  ///< it serves, but an earlier step always names it before
};

/// The list for the requests whose place attribute has one of `labels`.
struct PlaceCandidates {
  std::vector<std::uint32_t> labels;  ///< codes of the place attribute; empty: every request
  std::vector<CandidateEntry> entries;
  std::vector<CandidateGroup> groups;
  std::vector<RejectedCandidate> rejected;
  std::vector<std::uint32_t> cheapest;  ///< entry numbers in `prefer cheapest` order
};

struct RouteCandidates {
  Index place_attribute = kNoIndex;
  std::vector<PlaceCandidates>
      places;  ///< one per set of labels; exactly one without a place attribute
  /// The list for a code of the place attribute (ignored without one).
  [[nodiscard]] const PlaceCandidates& At(std::int32_t label) const;
};

/// Precondition: `route` is a route of the model that does not refuse.
[[nodiscard]] RouteCandidates CandidatesAt(const PolicyModel& model, Index route,
                                           std::int64_t at_s);

}  // namespace mlp::compiler
