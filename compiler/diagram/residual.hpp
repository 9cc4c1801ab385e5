// What is left of a condition once a candidate's own facts are decided: an expression over request
// and live comparisons, negations at the leaves.
#pragma once

#include <optional>
#include <vector>

#include "compiler/diagram/guards.hpp"
#include "compiler/diagram/where.hpp"
#include "compiler/model/condition.hpp"

namespace mlp::compiler {

struct Residual {
  enum class Kind : std::uint8_t { kAlways, kNever, kAll, kAny, kRequest, kLive };
  Kind kind = Kind::kAlways;
  std::vector<Residual> parts;  ///< kAll, kAny: at least two, none of them constant or of this kind
  RequestAtom request;
  bool negated = false;  ///< kRequest: does not hold
  LiveAtom live{};

  static Residual Constant(bool value);
  static Residual Request(RequestAtom atom, bool negated);
  static Residual Live(LiveAtom atom);
  static Residual All(std::vector<Residual> parts);
  static Residual Any(std::vector<Residual> parts);
  [[nodiscard]] bool IsFalse() const { return kind == Kind::kNever; }
};

/// When one comparison of a condition surely holds (`wanted`) or surely does not, for a candidate
/// at a site: both are false where a fact is missing. Comparisons over a list are never decided
/// here.
[[nodiscard]] Residual ExpandAtom(const PolicyModel& model, const CandidateAtom& atom,
                                  const CandidateSite& site, bool wanted);

/// The disjoint cases of a residual: comparisons of input and output that stand in the conjunction
/// are guards, other request comparisons conditions, live ones clauses. Where a clause has both, a
/// case each: the request part holds, or it does not and the live part must. Nothing where that
/// would pass kMaxMixedClauses, or kMaxLiveClauses of clauses.
[[nodiscard]] std::optional<std::vector<WhereCase>> SplitCases(const PolicyModel& model,
                                                               const Residual& residual,
                                                               const TokenBox& box);
inline constexpr std::size_t kMaxMixedClauses = 6;
inline constexpr std::size_t kMaxLiveClauses = 64;

}  // namespace mlp::compiler
