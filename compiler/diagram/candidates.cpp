#include "compiler/diagram/candidates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

#include "compiler/diagram/dates.hpp"
#include "compiler/diagram/fact_words.hpp"
#include "compiler/diagram/guards.hpp"
#include "compiler/diagram/objective.hpp"
#include "compiler/diagram/price_lines.hpp"
#include "compiler/diagram/where.hpp"
#include "compiler/model/capabilities.hpp"
#include "runtime/core/pricing.hpp"

namespace mlp::compiler {
namespace {

/// Most members of a live or drawn group: their numbers are four bits each.
constexpr std::size_t kMaxGroupMembers = 16;

bool IsRetired(const CandidateModel& candidate, std::int64_t at_s) {
  const ModelStatus status = StatusAt(candidate, at_s);
  return status == ModelStatus::kRetired || status == ModelStatus::kArchived;
}

/// Who may be tried by its status: a step's list, a pool, or the new side of a rollout.
enum class NamedBy : std::uint8_t { kList, kPool, kRollout };

std::optional<std::string> StatusProblem(const CandidateModel& candidate, NamedBy by,
                                         std::int64_t at_s) {
  if (candidate.retires_s <= at_s) {
    return fmt::format("it is retired since {}", FormatInstant(candidate.retires_s));
  }
  if (at_s < candidate.released_s) {
    return fmt::format("it is not released before {}", FormatInstant(candidate.released_s));
  }
  const ModelStatus status = StatusAt(candidate, at_s);
  switch (status) {
    case ModelStatus::kActive:
      return std::nullopt;
    case ModelStatus::kStaging:
    case ModelStatus::kDeprecated:
      if (by != NamedBy::kPool) return std::nullopt;
      if (candidate.status != ModelStatus::kDeprecated && status == ModelStatus::kDeprecated) {
        return fmt::format("it is deprecated since {}, and a pool takes active models only",
                           FormatInstant(candidate.deprecated_s));
      }
      return fmt::format("its status is {}, and a pool takes active models only", NameOf(status));
    case ModelStatus::kCandidate:
    case ModelStatus::kEvaluating:
      if (by == NamedBy::kRollout) return std::nullopt;
      return fmt::format("its status is {}: only a rollout or an experiment brings it in",
                         NameOf(status));
    case ModelStatus::kRetired:
    case ModelStatus::kArchived:
      break;
  }
  return fmt::format("its status is {}", NameOf(status));
}

/// An endpoint that may serve the route's requests, or the default one (kNoIndex) of a provider
/// that declares none.
struct Site {
  Index endpoint = kNoIndex;
  std::int64_t price_micro = 1'000'000;
  std::vector<std::string> places;
};

std::vector<std::string> WantedPlaces(const PolicyModel& model, const RouteModel& route,
                                      std::optional<std::uint32_t> label) {
  switch (route.place) {
    case PlaceKind::kAnywhere:
      return {};
    case PlaceKind::kFixed:
      return route.places;
    case PlaceKind::kAttribute:
      return {model.attributes[route.place_attribute].labels[*label]};
  }
  return {};
}

/// The members of one step in order, with their rows.
struct Survivor {
  StepMember member;
  std::vector<CandidateEntry> entries;
};

/// Works out one list: one route, one instant, one place.
class Lister {
 public:
  Lister(const PolicyModel& model, Index route, std::int64_t at_s,
         std::optional<std::uint32_t> label)
      : model_(model),
        route_number_(route),
        route_(model.routes[route]),
        at_s_(at_s),
        label_(label),
        box_(TokenBoxOf(model, route_)) {}

  PlaceCandidates List() {
    for (std::size_t step = 0; step < route_.steps.size(); ++step) {
      AddStep(static_cast<std::uint32_t>(step));
    }
    SortCheapest();
    return std::move(result_);
  }

 private:
  void AddStep(std::uint32_t number) {
    const StepModel& step = route_.steps[number];
    std::vector<Survivor> survivors;
    for (const auto& [candidate, by] : Named(step)) {
      if (std::any_of(survivors.begin(), survivors.end(),
                      [&, c = candidate](const Survivor& s) { return s.member.candidate == c; })) {
        continue;
      }
      std::vector<Survivor> found;
      const std::optional<std::string> problem = Try(step, number, candidate, by, found);
      if (problem) result_.rejected.push_back({candidate, number, *problem, false});
      for (Survivor& survivor : found) {
        survivor.member.place = static_cast<std::uint32_t>(survivors.size());
        survivors.push_back(std::move(survivor));
      }
    }
    std::vector<StepMember> order;
    for (const Survivor& survivor : survivors) order.push_back(survivor.member);
    SortMembers(model_, route_, step, order);
    std::vector<Survivor> sorted;
    for (const StepMember& member : order) {
      Survivor& survivor = survivors[member.place];
      if (Covered(survivor)) {
        result_.rejected.push_back(
            {member.candidate, number, "an earlier step always tries it before", true});
        // Its canary may be new here.
        const std::vector<CanaryRow> canaries = CanaryRows(step, number, survivor);
        if (std::all_of(canaries.begin(), canaries.end(),
                        [&](const CanaryRow& row) { return IsCovered(row.entry); })) {
          continue;
        }
      }
      sorted.push_back(std::move(survivor));
    }
    AssignGroups(step, number, sorted);
    for (Survivor& survivor : sorted) AddRows(step, number, survivor);
  }

  /// What the step names or its pool holds, successors in place of retired ones where the route
  /// follows them.
  [[nodiscard]] std::vector<std::pair<Index, NamedBy>> Named(const StepModel& step) const {
    std::vector<std::pair<Index, NamedBy>> named;
    const auto add = [&](Index candidate, NamedBy by) {
      for (std::size_t hops = 0; route_.follows_successors && hops < model_.candidates.size() &&
                                 IsRetired(model_.candidates[candidate], at_s_) &&
                                 model_.candidates[candidate].successor_index != kNoIndex;
           ++hops) {
        candidate = model_.candidates[candidate].successor_index;
      }
      named.emplace_back(candidate, by);
    };
    if (step.kind == ObjectiveKind::kList || step.kind == ObjectiveKind::kSpread) {
      for (const Index candidate : step.models) add(candidate, NamedBy::kList);
    } else if (step.pool != kNoIndex && model_.pools[step.pool].listed) {
      for (const Index candidate : model_.pools[step.pool].members) add(candidate, NamedBy::kPool);
    } else {
      for (Index i = 0; i < model_.candidates.size(); ++i) {
        if (MayRangeOver(step, model_.candidates[i])) add(i, NamedBy::kPool);
      }
    }
    return named;
  }

  /// Embedding models are only asked where embeddings are needed.
  [[nodiscard]] bool MayRangeOver(const StepModel& step, const CandidateModel& candidate) const {
    if (candidate.kind == ModelKind::kChat) return true;
    const std::optional<std::uint8_t> bit = BuiltInCapability("embeddings");
    if (!bit) return false;
    const std::uint64_t embeddings = std::uint64_t{1} << *bit;
    const auto asks = [&](const CandidateCondition& where) {
      return std::any_of(where.atoms.begin(), where.atoms.end(), [&](const CandidateAtom& atom) {
        return atom.kind == CandidateAtom::Kind::kCan && (atom.members & embeddings) != 0;
      });
    };
    return (route_.need & embeddings) != 0 || asks(step.where) ||
           (step.pool != kNoIndex && asks(model_.pools[step.pool].where));
  }

  /// Makes the rows of a candidate; what keeps it out where there are none. The first endpoint at
  /// which the step's condition holds serves a request: where the condition leaves the place to the
  /// request, several may, each a survivor with its own price, or one where the order is not fixed.
  std::optional<std::string> Try(const StepModel& step, std::uint32_t number, Index candidate,
                                 NamedBy by, std::vector<Survivor>& survivors) const {
    const CandidateModel& facts = model_.candidates[candidate];
    if (auto problem = StatusProblem(facts, by, at_s_)) return problem;
    if (auto problem = NeedProblem(facts)) return problem;
    const std::vector<Site> sites = Sites(facts);
    if (sites.empty()) return PlaceProblem(facts);
    const CandidateCondition where = Where(step);
    const bool asks_place = AsksPlaceOfRequest(where);
    std::optional<std::string> problem;
    for (const Site& site : sites) {
      CandidateSite at{candidate, at_s_, site.places, kNoIndex, label_.value_or(0)};
      if (label_) at.place_attribute = route_.place_attribute;
      const WhereResult result = ApplyWhere(model_, where, at, box_);
      if (result.cases.empty()) {
        if (!problem) problem = result.because;
        continue;
      }
      Survivor survivor;
      survivor.member.candidate = candidate;
      survivor.member.mix_pico = MixAt(facts, site);
      survivor.member.output_price = DearestPrice(facts, TokenClass::kOutput, at_s_);
      if (auto missing = MissingFact(model_, step, survivor.member)) return missing;
      const auto none = MakeRows(step, number, candidate, site, result.cases, survivor.entries);
      if (none) problem = none;
      if (!none && !survivors.empty() && HasGroup(step)) {
        std::vector<CandidateEntry>& entries = survivors.front().entries;
        std::move(survivor.entries.begin(), survivor.entries.end(), std::back_inserter(entries));
      } else if (!none) {
        survivors.push_back(std::move(survivor));
      }
      if (!asks_place || IsUnconditional(result)) break;
    }
    return survivors.empty() ? problem : std::nullopt;
  }

  static bool AsksPlaceOfRequest(const CandidateCondition& where) {
    return std::any_of(where.atoms.begin(), where.atoms.end(), [](const CandidateAtom& atom) {
      return atom.kind == CandidateAtom::Kind::kPlaceRequest;
    });
  }

  static bool IsUnconditional(const WhereResult& result) {
    const WhereCase& first = result.cases.front();
    return first.guards.empty() && first.live.empty() && first.when.always();
  }

  /// Whether its members are one drawn or live order.
  static bool HasGroup(const StepModel& step) {
    return step.kind != ObjectiveKind::kList && step.kind != ObjectiveKind::kCheapest &&
           step.kind != ObjectiveKind::kBest;
  }

  std::optional<std::string> NeedProblem(const CandidateModel& facts) const {
    const std::uint64_t lacking = route_.need & ~facts.capabilities;
    if (lacking == 0) return std::nullopt;
    return "it lacks " + CapabilityWords(model_, lacking);
  }

  [[nodiscard]] CandidateCondition Where(const StepModel& step) const {
    const bool from_pool = step.pool != kNoIndex && step.kind != ObjectiveKind::kList &&
                           step.kind != ObjectiveKind::kSpread;
    return from_pool ? Conjunction(model_.pools[step.pool].where, step.where) : step.where;
  }

  /// The endpoints that serve a wanted place, in the provider's order.
  [[nodiscard]] std::vector<Site> Sites(const CandidateModel& facts) const {
    const auto places = [&](Index endpoint) {
      return PlacesServed(model_, route_, facts.provider, endpoint, label_);
    };
    const auto& endpoints = model_.providers[facts.provider].endpoints;
    if (endpoints.empty()) return {{kNoIndex, 1'000'000, places(kNoIndex)}};
    std::vector<Site> sites;
    for (Index i = 0; i < endpoints.size(); ++i) {
      Site site{i, endpoints[i].price_micro, places(i)};
      if (route_.place != PlaceKind::kAnywhere && site.places.empty()) continue;
      sites.push_back(std::move(site));
    }
    return sites;
  }

  [[nodiscard]] std::string PlaceProblem(const CandidateModel& facts) const {
    return fmt::format("its provider `{}` has no endpoint in {}",
                       model_.providers[facts.provider].name,
                       fmt::join(WantedPlaces(model_, route_, label_), " or "));
  }

  [[nodiscard]] std::int64_t MixAt(const CandidateModel& facts, const Site& site) const {
    const std::int64_t mix = MixCostPico(facts, route_, at_s_);
    if (mix < 0) return mix;
    return ApplyPriceFactor(UInt128{static_cast<std::uint64_t>(mix)},
                            static_cast<std::uint32_t>(site.price_micro), Rounding::kUp);
  }

  [[nodiscard]] std::int64_t Bound(const StepModel& step) const {
    return std::min(route_.cost_pico, step.within_pico);
  }

  [[nodiscard]] GuardSet Limits(const CandidateModel& facts) const {
    GuardSet limits(box_);
    if (facts.context < kUnlimited) limits.Add(1, 1, facts.context);
    if (facts.max_input < kUnlimited) limits.Add(1, 0, facts.max_input);
    if (facts.max_output < kUnlimited) limits.Add(0, 1, facts.max_output);
    return limits;
  }

  /// The bounds of a candidate at a site, one set per price tier where a cost bound makes them
  /// differ; none where it can serve no request.
  [[nodiscard]] std::vector<GuardSet> Bounds(const StepModel& step, const CandidateModel& facts,
                                             const Site& site) const {
    const GuardSet limits = Limits(facts);
    if (!limits.possible()) return {};
    if (Bound(step) == kUnlimited) return {limits};
    return CostGuards(PriceTiers(model_, facts, route_.caches_prompts, at_s_), site.price_micro,
                      Bound(step), limits);
  }

  std::optional<std::string> MakeRows(const StepModel& step, std::uint32_t number, Index candidate,
                                      const Site& site, const std::vector<WhereCase>& cases,
                                      std::vector<CandidateEntry>& entries) const {
    const CandidateModel& facts = model_.candidates[candidate];
    if (!Limits(facts).possible()) return "no request of this route fits its limits";
    if (Bound(step) != kUnlimited && DearestPrice(facts, TokenClass::kInput, at_s_) < 0) {
      return "it has no price, and the route bounds the cost of an attempt";
    }
    for (const GuardSet& bounds : Bounds(step, facts, site)) {
      for (const WhereCase& one : cases) {
        GuardSet guards = bounds;
        for (const Guard& guard : one.guards) guards.Add(guard);
        if (!guards.possible()) continue;
        CandidateEntry entry;
        entry.candidate = candidate;
        entry.endpoint = site.endpoint;
        entry.step = number;
        entry.capabilities = facts.capabilities;
        entry.guards = guards.all();
        entry.live = one.live;
        entry.when = one.when;
        entries.push_back(std::move(entry));
      }
    }
    if (!entries.empty()) return std::nullopt;
    return Bound(step) == kUnlimited ? "no request of this route keeps its condition and limits"
                                     : "every attempt may cost more than its bound";
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

  void AssignGroups(const StepModel& step, std::uint32_t number, std::vector<Survivor>& members) {
    GroupKind kind = GroupKind::kSpread;
    switch (step.kind) {
      case ObjectiveKind::kList:
      case ObjectiveKind::kCheapest:
      case ObjectiveKind::kBest:
        return;
      case ObjectiveKind::kSpread:
        break;
      case ObjectiveKind::kFastest:
        kind = GroupKind::kFastest;
        break;
      case ObjectiveKind::kLeastBusy:
        kind = GroupKind::kLeastBusy;
        break;
      case ObjectiveKind::kBalanced:
        kind = GroupKind::kBalanced;
        break;
    }
    // `prefer` outranks what is measured: each of its classes is an order of its own.
    std::size_t first = 0;
    while (first < members.size()) {
      const std::uint64_t rank = RankOf(step, members[first]);
      std::size_t end = first;
      while (end < members.size() && RankOf(step, members[end]) == rank) ++end;
      AddGroup(kind, step, number, {members.data() + first, end - first});
      first = end;
    }
  }

  [[nodiscard]] std::uint64_t RankOf(const StepModel& step, const Survivor& survivor) const {
    return PreferRank(step, model_.candidates[survivor.member.candidate]);
  }

  void AddGroup(GroupKind kind, const StepModel& step, std::uint32_t number,
                std::span<Survivor> members) {
    if (members.size() < 2) return;
    members = members.first(std::min(members.size(), kMaxGroupMembers));
    CandidateGroup group;
    group.kind = kind;
    group.step = number;
    if (kind == GroupKind::kSpread) group.key = step.spread_key;
    for (Survivor& member : members) {
      group.members.push_back(member.member.candidate);
      if (kind == GroupKind::kSpread) {
        group.weights_ppm.push_back(ShareOf(step, member.member.candidate));
      }
    }
    if (kind == GroupKind::kBalanced) {
      group.weights_ppm.assign(step.weights_ppm.begin(), step.weights_ppm.end());
    }
    result_.groups.push_back(std::move(group));
    for (Survivor& member : members) {
      for (CandidateEntry& entry : member.entries) {
        entry.group = static_cast<std::uint32_t>(result_.groups.size());
      }
    }
  }

  /// A successor takes the share of what it replaces; shares of the same candidate add up.
  [[nodiscard]] std::uint32_t ShareOf(const StepModel& step, Index candidate) const {
    std::uint32_t share = 0;
    const auto named = Named(step);
    for (std::size_t i = 0; i < named.size() && i < step.shares_ppm.size(); ++i) {
      if (named[i].first == candidate) share += step.shares_ppm[i];
    }
    return share;
  }

  /// The rollouts that replace a candidate in this route.
  [[nodiscard]] std::vector<Index> RolloutsFrom(Index candidate) const {
    std::vector<Index> found;
    for (Index i = 0; i < model_.rollouts.size(); ++i) {
      const RolloutModel& rollout = model_.rollouts[i];
      const bool here = rollout.routes.empty() ||
                        std::find(rollout.routes.begin(), rollout.routes.end(), route_number_) !=
                            rollout.routes.end();
      if (here && rollout.from == candidate && rollout.to != kNoIndex) found.push_back(i);
    }
    return found;
  }

  void AddRows(const StepModel& step, std::uint32_t number, Survivor& survivor) {
    for (CanaryRow& canary : CanaryRows(step, number, survivor)) {
      costs_.push_back(canary.mix_pico);
      result_.entries.push_back(std::move(canary.entry));
    }
    for (CandidateEntry& entry : survivor.entries) {
      costs_.push_back(survivor.member.mix_pico);
      result_.entries.push_back(std::move(entry));
    }
  }

  struct CanaryRow {
    CandidateEntry entry;
    std::int64_t mix_pico;
  };

  /// The new side of each rollout from a candidate, wherever the old one stands for the request;
  /// the `where` of the old one's step is not asked of it.
  [[nodiscard]] std::vector<CanaryRow> CanaryRows(const StepModel& step, std::uint32_t number,
                                                  const Survivor& old) const {
    std::vector<CanaryRow> rows;
    for (const Index rollout : RolloutsFrom(old.member.candidate)) {
      const Index candidate = model_.rollouts[rollout].to;
      const CandidateModel& facts = model_.candidates[candidate];
      if (StatusProblem(facts, NamedBy::kRollout, at_s_) || NeedProblem(facts)) continue;
      const std::vector<Site> sites = Sites(facts);
      if (sites.empty()) continue;
      for (const GuardSet& bounds : Bounds(step, facts, sites.front())) {
        for (const CandidateEntry& entry : old.entries) {
          GuardSet guards = bounds;
          for (const Guard& guard : entry.guards) guards.Add(guard);
          if (!guards.possible()) continue;
          CandidateEntry canary = entry;
          canary.candidate = candidate;
          canary.endpoint = sites.front().endpoint;
          canary.rollout = rollout;
          canary.step = number;
          canary.capabilities = facts.capabilities & entry.capabilities;
          canary.guards = guards.all();
          canary.live.clear();
          rows.push_back({std::move(canary), MixAt(facts, sites.front())});
        }
      }
    }
    return rows;
  }

  void SortCheapest() {
    const bool wanted =
        std::any_of(model_.budgets.begin(), model_.budgets.end(),
                    [](const BudgetModel& budget) { return budget.prefer_cheapest_at_ppm != 0; });
    if (!wanted) return;
    for (std::uint32_t i = 0; i < result_.entries.size(); ++i) result_.cheapest.push_back(i);
    std::stable_sort(result_.cheapest.begin(), result_.cheapest.end(),
                     [&](std::uint32_t a, std::uint32_t b) {
                       return static_cast<std::uint64_t>(costs_[a]) <
                              static_cast<std::uint64_t>(costs_[b]);  // -1, unknown: last
                     });
  }

  const PolicyModel& model_;
  const Index route_number_;
  const RouteModel& route_;
  const std::int64_t at_s_;
  const std::optional<std::uint32_t> label_;
  const TokenBox box_;
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

std::vector<std::string> PlacesServed(const PolicyModel& model, const RouteModel& route,
                                      Index provider, Index endpoint,
                                      std::optional<std::uint32_t> label) {
  const std::vector<std::string> wanted = WantedPlaces(model, route, label);
  if (endpoint == kNoIndex) return wanted;
  const std::vector<std::string>& own = model.providers[provider].endpoints[endpoint].places;
  if (route.place == PlaceKind::kAnywhere) return own;
  if (own.empty()) return wanted;
  std::vector<std::string> places;
  for (const std::string& place : wanted) {
    if (std::find(own.begin(), own.end(), place) != own.end()) places.push_back(place);
  }
  return places;
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

std::int64_t MixCostPico(const CandidateModel& candidate, const RouteModel& route,
                         std::int64_t at_s) {
  const auto price_of = [](const PriceModel& price, TokenClass token_class) {
    return price.per_token[static_cast<std::size_t>(token_class)];
  };
  std::int64_t dearest = -1;
  for (const PriceModel& price : candidate.prices) {
    if (at_s < price.when.from_s || price.when.to_s <= at_s || route.mix_input < price.min_prompt ||
        price.max_prompt < route.mix_input) {
      continue;
    }
    const std::int64_t input = price_of(price, TokenClass::kInput);
    const std::int64_t output = price_of(price, TokenClass::kOutput);
    if ((input < 0 && route.mix_input > 0) || (output < 0 && route.mix_output > 0)) return -1;
    const UInt128 cost =
        TokensTimesPrice(route.mix_input, input) + TokensTimesPrice(route.mix_output, output);
    dearest = std::max(dearest, ApplyPriceFactor(cost, kListPrice_ppm, Rounding::kUp));
  }
  return dearest;
}

}  // namespace mlp::compiler
