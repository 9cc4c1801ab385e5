#include "tests/property/holds.hpp"

#include <algorithm>

namespace mlp::oracle {
namespace {

using compiler::ast::Kind;

constexpr std::int64_t kMicro = 1'000'000;
constexpr std::int64_t kMsPerSecond = 1'000;

template <typename T>
bool Apply(const std::string& op, const T& left, const T& right) {
  if (op == "==") return left == right;
  if (op == "!=") return left != right;
  if (op == "<") return left < right;
  if (op == "<=") return left <= right;
  if (op == ">") return left > right;
  return left >= right;
}

bool IsText(const Attribute& attribute) {
  return attribute.type == Kind::kTextType || attribute.type == Kind::kKeyType;
}

/// A comparison, `in`, `has` or `starts-with` whose left side is an attribute of the request.
bool AsksRequest(const Condition& condition) {
  return !condition.operands.empty() && condition.operands.front().attribute != kNowhere;
}

bool HoldsOfRequest(const Condition& condition, const Facts& facts, const Request& request) {
  const std::size_t number = condition.operands.front().attribute;
  const Value& value = request[number];
  switch (condition.kind) {
    case Kind::kCompare: {
      const Operand& right = condition.operands[1];
      return IsText(facts.attributes[number]) ? Apply(condition.op, value.text, *right.string)
                                              : Apply(condition.op, value.number, right.number);
    }
    case Kind::kIn:
      return std::any_of(
          condition.operands.begin() + 1, condition.operands.end(), [&](const Operand& option) {
            return option.string ? *option.string == value.text : option.number == value.number;
          });
    case Kind::kHas:
      return std::all_of(condition.names.begin(), condition.names.end(),
                         [&](const std::string& name) { return value.members.contains(name); });
    case Kind::kStartsWith:
      return value.text.starts_with(*condition.operands[1].string);
    default:
      return false;
  }
}

std::optional<std::int64_t> NumberFact(const std::vector<std::string>& path,
                                       const CandidateView& candidate) {
  const Model& model = candidate.model;
  const std::string& word = path.front();
  if (word == "context") return model.context;
  if (word == "input") return model.max_input;
  if (word == "output") return model.max_output;
  if (word == "price") return DearestRate(model, candidate.at_s, path.back());
  if (word == "quality") {
    const auto score = model.quality.find(path.back());
    return score == model.quality.end() ? std::nullopt : std::optional(score->second);
  }
  if (word == "latency") {
    const auto prior = model.priors.find("latency." + path.back());
    return prior == model.priors.end() ? std::nullopt : std::optional(prior->second);
  }
  if (word == "retires-in") {  // seconds
    return model.retires == INT64_MAX ? INT64_MAX : model.retires - candidate.at_s;
  }
  return std::nullopt;
}

/// The value on the right in the fact's unit.
std::int64_t Wanted(const std::string& fact, const Operand& right, const CandidateView& candidate) {
  if (right.attribute != kNowhere) return candidate.request[right.attribute].number / kMicro;
  if (fact == "context" || fact == "input" || fact == "output") return right.number / kMicro;
  if (fact == "retires-in") return right.number / kMsPerSecond;
  return right.number;
}

/// Nothing where the places differ in their answer, or there is none.
template <typename Predicate>
std::optional<bool> OfEveryPlace(const CandidateView& candidate, const Predicate& predicate) {
  if (candidate.places.empty()) return std::nullopt;
  const bool first = predicate(candidate.places.front());
  for (const std::string& place : candidate.places) {
    if (predicate(place) != first) return std::nullopt;
  }
  return first;
}

/// `provider`, `model`, `status` and `place`, compared with names.
std::optional<bool> NameFact(const Condition& condition, const CandidateView& candidate) {
  const std::string& fact = condition.operands.front().path.front();
  const auto listed = [&](const std::string& name) {
    return std::any_of(condition.operands.begin() + 1, condition.operands.end(),
                       [&](const Operand& option) { return option.path.front() == name; });
  };
  if (fact == "provider") return listed(candidate.model.provider);
  if (fact == "model") return listed(candidate.model.name);
  if (fact == "status") return listed(StatusAt(candidate.model, candidate.at_s));
  const std::size_t attribute = condition.operands[1].attribute;
  if (attribute == kNowhere) return OfEveryPlace(candidate, listed);
  if (attribute == candidate.place_attribute) return true;  // served from where it is asked for
  if (candidate.places.size() != 1) return std::nullopt;
  return candidate.places.front() == candidate.request[attribute].text;
}

std::optional<bool> Negated(std::optional<bool> value) {
  if (!value) return std::nullopt;
  return !*value;
}

std::optional<bool> HoldsOfFact(const Condition& condition, const CandidateView& candidate) {
  const Operand& left = condition.operands.front();
  const std::string& word = left.path.front();
  if (word == "live") return true;  // not measured: holds
  if (word == "provider" || word == "model" || word == "status" || word == "place") {
    const std::optional<bool> listed = NameFact(condition, candidate);
    return condition.op == "!=" ? Negated(listed) : listed;
  }
  const std::optional<std::int64_t> fact = NumberFact(left.path, candidate);
  if (!fact) return std::nullopt;
  return Apply(condition.op, *fact, Wanted(word, condition.operands[1], candidate));
}

}  // namespace

bool Holds(const Condition& condition, const Facts& facts, const Request& request) {
  const auto holds = [&](const Condition& part) { return Holds(part, facts, request); };
  switch (condition.kind) {
    case Kind::kTruth:
      return condition.truth;
    case Kind::kAnd:
      return std::all_of(condition.parts.begin(), condition.parts.end(), holds);
    case Kind::kOr:
      return std::any_of(condition.parts.begin(), condition.parts.end(), holds);
    case Kind::kNot:
      return !holds(condition.parts.front());
    default:
      return HoldsOfRequest(condition, facts, request);
  }
}

std::optional<bool> HoldsFor(const Condition& condition, const CandidateView& candidate) {
  switch (condition.kind) {
    case Kind::kTruth:
      return condition.truth;
    case Kind::kAnd:
    case Kind::kOr: {
      const bool decisive = condition.kind == Kind::kOr;
      bool unknown = false;
      for (const Condition& part : condition.parts) {
        const std::optional<bool> holds = HoldsFor(part, candidate);
        if (!holds) unknown = true;
        if (holds == decisive) return decisive;
      }
      if (unknown) return std::nullopt;
      return !decisive;
    }
    case Kind::kNot:
      return Negated(HoldsFor(condition.parts.front(), candidate));
    case Kind::kCan:
      return std::all_of(
          condition.names.begin(), condition.names.end(),
          [&](const std::string& name) { return candidate.model.can.contains(name); });
    default:
      return AsksRequest(condition) ? HoldsOfRequest(condition, candidate.facts, candidate.request)
                                    : HoldsOfFact(condition, candidate);
  }
}

std::string StatusAt(const Model& model, std::int64_t at_s) {
  if (model.status == "archived") return model.status;
  if (model.retires <= at_s) return "retired";
  const bool serves = model.status == "active" || model.status == "staging";
  return serves && model.deprecated <= at_s ? "deprecated" : model.status;
}

std::optional<std::int64_t> DearestRate(const Model& model, std::int64_t at_s,
                                        const std::string& token_class) {
  std::optional<std::int64_t> dearest;
  for (const Price& price : model.prices) {
    if (at_s < price.from || at_s >= price.to) continue;
    std::optional<std::int64_t> rate = price.Rate(token_class);
    if (!rate && token_class == "reasoning") rate = price.Rate("output");  // billed as such
    if (rate) dearest = std::max(dearest.value_or(0), *rate);
  }
  return dearest;
}

}  // namespace mlp::oracle
