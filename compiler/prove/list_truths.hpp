// Whether a claim, and what budgets ask of candidates, hold for the rows of a list.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <vector>

#include "compiler/diagram/cells.hpp"
#include "compiler/prove/claim_terms.hpp"
#include "compiler/prove/list_case.hpp"

namespace mlp::compiler {

/// A cost of a call that is not known.
inline constexpr std::int64_t kNoCost = std::numeric_limits<std::int64_t>::min();

/// Borrows the case. `holding` in all: which bounds hold in a cell of bounds().
class ListTruths {
 public:
  explicit ListTruths(const ListCase& here);
  /// A condition that a budget puts on candidates; once each. It must not move.
  void AddOnly(const CandidateCondition& only);

  /// The leaf's rows, then what the conditions add; grows with AddOnly.
  [[nodiscard]] const std::vector<CellRow>& bounds() const { return bounds_.rows(); }

  /// Whether a row of the leaf keeps a condition that was added.
  [[nodiscard]] bool Keeps(const CandidateCondition& only, std::size_t row,
                           const RowSet& holding) const;
  /// Of the claim's comparisons for a row, while a call may cost this much (or kNoCost).
  [[nodiscard]] std::vector<Truth> Of(const RowList& list, std::uint32_t row, std::int64_t cost,
                                      const RowSet& holding) const;
  /// A row for which the claim does not hold then.
  [[nodiscard]] std::optional<std::uint32_t> Violation(const RowList& list, std::int64_t cost,
                                                       const RowSet& holding) const;

 private:
  using RowTerms = std::vector<std::vector<ClaimTerm>>;
  [[nodiscard]] RowTerms TermsOf(const CandidateCondition& condition);

  const ListCase& here_;
  const CandidateCondition& claim_;
  BoundTable bounds_;
  RowTerms terms_;
  std::map<const CandidateCondition*, RowTerms> only_terms_;
};

}  // namespace mlp::compiler
