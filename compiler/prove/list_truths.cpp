#include "compiler/prove/list_truths.hpp"

#include <algorithm>

#include "compiler/prove/list_facts.hpp"
#include "runtime/core/comparison.hpp"

namespace mlp::compiler {
namespace {

/// But for comparisons of the list, which are not constant in a cell.
std::vector<Truth> TruthsOf(const std::vector<ClaimTerm>& terms, const RowSet& holding) {
  std::vector<Truth> truths;
  for (const ClaimTerm& term : terms) {
    truths.push_back(term.kind == ClaimTerm::Kind::kList ? Truth::kUnknown : term.In(holding));
  }
  return truths;
}

/// Whether no comparison is about a single candidate: then the claim is asked once.
bool IsAboutListOnly(const CandidateCondition& claim) {
  return std::all_of(claim.atoms.begin(), claim.atoms.end(), [](const CandidateAtom& atom) {
    return atom.kind == CandidateAtom::Kind::kRequest ||
           (atom.kind == CandidateAtom::Kind::kList && atom.list_fact != ListFact::kAttemptCost);
  });
}

}  // namespace

ListTruths::ListTruths(const ListCase& here) : here_(here), claim_(here.context.assertion.claim) {
  for (const CandidateEntry& row : here.leaf.rows) bounds_.AddRow(row, here.route.output_cap);
  terms_ = TermsOf(claim_);
}

ListTruths::RowTerms ListTruths::TermsOf(const CandidateCondition& condition) {
  RowTerms terms;
  for (const CandidateEntry& row : here_.leaf.rows) {
    terms.push_back(
        TermsFor(here_.model, here_.context.region, condition, row, here_.place, bounds_));
  }
  return terms;
}

void ListTruths::AddOnly(const CandidateCondition& only) {
  if (only_terms_.contains(&only)) return;
  only_terms_.emplace(&only, TermsOf(only));
}

bool ListTruths::Keeps(const CandidateCondition& only, std::size_t row,
                       const RowSet& holding) const {
  return Evaluate(only, TruthsOf(only_terms_.at(&only)[row], holding)) == Truth::kYes;
}

std::vector<Truth> ListTruths::Of(const RowList& list, std::uint32_t row, std::int64_t cost,
                                  const RowSet& holding) const {
  std::vector<Truth> truths = TruthsOf(terms_[row], holding);
  for (std::size_t i = 0; i < truths.size(); ++i) {
    if (terms_[row][i].kind != ClaimTerm::Kind::kList) continue;
    const CandidateAtom& atom = claim_.atoms[i];
    if (atom.list_fact != ListFact::kChainCost) {
      truths[i] =
          TruthOf(Compare(ListFactOf(here_, list, atom.list_fact), atom.comparison, atom.value));
    } else if (cost != kNoCost) {
      truths[i] = TruthOf(Compare(cost, atom.comparison, atom.value));
    }
  }
  return truths;
}

std::optional<std::uint32_t> ListTruths::Violation(const RowList& list, std::int64_t cost,
                                                   const RowSet& holding) const {
  const Truth wanted = Wanted(here_.context.assertion.kind);
  const RowList asked = IsAboutListOnly(claim_) ? RowList{0} : list;
  for (const std::uint32_t row : asked) {
    if (Evaluate(claim_, Of(list, row, cost, holding)) != wanted) return row;
  }
  return std::nullopt;
}

}  // namespace mlp::compiler
