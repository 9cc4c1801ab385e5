#include "tests/unit/diagram/random_policy.hpp"

#include <array>
#include <string>

#include "tests/support/model_builder.hpp"

namespace mlp::test {
namespace {

using namespace mlp::compiler;  // NOLINT(google-build-using-namespace)

constexpr std::array<const char*, 8> kTexts{"", "a", "acme", "acme-eu", "b", "other", "zz", "acm"};

class Generator {
 public:
  Generator(std::uint32_t seed, const RandomShape& shape) : random_(seed), shape_(shape) {}

  PolicyModel Make() {
    tier_ = build_.Enum("tier", {"free", "pro", "max"});
    region_ = build_.Enum("region", {"us", "eu"});
    tenant_ = build_.Text("tenant");
    user_ = build_.Text("user", AttributeType::kKey);
    if (Pick(4) != 0) build_.Tokens("input", 12);
    if (Pick(4) != 0) build_.Tokens("output", 7);
    if (Pick(3) != 0) build_.Asks(0b0110);
    if (shape_.candidates) {
      Catalog();
    } else {
      build_.Candidate("only", build_.Provider("one"));
    }
    for (std::uint32_t i = 0; i < shape_.routes; ++i) AddRoute(i);
    if (shape_.candidates) Beside();
    return std::move(build_.model);
  }

 private:
  std::int64_t Pick(std::int64_t count) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(count));
  }
  bool Chance(std::int64_t one_in) { return Pick(one_in) == 0; }

  void Catalog() {
    build_.Provider("alpha", {{"us"}, {"eu"}});
    build_.model.providers[0].endpoints[1].price_micro = 1'100'000;
    build_.Provider("beta", {{}}, Protocol::kOpenAi);
    build_.Provider("gamma", {{"eu", "us"}});
    constexpr std::array kStatuses{ModelStatus::kActive,     ModelStatus::kActive,
                                   ModelStatus::kActive,     ModelStatus::kActive,
                                   ModelStatus::kStaging,    ModelStatus::kDeprecated,
                                   ModelStatus::kEvaluating, ModelStatus::kCandidate};
    for (int i = 0; i < 6; ++i) {
      CandidateModel& candidate =
          build_.Candidate(std::string(1, static_cast<char>('m' + i)), static_cast<Index>(Pick(3)),
                           Chance(5) ? -1 : Pick(4), Pick(5));
      candidate.capabilities = Chance(3) ? 0b1011U : 0b1111U;
      if (Chance(2)) candidate.context = Pick(20);
      if (Chance(3)) candidate.max_input = Pick(13);
      if (Chance(3)) candidate.max_output = Pick(8);
      if (Chance(2)) {
        ScoreModel& score = candidate.quality.emplace_back();
        score.name = "accuracy";
        score.micro = Pick(5) * 200'000;
      }
      candidate.status = kStatuses[static_cast<std::size_t>(Pick(8))];
      if (Chance(4)) candidate.released_s = 1'000 * Pick(4);
      if (Chance(3)) candidate.deprecated_s = 2'000 + 1'000 * Pick(4);
      if (Chance(3)) candidate.retires_s = 4'000 + 1'000 * Pick(4);
      Prices(candidate);
    }
    for (Index i = 0; i + 1 < 6; ++i) {
      if (Chance(2)) {
        build_.model.candidates[i].successor_index = i + 1;
        build_.model.candidates[i].successor = build_.model.candidates[i + 1].name;
      }
    }
    std::vector<Index> members;
    for (Index i = 0; i < 6; ++i) {
      if (!Chance(3)) members.push_back(i);
    }
    pool_ = build_.Pool("pool", members);
    if (Chance(2)) build_.model.pools[pool_].where = RandomWhere();
  }

  void Prices(CandidateModel& candidate) {
    if (candidate.prices.empty()) return;
    if (Chance(3)) {  // a dearer tier for long prompts
      PriceModel longer = candidate.prices.front();
      const std::int64_t cut = 1 + Pick(11);
      candidate.prices.front().max_prompt = cut - 1;
      longer.min_prompt = cut;
      longer.per_token[0] += Pick(3);
      longer.per_token[4] += Pick(3);
      candidate.prices.push_back(longer);
    }
    if (Chance(3)) {  // a peak price
      PriceModel peak = candidate.prices.front();
      peak.days = 0x1F;
      peak.to_minute = 600;
      peak.per_token[0] += Pick(2);
      peak.per_token[4] = Pick(6);
      candidate.prices.insert(candidate.prices.begin(), peak);
    }
    if (Chance(3)) {  // a change of prices
      const auto old = candidate.prices;
      for (PriceModel& price : candidate.prices) price.when.to_s = 3'000;
      for (PriceModel price : old) {
        price.when.from_s = 3'000;
        price.per_token[0] = Pick(4);
        price.per_token[4] = Pick(4);
        candidate.prices.push_back(price);
      }
    }
    if (Chance(3)) {
      for (PriceModel& price : candidate.prices) {
        if (Chance(2)) price.per_token[2] = Pick(6);
        if (Chance(2)) price.per_token[5] = Pick(8);
      }
    }
  }

  Condition RandomWhen(int depth) {
    const auto kind = Pick(depth > 0 ? 10 : 7);
    switch (kind) {
      case 0:
      case 1: {
        const auto first = Pick(3);
        return When::Codes(tier_, first, first + Pick(2));
      }
      case 2:
        return When::Codes(region_, Pick(2), 1);
      case 3:
        return When::Is(tenant_, kTexts[static_cast<std::size_t>(Pick(8))]);
      case 4:
        return When::StartsWith(tenant_, kTexts[static_cast<std::size_t>(Pick(8))]);
      case 5:
        if (build_.model.asks != kNoIndex) return When::Has(build_.model.asks, 1U << (1 + Pick(2)));
        return When::Codes(region_, 0, 0);
      case 6: {
        const Index tokens = Chance(2) ? build_.model.input : build_.model.output;
        if (tokens == kNoIndex) return When::Codes(tier_, 1, 2);
        const auto first = Pick(12) - 1;
        return When::Codes(tokens, first, first + Pick(12));
      }
      case 7:
        return When::Not(RandomWhen(depth - 1));
      case 8:
        return When::And({RandomWhen(depth - 1), RandomWhen(depth - 1)});
      default:
        return When::Or({RandomWhen(depth - 1), RandomWhen(depth - 1)});
    }
  }

  CandidateAtom RandomFact() {
    CandidateAtom atom;
    atom.comparison = static_cast<Comparison>(Pick(6));
    switch (Pick(8)) {
      case 0:
        atom.kind = CandidateAtom::Kind::kCan;
        atom.members = 0b0100;
        break;
      case 1:
        atom.fact = FactKind::kContext;
        atom.value = Pick(20);
        break;
      case 2:
        atom.fact = FactKind::kQuality;
        atom.name = "accuracy";
        atom.value = Pick(5) * 200'000;
        break;
      case 3:
        atom.fact = FactKind::kPrice;
        atom.price_class = Chance(2) ? TokenClass::kInput : TokenClass::kOutput;
        atom.value = Pick(5);
        break;
      case 4:
        atom.fact = FactKind::kRetiresIn;
        atom.value = Pick(5) * 1'000;
        break;
      case 5:
        if (const Index tokens = Chance(2) ? build_.model.input : build_.model.output;
            tokens != kNoIndex) {
          atom.kind = CandidateAtom::Kind::kFactRequest;
          atom.fact = FactKind::kContext;
          atom.attribute = tokens;
          break;
        }
        [[fallthrough]];
      case 6:
        atom.kind = CandidateAtom::Kind::kRequest;
        atom.request = RandomWhen(0).atoms.front();
        break;
      default:
        atom.kind = CandidateAtom::Kind::kLive;
        atom.live_fact = Chance(2) ? LiveFact::kLatencyP95 : LiveFact::kErrorRate;
        atom.value = Pick(4);
        break;
    }
    return atom;
  }

  CandidateCondition RandomWhere() {
    CandidateCondition where;
    where.root = AddWhere(where, 2);
    return where;
  }
  std::uint32_t AddWhere(CandidateCondition& where, int depth) {
    Condition::Node node;
    const auto kind = depth > 0 ? Pick(5) : 0;
    if (kind < 2) {
      node.kind = ConditionKind::kAtom;
      node.atom = static_cast<std::uint32_t>(where.atoms.size());
      where.atoms.push_back(RandomFact());
    } else if (kind == 2) {
      node.kind = ConditionKind::kNot;
      node.operands = {AddWhere(where, depth - 1)};
    } else {
      node.kind = kind == 3 ? ConditionKind::kAnd : ConditionKind::kOr;
      const std::uint32_t left = AddWhere(where, depth - 1);
      node.operands = {left, AddWhere(where, depth - 1)};
    }
    where.nodes.push_back(node);
    return static_cast<std::uint32_t>(where.nodes.size() - 1);
  }

  StepModel RandomStep() {
    StepModel step;
    switch (Pick(3)) {
      case 0: {
        std::vector<Index> models;
        for (std::int64_t i = 0; i <= Pick(3); ++i) models.push_back(static_cast<Index>(Pick(6)));
        step = ModelBuilder::List(models);
        break;
      }
      case 1:
        step = ModelBuilder::Objective(ObjectiveKind::kCheapest, Chance(4) ? kNoIndex : pool_);
        break;
      default:
        step = ModelBuilder::Objective(ObjectiveKind::kBest, pool_);
        step.best = "accuracy";
        break;
    }
    if (Chance(2)) step.where = RandomWhere();
    if (Chance(3)) step.within_pico = Pick(40);
    if (Chance(4)) step.prefer = {2};
    return step;
  }

  void AddRoute(std::uint32_t number) {
    const bool last = number + 1 == shape_.routes && Chance(2);
    RouteModel& route =
        build_.Route("r" + std::to_string(number), last ? Condition{} : RandomWhen(3));
    if (!shape_.candidates) {
      route.steps.push_back(ModelBuilder::List({0}));
      return;
    }
    if (Chance(8)) {
      route.refuses = true;
      return;
    }
    for (std::int64_t i = 0; i <= Pick(3); ++i) route.steps.push_back(RandomStep());
    if (Chance(4)) route.need = 0b0100;
    if (Chance(3)) {
      route.place = PlaceKind::kAttribute;
      route.place_attribute = region_;
    } else if (Chance(4)) {
      route.place = PlaceKind::kFixed;
      route.places = {"eu"};
    }
    if (Chance(4)) route.cost_pico = Pick(60);
    if (Chance(3)) {
      route.has_mix = true;
      route.mix_input = Pick(12);
      route.mix_output = Pick(8);
    }
    if (Chance(4)) route.output_cap = Pick(8);
    if (Chance(4)) {
      route.cache_ttl_ms = 1'500;
      if (Chance(2)) route.cache_when = RandomWhen(1);
    }
    route.caches_prompts = Chance(4);
    route.follows_successors = Chance(3);
  }

  void Beside() {
    if (Chance(2)) {
      RolloutModel rollout;
      rollout.name = "ramp";
      rollout.salt = "ramp";
      rollout.from = static_cast<Index>(Pick(6));
      rollout.to = (rollout.from + 1) % 6;
      rollout.key = user_;
      if (Chance(2)) rollout.routes = {0, 1, 2};
      RolloutModel::Step step;
      step.share_ppm = 10'000;
      rollout.steps.push_back(step);
      build_.model.rollouts.push_back(rollout);
    }
    if (Chance(2)) {
      BudgetModel budget;
      budget.name = "purse";
      budget.prefer_cheapest_at_ppm = 800'000;
      build_.model.budgets.push_back(budget);
    }
  }

  std::mt19937 random_;
  RandomShape shape_;
  ModelBuilder build_;
  Index tier_ = 0;
  Index region_ = 0;
  Index tenant_ = 0;
  Index user_ = 0;
  Index pool_ = 0;
};

}  // namespace

PolicyModel RandomPolicy(std::uint32_t seed, const RandomShape& shape) {
  return Generator(seed, shape).Make();
}

ReferenceRequest RandomRequest(const PolicyModel& model, std::mt19937& random) {
  ReferenceRequest request;
  for (const AttributeModel& attribute : model.attributes) {
    request.codes.push_back(
        attribute.size > 0
            ? static_cast<std::int32_t>(random() % static_cast<std::uint32_t>(attribute.size))
            : 0);
    request.texts.emplace_back(attribute.type == AttributeType::kKey ? "unit"
                                                                     : kTexts[random() % 8]);
    request.sets.push_back(random() & attribute.members);
  }
  return request;
}

ReferenceWorld RandomWorld(const PolicyModel& model, std::mt19937& random) {
  ReferenceWorld world;
  world.at_s = static_cast<std::int64_t>(random() % 9'000);
  world.canary = random() % 2 == 0;
  for (std::uint32_t i = 0; i < model.candidates.size(); ++i) {
    for (const LiveFact fact : {LiveFact::kLatencyP95, LiveFact::kErrorRate}) {
      world.live[{i, fact}] = static_cast<std::int64_t>(random() % 4);
    }
  }
  return world;
}

}  // namespace mlp::test
