// A claim's comparisons for one row of a leaf: decided, or as bounds on tokens that stand beside
// the leaf's own rows in its cells.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "compiler/diagram/cells.hpp"
#include "compiler/diagram/where.hpp"
#include "compiler/prove/claim_region.hpp"

namespace mlp::compiler {

/// kUnknown where a fact is missing or only known at run time (Kleene's logic).
enum class Truth : std::uint8_t { kNo, kUnknown, kYes };
[[nodiscard]] constexpr Truth TruthOf(bool value) { return value ? Truth::kYes : Truth::kNo; }

/// Bounds that own their guards, numbered as in a RowSet.
class BoundTable {
 public:
  void AddRow(const CandidateEntry& row, std::int64_t output_cap) {
    rows_.push_back({row.capabilities, row.guards, output_cap});
  }
  std::size_t Add(std::vector<Guard> guards, std::int64_t output_cap) {
    guards_.push_back(std::move(guards));
    rows_.push_back({~std::uint64_t{0}, guards_.back(), output_cap});
    return rows_.size() - 1;
  }
  [[nodiscard]] const std::vector<CellRow>& rows() const { return rows_; }

 private:
  std::deque<std::vector<Guard>> guards_;
  std::vector<CellRow> rows_;
};

/// One comparison of a claim for one row.
struct ClaimTerm {
  enum class Kind : std::uint8_t { kDecided, kTokens, kCost, kList };
  Kind kind = Kind::kDecided;
  Truth decided = Truth::kUnknown;
  bool negated = false;                ///< kTokens: holds where at_most does not
  std::vector<std::size_t> at_most{};  ///< any of these bounds holds; kCost: cost <= value
  std::vector<std::size_t> below{};    ///< kCost: cost < value
  std::vector<std::size_t> known{};    ///< kCost: there is a price
  Comparison comparison = Comparison::kEqual;
  /// Within a cell. Precondition: not kList.
  [[nodiscard]] Truth In(const RowSet& holding) const;
};

/// Where a row stands.
struct RowPlace {
  Index route = kNoIndex;
  std::int64_t at_s = 0;
  std::uint64_t bits = 0;  ///< of ClaimRegion::Label
};

[[nodiscard]] CandidateSite SiteOf(const PolicyModel& model, const ClaimRegion& region,
                                   const CandidateEntry& row, const RowPlace& place);

/// The terms of all atoms of a condition; bounds that they need are added to `bounds`.
[[nodiscard]] std::vector<ClaimTerm> TermsFor(const PolicyModel& model, const ClaimRegion& region,
                                              const CandidateCondition& condition,
                                              const CandidateEntry& row, const RowPlace& place,
                                              BoundTable& bounds);

[[nodiscard]] Truth Evaluate(const CandidateCondition& condition, std::span<const Truth> atoms);

/// Why the condition is not `wanted`: the words of the comparisons that decide, joined.
[[nodiscard]] std::string WhyNot(const CandidateCondition& condition, std::span<const Truth> atoms,
                                 Truth wanted,
                                 const std::function<std::string(const CandidateAtom&)>& words);

/// The dearest price of one attempt at a point, by the price sheet of the instant, as
/// AttemptCostPico (mlp/decide.hpp); -1 where one is missing. `output` after the cap.
[[nodiscard]] std::int64_t AttemptCostAt(const PolicyModel& model, const CandidateEntry& row,
                                         const RowPlace& place, std::int64_t input,
                                         std::int64_t output);
/// The factor of the row's endpoint in millionths.
[[nodiscard]] std::int64_t PriceFactor(const PolicyModel& model, const CandidateEntry& row);

}  // namespace mlp::compiler
