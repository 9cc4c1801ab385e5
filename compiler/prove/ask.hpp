// Whether a claim holds at one leaf, at one instant: for each of its candidates, or for the lists
// that they make.
#pragma once

#include "compiler/prove/claim_terms.hpp"
#include "compiler/prove/counterexample.hpp"

namespace mlp::compiler {

/// Everything lives longer than the asking.
struct ClaimContext {
  const PolicyModel& model;
  const Diagram& diagram;
  const AssertModel& assertion;
  const ClaimRegion& region;
  ClaimFindings& findings;
};

/// Whether the claim has facts of the list beside `attempt cost`, which each candidate has, or is
/// about what survives.
[[nodiscard]] bool AsksForLists(const AssertModel& assertion);

/// A claim about each candidate: every row that may be tried is asked. Live conditions hold or not,
/// whichever lets a row be tried.
void AskRows(const ClaimContext& context, const ClaimCase& here);

/// A claim about the list: every one that arms, budgets and live conditions may leave is asked.
/// Requests that find no candidate even while all live conditions hold are outside (MLP0403).
void AskLists(const ClaimContext& context, const ClaimCase& at);

/// What each truth must be for the claim to hold.
[[nodiscard]] constexpr Truth Wanted(ClaimKind kind) {
  return kind == ClaimKind::kNever ? Truth::kNo : Truth::kYes;
}

/// Why a comparison of one candidate's own facts is not as wanted, in words; empty for those of the
/// request and the list.
[[nodiscard]] std::string CandidateWords(const ClaimContext& context, const CandidateEntry& row,
                                         const RowPlace& place, const TokenPoint& point,
                                         const CandidateAtom& atom);

}  // namespace mlp::compiler
