// What a policy says of its budgets, read from the tables: no ledger, no clock.
#pragma once

#include <cstdint>
#include <span>

#include "mlp/decide.hpp"
#include "mlp/live.hpp"
#include "mlp/tables.hpp"

namespace mlp {

/// Whether a request counts against a budget. noexcept, no allocation, any number of threads.
/// Precondition: every code of the request is within its attribute's size.
[[nodiscard]] bool CountsAgainst(const Tables& tables, const Budget& budget,
                                 const RequestView& request) noexcept;

/// Whether a candidate may still be tried under a step that says `only`, at an instant in seconds
/// since 1970 UTC; `output_tokens` as in the decision. True for steps of other kinds.
[[nodiscard]] bool PassesOnly(const Tables& tables, const LiveState& live, const BudgetStep& step,
                              std::int64_t at_s, const RequestView& request,
                              std::uint32_t output_tokens, const Candidate& candidate) noexcept;

/// Takes out of a decision to serve the candidates that one of the steps forbids: kDenied where
/// that leaves nobody. Null steps are not allowed.
void RestrictTo(const Tables& tables, const LiveState& live,
                std::span<const BudgetStep* const> steps, std::int64_t at_s,
                const RequestView& request, Decision& decision) noexcept;

}  // namespace mlp
