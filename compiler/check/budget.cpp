#include <fmt/format.h>

#include "compiler/check/candidate_condition.hpp"
#include "compiler/check/literal.hpp"
#include "compiler/check/request_condition.hpp"
#include "compiler/check/traffic.hpp"

namespace mlp::compiler::check {
namespace {

using ast::Kind;

void ReadLimit(Context& context, View statement, BudgetModel& budget, Once& once) {
  for (const View amount : statement.Children(Kind::kAmount)) {
    const View word = amount.ChildAt(1);
    const bool month = word && context.Text(word) == "month";
    if (!once.First(amount.span(), month ? "limit per month" : "limit per day")) continue;
    const auto money = ReadWithin(context, amount.ChildAt(0), Unit::kMoney, 1, kUnlimited - 1,
                                  "the limit", "above $0");
    (month ? budget.per_month_pico : budget.per_day_pico) = money.value_or(kUnlimited);
    (month ? budget.month_span : budget.day_span) = amount.span();
  }
}

void ReadAt(Context& context, View statement, BudgetModel& budget, Once& once) {
  const View share_node = statement.ChildAt(0);
  const auto share = ReadWithin(context, share_node, Unit::kRatio, 1, 1'000'000,
                                "the share of the limit", "above 0% and at most 100%");
  const auto at = static_cast<std::uint32_t>(share.value_or(1'000'000));
  if (const View alert = statement.Child(Kind::kAlertRef)) {
    const Index index = Resolve(context, Scope::kAlert, alert.ChildAt(0));
    if (index != kNoIndex && share) budget.notices.push_back({at, index});
  } else if (const View cheapest = statement.Child(Kind::kPreferCheapest)) {
    if (once.First(cheapest.span(), "prefer cheapest") && share) budget.prefer_cheapest_at_ppm = at;
  } else if (const View only = statement.Child(Kind::kOnly)) {
    CandidateCondition condition =
        CheckCandidateCondition(context, only.ChildAt(0), FactSet::kCandidate);
    if (share) budget.only.push_back({at, std::move(condition)});
  } else if (const View deny = statement.Child(Kind::kDeny)) {
    if (once.First(deny.span(), "deny") && share) budget.deny_at_ppm = at;
  }
}

}  // namespace

void CheckBudgets(Context& context, const Declarations& declarations) {
  for (const Declaration& one : declarations.budgets) {
    BudgetModel scratch;
    BudgetModel& budget = one.index == kNoIndex ? scratch : context.model.budgets[one.index];
    budget.when = CheckOptionalWhen(context, one.node);
    Once once(context);
    for (const View statement : one.node.Children()) {
      if (statement.Is(Kind::kBudgetLimit)) ReadLimit(context, statement, budget, once);
      if (statement.Is(Kind::kAt)) ReadAt(context, statement, budget, once);
      if (statement.Is(Kind::kPer) && once.First(statement.span(), "per")) {
        budget.per = CheckKey(context, statement, true);
      }
    }
    if (one.name && !one.node.Child(Kind::kBudgetLimit) && !IsBroken(one.node)) {
      context.Report(Code::k0304, one.name.span(),
                     fmt::format("budget `{}` has no limit", context.Text(one.name)),
                     "add `limit $100 per day, $2000 per month`");
    }
  }
}

}  // namespace mlp::compiler::check
