#include "compiler/diff/side.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "compiler/diagram/chain.hpp"
#include "compiler/diagram/condition_diagram.hpp"
#include "compiler/diagram/fact_words.hpp"
#include "compiler/diagram/unit_words.hpp"
#include "compiler/model/arms.hpp"
#include "compiler/model/live_facts.hpp"
#include "runtime/core/comparison.hpp"

namespace mlp::compiler {
namespace {

std::string LiveValueWords(LiveFact fact, std::int64_t value) {
  constexpr std::int64_t kMicrosPerMilli = 1'000;
  switch (UnitOf(fact)) {
    case LiveUnit::kMicroseconds:
      return DurationWords(value / kMicrosPerMilli);
    case LiveUnit::kPpm:
      return ShareWords(value);
    case LiveUnit::kTokens:
      return TokenWords(value);
    case LiveUnit::kCount:
      break;
  }
  return fmt::format("{}", value);
}

std::string LiveWords(const PolicyModel& model, const LiveAtom& atom) {
  return fmt::format("{}.live.{}{} {} {}", model.candidates[atom.model].name, NameOf(atom.fact),
                     atom.window_s == 0
                         ? std::string()
                         : " over " + DurationWords(std::int64_t{atom.window_s} * 1'000),
                     ToString(atom.comparison), LiveValueWords(atom.fact, atom.threshold));
}

/// All clauses of a row, in an order of their own.
std::string LiveWords(const PolicyModel& model, const std::vector<LiveClause>& clauses) {
  std::vector<std::string> words;
  for (const LiveClause& clause : clauses) {
    std::vector<std::string> atoms;
    for (const LiveAtom& atom : clause) atoms.push_back(LiveWords(model, atom));
    words.push_back(fmt::format("{}", fmt::join(atoms, " or ")));
  }
  std::sort(words.begin(), words.end());
  return fmt::format("{}", fmt::join(words, " and "));
}

std::string HowWords(const PolicyModel& model, const CandidateGroup& group) {
  constexpr std::array<std::string_view, 4> kKinds{"spread", "fastest", "least-busy", "balanced"};
  std::string text(kKinds[static_cast<std::size_t>(group.kind)]);
  if (group.kind == GroupKind::kBalanced) {
    text += " weights";
    for (const std::uint32_t weight : group.weights_ppm) text += " " + ShareWords(weight);
  }
  if (group.key != kNoIndex) text += " by " + model.attributes[group.key].name;
  return text;
}

std::string Shown(std::int64_t value, std::string words) {
  return value == 0 ? std::string() : std::move(words);
}

std::string ActionWords(const ActionTable& actions) {
  std::vector<std::string> words;
  for (std::size_t i = 1; i < actions.size(); ++i) {
    if (actions[i] == DefaultAction(static_cast<ErrorClass>(i))) continue;
    words.push_back(
        fmt::format("{} -> {}", ToString(static_cast<ErrorClass>(i)), ToString(actions[i])));
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

/// ` similar 0.95 by vectors`, or nothing.
std::string SimilarWords(const PolicyModel& model, const RouteModel& route) {
  if (route.cache_vectors == kNoIndex) return {};
  return fmt::format(" similar {} by {}", RatioWords(route.cache_similar_ppm),
                     model.candidates[route.cache_vectors].name);
}

OfferPlan PlanOf(const PolicyModel& model, const RouteModel& route, std::int64_t cache_ttl_ms) {
  OfferPlan plan;
  const auto set = [&](PlanField field, std::string words) {
    plan[static_cast<std::size_t>(field)] = std::move(words);
  };
  set(PlanField::kRetry, fmt::format("{}", route.retries));
  set(PlanField::kBackoff, fmt::format("{} .. {}", DurationWords(route.backoff_base_ms),
                                       DurationWords(route.backoff_cap_ms)));
  set(PlanField::kAttempts, fmt::format("{}", route.attempts));
  set(PlanField::kAttempt, Shown(route.attempt_ms, DurationWords(route.attempt_ms)));
  set(PlanField::kDeadline, Shown(route.deadline_ms, DurationWords(route.deadline_ms)));
  if (route.call_cost_pico != kUnlimited) {
    set(PlanField::kCallCost, CostWords(route.call_cost_pico));
  }
  set(PlanField::kOn, ActionWords(route.actions));
  set(PlanField::kCache,
      Shown(cache_ttl_ms, DurationWords(cache_ttl_ms) + SimilarWords(model, route)));
  if (route.caches_prompts) set(PlanField::kCachePrompts, "yes");
  if (route.hedge_percentile != 0) {
    set(PlanField::kHedge, fmt::format("after p{} at most {}", route.hedge_percentile,
                                       ShareWords(route.hedge_share_ppm)));
  }
  if (route.restart_after_first_byte) set(PlanField::kFirstByte, "restart");
  if (route.logs_prompts) set(PlanField::kLog, "prompts");
  if (route.quality_evaluator != kNoIndex) {
    set(PlanField::kQuality, fmt::format("at least {} by {}", RatioWords(route.quality_floor_micro),
                                         model.evaluators[route.quality_evaluator].name));
  }
  return plan;
}

/// Where `explain` says that a candidate answers.
std::string PlaceOf(const PolicyModel& model, const RouteModel& route,
                    const std::vector<std::string>& places, std::int32_t code) {
  if (route.place == PlaceKind::kAttribute) {
    const auto& labels = model.attributes[route.place_attribute].labels;
    return code < 0 ? std::string() : labels[static_cast<std::size_t>(code)];
  }
  for (const std::string& place : places) {
    if (route.place != PlaceKind::kFixed ||
        std::find(route.places.begin(), route.places.end(), place) != route.places.end()) {
      return place;
    }
  }
  return {};
}

}  // namespace

/// Labels of `a` are sites, of `b` codes of a place attribute plus one.
class Side::ByPlace final : public MddApply {
 public:
  ByPlace(Side& side, Index attribute) : MddApply(side.mdd_), side_(side), attribute_(attribute) {}

 private:
  std::optional<Ref> Shortcut(Ref a, Ref b) override {
    if (!IsTerminal(a)) return std::nullopt;
    Site site = side_.sites_[Label(a)];
    const DiagramLeaf& leaf = side_.diagram_.leaves[site.leaf];
    if (leaf.kind != LeafKind::kServe) return a;
    const RouteModel& route = side_.policy_.model.routes[leaf.route];
    if (route.place != PlaceKind::kAttribute || route.place_attribute != attribute_) return a;
    if (!IsTerminal(b)) return std::nullopt;
    site.place = static_cast<std::int32_t>(Label(b)) - 1;
    return Terminal(side_.Intern(site));
  }
  Side& side_;
  Index attribute_;
};

/// `b` is where some budget may ask for the cheapest first.
class Side::ByBudget final : public MddApply {
 public:
  explicit ByBudget(Side& side) : MddApply(side.mdd_), side_(side) {}

 private:
  std::optional<Ref> Shortcut(Ref a, Ref b) override {
    if (b == kFalse) return a;
    if (!IsTerminal(a)) return std::nullopt;
    Site site = side_.sites_[Label(a)];
    if (side_.diagram_.leaves[site.leaf].cheapest.empty()) return a;
    if (!IsTerminal(b)) return std::nullopt;
    site.prefers = true;
    return Terminal(side_.Intern(site));
  }
  Side& side_;
};

/// From sites to priced offers at the side's instant.
class Side::ByOffer final : public MddApply {
 public:
  explicit ByOffer(Side& side) : MddApply(side.mdd_), side_(side) {}

 private:
  std::optional<Ref> Shortcut(Ref a, Ref) override {
    if (!IsTerminal(a)) return std::nullopt;
    return Terminal(side_.Price(Label(a)));
  }
  Side& side_;
};

Side::Side(const AlignedPolicy& policy, const Diagram& diagram, Mdd& mdd, OfferBook& book)
    : policy_(policy),
      diagram_(diagram),
      mdd_(mdd),
      book_(book),
      imported_(diagram.mdd.node_count(), kOverBudget) {
  (void)Intern(Site{});
  domain_ = ConditionDiagram(policy.model, diagram.axes, mdd, policy.domain);
  for (const BudgetModel& budget : policy.model.budgets) {
    if (budget.prefer_cheapest_at_ppm == 0) continue;
    prefers_ = mdd.Or(prefers_, ConditionDiagram(policy.model, diagram.axes, mdd, budget.when));
  }
}

std::uint32_t Side::Intern(const Site& site) {
  const auto [at, added] = site_numbers_.emplace(site, static_cast<std::uint32_t>(sites_.size()));
  if (added) sites_.push_back(site);
  return at->second;
}

Ref Side::Import(Ref ref) {
  if (IsTerminal(ref)) return Terminal(Intern({Label(ref), -1, false}));
  if (imported_[ref] != kOverBudget || mdd_.over_budget()) return imported_[ref];
  std::vector<MddEdge> edges;
  for (const MddEdge& edge : diagram_.mdd.edges(ref)) {
    edges.push_back({edge.last, Import(edge.child)});
  }
  return imported_[ref] = mdd_.MakeNode(diagram_.mdd.axis(ref), edges);
}

Ref Side::Sites(Ref root) {
  const auto known = site_roots_.find(root);
  if (known != site_roots_.end()) return known->second;
  Ref sites = Import(root);
  std::vector<Index> attributes;
  for (const RouteModel& route : policy_.model.routes) {
    if (route.place != PlaceKind::kAttribute || route.place_attribute == kNoIndex) continue;
    if (std::find(attributes.begin(), attributes.end(), route.place_attribute) ==
        attributes.end()) {
      attributes.push_back(route.place_attribute);
    }
  }
  for (const Index attribute : attributes) {
    const Index axis = diagram_.axes.Find(attribute);
    std::vector<MddEdge> edges;
    for (std::int32_t code = 0; code < mdd_.axis_size(axis); ++code) {
      edges.push_back({code, Terminal(static_cast<std::uint32_t>(code) + 1)});
    }
    sites = ByPlace(*this, attribute)(sites, mdd_.MakeNode(axis, edges));
  }
  sites = ByBudget(*this)(sites, prefers_);
  return site_roots_[root] = mdd_.Gate(domain_, sites);
}

Ref Side::At(std::int64_t at_s) {
  const auto& roots = diagram_.roots;
  auto root = std::upper_bound(
      roots.begin(), roots.end(), at_s,
      [](std::int64_t wanted, const DiagramRoot& one) { return wanted < one.from_s; });
  if (root != roots.begin()) --root;
  const Ref sites = Sites(root->ref);
  at_s_ = at_s;
  sheets_.clear();
  return ByOffer(*this)(sites, kFalse);
}

OfferRow Side::RowOf(const DiagramLeaf& leaf, const CandidateEntry& entry, std::int32_t place) {
  const PolicyModel& model = policy_.model;
  const CandidateModel& candidate = model.candidates[entry.candidate];
  const ProviderModel& provider = model.providers[candidate.provider];
  const RouteModel& route = model.routes[leaf.route];
  OfferRow row;
  OfferIdentity identity{candidate.name, candidate.id, provider.name, {}, candidate.parameters};
  identity.place = PlaceOf(model, route,
                           entry.endpoint == kNoIndex ? std::vector<std::string>()
                                                      : provider.endpoints[entry.endpoint].places,
                           place);
  row.identity = book_.Identity(identity);
  row.model = book_.Text(candidate.name);
  row.capabilities = model.asks == kNoIndex ? ~std::uint64_t{0} : entry.capabilities;
  for (Guard guard : entry.guards) {
    if (model.input == kNoIndex) guard.a = 0;
    if (model.output == kNoIndex) guard.b = 0;
    row.guards.push_back(guard);
  }
  if (entry.rollout != kNoIndex) row.rollout = book_.Text(ArmName(model, entry.rollout));
  row.live = book_.Text(LiveWords(model, entry.live));
  row.group = entry.group;
  row.bound_pico = std::min(route.cost_pico, route.steps[entry.step].within_pico);
  return row;
}

const Side::Settled& Side::Settle(std::uint32_t number) {
  if (number >= settled_.size()) settled_.resize(sites_.size());
  std::optional<Settled>& settled = settled_[number];
  if (settled) return *settled;
  settled.emplace();
  const Site site = sites_[number];
  const DiagramLeaf& leaf = diagram_.leaves[site.leaf];
  Offer offer;
  offer.kind = leaf.kind;
  if (leaf.kind == LeafKind::kServe) {
    const RouteModel& route = policy_.model.routes[leaf.route];
    for (const CandidateEntry& entry : leaf.rows) {
      offer.rows.push_back(RowOf(leaf, entry, site.place));
      settled->priced.emplace_back(entry.candidate, entry.endpoint, route.caches_prompts);
    }
    for (const CandidateGroup& group : leaf.groups) {
      OfferGroup& to = offer.groups.emplace_back();
      to.how = HowWords(policy_.model, group);
      to.relative = group.kind == GroupKind::kBalanced;
      for (const Index member : group.members) {
        to.members.push_back(book_.Text(policy_.model.candidates[member].name));
      }
      if (group.kind == GroupKind::kSpread) to.weights_ppm = group.weights_ppm;
    }
    if (site.prefers) offer.cheapest = leaf.cheapest;
    offer.plan = book_.Plan(PlanOf(policy_.model, route, leaf.cache_ttl_ms));
    if (policy_.model.output != kNoIndex) offer.output_cap = route.output_cap;
    const ChainLimits limits = LimitsOf(route);
    offer.retries = limits.retries;
    offer.attempts = limits.attempts;
    offer.call_bound_pico = limits.cost_pico;
  }
  settled->offer = book_.Add(std::move(offer));
  return *settled;
}

std::uint32_t Side::Price(std::uint32_t number) {
  const Settled& settled = Settle(number);
  PricedOffer priced;
  priced.offer = settled.offer;
  for (const auto& row : settled.priced) {
    const auto known = sheets_.find(row);
    if (known != sheets_.end()) {
      priced.costs.push_back(known->second);
      continue;
    }
    const auto [candidate, endpoint, caches_prompts] = row;
    const CandidateModel& facts = policy_.model.candidates[candidate];
    CostSheet sheet;
    sheet.tiers = PriceTiers(policy_.model, facts, caches_prompts, at_s_);
    if (endpoint != kNoIndex) {
      sheet.price_micro = policy_.model.providers[facts.provider].endpoints[endpoint].price_micro;
    }
    priced.costs.push_back(sheets_[row] = book_.Add(std::move(sheet)));
  }
  return book_.Add(std::move(priced));
}

}  // namespace mlp::compiler
