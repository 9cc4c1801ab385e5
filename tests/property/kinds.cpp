#include "tests/property/kinds.hpp"

#include <string_view>

namespace mlp::oracle {
namespace {

using compiler::ast::Kind;
using Kinds = std::set<std::string>;

constexpr std::string_view kOrders[] = {"==", "!=", "<", "<=", ">", ">="};
constexpr std::string_view kEqualities[] = {"==", "!="};

std::string TypeName(Kind type) {
  switch (type) {
    case Kind::kOneOf:
      return "enum";
    case Kind::kOrdered:
      return "ordered";
    case Kind::kSetOf:
      return "set";
    case Kind::kAsks:
      return "asks";
    case Kind::kTokensType:
      return "tokens";
    case Kind::kNumberType:
      return "number";
    case Kind::kKeyType:
      return "key";
    default:
      return "text";
  }
}

/// Adds what a condition is made of behind `place`, which is `when` or `where`.
void Add(const Condition& condition, const std::string& place, const Facts& facts, Kinds& kinds) {
  const auto add = [&](const std::string& kind) { kinds.insert(place + " " + kind); };
  for (const Condition& part : condition.parts) Add(part, place, facts, kinds);
  const std::string several = condition.names.size() > 1 ? " several" : " one";
  switch (condition.kind) {
    case Kind::kAnd:
      return add("and");
    case Kind::kOr:
      return add("or");
    case Kind::kNot:
      return add("not");
    case Kind::kTruth:
      return;  // also where there is no condition
    case Kind::kCan:
      return add("can" + several);
    default:
      break;
  }
  if (condition.mirrored) add("mirrored");
  const Operand& left = condition.operands.front();
  std::string asked;
  if (left.attribute != kNowhere) {
    asked = TypeName(facts.attributes[left.attribute].type);
  } else {
    asked = left.path.front();
    if (asked == "price" || asked == "latency") asked += "." + left.path.back();
  }
  switch (condition.kind) {
    case Kind::kIn:
      return add(asked + " in");
    case Kind::kHas:
      return add(asked + " has" + several);
    case Kind::kStartsWith:
      return add(asked + " starts-with");
    default:
      break;
  }
  const Operand& right = condition.operands[1];
  if (left.attribute == kNowhere && right.attribute != kNowhere)
    return add(asked + " by request." + right.path.back());
  add(asked);
  add(asked + " " + condition.op);
}

void Add(const Model& model, Kinds& kinds) {
  kinds.insert("status " + model.status);
  if (model.released != INT64_MIN) kinds.insert("model released");
  if (model.deprecated != INT64_MAX) kinds.insert("model deprecated");
  if (model.retires != INT64_MAX) kinds.insert("model retires");
  if (!model.successor.empty()) kinds.insert("model successor");
  if (model.context == kWithoutBound && model.max_input == kWithoutBound)
    kinds.insert("model without limits");
  if (model.context == kWithoutBound && model.max_input != kWithoutBound)
    kinds.insert("model without context");
  if (model.can.contains("large-context")) kinds.insert("model large-context");
  if (model.quality.empty()) kinds.insert("model without quality");
  if (model.priors.empty()) kinds.insert("model without prior");
  if (model.embeds) kinds.insert("model embedding");
  for (const Price& price : model.prices) {
    kinds.insert(price.from == INT64_MIN ? "price always" : "price from");
    if (price.to != INT64_MAX) kinds.insert("price to");
    if (price.min_prompt > 0) kinds.insert("price tier");
    if (price.scheduled) kinds.insert("price schedule");
    for (const auto& [token_class, rate] : price.rates) kinds.insert("price " + token_class);
  }
}

void Add(const Step& step, const Facts& facts, Kinds& kinds) {
  kinds.insert("step " + step.word + (step.key == kNowhere ? "" : " by"));
  if (step.word == "cheapest" && step.pool.empty()) kinds.insert("step cheapest of all");
  if (step.where.kind != Kind::kTruth) kinds.insert("step where");
  if (step.within != kWithoutBound) kinds.insert("step within");
  if (!step.prefer.empty()) kinds.insert("step prefer");
  Add(step.where, "where", facts, kinds);
}

void Add(const Route& route, const Facts& facts, Kinds& kinds) {
  Add(route.when, "when", facts, kinds);
  const Statements& says = route.says;
  if (route.refuses) kinds.insert("route refuse");
  if (!says.need.empty()) kinds.insert("route need");
  if (says.cap) kinds.insert("route cap");
  if (says.mix) kinds.insert("route mix");
  if (says.places) kinds.insert(says.places->size() > 1 ? "route places" : "route place");
  if (says.place_attribute != kNowhere) kinds.insert("route place by request");
  if (says.cost) kinds.insert("route cost");
  if (says.cache) {
    kinds.insert("route cache");
    Add(says.cache->second, "when", facts, kinds);
  }
  if (says.caches_prompts) kinds.insert("route cache prompts");
  if (says.follows_successors) kinds.insert("route follow successors");
  for (const Step& step : route.steps) Add(step, facts, kinds);
}

std::string KindOf(const Guard& guard) {
  if (guard.a == 1 && guard.b == 1) return "guard sum";
  if (guard.b == 0) return guard.a < 0 ? "guard input from" : "guard input";
  if (guard.a == 0) return guard.b < 0 ? "guard output from" : "guard output";
  return "guard cost";
}

}  // namespace

Kinds KindsOf(const Facts& facts) {
  Kinds kinds;
  for (const auto& [name, model] : facts.models) Add(model, kinds);
  for (const auto& [name, pool] : facts.pools) {
    kinds.insert(!pool.members                     ? "pool where"
                 : pool.where.kind == Kind::kTruth ? "pool listed"
                                                   : "pool listed where");
    Add(pool.where, "where", facts, kinds);
  }
  for (const auto& [name, provider] : facts.providers) {
    kinds.insert("provider " + provider.protocol);
    for (const Endpoint& endpoint : provider.endpoints) {
      if (endpoint.factor_micro != 1'000'000) kinds.insert("endpoint price factor");
      if (endpoint.places.empty()) kinds.insert("endpoint anywhere");
    }
  }
  for (const Route& route : facts.routes) Add(route, facts, kinds);
  for (const Rollout& rollout : facts.rollouts)
    kinds.insert(rollout.routes.empty() ? "rollout" : "rollout for");
  if (facts.rollouts.size() > 1) kinds.insert("rollouts");
  for (const Experiment& experiment : facts.experiments) {
    kinds.insert("experiment");
    if (!experiment.routes.empty()) kinds.insert("experiment for");
    if (experiment.when.kind != Kind::kTruth) kinds.insert("experiment when");
    if (experiment.arms.size() > 2) kinds.insert("experiment of three");
    if (!facts.rollouts.empty()) kinds.insert("experiment beside a rollout");
  }
  if (facts.Find("output") == kNowhere) kinds.insert("request without output");
  return kinds;
}

Kinds KindsOf(const Tables& tables) {
  Kinds kinds;
  for (const Guard& guard : tables.guards) kinds.insert(KindOf(guard));
  for (const Axis& axis : tables.axes) {
    constexpr std::string_view kNames[] = {"code", "text", "member"};
    kinds.insert("axis " + std::string(kNames[static_cast<std::size_t>(axis.kind)]));
  }
  for (const Leaf& leaf : tables.leaves) {
    constexpr std::string_view kNames[] = {"serve", "refuse", "no route"};
    kinds.insert("leaf " + std::string(kNames[static_cast<std::size_t>(leaf.kind)]));
    if (leaf.first_cheapest != kNone32) kinds.insert("leaf cheapest");
  }
  for (const Group& group : tables.groups) {
    constexpr std::string_view kNames[] = {"spread", "fastest", "least-busy", "balanced"};
    kinds.insert("group " + std::string(kNames[static_cast<std::size_t>(group.kind)]));
  }
  for (const Row& row : tables.rows) {
    const Gate& gate = tables.gates[row.gate];
    if (gate.live_count != 0) kinds.insert("row live");
    if (row.rollout != kNone16) kinds.insert("row canary");
    if (gate.guard_count > 1) kinds.insert("row of several guards");
  }
  if (tables.roots.size() > 1) kinds.insert("roots");
  return kinds;
}

std::vector<std::string> RequiredKinds() {
  std::vector<std::string> kinds = {
      "when and", "when or", "when not", "when mirrored", "where and", "where or", "where not",
      "where mirrored", "where can one", "where can several",
      // texts and sets
      "when enum in", "when number in", "when tokens in", "when text in", "when key in",
      "when text starts-with", "when key starts-with", "when asks has one", "when asks has several",
      "when set has one", "when set has several", "where enum in", "where tokens in",
      "where asks has one", "where set has one", "where text starts-with",
      // names of a candidate
      "where provider in", "where model in", "where status in", "where place in",
      "where place by request.region", "where live <=", "where number", "where text", "where key",
      "where price.cache-write", "where price.cache-read", "where price.reasoning",
      "where latency.p50", "where latency.p95",
      // a fact against the request's tokens
      "where context by request.input", "where input by request.input",
      "where context by request.output", "where output by request.output", "step list",
      "step spread", "step spread by", "step cheapest", "step cheapest of all", "step best",
      "step fastest", "step least-busy", "step balanced", "step where", "step within",
      "step prefer", "pool listed", "pool listed where", "pool where", "route refuse", "route need",
      "route cap", "route mix", "route place", "route places", "route place by request",
      "route cost", "route cache", "route cache prompts", "route follow successors",
      "model released", "model deprecated", "model retires", "model successor",
      "model without limits", "model without context", "model large-context",
      "model without quality", "model without prior", "model embedding", "status active",
      "status staging", "status candidate", "status evaluating", "status deprecated",
      "status retired", "status archived", "price always", "price from", "price to", "price tier",
      "price schedule", "price cache-write", "price reasoning", "provider openai",
      "provider anthropic", "provider ollama", "endpoint price factor", "endpoint anywhere",
      "rollout", "rollout for", "rollouts", "request without output", "experiment",
      "experiment for", "experiment when", "experiment of three", "experiment beside a rollout",
      // as compiled
      "guard input", "guard output", "guard sum", "guard cost", "guard input from",
      "guard output from", "axis code", "axis text", "axis member", "leaf serve", "leaf refuse",
      "leaf no route", "leaf cheapest", "group spread", "group fastest", "group least-busy",
      "group balanced", "row live", "row canary", "row of several guards", "roots"};
  const auto each = [&](const std::string& asked, const auto& orders) {
    for (const std::string_view order : orders) kinds.push_back(asked + " " + std::string(order));
  };
  for (const std::string place : {"when ", "where "}) {
    for (const std::string type : {"ordered", "tokens"}) each(place + type, kOrders);
    each(place + "enum", kEqualities);
  }
  each("when number", kOrders);
  each("when text", kEqualities);
  each("when key", kEqualities);
  for (const std::string fact :
       {"context", "input", "output", "quality", "price.input", "price.output", "retires-in"}) {
    each("where " + fact, kOrders);
  }
  for (const std::string fact : {"provider", "model", "status", "place"})
    each("where " + fact, kEqualities);
  return kinds;
}

}  // namespace mlp::oracle
