#include "mlp/budget_rules.hpp"

#include <algorithm>

#include "runtime/core/gate.hpp"
#include "runtime/core/walk.hpp"

namespace mlp {

bool CountsAgainst(const Tables& tables, const Budget& budget,
                   const RequestView& request) noexcept {
  return WalkToLeaf(tables, budget.edge, request) != 0;
}

bool PassesOnly(const Tables& tables, const LiveState& live, const BudgetStep& step,
                std::int64_t at_s, const RequestView& request, std::uint32_t output_tokens,
                const Candidate& candidate) noexcept {
  if (step.action != BudgetAction::kOnly || step.only.empty()) return true;
  const auto after =
      std::upper_bound(step.only.begin() + 1, step.only.end(), at_s,
                       [](std::int64_t at, const OnlyPeriod& one) { return at < one.from_s; });
  const std::uint64_t asks = tables.asks_set == kNone16 ? 0 : request.sets[tables.asks_set];
  const std::int64_t input = tables.input_code == kNone16 ? 0 : request.codes[tables.input_code];
  for (const OnlyCase& one : (after - 1)->cases) {
    if (one.model == candidate.model && one.endpoint == candidate.endpoint &&
        WalkToLeaf(tables, one.edge, request) != 0 &&
        IsOpen(tables, live, tables.gates[one.gate], asks, input, output_tokens)) {
      return true;
    }
  }
  return false;
}

void RestrictTo(const Tables& tables, const LiveState& live,
                std::span<const BudgetStep* const> steps, std::int64_t at_s,
                const RequestView& request, Decision& decision) noexcept {
  if (steps.empty() || decision.outcome != DecisionOutcome::kServe) return;
  const auto forbidden = [&](const Candidate& candidate) {
    return !std::all_of(steps.begin(), steps.end(), [&](const BudgetStep* step) {
      return PassesOnly(tables, live, *step, at_s, request, decision.output_tokens, candidate);
    });
  };
  const auto begin = decision.candidates.begin();
  const auto kept = std::remove_if(begin, begin + decision.count, forbidden);
  decision.count = static_cast<std::uint8_t>(kept - begin);
  if (decision.count == 0) decision.outcome = DecisionOutcome::kDenied;
}

}  // namespace mlp
