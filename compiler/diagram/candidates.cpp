#include "compiler/diagram/candidates.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "compiler/diagram/candidate_groups.hpp"
#include "compiler/diagram/candidate_rows.hpp"
#include "compiler/diagram/candidate_sites.hpp"
#include "compiler/diagram/guards.hpp"
#include "compiler/diagram/objective.hpp"

namespace mlp::compiler {
namespace {

/// Works out one list: one route, one instant, one place.
class Lister {
 public:
  Lister(const PolicyModel& model, Index route, std::int64_t at_s,
         std::optional<std::uint32_t> label)
      : place_(model, route, at_s, label) {}

  PlaceCandidates List() {
    for (std::size_t step = 0; step < place_.route.steps.size(); ++step) {
      AddStep(static_cast<std::uint32_t>(step));
    }
    SortCheapest();
    return std::move(result_);
  }

 private:
  void AddStep(std::uint32_t number) {
    const StepModel& step = place_.route.steps[number];
    std::vector<Survivor> survivors;
    for (const auto& [candidate, by] : NamedIn(place_, step)) {
      if (std::any_of(survivors.begin(), survivors.end(),
                      [&, c = candidate](const Survivor& s) { return s.member.candidate == c; })) {
        continue;
      }
      std::vector<Survivor> found;
      const std::optional<std::string> problem =
          TryCandidate(place_, step, number, candidate, by, found);
      if (problem) result_.rejected.push_back({candidate, number, *problem, false});
      for (Survivor& survivor : found) {
        survivor.member.place = static_cast<std::uint32_t>(survivors.size());
        survivors.push_back(std::move(survivor));
      }
    }
    std::vector<StepMember> order;
    for (const Survivor& survivor : survivors) order.push_back(survivor.member);
    SortMembers(place_.model, place_.route, step, order);
    std::vector<Survivor> sorted;
    for (const StepMember& member : order) {
      Survivor& survivor = survivors[member.place];
      if (Covered(survivor)) {
        result_.rejected.push_back(
            {member.candidate, number, "an earlier step always tries it before", true});
        // Its canary may be new here.
        const std::vector<CanaryRow> canaries = CanaryRows(place_, step, number, survivor);
        if (std::all_of(canaries.begin(), canaries.end(),
                        [&](const CanaryRow& row) { return IsCovered(row.entry); })) {
          continue;
        }
      }
      sorted.push_back(std::move(survivor));
    }
    AssignGroups(place_, step, number, sorted, result_.groups);
    for (Survivor& survivor : sorted) AddRows(step, number, survivor);
  }

  /// Whether each of its rows comes to nothing because an earlier step tries it whenever it may.
  [[nodiscard]] bool Covered(const Survivor& survivor) const {
    return std::all_of(survivor.entries.begin(), survivor.entries.end(),
                       [&](const CandidateEntry& entry) { return IsCovered(entry); });
  }

  [[nodiscard]] bool IsCovered(const CandidateEntry& later) const {
    return std::any_of(
        result_.entries.begin(), result_.entries.end(), [&](const CandidateEntry& earlier) {
          const bool same_arm = earlier.rollout == kNoIndex || earlier.rollout == later.rollout;
          return earlier.candidate == later.candidate && same_arm && earlier.live.empty() &&
                 earlier.when.always() && (later.capabilities & ~earlier.capabilities) == 0 &&
                 Implies(later.guards, earlier.guards);
        });
  }

  void AddRows(const StepModel& step, std::uint32_t number, Survivor& survivor) {
    for (CanaryRow& canary : CanaryRows(place_, step, number, survivor)) {
      costs_.push_back(canary.mix_pico);
      result_.entries.push_back(std::move(canary.entry));
    }
    for (CandidateEntry& entry : survivor.entries) {
      costs_.push_back(survivor.member.mix_pico);
      result_.entries.push_back(std::move(entry));
    }
  }

  void SortCheapest() {
    const bool wanted =
        std::any_of(place_.model.budgets.begin(), place_.model.budgets.end(),
                    [](const BudgetModel& budget) { return budget.prefer_cheapest_at_ppm != 0; });
    if (!wanted) return;
    for (std::uint32_t i = 0; i < result_.entries.size(); ++i) result_.cheapest.push_back(i);
    std::stable_sort(result_.cheapest.begin(), result_.cheapest.end(),
                     [&](std::uint32_t a, std::uint32_t b) {
                       return static_cast<std::uint64_t>(costs_[a]) <
                              static_cast<std::uint64_t>(costs_[b]);  // -1, unknown: last
                     });
  }

  const ListPlace place_;
  PlaceCandidates result_;
  std::vector<std::int64_t> costs_;  ///< of the mix, per entry
};

}  // namespace

const PlaceCandidates& RouteCandidates::At(std::int32_t label) const {
  if (place_attribute == kNoIndex) return places.front();
  for (const PlaceCandidates& place : places) {
    if (std::find(place.labels.begin(), place.labels.end(), static_cast<std::uint32_t>(label)) !=
        place.labels.end()) {
      return place;
    }
  }
  return places.front();
}

RouteCandidates CandidatesAt(const PolicyModel& model, Index route, std::int64_t at_s) {
  RouteCandidates result;
  const RouteModel& facts = model.routes[route];
  if (facts.place != PlaceKind::kAttribute || facts.place_attribute == kNoIndex) {
    result.places.push_back(Lister(model, route, at_s, std::nullopt).List());
    return result;
  }
  result.place_attribute = facts.place_attribute;
  const std::size_t count = model.attributes[facts.place_attribute].labels.size();
  for (std::uint32_t label = 0; label < count; ++label) {
    PlaceCandidates place = Lister(model, route, at_s, label).List();
    place.labels = {label};
    result.places.push_back(std::move(place));
  }
  return result;
}

}  // namespace mlp::compiler
