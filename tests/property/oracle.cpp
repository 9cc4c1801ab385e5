#include "tests/property/oracle.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "compiler/ast/literals.hpp"

namespace mlp::oracle {
namespace {

using compiler::ast::Kind;
using compiler::ast::kNoNode;
using compiler::ast::NodeId;
using compiler::ast::Tree;

constexpr std::int64_t kMicro = 1'000'000;

__extension__ using Wide = __int128;

template <typename T>
bool Apply(std::string_view op, const T& left, const T& right) {
  if (op == "==") return left == right;
  if (op == "!=") return left != right;
  if (op == "<") return left < right;
  if (op == "<=") return left <= right;
  if (op == ">") return left > right;
  return left >= right;
}

std::string Mirrored(const std::string& op) {
  if (op == "<") return ">";
  if (op == "<=") return ">=";
  if (op == ">") return "<";
  if (op == ">=") return "<=";
  return op;
}

bool IsModelDeclaration(Kind kind) { return kind == Kind::kModel || kind == Kind::kVariant; }

}  // namespace

Oracle::Oracle(const compiler::Program& program, const compiler::SourceSet& sources)
    : sources_(sources) {
  for (const Tree& tree : program.trees) Read(tree, sources);
  main_ = &program.trees.back();
  for (const NodeId child : main_->children(main_->root)) {
    if (main_->kind(child) == Kind::kRoute) routes_.push_back(child);
    if (main_->kind(child) == Kind::kDefaults) defaults_ = child;
    if (main_->kind(child) == Kind::kRollout) rollouts_.push_back(child);
    if (main_->kind(child) == Kind::kPolicy) {
      const NodeId valid = main_->Child(child, Kind::kValid);
      valid_from_ = Number(*main_, main_->ChildAt(valid, 0));
      valid_to_ = Number(*main_, main_->ChildAt(valid, 1));
    }
    if (main_->kind(child) != Kind::kRequest) continue;
    for (const NodeId attribute : main_->children(child)) {
      if (main_->kind(attribute) != Kind::kAttribute) continue;
      const std::string name = Text(*main_, main_->Child(attribute, Kind::kName));
      for (const Kind kind : {Kind::kOneOf, Kind::kOrdered}) {
        const NodeId type = main_->Child(attribute, kind);
        if (type != kNoNode) labels_[name] = Names(*main_, type);
      }
    }
  }
}

std::string Oracle::Text(const Tree& tree, NodeId node) const {
  return std::string(sources_.text(tree.span(node)));
}

std::vector<std::string> Oracle::Names(const Tree& tree, NodeId node) const {
  std::vector<std::string> names;
  for (const NodeId child : tree.children(node)) {
    if (tree.kind(child) == Kind::kName) names.push_back(Text(tree, child));
  }
  return names;
}

/// Numbers, ratios and token counts in millionths, money in picodollars, rates in picodollars per
/// token.
std::int64_t Oracle::Number(const Tree& tree, NodeId node) const {
  const std::string text = Text(tree, node);
  switch (tree.kind(node)) {
    case Kind::kInteger:
      return *compiler::ast::ReadInteger(text) * kMicro;
    case Kind::kDecimal:
    case Kind::kPercent:
    case Kind::kTimes:
      return *compiler::ast::ReadMicro(text);
    case Kind::kMoney:
      return *compiler::ast::ReadMoneyPico(text);
    case Kind::kRate:
      return *compiler::ast::ReadRatePico(text);
    case Kind::kDuration:
      return *compiler::ast::ReadDurationMs(text);
    case Kind::kDate:
      return *compiler::ast::ReadDate(text);
    default:
      return 0;
  }
}

// ---------------------------------------------------------------- the catalog

void Oracle::Read(const Tree& tree, const compiler::SourceSet& /*sources*/) {
  for (const NodeId child : tree.children(tree.root)) {
    const Kind kind = tree.kind(child);
    if (kind == Kind::kProvider || kind == Kind::kAmendProvider) {
      ReadProvider(tree, child, providers_[Names(tree, child).front()],
                   kind == Kind::kAmendProvider);
    } else if (IsModelDeclaration(kind)) {
      const std::vector<std::string> names = Names(tree, child);
      Model model;
      if (kind == Kind::kVariant) model = models_.at(names[1]);
      model.name = names.front();
      ReadModel(tree, child, model, kind == Kind::kVariant);
      models_[model.name] = model;
    } else if (kind == Kind::kAmendModel) {
      ReadModel(tree, child, models_.at(Names(tree, child).front()), true);
    } else if (kind == Kind::kPool) {
      pools_[Names(tree, child).front()] = {&tree, child};
    }
  }
}

void Oracle::ReadProvider(const Tree& tree, NodeId declaration, Provider& provider, bool amends) {
  bool first_endpoint = true;
  for (const NodeId statement : tree.children(declaration)) {
    if (tree.kind(statement) == Kind::kProtocol) provider.protocol = Names(tree, statement).front();
    if (tree.kind(statement) != Kind::kEndpoint) continue;
    if (amends && first_endpoint) provider.endpoints.clear();
    first_endpoint = false;
    Endpoint endpoint;
    endpoint.places = Names(tree, statement);
    endpoint.url = *compiler::ast::ReadString(Text(tree, tree.Child(statement, Kind::kString)));
    const NodeId factor = tree.Child(statement, Kind::kPriceFactor);
    if (factor != kNoNode) endpoint.factor_micro = Number(tree, tree.ChildAt(factor, 0));
    provider.endpoints.push_back(endpoint);
  }
}

void Oracle::ReadModel(const Tree& tree, NodeId declaration, Model& model, bool amends) {
  bool first_price = true;
  for (const NodeId statement : tree.children(declaration)) {
    switch (tree.kind(statement)) {
      case Kind::kProviderRef:
        model.provider = Names(tree, statement).front();
        break;
      case Kind::kLimits:
        for (const NodeId limit : tree.children(statement)) {
          const std::int64_t tokens = Number(tree, tree.ChildAt(limit, 0)) / kMicro;
          if (tree.kind(limit) == Kind::kContextLimit) model.context = tokens;
          if (tree.kind(limit) == Kind::kInputLimit) model.max_input = tokens;
          if (tree.kind(limit) == Kind::kOutputLimit) model.max_output = tokens;
        }
        break;
      case Kind::kCanList:
        model.can.clear();
        for (const std::string& name : Names(tree, statement)) model.can.insert(name);
        break;
      case Kind::kPrice: {
        if (amends && first_price) model.prices.clear();
        first_price = false;
        Price price;
        for (const NodeId part : tree.children(statement)) {
          if (tree.kind(part) == Kind::kFrom) price.from = Number(tree, tree.ChildAt(part, 0));
          if (tree.kind(part) == Kind::kTo) price.to = Number(tree, tree.ChildAt(part, 0));
          if (tree.kind(part) == Kind::kSchedule) price.scheduled = true;
          if (tree.kind(part) == Kind::kWhen) {
            const NodeId compare = tree.ChildAt(part, 0);
            const std::int64_t tokens = Number(tree, tree.ChildAt(compare, 2)) / kMicro;
            price.min_prompt = Text(tree, tree.ChildAt(compare, 1)) == ">" ? tokens + 1 : tokens;
          }
          if (tree.kind(part) == Kind::kPriceItem) {
            std::string name = Names(tree, part).front();
            if (tree.Child(part, Kind::kDuration) != kNoNode) name += " 1h";
            price.rates[name] = Number(tree, tree.Child(part, Kind::kRate));
          }
        }
        model.prices.push_back(price);
        break;
      }
      case Kind::kQuality:
        for (const NodeId score : tree.children(statement)) {
          if (tree.kind(score) != Kind::kScore) continue;
          model.quality[Names(tree, score).front()] = Number(tree, tree.ChildAt(score, 1));
        }
        break;
      case Kind::kStatus:
        model.status = Text(tree, tree.ChildAt(statement, 0));
        break;
      case Kind::kLifecycleDate: {
        const std::string word = Text(tree, tree.ChildAt(statement, 0));
        const std::int64_t date = Number(tree, tree.ChildAt(statement, 1));
        if (word == "released") model.released = date;
        if (word == "deprecated") model.deprecated = date;
        if (word == "retires") model.retires = date;
        break;
      }
      case Kind::kSuccessor:
        model.successor = Names(tree, statement).front();
        break;
      default:
        break;
    }
  }
  if (model.context > 100'000 && model.context != INT64_MAX) model.can.insert("large-context");
  if (model.context >= 1'000'000 && model.context != INT64_MAX)
    model.can.insert("extra-large-context");
  CutSheets(model.prices);
}

/// A sheet holds until the next begins; its plain lines split the prompts where tiers begin, and so
/// do its scheduled ones.
void Oracle::CutSheets(std::vector<Price>& prices) {
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

// ---------------------------------------------------------------- money

std::optional<std::int64_t> Oracle::DearestRate(const Model& model, std::int64_t at_s,
                                                const std::string& token_class) const {
  std::optional<std::int64_t> dearest;
  for (const Price& price : model.prices) {
    if (at_s < price.from || at_s >= price.to || !price.rates.contains(token_class)) continue;
    dearest = std::max(dearest.value_or(0), price.rates.at(token_class));
  }
  return dearest;
}

/// The price of the route's mix where the request's place has it served.
std::optional<std::int64_t> Oracle::MixCost(const Model& model, std::int64_t at_s, const Mix& mix,
                                            NodeId route, const Request& request) const {
  std::optional<std::int64_t> dearest;
  for (const Price& price : model.prices) {
    if (at_s < price.from || at_s >= price.to) continue;
    if (mix.input < price.min_prompt || mix.input > price.max_prompt) continue;
    if (!price.rates.contains("input") || !price.rates.contains("output")) continue;
    const Endpoint* endpoint = EndpointFor(model, route, request);
    const std::int64_t factor = endpoint == nullptr ? kMicro : endpoint->factor_micro;
    const std::int64_t list =
        price.rates.at("input") * mix.input + price.rates.at("output") * mix.output;
    const auto cost = static_cast<std::int64_t>((Wide{list} * factor + kMicro - 1) / kMicro);
    dearest = std::max(dearest.value_or(0), cost);
  }
  return dearest;
}

std::optional<std::int64_t> Oracle::AttemptCost(const Model& model, const Endpoint& endpoint,
                                                std::int64_t at_s, std::int64_t input,
                                                std::int64_t output, bool caches_prompts) const {
  std::optional<std::int64_t> dearest;
  const bool writes = caches_prompts || providers_.at(model.provider).protocol == "openai";
  for (const Price& price : model.prices) {
    if (at_s < price.from || at_s >= price.to || input < price.min_prompt ||
        input > price.max_prompt)
      continue;
    if (!price.rates.contains("input") || !price.rates.contains("output")) continue;
    std::int64_t in = price.rates.at("input");
    std::int64_t out = price.rates.at("output");
    if (writes && price.rates.contains("cache-write"))
      in = std::max(in, price.rates.at("cache-write"));
    if (price.rates.contains("reasoning")) out = std::max(out, price.rates.at("reasoning"));
    const Wide scaled =
        (static_cast<Wide>(in) * input + static_cast<Wide>(out) * output) * endpoint.factor_micro;
    dearest =
        std::max(dearest.value_or(0), static_cast<std::int64_t>((scaled + kMicro - 1) / kMicro));
  }
  return dearest;
}

// ---------------------------------------------------------------- conditions over the request

bool Oracle::Holds(NodeId expr, const Request& request) const {
  const Tree& tree = *main_;
  switch (tree.kind(expr)) {
    case Kind::kAnd:
      for (const NodeId operand : tree.children(expr)) {
        if (!Holds(operand, request)) return false;
      }
      return true;
    case Kind::kOr:
      for (const NodeId operand : tree.children(expr)) {
        if (Holds(operand, request)) return true;
      }
      return false;
    case Kind::kNot:
      return !Holds(tree.ChildAt(expr, 0), request);
    case Kind::kTruth:
      return Text(tree, expr) == "true";
    case Kind::kCompare:
      return CompareRequest(expr, request);
    case Kind::kIn: {
      const std::vector<std::string> path = Names(tree, tree.ChildAt(expr, 0));
      const Value& value = request.at(path.back());
      bool first = true;
      for (const NodeId option : tree.children(expr)) {
        if (std::exchange(first, false)) continue;
        if (tree.kind(option) == Kind::kPath) {
          if (Names(tree, option).front() == value.text) return true;
        } else if (tree.kind(option) == Kind::kString) {
          if (*compiler::ast::ReadString(Text(tree, option)) == value.text) return true;
        } else if (Number(tree, option) == value.micro) {
          return true;
        }
      }
      return false;
    }
    case Kind::kHas: {
      const Value& value = request.at(Names(tree, tree.ChildAt(expr, 0)).back());
      for (const std::string& name : Names(tree, expr)) {
        if (!value.members.contains(name)) return false;
      }
      return true;
    }
    case Kind::kStartsWith: {
      const Value& value = request.at(Names(tree, tree.ChildAt(expr, 0)).back());
      return value.text.starts_with(*compiler::ast::ReadString(Text(tree, tree.ChildAt(expr, 1))));
    }
    default:
      return false;
  }
}

bool Oracle::CompareRequest(NodeId compare, const Request& request) const {
  const Tree& tree = *main_;
  NodeId left = tree.ChildAt(compare, 0);
  std::string op = Text(tree, tree.ChildAt(compare, 1));
  NodeId right = tree.ChildAt(compare, 2);
  const auto is_attribute = [&](NodeId side) {
    return tree.kind(side) == Kind::kPath && request.contains(Names(tree, side).back());
  };
  if (!is_attribute(left)) {
    std::swap(left, right);
    op = Mirrored(op);
  }
  const std::string name = Names(tree, left).back();
  const Value& value = request.at(name);
  if (tree.kind(right) == Kind::kPath) {  // a label: compared by its position
    const std::vector<std::string>& labels = labels_.at(name);
    const auto position = [&](const std::string& label) {
      return std::find(labels.begin(), labels.end(), label) - labels.begin();
    };
    return Apply(op, position(value.text), position(Names(tree, right).front()));
  }
  if (tree.kind(right) == Kind::kString) {
    return Apply(op, value.text, *compiler::ast::ReadString(Text(tree, right)));
  }
  return Apply(op, value.micro, Number(tree, right));
}

// ---------------------------------------------------------------- conditions over a candidate

/// Nothing where a fact is missing (Kleene's third value).
std::optional<bool> Oracle::HoldsFor(NodeId expr, const CandidateView& candidate) const {
  const Tree& tree = *main_;
  switch (tree.kind(expr)) {
    case Kind::kAnd:
    case Kind::kOr: {
      const bool decisive = tree.kind(expr) == Kind::kOr;
      bool unknown = false;
      for (const NodeId operand : tree.children(expr)) {
        const std::optional<bool> holds = HoldsFor(operand, candidate);
        if (!holds) unknown = true;
        if (holds == decisive) return decisive;
      }
      if (unknown) return std::nullopt;
      return !decisive;
    }
    case Kind::kNot: {
      const std::optional<bool> holds = HoldsFor(tree.ChildAt(expr, 0), candidate);
      if (!holds) return std::nullopt;
      return !*holds;
    }
    case Kind::kCan:
      for (const std::string& name : Names(tree, expr)) {
        if (!candidate.model.can.contains(name)) return false;
      }
      return true;
    case Kind::kCompare:
      return CompareFact(expr, candidate);
    default: {
      return Holds(expr, candidate.request);
    }
  }
}

std::optional<bool> Oracle::CompareFact(NodeId compare, const CandidateView& candidate) const {
  const Tree& tree = *main_;
  const NodeId left = tree.ChildAt(compare, 0);
  const NodeId right = tree.ChildAt(compare, 2);
  const std::string op = Text(tree, tree.ChildAt(compare, 1));
  const std::vector<std::string> path = Names(tree, left);
  if (path.front() == "live") return true;  // not measured: holds
  if (path.front() == "request" &&
      !(tree.kind(right) == Kind::kPath && Names(tree, right).size() == 1 &&
        labels_.find(path.back()) == labels_.end())) {
    return CompareRequest(compare, candidate.request);
  }
  std::optional<std::int64_t> fact;
  if (path.front() == "context") fact = candidate.model.context;
  if (path.front() == "input") fact = candidate.model.max_input;
  if (path.front() == "output") fact = candidate.model.max_output;
  if (path.front() == "price") fact = DearestRate(candidate.model, candidate.at_s, path.back());
  if (path.front() == "quality") {
    const auto score = candidate.model.quality.find(path.back());
    if (score == candidate.model.quality.end()) return std::nullopt;
    fact = score->second;
  }
  if (path.front() == "provider")
    return Apply(op, candidate.model.provider, Names(tree, right).front());
  if (!fact) return std::nullopt;
  std::int64_t other = 0;
  if (tree.kind(right) == Kind::kPath) {
    other = candidate.request.at(Names(tree, right).back()).micro / kMicro;
  } else {
    other = Number(tree, right);
    if (tree.kind(right) == Kind::kInteger && path.front() != "quality") other /= kMicro;
  }
  return Apply(op, *fact, other);
}

/// Whether the `where` below a node (of its own tree) admits a model; a missing fact does not.
bool Oracle::Fits(const Model& model, NodeId holder, const Request& request,
                  std::int64_t at_s) const {
  const NodeId where = main_->Child(holder, Kind::kWhere);
  if (where == kNoNode) return true;
  return HoldsFor(main_->ChildAt(where, 0), {model, request, at_s}).value_or(false);
}

// ---------------------------------------------------------------- from route to candidates

NodeId Oracle::Statement(NodeId route, Kind kind) const {
  const NodeId own = main_->Child(route, kind);
  if (own != kNoNode || defaults_ == kNoNode) return own;
  return main_->Child(defaults_, kind);
}

Oracle::Mix Oracle::MixOf(NodeId route) const {
  const NodeId mix = Statement(route, Kind::kMix);
  if (mix == kNoNode) return {};
  return {Number(*main_, main_->ChildAt(mix, 0)) / kMicro,
          Number(*main_, main_->ChildAt(mix, 1)) / kMicro};
}

bool Oracle::CachesPrompts(NodeId route) const {
  for (const NodeId holder : {route, defaults_}) {
    if (holder == kNoNode) continue;
    for (const NodeId statement : main_->children(holder)) {
      if (main_->kind(statement) == Kind::kCache && main_->Child(statement, Kind::kWord) != kNoNode)
        return true;
    }
  }
  return false;
}

bool Oracle::Alive(const Model& model, std::int64_t at_s) const {
  return model.status != "retired" && model.status != "archived" && model.released <= at_s &&
         at_s < model.retires;
}

std::string Oracle::Follow(std::string name, std::int64_t at_s) const {
  std::set<std::string> seen;
  while (seen.insert(name).second) {
    const Model& model = models_.at(name);
    const bool retired =
        model.status == "retired" || model.status == "archived" || at_s >= model.retires;
    if (!retired || model.successor.empty()) break;
    name = model.successor;
  }
  return name;
}

/// The members of a pool (all models for an empty name) that it admits: active ones alone.
std::vector<std::string> Oracle::Pool(const std::string& name, const Request& request,
                                      std::int64_t at_s) const {
  std::vector<std::string> members;
  NodeId pool = kNoNode;
  if (!name.empty()) pool = pools_.at(name).node;
  const NodeId listed = pool == kNoNode ? kNoNode : main_->Child(pool, Kind::kMembers);
  if (listed == kNoNode) {
    for (const auto& [model_name, model] : models_) members.push_back(model_name);
  } else {
    members = Names(*main_, listed);
  }
  std::vector<std::string> admitted;
  for (const std::string& member : members) {
    const Model& model = models_.at(member);
    if (model.status != "active" || at_s >= model.deprecated || !Alive(model, at_s)) continue;
    if (pool != kNoNode && !Fits(model, pool, request, at_s)) continue;
    admitted.push_back(member);
  }
  return admitted;
}

void Oracle::Sort(NodeId route, NodeId objective, const Request& request, std::int64_t at_s,
                  std::vector<std::string>& names) const {
  const std::string word = Text(*main_, main_->Child(objective, Kind::kWord));
  const Mix mix = MixOf(route);
  const bool has_mix = Statement(route, Kind::kMix) != kNoNode;
  if (word == "cheapest") {
    std::erase_if(names, [&](const std::string& n) {
      return !MixCost(models_.at(n), at_s, mix, route, request);
    });
    std::sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
      const auto key = [&](const std::string& n) {
        const Model& model = models_.at(n);
        return std::tuple(*MixCost(model, at_s, mix, route, request),
                          DearestRate(model, at_s, "output").value_or(0), n);
      };
      return key(a) < key(b);
    });
  } else if (word == "best") {
    const std::string score = Names(*main_, main_->Child(objective, Kind::kPath)).back();
    std::erase_if(names,
                  [&](const std::string& n) { return !models_.at(n).quality.contains(score); });
    std::sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
      const auto key = [&](const std::string& n) {
        const std::int64_t cost =
            has_mix ? MixCost(models_.at(n), at_s, mix, route, request).value_or(INT64_MAX) : 0;
        return std::tuple(-models_.at(n).quality.at(score), cost, n);
      };
      return key(a) < key(b);
    });
  }
}

std::vector<Oracle::Standing> Oracle::StepModels(NodeId route, NodeId step, const Request& request,
                                                 std::int64_t at_s) const {
  std::vector<std::string> names;
  const NodeId choice = main_->Child(step, Kind::kChoice);
  const NodeId objective = main_->Child(step, Kind::kObjective);
  if (choice != kNoNode) {
    names = Names(*main_, choice);
    if (Statement(route, Kind::kFollowSuccessors) != kNoNode) {
      for (std::string& name : names) name = Follow(name, at_s);
    }
  } else {
    const NodeId of = main_->Child(objective, Kind::kOf);
    names = Pool(of == kNoNode ? "" : Names(*main_, of).front(), request, at_s);
    Sort(route, objective, request, at_s, names);
  }
  std::erase_if(
      names, [&](const std::string& name) { return !Fits(models_.at(name), step, request, at_s); });
  for (const NodeId modifier : main_->children(step)) {
    if (main_->kind(modifier) != Kind::kPrefer) continue;
    const std::string capability = Names(*main_, modifier).front();
    std::stable_partition(names.begin(), names.end(), [&](const std::string& name) {
      return models_.at(name).can.contains(capability);
    });
  }
  const NodeId within = main_->Child(step, Kind::kWithin);
  std::vector<Standing> standing;
  for (const std::string& name : names) {
    standing.push_back(
        {name, within == kNoNode ? INT64_MAX : Number(*main_, main_->ChildAt(within, 0))});
  }
  return standing;
}

/// The first endpoint that serves the route's place for the request, or null.
const Oracle::Endpoint* Oracle::EndpointFor(const Model& model, NodeId route,
                                            const Request& request) const {
  std::vector<std::string> wanted;
  if (const NodeId place = Statement(route, Kind::kPlace); place != kNoNode) {
    if (main_->kind(main_->ChildAt(place, 0)) == Kind::kPath) {
      wanted = {request.at(Names(*main_, main_->ChildAt(place, 0)).back()).text};
    } else {
      wanted = Names(*main_, place);
    }
  }
  for (const Endpoint& endpoint : providers_.at(model.provider).endpoints) {
    bool serves = wanted.empty() || endpoint.places.empty();
    for (const std::string& place : wanted) {
      serves = serves || std::find(endpoint.places.begin(), endpoint.places.end(), place) !=
                             endpoint.places.end();
    }
    if (serves) return &endpoint;
  }
  return nullptr;
}

std::optional<Chosen> Oracle::Serve(NodeId route, const Standing& standing, const Request& request,
                                    std::int64_t at_s, bool by_rollout) const {
  const Model& model = models_.at(standing.model);
  if (!Alive(model, at_s)) return std::nullopt;
  if (!by_rollout && (model.status == "candidate" || model.status == "evaluating"))
    return std::nullopt;
  for (const NodeId holder : {route, defaults_}) {
    if (holder == kNoNode) continue;
    const NodeId need = main_->Child(holder, Kind::kNeed);
    if (need == kNoNode) continue;
    for (const std::string& name : Names(*main_, need)) {
      if (!model.can.contains(name)) return std::nullopt;
    }
    break;
  }
  if (const auto asks = request.find("asks"); asks != request.end()) {
    for (const std::string& name : asks->second.members) {
      if (!model.can.contains(name)) return std::nullopt;
    }
  }
  const Endpoint* chosen = EndpointFor(model, route, request);
  if (chosen == nullptr) return std::nullopt;
  const auto tokens = [&](const char* name) {
    const auto found = request.find(name);
    return found == request.end() ? 0 : found->second.micro / kMicro;
  };
  const std::int64_t input = tokens("input");
  const std::int64_t output = tokens("output");
  if (input > model.max_input || output > model.max_output) return std::nullopt;
  if (model.context != INT64_MAX && input + output > model.context) return std::nullopt;
  std::int64_t bound = standing.within;
  for (const NodeId holder : {route, defaults_}) {
    if (holder == kNoNode) continue;
    bool found = false;
    for (const NodeId statement : main_->children(holder)) {
      if (main_->kind(statement) != Kind::kCost ||
          main_->Child(statement, Kind::kPerCall) != kNoNode)
        continue;
      bound = std::min(bound, Number(*main_, main_->ChildAt(statement, 0)));
      found = true;
    }
    if (found) break;
  }
  if (bound != INT64_MAX) {
    const std::optional<std::int64_t> cost =
        AttemptCost(model, *chosen, at_s, input, output, CachesPrompts(route));
    if (!cost || *cost > bound) return std::nullopt;
  }
  return Chosen{standing.model, chosen->url};
}

Answer Oracle::Decide(const Request& given, const Circumstances& circumstances) const {
  // Before the horizon its first instant answers, after it its last.
  const std::int64_t at_s = std::clamp(circumstances.at_s, valid_from_, valid_to_ - 1);
  Answer answer;
  NodeId route = kNoNode;
  for (const NodeId candidate : routes_) {
    const NodeId when = main_->Child(candidate, Kind::kWhen);
    if (when == kNoNode || Holds(main_->ChildAt(when, 0), given)) {
      route = candidate;
      break;
    }
  }
  Request request = given;
  if (request.contains("output")) answer.output = request.at("output").micro / kMicro;
  if (route == kNoNode) {
    answer.outcome = "no-route";
    return answer;
  }
  answer.route = Names(*main_, route).front();
  if (main_->Child(route, Kind::kRefuse) != kNoNode) {
    answer.outcome = "refused";
    return answer;
  }
  if (const NodeId cap = Statement(route, Kind::kCap);
      cap != kNoNode && request.contains("output")) {
    std::int64_t& output = request.at("output").micro;
    output = std::min(output, Number(*main_, main_->ChildAt(cap, 0)));
    answer.output = output / kMicro;
  }
  for (const NodeId statement : main_->children(route)) {
    if (main_->kind(statement) != Kind::kCache || main_->Child(statement, Kind::kWord) != kNoNode)
      continue;
    const NodeId when = main_->Child(statement, Kind::kWhen);
    if (when == kNoNode || Holds(main_->ChildAt(when, 0), request)) {
      answer.cache_ms = Number(*main_, main_->Child(statement, Kind::kDuration));
    }
  }

  std::vector<Standing> list;
  for (const NodeId step : main_->children(route)) {
    if (main_->kind(step) != Kind::kTry && main_->kind(step) != Kind::kElse) continue;
    for (Standing& standing : StepModels(route, step, request, at_s)) {
      list.push_back(std::move(standing));  // the first that may serve wins, below
    }
  }

  struct Entry {
    Standing standing;
    bool by_rollout;
  };
  std::vector<Entry> entries;
  for (const Standing& standing : list) {
    const bool stands = Serve(route, standing, request, at_s, false).has_value();
    for (const NodeId rollout : rollouts_) {
      if (!circumstances.canary.contains(Names(*main_, rollout).front())) continue;
      const NodeId routes = main_->Child(rollout, Kind::kFor);
      if (routes != kNoNode) {
        const std::vector<std::string> names = Names(*main_, routes);
        if (std::find(names.begin(), names.end(), answer.route) == names.end()) continue;
      }
      const std::vector<std::string> move = Names(*main_, main_->Child(rollout, Kind::kMove));
      if (standing.model == move[0] && stands)
        entries.push_back({{move[1], standing.within}, true});
    }
    entries.push_back({standing, false});
  }

  std::set<std::string> taken;
  for (const Entry& entry : entries) {
    if (taken.contains(entry.standing.model)) continue;
    const std::optional<Chosen> chosen =
        Serve(route, entry.standing, request, at_s, entry.by_rollout);
    if (!chosen) continue;
    taken.insert(chosen->model);
    answer.candidates.push_back(*chosen);
  }
  if (circumstances.prefer_cheapest) {
    const Mix mix = MixOf(route);
    std::stable_sort(
        answer.candidates.begin(), answer.candidates.end(), [&](const Chosen& a, const Chosen& b) {
          const auto cost = [&](const Chosen& c) {
            return MixCost(models_.at(c.model), at_s, mix, route, request).value_or(INT64_MAX);
          };
          return cost(a) < cost(b);
        });
  }
  answer.outcome = answer.candidates.empty() ? "no-candidate" : "serve";
  return answer;
}

std::set<std::string> Oracle::Texts() const {
  std::set<std::string> texts;
  for (const compiler::ast::Node& node : main_->nodes) {
    if (node.kind != Kind::kCompare && node.kind != Kind::kStartsWith && node.kind != Kind::kIn)
      continue;
    for (NodeId child = node.first_child; child != kNoNode; child = main_->node(child).next) {
      if (main_->kind(child) == Kind::kString)
        texts.insert(*compiler::ast::ReadString(Text(*main_, child)));
    }
  }
  return texts;
}

}  // namespace mlp::oracle
