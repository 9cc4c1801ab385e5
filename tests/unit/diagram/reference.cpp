#include "tests/unit/diagram/reference.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace mlp::test {
namespace {

using namespace mlp::compiler;  // NOLINT(google-build-using-namespace)

template <typename T>
bool Compare(T left, Comparison comparison, T right) {
  switch (comparison) {
    case Comparison::kEqual:
      return left == right;
    case Comparison::kNotEqual:
      return left != right;
    case Comparison::kLess:
      return left < right;
    case Comparison::kLessEqual:
      return left <= right;
    case Comparison::kGreater:
      return left > right;
    case Comparison::kGreaterEqual:
      return left >= right;
  }
  return false;
}

bool AtomHolds(const RequestAtom& atom, const ReferenceRequest& request) {
  switch (atom.kind) {
    case RequestAtom::Kind::kCodeRange:
      return atom.first <= request.codes[atom.attribute] &&
             request.codes[atom.attribute] <= atom.last;
    case RequestAtom::Kind::kTextEqual:
      return request.texts[atom.attribute] == atom.text;
    case RequestAtom::Kind::kTextPrefix:
      return request.texts[atom.attribute].starts_with(atom.text);
    case RequestAtom::Kind::kHasMember:
      return (request.sets[atom.attribute] & atom.members) == atom.members;
  }
  return false;
}

std::optional<bool> Not(std::optional<bool> value) {
  return value ? std::optional(!*value) : std::nullopt;
}

/// Kleene's logic over any tree of nodes.
template <typename Tree, typename Leaf>
std::optional<bool> Evaluate(const Tree& tree, std::uint32_t id, const Leaf& leaf) {
  const Condition::Node& node = tree.nodes[id];
  switch (node.kind) {
    case ConditionKind::kTrue:
      return true;
    case ConditionKind::kFalse:
      return false;
    case ConditionKind::kNot:
      return Not(Evaluate(tree, node.operands[0], leaf));
    case ConditionKind::kAtom:
      return leaf(tree.atoms[node.atom]);
    case ConditionKind::kAnd:
    case ConditionKind::kOr: {
      const bool absorbing = node.kind == ConditionKind::kOr;
      std::optional<bool> result = !absorbing;
      for (const std::uint32_t operand : node.operands) {
        const auto value = Evaluate(tree, operand, leaf);
        if (value == absorbing) return absorbing;
        if (!value) result = std::nullopt;
      }
      return result;
    }
  }
  return std::nullopt;
}

class Interpreter {
 public:
  Interpreter(const PolicyModel& model, const ReferenceRequest& request,
              const ReferenceWorld& world)
      : model_(model), request_(request), world_(world) {}

  ReferenceDecision Decide() {
    ReferenceDecision decision;
    for (Index i = 0; i < model_.routes.size(); ++i) {
      if (!ReferenceHolds(model_, model_.routes[i].when, request_)) continue;
      decision.route = i;
      break;
    }
    if (decision.route == kNoIndex) return decision;
    route_ = &model_.routes[decision.route];
    route_number_ = decision.route;
    if (route_->refuses) {
      decision.outcome = DecisionOutcome::kRefused;
      return decision;
    }
    if (model_.output != kNoIndex) {
      auto& output = request_.codes[model_.output];
      output = static_cast<std::int32_t>(std::min<std::int64_t>(output, route_->output_cap));
    }
    decision.cached =
        route_->cache_ttl_ms > 0 && ReferenceHolds(model_, route_->cache_when, request_);
    for (const StepModel& step : route_->steps) AddStep(step);
    if (world_.prefer_cheapest) {
      std::stable_sort(all_.begin(), all_.end(), [&](const One& a, const One& b) {
        return static_cast<std::uint64_t>(Mix(a.candidate)) <
               static_cast<std::uint64_t>(Mix(b.candidate));
      });
    }
    std::set<Index> taken;
    for (const One& one : all_) {
      if (!taken.insert(one.candidate).second) continue;
      decision.candidates.push_back(model_.candidates[one.candidate].name + "@" +
                                    std::to_string(one.endpoint) + (one.canary ? "*" : ""));
    }
    decision.outcome =
        decision.candidates.empty() ? DecisionOutcome::kNoCandidate : DecisionOutcome::kServe;
    return decision;
  }

 private:
  struct One {
    Index candidate;
    Index endpoint;
    bool canary;
  };

  void AddStep(const StepModel& step) {
    std::vector<Index> members;
    const bool pool = step.kind != ObjectiveKind::kList && step.kind != ObjectiveKind::kSpread;
    if (!pool) {
      members = step.models;
    } else if (step.pool != kNoIndex) {
      members = model_.pools[step.pool].members;
    } else {
      for (Index i = 0; i < model_.candidates.size(); ++i) members.push_back(i);
    }
    for (Index& member : members) {
      while (route_->follows_successors && model_.candidates[member].retires_s <= world_.at_s &&
             model_.candidates[member].successor_index != kNoIndex) {
        member = model_.candidates[member].successor_index;
      }
    }
    Sort(step, members);
    std::set<Index> seen;
    for (const Index member : members) {
      if (!seen.insert(member).second) continue;
      if (pool && !InPool(member)) continue;
      if (!MayServe(member, pool ? ModelStatus::kActive : ModelStatus::kDeprecated)) continue;
      if (step.kind == ObjectiveKind::kCheapest && Mix(member) < 0) continue;
      if (step.kind == ObjectiveKind::kBest && !Score(member, step.best)) continue;
      const CandidateCondition none;
      const auto& of_pool = pool && step.pool != kNoIndex ? model_.pools[step.pool].where : none;
      const bool where_now = Where(of_pool, member, false) && Where(step.where, member, false);
      const bool where_but_live = Where(of_pool, member, true) && Where(step.where, member, true);
      if (!where_but_live || !Fits(step, member)) continue;
      for (const RolloutModel& rollout : model_.rollouts) {
        const bool here = rollout.routes.empty() ||
                          std::count(rollout.routes.begin(), rollout.routes.end(), route_number_);
        if (here && world_.canary && rollout.from == member &&
            MayServe(rollout.to, ModelStatus::kCandidate) && Fits(step, rollout.to)) {
          all_.push_back({rollout.to, *Endpoint(rollout.to), true});
        }
      }
      if (where_now) all_.push_back({member, *Endpoint(member), false});
    }
  }

  [[nodiscard]] bool InPool(Index member) const {
    const CandidateModel& candidate = model_.candidates[member];
    return candidate.status == ModelStatus::kActive && world_.at_s < candidate.deprecated_s;
  }

  [[nodiscard]] bool MayServe(Index member, ModelStatus least) const {
    const CandidateModel& candidate = model_.candidates[member];
    if (world_.at_s < candidate.released_s || candidate.retires_s <= world_.at_s) return false;
    switch (candidate.status) {
      case ModelStatus::kRetired:
      case ModelStatus::kArchived:
        return false;
      case ModelStatus::kCandidate:
      case ModelStatus::kEvaluating:
        return least == ModelStatus::kCandidate;
      default:
        return true;
    }
  }

  [[nodiscard]] std::optional<Index> Endpoint(Index member) const {
    const auto& endpoints = model_.providers[model_.candidates[member].provider].endpoints;
    std::vector<std::string> wanted;
    if (route_->place == PlaceKind::kFixed) wanted = route_->places;
    if (route_->place == PlaceKind::kAttribute) {
      const Index attribute = route_->place_attribute;
      wanted = {
          model_.attributes[attribute].labels[static_cast<std::size_t>(request_.codes[attribute])]};
    }
    for (Index i = 0; i < endpoints.size(); ++i) {
      if (route_->place == PlaceKind::kAnywhere || endpoints[i].places.empty()) return i;
      for (const std::string& place : wanted) {
        if (std::count(endpoints[i].places.begin(), endpoints[i].places.end(), place) != 0) {
          return i;
        }
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] std::int64_t Tokens(Index attribute) const {
    return attribute == kNoIndex ? 0 : request_.codes[attribute];
  }

  /// Everything but status and `where`.
  [[nodiscard]] bool Fits(const StepModel& step, Index member) const {
    const CandidateModel& candidate = model_.candidates[member];
    const std::int64_t input = Tokens(model_.input);
    const std::int64_t output = Tokens(model_.output);
    const std::uint64_t asks = model_.asks == kNoIndex ? 0 : request_.sets[model_.asks];
    if (((route_->need | asks) & ~candidate.capabilities) != 0) return false;
    const std::optional<Index> endpoint = Endpoint(member);
    if (!endpoint) return false;
    if (input + output > candidate.context || input > candidate.max_input ||
        output > candidate.max_output) {
      return false;
    }
    const std::int64_t bound = std::min(route_->cost_pico, step.within_pico);
    if (bound == kUnlimited) return true;
    std::int64_t dearest = -1;
    for (const PriceModel& price : candidate.prices) {
      if (!InForce(price) || input < price.min_prompt || price.max_prompt < input) continue;
      std::int64_t in = price.per_token[0];
      const bool writes = route_->caches_prompts ||
                          model_.providers[candidate.provider].protocol == Protocol::kOpenAi;
      if (writes) in = std::max(in, price.per_token[2]);
      const std::int64_t out = std::max(price.per_token[4], price.per_token[5]);
      const std::int64_t micro =
          model_.providers[candidate.provider].endpoints[*endpoint].price_micro;
      dearest = std::max(dearest, ((in * input + out * output) * micro + 999'999) / 1'000'000);
    }
    return dearest >= 0 && dearest <= bound;
  }

  [[nodiscard]] bool InForce(const PriceModel& price) const {
    return price.when.from_s <= world_.at_s && world_.at_s < price.when.to_s;
  }

  [[nodiscard]] std::int64_t Mix(Index member) const {
    std::int64_t dearest = -1;
    for (const PriceModel& price : model_.candidates[member].prices) {
      if (!InForce(price) || route_->mix_input < price.min_prompt ||
          price.max_prompt < route_->mix_input) {
        continue;
      }
      dearest = std::max(dearest, price.per_token[0] * route_->mix_input +
                                      price.per_token[4] * route_->mix_output);
    }
    const auto endpoint = Endpoint(member);
    if (dearest < 0 || !endpoint) return dearest;
    const std::int64_t micro =
        model_.providers[model_.candidates[member].provider].endpoints[*endpoint].price_micro;
    return (dearest * micro + 999'999) / 1'000'000;
  }

  [[nodiscard]] std::int64_t Dearest(Index member, TokenClass token_class) const {
    std::int64_t dearest = -1;
    for (const PriceModel& price : model_.candidates[member].prices) {
      if (InForce(price)) {
        dearest = std::max(dearest, price.per_token[static_cast<std::size_t>(token_class)]);
      }
    }
    return dearest;
  }

  [[nodiscard]] std::optional<std::int64_t> Score(Index member, const std::string& name) const {
    for (const ScoreModel& score : model_.candidates[member].quality) {
      if (score.name == name) return score.micro;
    }
    return std::nullopt;
  }

  void Sort(const StepModel& step, std::vector<Index>& members) const {
    const auto name = [&](Index member) { return model_.candidates[member].name; };
    if (step.kind == ObjectiveKind::kCheapest) {
      std::stable_sort(members.begin(), members.end(), [&](Index a, Index b) {
        return std::tuple(Mix(a), Dearest(a, TokenClass::kOutput), name(a)) <
               std::tuple(Mix(b), Dearest(b, TokenClass::kOutput), name(b));
      });
    }
    if (step.kind == ObjectiveKind::kBest) {
      std::stable_sort(members.begin(), members.end(), [&](Index a, Index b) {
        const auto mix = [&](Index m) {
          return route_->has_mix ? static_cast<std::uint64_t>(Mix(m)) : 0;
        };
        return std::tuple(-Score(a, step.best).value_or(-1), mix(a), name(a)) <
               std::tuple(-Score(b, step.best).value_or(-1), mix(b), name(b));
      });
    }
    for (auto bit = step.prefer.rbegin(); bit != step.prefer.rend(); ++bit) {
      std::stable_partition(members.begin(), members.end(), [&](Index member) {
        return ((model_.candidates[member].capabilities >> *bit) & 1) != 0;
      });
    }
  }

  /// With `live_holds` every live comparison holds, negated or not.
  [[nodiscard]] bool Where(const CandidateCondition& where, Index member, bool live_holds) const {
    if (where.always()) return true;
    return WhereIs(where, where.root, member, true, live_holds);
  }

  /// Whether a node is surely `wanted`.
  [[nodiscard]] bool WhereIs(const CandidateCondition& where, std::uint32_t id, Index member,
                             bool wanted, bool live_holds) const {
    const Condition::Node& node = where.nodes[id];
    const auto each = [&](bool all) {
      for (const std::uint32_t operand : node.operands) {
        if (WhereIs(where, operand, member, wanted, live_holds) != all) return !all;
      }
      return all;
    };
    switch (node.kind) {
      case ConditionKind::kTrue:
        return wanted;
      case ConditionKind::kFalse:
        return !wanted;
      case ConditionKind::kNot:
        return WhereIs(where, node.operands[0], member, !wanted, live_holds);
      case ConditionKind::kAnd:
        return each(wanted);
      case ConditionKind::kOr:
        return each(!wanted);
      case ConditionKind::kAtom:
        break;
    }
    const CandidateAtom& atom = where.atoms[node.atom];
    if (atom.kind == CandidateAtom::Kind::kLive && live_holds) return true;
    return Fact(atom, member) == wanted;
  }

  [[nodiscard]] std::optional<bool> Fact(const CandidateAtom& atom, Index member) const {
    const CandidateModel& candidate = model_.candidates[member];
    std::optional<std::int64_t> fact;
    switch (atom.fact) {
      case FactKind::kContext:
        fact = candidate.context;
        break;
      case FactKind::kPrice:
        fact = Dearest(member, atom.price_class);
        if (*fact < 0) fact.reset();
        break;
      case FactKind::kQuality:
        fact = Score(member, atom.name);
        break;
      case FactKind::kRetiresIn:
        fact = candidate.retires_s == kForever ? kUnlimited : candidate.retires_s - world_.at_s;
        break;
      default:
        break;
    }
    switch (atom.kind) {
      case CandidateAtom::Kind::kCan:
        return (candidate.capabilities & atom.members) == atom.members;
      case CandidateAtom::Kind::kFact:
        if (!fact) return std::nullopt;
        return Compare(*fact, atom.comparison, atom.value);
      case CandidateAtom::Kind::kFactRequest:
        if (!fact) return std::nullopt;
        return Compare<std::int64_t>(*fact, atom.comparison, request_.codes[atom.attribute]);
      case CandidateAtom::Kind::kRequest:
        return AtomHolds(atom.request, request_);
      case CandidateAtom::Kind::kLive:
        return ReferenceLive({static_cast<std::uint16_t>(member), atom.live_fact, atom.comparison,
                              atom.window_s, atom.value},
                             world_);
      default:
        return std::nullopt;
    }
  }

  const PolicyModel& model_;
  ReferenceRequest request_;
  const ReferenceWorld& world_;
  const RouteModel* route_ = nullptr;
  Index route_number_ = kNoIndex;
  std::vector<One> all_;
};

}  // namespace

bool ReferenceLive(const LiveAtom& atom, const ReferenceWorld& world) {
  return Compare(world.live.at({atom.model, atom.fact}), atom.comparison, atom.threshold);
}

bool ReferenceHolds(const PolicyModel&, const Condition& condition,
                    const ReferenceRequest& request) {
  if (condition.always()) return true;
  return *Evaluate(condition, condition.root, [&](const RequestAtom& atom) {
    return std::optional(AtomHolds(atom, request));
  });
}

ReferenceDecision ReferenceDecide(const PolicyModel& model, const ReferenceRequest& request,
                                  const ReferenceWorld& world) {
  return Interpreter(model, request, world).Decide();
}

}  // namespace mlp::test
