#include "compiler/diagram/budget_diagrams.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "compiler/diagram/condition_diagram.hpp"
#include "compiler/diagram/dates.hpp"
#include "compiler/diagram/where.hpp"

namespace mlp::compiler {
namespace {

using Site = std::pair<Index, Index>;  // candidate, endpoint

class Builder {
 public:
  Builder(const PolicyModel& model, Diagram& diagram)
      : model_(model), diagram_(diagram), cuts_(CutPoints(model)) {
    for (const DiagramLeaf& leaf : diagram.leaves) {
      for (const CandidateEntry& row : leaf.rows) sites_.emplace(row.candidate, row.endpoint);
    }
    if (model.input != kNoIndex) box_.max_input = model.attributes[model.input].size - 1;
    if (model.output != kNoIndex) box_.max_output = model.attributes[model.output].size - 1;
  }

  std::vector<DiagramBudget> Build() {
    std::vector<DiagramBudget> budgets;
    for (const BudgetModel& budget : model_.budgets) {
      DiagramBudget& to = budgets.emplace_back();
      to.when = Of(budget.when);
      for (const BudgetModel::Only& only : budget.only) to.only.push_back(Periods(only.condition));
    }
    return budgets;
  }

 private:
  Ref Of(const Condition& condition) {
    return ConditionDiagram(model_, diagram_.axes, diagram_.mdd, condition);
  }

  std::vector<DiagramBudget::OnlyPeriod> Periods(const CandidateCondition& condition) {
    std::vector<DiagramBudget::OnlyPeriod> periods;
    for (const std::int64_t at_s : cuts_) {
      DiagramBudget::OnlyPeriod period{at_s, CasesAt(condition, at_s)};
      if (periods.empty() || !Same(periods.back().cases, period.cases)) {
        periods.push_back(std::move(period));
      }
    }
    return periods;
  }

  std::vector<DiagramBudget::OnlyCase> CasesAt(const CandidateCondition& condition,
                                               std::int64_t at_s) {
    std::vector<DiagramBudget::OnlyCase> cases;
    for (const auto& [candidate, endpoint] : sites_) {
      CandidateSite site;
      site.candidate = candidate;
      site.at_s = at_s;
      const Index provider = model_.candidates[candidate].provider;
      if (endpoint != kNoIndex) site.places = model_.providers[provider].endpoints[endpoint].places;
      for (WhereCase& one : ApplyWhere(model_, condition, site, box_).cases) {
        DiagramBudget::OnlyCase to;
        to.when = Of(one.when);
        if (to.when == kFalse) continue;
        to.entry.candidate = candidate;
        to.entry.endpoint = endpoint;
        to.entry.capabilities = ~std::uint64_t{0};
        to.entry.guards = std::move(one.guards);
        to.entry.live = std::move(one.live);
        cases.push_back(std::move(to));
      }
    }
    return cases;
  }

  static bool Same(const std::vector<DiagramBudget::OnlyCase>& a,
                   const std::vector<DiagramBudget::OnlyCase>& b) {
    return std::equal(
        a.begin(), a.end(), b.begin(), b.end(),
        [](const DiagramBudget::OnlyCase& x, const DiagramBudget::OnlyCase& y) {
          const auto same_guard = [](const Guard& g, const Guard& h) {
            return g.a == h.a && g.b == h.b && g.c == h.c;
          };
          const auto same_atom = [](const LiveAtom& g, const LiveAtom& h) {
            return g.model == h.model && g.fact == h.fact && g.comparison == h.comparison &&
                   g.window_s == h.window_s && g.threshold == h.threshold;
          };
          const auto same_clause = [&](const LiveClause& g, const LiveClause& h) {
            return std::equal(g.begin(), g.end(), h.begin(), h.end(), same_atom);
          };
          return x.when == y.when && x.entry.candidate == y.entry.candidate &&
                 x.entry.endpoint == y.entry.endpoint &&
                 std::equal(x.entry.guards.begin(), x.entry.guards.end(), y.entry.guards.begin(),
                            y.entry.guards.end(), same_guard) &&
                 std::equal(x.entry.live.begin(), x.entry.live.end(), y.entry.live.begin(),
                            y.entry.live.end(), same_clause);
        });
  }

  const PolicyModel& model_;
  Diagram& diagram_;
  const std::vector<std::int64_t> cuts_;
  std::set<Site> sites_;
  TokenBox box_;
};

}  // namespace

std::vector<DiagramBudget> BudgetDiagrams(const PolicyModel& model, Diagram& diagram) {
  return Builder(model, diagram).Build();
}

}  // namespace mlp::compiler
