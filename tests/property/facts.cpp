#include "tests/property/facts.hpp"

#include <algorithm>

#include "compiler/ast/literals.hpp"
#include "tests/property/read_condition.hpp"

namespace mlp::oracle {
namespace {

using compiler::ast::Kind;
using compiler::ast::kNoNode;
using compiler::ast::NodeId;

class Reader {
 public:
  Reader(const compiler::ast::Tree& tree, const compiler::SourceSet& sources, Facts& facts)
      : tree_(tree), words_(tree, sources), facts_(facts) {}

  void ReadDeclarations() {
    for (const NodeId child : tree_.children(tree_.root)) {
      if (tree_.kind(child) == Kind::kRequest) ReadRequest(child);
      if (tree_.kind(child) == Kind::kDefaults) defaults_ = child;
    }
    for (const NodeId child : tree_.children(tree_.root)) Declaration(child);
  }

 private:
  void Declaration(NodeId node) {
    switch (tree_.kind(node)) {
      case Kind::kPolicy: {
        const NodeId valid = tree_.Child(node, Kind::kValid);
        facts_.valid_from = words_.Number(tree_.ChildAt(valid, 0));
        facts_.valid_to = words_.Number(tree_.ChildAt(valid, 1));
        break;
      }
      case Kind::kProvider:
      case Kind::kAmendProvider:
        ReadProvider(node, facts_.providers[words_.Name(node)],
                     tree_.kind(node) == Kind::kAmendProvider);
        break;
      case Kind::kModel:
      case Kind::kVariant: {
        const std::vector<std::string> names = words_.Names(node);
        Model model;
        if (tree_.kind(node) == Kind::kVariant) model = facts_.models.at(names[1]);
        model.name = names.front();
        ReadModel(node, model, tree_.kind(node) == Kind::kVariant);
        facts_.model_order.push_back(model.name);
        facts_.models[model.name] = model;
        break;
      }
      case Kind::kAmendModel:
        ReadModel(node, facts_.models.at(words_.Name(node)), true);
        break;
      case Kind::kPool: {
        Pool& pool = facts_.pools[words_.Name(node)];
        if (const NodeId members = tree_.Child(node, Kind::kMembers); members != kNoNode)
          pool.members = words_.Names(members);
        pool.where = Where(node);
        break;
      }
      case Kind::kRoute:
        ReadRoute(node);
        break;
      case Kind::kRollout: {
        const std::vector<std::string> move = words_.Names(tree_.Child(node, Kind::kMove));
        Rollout rollout{words_.Name(node), move[0], move[1], {}, kNowhere};
        rollout.key = facts_.Find(words_.Name(tree_.Child(node, Kind::kBy)));
        if (const NodeId routes = tree_.Child(node, Kind::kFor); routes != kNoNode) {
          for (const std::string& name : words_.Names(routes)) rollout.routes.insert(name);
        }
        facts_.rollouts.push_back(rollout);
        break;
      }
      case Kind::kExperiment:
        ReadExperiment(node);
        break;
      default:
        break;
    }
  }

  void ReadRequest(NodeId request) {
    for (const NodeId node : tree_.children(request)) {
      Attribute attribute;
      attribute.type = tree_.kind(node);
      if (attribute.type == Kind::kAsks) {
        attribute.name = "asks";
        attribute.labels = words_.Names(node);
        facts_.attributes.push_back(attribute);
        continue;
      }
      if (attribute.type != Kind::kAttribute) continue;
      attribute.name = words_.Name(node);
      const NodeId type = tree_.ChildAt(node, 1);
      attribute.type = tree_.kind(type);
      attribute.labels = words_.Names(type);
      if (attribute.type == Kind::kTokensType) {
        attribute.last = words_.Number(tree_.ChildAt(type, 0));
        attribute.step = 1'000'000;
      }
      if (attribute.type == Kind::kNumberType) {
        attribute.first = words_.Number(tree_.ChildAt(type, 0));
        attribute.last = words_.Number(tree_.ChildAt(type, 1));
        const NodeId step = tree_.Child(type, Kind::kStep);
        attribute.step = step == kNoNode ? 1'000'000 : words_.Number(tree_.ChildAt(step, 0));
      }
      facts_.attributes.push_back(attribute);
    }
  }

  // ---------------------------------------------------------------- the catalog

  void ReadProvider(NodeId declaration, Provider& provider, bool amends) {
    bool first_endpoint = true;
    for (const NodeId statement : tree_.children(declaration)) {
      if (tree_.kind(statement) == Kind::kProtocol) provider.protocol = words_.Name(statement);
      if (tree_.kind(statement) != Kind::kEndpoint) continue;
      if (amends && first_endpoint) provider.endpoints.clear();
      first_endpoint = false;
      Endpoint endpoint;
      endpoint.places = words_.Names(statement);
      endpoint.url = words_.String(tree_.Child(statement, Kind::kString));
      if (const NodeId factor = tree_.Child(statement, Kind::kPriceFactor); factor != kNoNode)
        endpoint.factor_micro = words_.Number(tree_.ChildAt(factor, 0));
      provider.endpoints.push_back(endpoint);
    }
  }

  void ReadModel(NodeId declaration, Model& model, bool amends) {
    bool first_price = true;
    for (const NodeId statement : tree_.children(declaration)) {
      switch (tree_.kind(statement)) {
        case Kind::kProviderRef:
          model.provider = words_.Name(statement);
          break;
        case Kind::kLimits:
          for (const NodeId limit : tree_.children(statement)) {
            const std::int64_t tokens = words_.Count(tree_.ChildAt(limit, 0));
            if (tree_.kind(limit) == Kind::kContextLimit) model.context = tokens;
            if (tree_.kind(limit) == Kind::kInputLimit) model.max_input = tokens;
            if (tree_.kind(limit) == Kind::kOutputLimit) model.max_output = tokens;
          }
          break;
        case Kind::kCanList: {
          const std::vector<std::string> names = words_.Names(statement);
          model.can = {names.begin(), names.end()};
          break;
        }
        case Kind::kPrice:
          if (amends && first_price) model.prices.clear();
          first_price = false;
          model.prices.push_back(ReadPrice(statement));
          break;
        case Kind::kQuality:
          for (const NodeId score : tree_.children(statement)) {
            if (tree_.kind(score) != Kind::kScore) continue;
            model.quality[words_.Name(score)] = words_.Number(tree_.ChildAt(score, 1));
          }
          break;
        case Kind::kPrior:
          for (const NodeId fact : tree_.children(statement)) {
            const std::vector<std::string> path = words_.Names(tree_.ChildAt(fact, 0));
            model.priors[path[0] + "." + path[1]] = words_.Number(tree_.ChildAt(fact, 1));
          }
          break;
        case Kind::kStatus:
          model.status = words_.Text(tree_.ChildAt(statement, 0));
          break;
        case Kind::kLifecycleDate: {
          const std::string word = words_.Text(tree_.ChildAt(statement, 0));
          const std::int64_t date = words_.Number(tree_.ChildAt(statement, 1));
          if (word == "released") model.released = date;
          if (word == "deprecated") model.deprecated = date;
          if (word == "retires") model.retires = date;
          break;
        }
        case Kind::kSuccessor:
          model.successor = words_.Name(statement);
          break;
        case Kind::kModelKind:
          model.embeds = words_.Text(tree_.ChildAt(statement, 0)) == "embedding";
          break;
        default:
          break;
      }
    }
    if (model.context != kWithoutBound && model.context > 100'000)
      model.can.insert("large-context");
    if (model.context != kWithoutBound && model.context >= 1'000'000)
      model.can.insert("extra-large-context");
    CutSheets(model.prices);
  }

  Price ReadPrice(NodeId statement) {
    Price price;
    for (const NodeId part : tree_.children(statement)) {
      if (tree_.kind(part) == Kind::kFrom) price.from = words_.Number(tree_.ChildAt(part, 0));
      if (tree_.kind(part) == Kind::kTo) price.to = words_.Number(tree_.ChildAt(part, 0));
      if (tree_.kind(part) == Kind::kSchedule) price.scheduled = true;
      if (tree_.kind(part) == Kind::kWhen) {
        const NodeId compare = tree_.ChildAt(part, 0);
        const std::int64_t tokens = words_.Count(tree_.ChildAt(compare, 2));
        price.min_prompt = words_.Text(tree_.ChildAt(compare, 1)) == ">" ? tokens + 1 : tokens;
      }
      if (tree_.kind(part) == Kind::kPriceItem) {
        std::string name = words_.Name(part);
        if (tree_.Child(part, Kind::kDuration) != kNoNode) name += "-1h";
        price.rates.emplace_back(name, words_.Number(tree_.Child(part, Kind::kRate)));
      }
    }
    return price;
  }

  /// A sheet holds until the next begins; its plain lines split the prompts where tiers begin, and
  /// so do its scheduled ones.
  static void CutSheets(std::vector<Price>& prices) {
    for (Price& price : prices) {
      for (const Price& other : prices) {
        if (other.from > price.from) price.to = std::min(price.to, other.from);
        if (other.from == price.from && other.scheduled == price.scheduled &&
            other.min_prompt > price.min_prompt) {
          price.max_prompt = std::min(price.max_prompt, other.min_prompt - 1);
        }
      }
    }
  }

  // ---------------------------------------------------------------- routes

  Condition Where(NodeId holder) const {
    const NodeId where = tree_.Child(holder, Kind::kWhere);
    return where == kNoNode ? Condition{} : words_.Read(tree_.ChildAt(where, 0), facts_, true);
  }
  Condition When(NodeId holder) const {
    const NodeId when = tree_.Child(holder, Kind::kWhen);
    return when == kNoNode ? Condition{} : words_.Read(tree_.ChildAt(when, 0), facts_, false);
  }

  /// A route's own statement replaces the inherited one, but needs add up.
  void ReadStatements(NodeId holder, Statements& says) const {
    for (const NodeId node : tree_.children(holder)) {
      switch (tree_.kind(node)) {
        case Kind::kNeed:
          for (const std::string& name : words_.Names(node)) says.need.push_back(name);
          break;
        case Kind::kCap:
          says.cap = words_.Number(tree_.ChildAt(node, 0));
          break;
        case Kind::kMix:
          says.mix = {words_.Count(tree_.ChildAt(node, 0)), words_.Count(tree_.ChildAt(node, 1))};
          break;
        case Kind::kPlace:
          says.places.reset();
          says.place_attribute = kNowhere;
          if (const NodeId path = tree_.Child(node, Kind::kPath); path != kNoNode) {
            says.place_attribute = facts_.Find(words_.Names(path).back());
          } else {
            says.places = words_.Names(node);
          }
          break;
        case Kind::kCost:
          if (tree_.Child(node, Kind::kPerCall) == kNoNode)
            says.cost = words_.Number(tree_.ChildAt(node, 0));
          break;
        case Kind::kCache:
          if (tree_.Child(node, Kind::kWord) != kNoNode) {
            says.caches_prompts = true;
          } else {
            says.cache = {words_.Number(tree_.Child(node, Kind::kDuration)), When(node)};
          }
          break;
        case Kind::kFollowSuccessors:
          says.follows_successors = true;
          break;
        default:
          break;
      }
    }
  }

  void ReadRoute(NodeId node) {
    Route route;
    route.name = words_.Name(node);
    route.when = When(node);
    route.refuses = tree_.Child(node, Kind::kRefuse) != kNoNode;
    if (defaults_ != kNoNode) ReadStatements(defaults_, route.says);
    ReadStatements(node, route.says);
    for (const NodeId step : tree_.children(node)) {
      if (tree_.kind(step) == Kind::kTry || tree_.kind(step) == Kind::kElse)
        route.steps.push_back(ReadStep(step));
    }
    facts_.routes.push_back(route);
  }

  void ReadExperiment(NodeId node) {
    Experiment experiment;
    experiment.name = words_.Name(node);
    experiment.salt = experiment.name;
    experiment.when = When(node);
    for (const NodeId part : tree_.children(node)) {
      switch (tree_.kind(part)) {
        case Kind::kBy:
          experiment.key = facts_.Find(words_.Name(part));
          break;
        case Kind::kFor:
          for (const std::string& name : words_.Names(part)) experiment.routes.insert(name);
          break;
        case Kind::kReplace:
          experiment.replaced = words_.Name(part);
          break;
        case Kind::kArm: {
          const std::vector<std::string> names = words_.Names(part);
          experiment.arms.push_back(
              {names[0], names[1], words_.Number(tree_.Child(part, Kind::kPercent))});
          break;
        }
        case Kind::kSalt:
          experiment.salt = words_.String(tree_.Child(part, Kind::kString));
          break;
        default:
          break;
      }
    }
    if (experiment.replaced.empty()) experiment.replaced = experiment.arms.front().model;
    facts_.experiments.push_back(std::move(experiment));
  }

  Step ReadStep(NodeId node) const {
    Step step;
    for (const NodeId part : tree_.children(node)) {
      switch (tree_.kind(part)) {
        case Kind::kChoice:
          step.word = "list";
          step.models = words_.Names(part);
          break;
        case Kind::kSpread:
          step.word = "spread";
          for (const NodeId share : tree_.children(part)) {
            if (tree_.kind(share) == Kind::kBy) step.key = facts_.Find(words_.Name(share));
            if (tree_.kind(share) != Kind::kShare) continue;
            step.models.push_back(words_.Name(share));
            step.shares.push_back(words_.Number(tree_.ChildAt(share, 1)));
          }
          break;
        case Kind::kObjective: {
          step.word = words_.Text(tree_.Child(part, Kind::kWord));
          const NodeId of = tree_.Child(part, Kind::kOf);
          if (of != kNoNode) step.pool = words_.Name(of);
          if (const NodeId weights = tree_.Child(part, Kind::kWeights); weights != kNoNode) {
            for (const NodeId weight : tree_.children(weights))
              step.weights[words_.Name(weight)] = words_.Number(tree_.ChildAt(weight, 1));
          }
          const NodeId score = tree_.Child(part, Kind::kPath);
          if (score != kNoNode) step.score = words_.Names(score).back();
          break;
        }
        case Kind::kWithin:
          step.within = words_.Number(tree_.ChildAt(part, 0));
          break;
        case Kind::kPrefer:
          step.prefer.push_back(words_.Name(part));
          break;
        default:
          break;
      }
    }
    step.where = Where(node);
    return step;
  }

  const compiler::ast::Tree& tree_;
  const Words words_;
  Facts& facts_;
  NodeId defaults_ = kNoNode;
};

}  // namespace

std::optional<std::int64_t> Price::Rate(const std::string& token_class) const {
  for (const auto& [name, rate] : rates) {
    if (name == token_class) return rate;
  }
  return std::nullopt;
}

std::size_t Facts::Find(const std::string& attribute) const {
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    if (attributes[i].name == attribute) return i;
  }
  return kNowhere;
}

Facts ReadFacts(const compiler::Program& program, const compiler::SourceSet& sources) {
  Facts facts;
  for (const compiler::ast::Tree& tree : program.trees)
    Reader(tree, sources, facts).ReadDeclarations();
  return facts;
}

}  // namespace mlp::oracle
