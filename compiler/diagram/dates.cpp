#include "compiler/diagram/dates.hpp"

#include <fmt/format.h>

#include <limits>
#include <set>

#include "compiler/diagram/reachable.hpp"

namespace mlp::compiler {
namespace {

class Cuts {
 public:
  explicit Cuts(DateRange valid) : valid_(valid) { at_.insert(valid.from_s); }
  void Add(std::int64_t at_s) {
    if (valid_.from_s < at_s && at_s < valid_.to_s) at_.insert(at_s);
  }
  [[nodiscard]] std::vector<std::int64_t> all() const { return {at_.begin(), at_.end()}; }

 private:
  DateRange valid_;
  std::set<std::int64_t> at_;
};

void AddRetiresIn(const CandidateCondition& where, std::set<std::int64_t>& distances) {
  for (const CandidateAtom& atom : where.atoms) {
    if (atom.kind == CandidateAtom::Kind::kFact && atom.fact == FactKind::kRetiresIn) {
      distances.insert(atom.value);
    }
  }
}

}  // namespace

std::vector<std::int64_t> CutPoints(const PolicyModel& model) {
  std::set<std::int64_t> distances;
  for (const PoolModel& pool : model.pools) AddRetiresIn(pool.where, distances);
  for (const RouteModel& route : model.routes) {
    for (const StepModel& step : route.steps) AddRetiresIn(step.where, distances);
  }
  for (const BudgetModel& budget : model.budgets) {
    for (const BudgetModel::Only& only : budget.only) AddRetiresIn(only.condition, distances);
  }
  for (const AssertModel& claim : model.asserts) AddRetiresIn(claim.claim, distances);

  Cuts cuts(model.valid);
  const std::vector<bool> reachable = ReachableCandidates(model);
  for (std::size_t i = 0; i < reachable.size(); ++i) {
    if (!reachable[i]) continue;
    const CandidateModel& candidate = model.candidates[i];
    cuts.Add(candidate.released_s);
    cuts.Add(candidate.deprecated_s);
    cuts.Add(candidate.retires_s);
    for (const PriceModel& price : candidate.prices) {
      cuts.Add(price.when.from_s);
      cuts.Add(price.when.to_s);
    }
    if (candidate.retires_s == kForever) continue;
    for (const std::int64_t distance : distances) {
      // Before, at and after the instant whose distance is exactly the one asked for.
      std::int64_t at_s = 0;
      if (__builtin_sub_overflow(candidate.retires_s, distance, &at_s)) continue;
      cuts.Add(at_s);
      if (at_s < std::numeric_limits<std::int64_t>::max()) cuts.Add(at_s + 1);
    }
  }
  return cuts.all();
}

std::string FormatInstant(std::int64_t at_s) {
  constexpr std::int64_t kDay = 86'400;
  std::int64_t second = at_s % kDay;
  if (second < 0) second += kDay;
  // Civil date from days: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
  const std::int64_t shifted = (at_s - second) / kDay + 719'468;
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
  const std::int64_t day_of_era = shifted - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const std::int64_t day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  const std::int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  if (second == 0) return fmt::format("{:04}-{:02}-{:02}", year, month, day);
  const std::int64_t hour = second / 3'600;
  const std::int64_t minute = second / 60 % 60;
  if (second % 60 == 0) {
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}Z", year, month, day, hour, minute);
  }
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", year, month, day, hour, minute,
                     second % 60);
}

}  // namespace mlp::compiler
