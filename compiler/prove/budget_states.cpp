#include "compiler/prove/budget_states.hpp"

#include <algorithm>
#include <set>

namespace mlp::compiler {
namespace {

constexpr std::size_t kMostStates = 64;

bool SameEffect(const BudgetState& a, const BudgetState& b) {
  return a.cheapest == b.cheapest && a.only == b.only;
}

/// `before` with one more budget used so far.
BudgetState With(const BudgetState& before, const BudgetModel& budget, Index number,
                 std::uint32_t used_ppm) {
  BudgetState state = before;
  state.cheapest = state.cheapest || (budget.prefer_cheapest_at_ppm != 0 &&
                                      used_ppm >= budget.prefer_cheapest_at_ppm);
  for (const BudgetModel::Only& only : budget.only) {
    if (used_ppm >= only.at_ppm) state.only.push_back(&only.condition);
  }
  state.levels.emplace_back(number, used_ppm);
  return state;
}

}  // namespace

std::optional<std::vector<BudgetState>> BudgetStatesFor(const PolicyModel& model,
                                                        const ClaimRegion& region,
                                                        std::uint64_t bits) {
  std::vector<BudgetState> states(1);
  for (Index i = 0; i < model.budgets.size(); ++i) {
    const BudgetModel& budget = model.budgets[i];
    std::set<std::uint32_t> levels;
    if (budget.prefer_cheapest_at_ppm != 0) levels.insert(budget.prefer_cheapest_at_ppm);
    for (const BudgetModel::Only& only : budget.only) levels.insert(only.at_ppm);
    if (levels.empty() || !region.Applies(i, bits)) continue;
    const std::size_t before = states.size();
    for (const std::uint32_t used_ppm : levels) {
      if (budget.deny_at_ppm != 0 && used_ppm >= budget.deny_at_ppm) break;
      for (std::size_t s = 0; s < before; ++s) {
        BudgetState state = With(states[s], budget, i, used_ppm);
        const bool known = std::any_of(states.begin(), states.end(), [&](const BudgetState& other) {
          return SameEffect(other, state);
        });
        if (!known) states.push_back(std::move(state));
        if (states.size() > kMostStates) return std::nullopt;
      }
    }
  }
  return states;
}

}  // namespace mlp::compiler
