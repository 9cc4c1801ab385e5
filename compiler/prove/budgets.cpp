#include "compiler/prove/budgets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "compiler/diagram/condition_diagram.hpp"
#include "compiler/diagram/dates.hpp"
#include "compiler/diagram/leaf_bounds.hpp"
#include "compiler/diagram/price_lines.hpp"
#include "compiler/diagram/reach.hpp"
#include "compiler/diagram/request_words.hpp"
#include "compiler/prove/attempt.hpp"
#include "compiler/prove/uses.hpp"
#include "mlp/money.hpp"

namespace mlp::compiler {
namespace {

constexpr std::size_t kMostReached = 2'000'000;
constexpr std::int64_t kMostDaysOfMonth = 31;

/// The cheapest attempt that a budget's requests may make.
struct Cheapest {
  std::int64_t pico = kUnlimited;  ///< kUnlimited: none is known
  std::int64_t at_s = 0;
  ReachedLeaf reached;
  LeafPoint point;
};

/// What a budget's requests do, as far as they were looked at.
struct Spending {
  bool served = false;
  bool free = true;
  bool reorders = false;  ///< the cheapest does not stand first already
  Cheapest cheapest;
};

class Finder {
 public:
  Finder(const PolicyModel& model, Diagram& diagram, Diagnostics& diagnostics)
      : model_(model), diagram_(diagram), diagnostics_(diagnostics) {}

  void Find() {
    for (const BudgetModel& budget : model_.budgets) Look(budget);
  }

 private:
  void Look(const BudgetModel& budget) {
    const bool acts = budget.deny_at_ppm != 0 || budget.prefer_cheapest_at_ppm != 0 ||
                      !budget.only.empty() || !budget.notices.empty();
    if (!acts) {
      Never(budget, budget.span, "it says nothing to do at any share of its limit",
            "add `at 100% deny`, `at 80% prefer cheapest` or `at 80% alert NAME`");
    }
    Limits(budget);
    const Ref condition = ConditionDiagram(model_, diagram_.axes, diagram_.mdd, budget.when);
    if (condition == kFalse || condition == kOverBudget) return;  // MLP0404 has said so
    const Span when = budget.when.always() ? budget.span : budget.when.nodes[budget.when.root].span;
    Spending spending;
    for (std::size_t root = 0; root < diagram_.roots.size() && !Settled(budget, spending); ++root) {
      const Ref gated = diagram_.mdd.Gate(condition, diagram_.roots[root].ref);
      if (gated == kOverBudget) return;
      const auto reached = ReachedLeaves(model_, diagram_, gated, kMostReached);
      if (!reached) return;
      for (const ReachedLeaf& one : *reached) Look(root, one, spending);
    }
    if (!spending.served) {
      Never(budget, when, "no request of its condition is served",
            "remove it, or widen the condition to requests that spend something");
    } else if (spending.free) {
      Never(budget, budget.span, "every candidate behind it costs nothing",
            "remove it, or state what the candidates cost");
    } else if (acts && !spending.reorders && OnlyReorders(budget)) {
      Never(budget, budget.span, "the cheapest candidate stands first already",
            "remove it, or add `at 100% deny`");
    } else {
      Impassable(budget, spending.cheapest);
    }
  }

  /// Nothing that is still to be looked at can make a finding.
  static bool Settled(const BudgetModel& budget, const Spending& spending) {
    return spending.served && !spending.free && (spending.reorders || !OnlyReorders(budget)) &&
           (budget.deny_at_ppm == 0 || spending.cheapest.pico <= LimitOf(budget));
  }

  static std::int64_t LimitOf(const BudgetModel& budget) {
    return std::min(budget.per_day_pico, budget.per_month_pico);
  }

  void Look(std::size_t root, const ReachedLeaf& reached, Spending& spending) const {
    const DiagramLeaf& leaf = diagram_.leaves[reached.leaf];
    if (leaf.kind != LeafKind::kServe) return;
    spending.reorders = spending.reorders || !leaf.groups.empty() ||
                        !std::is_sorted(leaf.cheapest.begin(), leaf.cheapest.end());
    for (const CandidateEntry& row : leaf.rows) {
      const auto point = ServedPoint(model_, leaf.route, row, reached);
      if (!point) continue;
      spending.served = true;
      // A price alone changes no decision, so it may begin to hold within a root.
      for (const std::int64_t at_s :
           PriceDates(model_.candidates[row.candidate], diagram_.roots[root].from_s,
                      EndOf(model_, diagram_, root))) {
        spending.free = spending.free && IsFree(row, at_s);
        Weigh(leaf, row, reached, *point, at_s, spending.cheapest);
      }
    }
  }

  static bool OnlyReorders(const BudgetModel& budget) {
    return budget.deny_at_ppm == 0 && budget.only.empty() && budget.notices.empty();
  }

  void Never(const BudgetModel& budget, Span span, const char* why, const char* help) {
    diagnostics_
        .Add(Code::k0701, span, fmt::format("budget `{}` can never bind: {}", budget.name, why))
        .help.emplace_back(help);
  }

  // ------------------------------------------------------------ its two limits

  void Limits(const BudgetModel& budget) {
    const std::int64_t day = budget.per_day_pico;
    const std::int64_t month = budget.per_month_pico;
    if (day == kUnlimited || month == kUnlimited) return;
    if (day <= month / kMostDaysOfMonth) {
      Report(budget, budget.month_span, budget.day_span,
             fmt::format("the monthly limit of budget `{}` can never bind: {} days at {} are at "
                         "most {}",
                         budget.name, kMostDaysOfMonth, ToString(Money{day}),
                         ToString(Money{day * kMostDaysOfMonth})));
    } else if (month < day) {
      Report(budget, budget.day_span, budget.month_span,
             fmt::format("the daily limit of budget `{}` can never bind: the month's {} are spent "
                         "before",
                         budget.name, ToString(Money{month})));
    }
  }

  void Report(const BudgetModel& budget, Span span, Span other, std::string message) {
    Diagnostic& diagnostic =
        diagnostics_.Add(Code::k0701, span.end > 0 ? span : budget.span, std::move(message));
    if (other.end > 0) diagnostic.related.push_back({other, "the limit that binds"});
    diagnostic.help.emplace_back("leave the idle limit out, or let it bind before the other");
  }

  // ------------------------------------------------------------ what attempts cost

  [[nodiscard]] bool IsFree(const CandidateEntry& row, std::int64_t at_s) const {
    const CandidateModel& candidate = model_.candidates[row.candidate];
    const bool local = model_.providers[candidate.provider].protocol == Protocol::kOllama;
    const auto costs = [&](TokenClass token_class) {
      const std::int64_t price = DearestPrice(candidate, token_class, at_s);
      return price > 0 || (price < 0 && !local);
    };
    return !costs(TokenClass::kInput) && !costs(TokenClass::kOutput);
  }

  void Weigh(const DiagramLeaf& leaf, const CandidateEntry& row, const ReachedLeaf& reached,
             const LeafPoint& point, std::int64_t at_s, Cheapest& cheapest) const {
    // Fewer tokens may fall into a dearer tier only where longer prompts are cheaper, which no
    // price list has; then the finding is left out.
    const std::int64_t pico = WorstAttemptPico(model_, leaf.route, row, point, at_s);
    if (pico < 0) {
      cheapest.pico = -1;
    } else if (pico < cheapest.pico) {
      cheapest = {pico, at_s, reached, point};
    }
  }

  void Impassable(const BudgetModel& budget, const Cheapest& cheapest) {
    const std::int64_t limit = LimitOf(budget);
    if (budget.deny_at_ppm == 0 || cheapest.pico == kUnlimited || cheapest.pico <= limit) return;
    const bool day = budget.per_day_pico == limit;
    const Span span = day ? budget.day_span : budget.month_span;
    Diagnostic& diagnostic = diagnostics_.Add(
        Code::k0701, span.end > 0 ? span : budget.span,
        fmt::format("no request could pass budget `{}`: the cheapest attempt may cost {}, more "
                    "than the whole {}",
                    budget.name, ToString(Money{cheapest.pico}), day ? "day's limit" : "month's"));
    diagnostic.help.push_back(
        fmt::format("raise the limit above {}", ToString(Money{cheapest.pico})));
    RequestPoint point;
    point.codes = cheapest.reached.codes;
    point.asks = cheapest.point.asks;
    point.input = cheapest.point.input;
    point.output = cheapest.point.output;
    diagnostic.witness = WitnessOf(model_, diagram_.axes, point);
    diagnostic.witness->emplace_back("@date", FormatInstant(cheapest.at_s));
  }

  const PolicyModel& model_;
  Diagram& diagram_;
  Diagnostics& diagnostics_;
};

}  // namespace

void FindIdleBudgets(const PolicyModel& model, Diagram& diagram, Diagnostics& diagnostics) {
  Finder(model, diagram, diagnostics).Find();
}

}  // namespace mlp::compiler
