#include "compiler/diagram/candidate_rows.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "compiler/diagram/guards.hpp"
#include "compiler/diagram/price_lines.hpp"
#include "compiler/diagram/where.hpp"
#include "compiler/model/arms.hpp"

namespace mlp::compiler {
namespace {

bool AsksPlaceOfRequest(const CandidateCondition& where) {
  return std::any_of(where.atoms.begin(), where.atoms.end(), [](const CandidateAtom& atom) {
    return atom.kind == CandidateAtom::Kind::kPlaceRequest;
  });
}

bool IsUnconditional(const WhereResult& result) {
  const WhereCase& first = result.cases.front();
  return first.guards.empty() && first.live.empty() && first.when.always();
}

/// Whether its members are one drawn or live order.
bool HasGroup(const StepModel& step) {
  return step.kind != ObjectiveKind::kList && step.kind != ObjectiveKind::kCheapest &&
         step.kind != ObjectiveKind::kBest;
}

CandidateCondition Where(const ListPlace& list, const StepModel& step) {
  const bool from_pool = step.pool != kNoIndex && step.kind != ObjectiveKind::kList &&
                         step.kind != ObjectiveKind::kSpread;
  return from_pool ? Conjunction(list.model.pools[step.pool].where, step.where) : step.where;
}

std::int64_t Bound(const ListPlace& list, const StepModel& step) {
  return std::min(list.route.cost_pico, step.within_pico);
}

GuardSet Limits(const ListPlace& list, const CandidateModel& facts) {
  GuardSet limits(list.box);
  if (facts.context < kUnlimited) limits.Add(1, 1, facts.context);
  if (facts.max_input < kUnlimited) limits.Add(1, 0, facts.max_input);
  if (facts.max_output < kUnlimited) limits.Add(0, 1, facts.max_output);
  return limits;
}

/// The bounds of a candidate at a site, one set per price tier where a cost bound makes them
/// differ; none where it can serve no request.
std::vector<GuardSet> Bounds(const ListPlace& list, const StepModel& step,
                             const CandidateModel& facts, const Site& site) {
  const GuardSet limits = Limits(list, facts);
  if (!limits.possible()) return {};
  if (Bound(list, step) == kUnlimited) return {limits};
  return CostGuards(PriceTiers(list.model, facts, list.route.caches_prompts, list.at_s),
                    site.price_micro, Bound(list, step), limits);
}

std::optional<std::string> MakeRows(const ListPlace& list, const StepModel& step,
                                    std::uint32_t number, Index candidate, const Site& site,
                                    const std::vector<WhereCase>& cases,
                                    std::vector<CandidateEntry>& entries) {
  const CandidateModel& facts = list.model.candidates[candidate];
  if (!Limits(list, facts).possible()) return "no request of this route fits its limits";
  if (Bound(list, step) != kUnlimited && DearestPrice(facts, TokenClass::kInput, list.at_s) < 0) {
    return "it has no price, and the route bounds the cost of an attempt";
  }
  for (const GuardSet& bounds : Bounds(list, step, facts, site)) {
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
  return Bound(list, step) == kUnlimited ? "no request of this route keeps its condition and limits"
                                         : "every attempt may cost more than its bound";
}

/// An arm that has another model in a candidate's place.
struct Replacing {
  Index number;  ///< of the arm (model/arms.hpp)
  Index candidate;
  const Condition* when;  ///< null: every request
};

bool IsHere(const ListPlace& list, const std::vector<Index>& routes) {
  return routes.empty() ||
         std::find(routes.begin(), routes.end(), list.route_number) != routes.end();
}

/// The rollouts and experiments' arms that replace a candidate in this route.
std::vector<Replacing> ReplacingOf(const ListPlace& list, Index candidate) {
  std::vector<Replacing> found;
  for (Index i = 0; i < list.model.rollouts.size(); ++i) {
    const RolloutModel& rollout = list.model.rollouts[i];
    if (IsHere(list, rollout.routes) && rollout.from == candidate && rollout.to != kNoIndex) {
      found.push_back({i, rollout.to, nullptr});
    }
  }
  for (Index i = 0; i < list.model.experiments.size(); ++i) {
    const ExperimentModel& experiment = list.model.experiments[i];
    if (!IsHere(list, experiment.routes) || experiment.Replaced() != candidate) continue;
    for (Index arm = 0; arm < experiment.arms.size(); ++arm) {
      const Index other = experiment.arms[arm].candidate;
      if (other == candidate || other == kNoIndex) continue;
      found.push_back({FirstArm(list.model, i) + arm, other, &experiment.when});
    }
  }
  return found;
}

/// Both conditions.
Condition Both(const Condition& a, const Condition& b) {
  if (a.always()) return b;
  if (b.always()) return a;
  Condition both = a;
  const auto nodes = static_cast<std::uint32_t>(a.nodes.size());
  const auto atoms = static_cast<std::uint32_t>(a.atoms.size());
  for (Condition::Node node : b.nodes) {
    node.atom += atoms;
    for (std::uint32_t& operand : node.operands) operand += nodes;
    both.nodes.push_back(std::move(node));
  }
  both.atoms.insert(both.atoms.end(), b.atoms.begin(), b.atoms.end());
  Condition::Node root;
  root.kind = ConditionKind::kAnd;
  root.operands = {a.root, b.root + nodes};
  both.root = static_cast<std::uint32_t>(both.nodes.size());
  both.nodes.push_back(std::move(root));
  return both;
}

}  // namespace

std::optional<std::string> TryCandidate(const ListPlace& list, const StepModel& step,
                                        std::uint32_t number, Index candidate, NamedBy by,
                                        std::vector<Survivor>& survivors) {
  const CandidateModel& facts = list.model.candidates[candidate];
  if (auto problem = StatusProblem(facts, by, list.at_s)) return problem;
  if (auto problem = NeedProblem(list, facts)) return problem;
  const std::vector<Site> sites = SitesOf(list, facts);
  if (sites.empty()) return PlaceProblem(list, facts);
  const CandidateCondition where = Where(list, step);
  const bool asks_place = AsksPlaceOfRequest(where);
  std::optional<std::string> problem;
  for (const Site& site : sites) {
    CandidateSite at{candidate, list.at_s, site.places, kNoIndex, list.label.value_or(0)};
    if (list.label) at.place_attribute = list.route.place_attribute;
    const WhereResult result = ApplyWhere(list.model, where, at, list.box);
    if (result.cases.empty()) {
      if (!problem) problem = result.because;
      continue;
    }
    Survivor survivor;
    survivor.member.candidate = candidate;
    survivor.member.mix_pico = MixAt(list, facts, site);
    survivor.member.output_price = DearestPrice(facts, TokenClass::kOutput, list.at_s);
    if (auto missing = MissingFact(list.model, step, survivor.member)) return missing;
    const auto none = MakeRows(list, step, number, candidate, site, result.cases, survivor.entries);
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

std::vector<CanaryRow> CanaryRows(const ListPlace& list, const StepModel& step,
                                  std::uint32_t number, const Survivor& old) {
  std::vector<CanaryRow> rows;
  for (const auto& [arm, candidate, when] : ReplacingOf(list, old.member.candidate)) {
    const CandidateModel& facts = list.model.candidates[candidate];
    if (StatusProblem(facts, NamedBy::kRollout, list.at_s) || NeedProblem(list, facts)) continue;
    const std::vector<Site> sites = SitesOf(list, facts);
    if (sites.empty()) continue;
    for (const GuardSet& bounds : Bounds(list, step, facts, sites.front())) {
      for (const CandidateEntry& entry : old.entries) {
        GuardSet guards = bounds;
        for (const Guard& guard : entry.guards) guards.Add(guard);
        if (!guards.possible()) continue;
        CandidateEntry canary = entry;
        canary.candidate = candidate;
        canary.endpoint = sites.front().endpoint;
        canary.rollout = arm;
        if (when != nullptr) canary.when = Both(canary.when, *when);
        canary.step = number;
        canary.capabilities = facts.capabilities & entry.capabilities;
        canary.guards = guards.all();
        canary.live.clear();
        rows.push_back({std::move(canary), MixAt(list, facts, sites.front())});
      }
    }
  }
  return rows;
}

}  // namespace mlp::compiler
