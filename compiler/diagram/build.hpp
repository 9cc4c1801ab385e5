// From a checked policy to its decision diagram: one root per interval of dates, leaves that say
// which route takes a request and what it tries.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/diagram/axes.hpp"
#include "compiler/diagram/candidates.hpp"
#include "compiler/diagram/mdd.hpp"
#include "compiler/model/policy.hpp"
#include "mlp/tables.hpp"

namespace mlp::compiler {

/// What happens to a request that ends here. Leaves of one Diagram are pairwise different.
struct DiagramLeaf {
  LeafKind kind = LeafKind::kNoRoute;
  Index route = kNoIndex;
  std::vector<CandidateEntry> rows;  ///< `when` is always true here
  std::vector<CandidateGroup> groups;
  std::vector<std::uint32_t> cheapest;  ///< row numbers; empty where no budget prefers cheapest
  std::int64_t cache_ttl_ms = 0;
};

/// In force from from_s up to the next root.
struct DiagramRoot {
  std::int64_t from_s = 0;
  Ref ref = 0;              ///< labels are numbers of leaves
  std::vector<Ref> routes;  ///< per route what it does with any request, its `when` not asked
};

/// A conjunction of sets of codes, one per axis in ascending order; what the fallback indexes.
struct DiagramTerm {
  struct Interval {
    std::int32_t first = 0;
    std::int32_t last = 0;
  };
  struct Part {
    std::uint32_t axis = 0;
    std::vector<Interval> intervals;  ///< ascending
  };
  Index route = kNoIndex;
  std::vector<Part> parts;
};

/// What a budget asks, as diagrams over labels 0 and 1.
struct DiagramBudget {
  struct OnlyCase {
    CandidateEntry entry;  ///< its candidate, endpoint, guards and live clauses
    Ref when = 0;
  };
  struct OnlyPeriod {
    std::int64_t from_s = 0;
    std::vector<OnlyCase> cases;
  };
  Ref when = 0;
  std::vector<std::vector<OnlyPeriod>> only;  ///< per BudgetModel::only; periods ascend
};

/// The routes that judges of the policy's evaluators answer by, ascending.
[[nodiscard]] std::vector<Index> JudgeRoutes(const PolicyModel& model);

struct Diagram {
  AxisOrder axes;
  Mdd mdd{{}};
  std::vector<DiagramLeaf> leaves;  ///< 0: no route
  std::vector<DiagramRoot> roots;   ///< at least one, ascending
  /// Per route its `when`, over labels 0 and 1; empty where even the fallback was too large.
  std::vector<Ref> conditions;
  bool complete = true;  ///< false: past the budget; `terms` answer, roots[].ref is not set
  std::vector<DiagramTerm> terms;  ///< in route order; the first that holds names the route
  std::vector<DiagramBudget> budgets;
};

struct DiagramOptions {
  MddBudget budget;
  std::uint32_t max_terms = 20'000;
};

/// MLP0802 where the budget is passed (the decisions stay exact, the proofs over all requests are
/// left out); MLP0801 where even the fallback is.
[[nodiscard]] Diagram BuildDiagram(const PolicyModel& model, const DiagramOptions& options,
                                   Diagnostics& diagnostics);

}  // namespace mlp::compiler
