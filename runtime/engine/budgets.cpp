#include "runtime/engine/budgets.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "mlp/budget_rules.hpp"
#include "runtime/engine/budget_words.hpp"

namespace mlp::engine {
namespace {

/// The value of a `per` attribute as people know it.
std::string ValueOf(const Attribute& attribute, const RequestView& request) {
  switch (attribute.type) {
    case AttributeType::kText:
    case AttributeType::kKey:
      return std::string(request.texts[attribute.slot]);
    case AttributeType::kEnum:
      return std::string(attribute.labels[static_cast<std::size_t>(request.codes[attribute.slot])]);
    case AttributeType::kNumber:
    case AttributeType::kTokens:
      return std::to_string(request.codes[attribute.slot]);
    case AttributeType::kSet:
      return std::to_string(request.sets[attribute.slot]);
  }
  return {};
}

/// Where a budget denies, reservations stop there; where it never does, they are only counted.
std::uint32_t HoldPpm(const Budget& budget) {
  for (const BudgetStep& step : budget.steps) {
    if (step.action == BudgetAction::kDeny) return step.at_ppm;
  }
  return kHoldAny;
}

}  // namespace

Budgets::Budgets(const Policy& policy, BudgetBook& book, std::vector<std::string>& warnings)
    : policy_(policy), tables_(policy.tables()), book_(book) {
  if (!tables_.budgets.empty()) ledger_ = book.Open(warnings);
}

LedgerAccount Budgets::AccountOf(const Budget& budget, const RequestView& request) const {
  LedgerAccount account{.budget = std::string(budget.name),
                        .value = {},
                        .per_day_pico = budget.per_day.pico_usd,
                        .per_month_pico = budget.per_month.pico_usd,
                        .hold_ppm = HoldPpm(budget)};
  if (budget.per != kNone16) account.value = ValueOf(tables_.attributes[budget.per], request);
  return account;
}

const Budget* Budgets::Find(const std::string& name) const {
  const auto found = std::find_if(tables_.budgets.begin(), tables_.budgets.end(),
                                  [&](const Budget& budget) { return budget.name == name; });
  return found == tables_.budgets.end() ? nullptr : &*found;
}

Standing Budgets::StandingOf(const RequestView& request, std::int64_t now_s) {
  Standing standing;
  for (const Budget& budget : tables_.budgets) {
    if (!CountsAgainst(tables_, budget, request)) continue;
    LedgerAccount account = AccountOf(budget, request);
    const Ledger::Share share =
        ledger_ == nullptr ? Ledger::Share{} : ledger_->ShareOf(account, now_s);
    for (const BudgetStep& step : budget.steps) {
      switch (step.action) {
        case BudgetAction::kAlert:
          break;
        case BudgetAction::kPreferCheapest:
          if (share.used_ppm >= step.at_ppm) standing.prefers_cheapest = true;
          break;
        case BudgetAction::kOnly:
          if (share.used_ppm < step.at_ppm) break;
          standing.only.push_back(&step);
          standing.restricted_by = BudgetName(account);
          break;
        case BudgetAction::kDeny:
          // What is only reserved may come back: the reservation itself will tell.
          if (share.spent_ppm >= step.at_ppm) standing.denial = UsedUp(account, share.use, now_s);
          break;
      }
    }
    standing.accounts.push_back(std::move(account));
  }
  return standing;
}

void Budgets::Restrict(const Standing& standing, const RequestView& request, std::int64_t now_s,
                       Decision& decision) const {
  RestrictTo(tables_, policy_.live(), standing.only, now_s, request, decision);
}

void Budgets::Reserve(const Standing& standing, std::int64_t amount_pico, std::int64_t now_s,
                      std::int64_t expires_s, std::function<void(Answer)> answered) {
  if (ledger_ == nullptr) {
    book_.unheld.fetch_add(1, std::memory_order_relaxed);
    answered({});
    return;
  }
  ledger_->Reserve(
      standing.accounts, amount_pico, now_s, expires_s,
      [&book = book_, accounts = standing.accounts, now_s,
       answered = std::move(answered)](const Result<LedgerFile::Grant>& grant) {
        if (!grant.ok()) {
          book.unheld.fetch_add(1, std::memory_order_relaxed);
          answered({});
        } else if (grant->ok()) {
          answered({.hold = grant->id});
        } else {
          answered({.may_go = false, .why = NoRoom(accounts[grant->refused_by], *grant, now_s)});
        }
      });
}

void Budgets::Settle(const Standing& standing, std::int64_t hold, std::int64_t actual_pico,
                     std::int64_t now_s) {
  if (hold != 0) {
    ledger_->Settle(hold, actual_pico);
  } else if (actual_pico != 0) {
    Book(standing, actual_pico, now_s);
  }
}

void Budgets::Book(const Standing& standing, std::int64_t actual_pico, std::int64_t now_s) {
  if (ledger_ == nullptr) {
    book_.CountLost(actual_pico);
    return;
  }
  std::vector<LedgerAccount> accounts = standing.accounts;
  for (LedgerAccount& account : accounts) account.hold_ppm = kHoldAny;
  // Not of this object: its policy may be gone when the ledger comes to it.
  ledger_->Reserve(
      std::move(accounts), actual_pico, now_s, now_s,
      [&book = book_, ledger = ledger_, actual_pico](const Result<LedgerFile::Grant>& grant) {
        if (grant.ok() && grant->ok()) {
          ledger->Settle(grant->id, actual_pico);
        } else {
          book.CountLost(actual_pico);
        }
      });
}

std::vector<BudgetState> Budgets::States(std::int64_t now_s) {
  std::vector<BudgetState> states;
  if (ledger_ == nullptr) return states;
  std::vector<Ledger::Use> uses = ledger_->Uses(now_s);
  for (const Budget& budget : tables_.budgets) {
    const bool known = std::any_of(uses.begin(), uses.end(), [&](const Ledger::Use& use) {
      return use.account.budget == budget.name;
    });
    if (known || budget.per != kNone16) continue;
    const LedgerAccount account = AccountOf(budget, {});
    uses.push_back({account, ledger_->ShareOf(account, now_s).use});
  }
  for (const Ledger::Use& use : uses) {
    const Budget* const budget = Find(use.account.budget);
    if (budget == nullptr) continue;
    BudgetState state{.budget = use.account.budget, .value = use.account.value};
    state.day = {.limit = budget->per_day,
                 .spent = {use.use.day_spent_pico},
                 .reserved = {use.use.day_reserved_pico},
                 .from_s = DayStart(now_s),
                 .to_s = DayEnd(now_s)};
    state.month = {.limit = budget->per_month,
                   .spent = {use.use.month_spent_pico},
                   .reserved = {use.use.month_reserved_pico},
                   .from_s = MonthStart(now_s),
                   .to_s = MonthEnd(now_s)};
    std::uint32_t spent_ppm = 0;
    for (BudgetPeriod* period : {&state.day, &state.month}) {
      period->forecast = ForecastSpend(period->spent, period->from_s, period->to_s, now_s);
      const Money used{period->spent.pico_usd + period->reserved.pico_usd};
      state.used_ppm = std::max(state.used_ppm, SharePpm(used.pico_usd, period->limit.pico_usd));
      spent_ppm = std::max(spent_ppm, SharePpm(period->spent.pico_usd, period->limit.pico_usd));
    }
    for (const BudgetStep& step : budget->steps) {
      const bool reached = state.used_ppm >= step.at_ppm;
      if (step.action == BudgetAction::kPreferCheapest) state.prefers_cheapest |= reached;
      if (step.action == BudgetAction::kOnly) state.restricts |= reached;
      if (step.action == BudgetAction::kDeny) state.denies |= spent_ppm >= step.at_ppm;
    }
    states.push_back(std::move(state));
  }
  std::sort(states.begin(), states.end(), [](const BudgetState& a, const BudgetState& b) {
    return std::tie(a.budget, a.value) < std::tie(b.budget, b.value);
  });
  return states;
}

void Budgets::Watch(std::int64_t now_s) {
  if (ledger_ == nullptr || !book_.listener) return;
  const LedgerStats stats = ledger_->stats();
  const std::uint64_t changes = stats.reserved + stats.settled + stats.expired + stats.sweeps;
  if (changes == watched_ && watched_day_s_ == DayStart(now_s)) return;
  watched_ = changes;
  watched_day_s_ = DayStart(now_s);
  for (const Ledger::Use& use : ledger_->Uses(now_s)) Tell(use, now_s);
}

void Budgets::Tell(const Ledger::Use& use, std::int64_t now_s) {
  const Budget* const budget = Find(use.account.budget);
  if (budget == nullptr) return;
  for (const BudgetStep& step : budget->steps) {
    for (const bool month : {false, true}) {
      const bool deny = step.action == BudgetAction::kDeny;
      const std::int64_t spent = month ? use.use.month_spent_pico : use.use.day_spent_pico;
      const std::int64_t reserved = month ? use.use.month_reserved_pico : use.use.day_reserved_pico;
      const Money used{deny ? spent : spent + reserved};
      const Money limit = month ? budget->per_month : budget->per_day;
      const std::uint32_t used_ppm = SharePpm(used.pico_usd, limit.pico_usd);
      if (limit.pico_usd == INT64_MAX || used_ppm < step.at_ppm) continue;
      const bool alerts = step.action == BudgetAction::kAlert;
      std::int64_t& told =
          book_.told_until
              .try_emplace({use.account.budget, use.account.value, step.at_ppm, step.action,
                            std::string(alerts ? tables_.alerts[step.alert].name : ""), month},
                           INT64_MIN)
              .first->second;
      if (now_s < told) continue;
      told = month ? MonthEnd(now_s) : DayEnd(now_s);
      BudgetNotice notice{.budget = use.account.budget,
                          .value = use.account.value,
                          .at_ppm = step.at_ppm,
                          .action = step.action,
                          .alert = {},
                          .used_ppm = used_ppm,
                          .month = month,
                          .used = used,
                          .limit = limit,
                          .resets_s = told};
      if (alerts) notice.alert = tables_.alerts[step.alert].name;
      book_.listener(notice);
    }
  }
}

}  // namespace mlp::engine
