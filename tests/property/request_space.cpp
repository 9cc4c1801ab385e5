#include "tests/property/request_space.hpp"

#include <utility>

namespace mlp::oracle {
namespace {

using compiler::ast::Kind;

constexpr std::int64_t kMicro = 1'000'000;

void AddTexts(const Condition& condition, std::size_t attribute, std::set<std::string>& texts) {
  for (const Condition& part : condition.parts) AddTexts(part, attribute, texts);
  if (condition.operands.empty() || condition.operands.front().attribute != attribute) return;
  for (const Operand& operand : condition.operands) {
    if (operand.string) texts.insert(*operand.string);
  }
}

std::vector<Value> Texts(const Facts& facts, std::size_t attribute) {
  std::set<std::string> texts = {"other"};
  for (const std::string& literal : Literals(facts, attribute)) {
    texts.insert(literal);
    texts.insert(literal + "x");
    texts.insert(literal.substr(0, literal.size() - 1));
  }
  std::vector<Value> values;
  for (const std::string& text : texts) values.push_back({0, text, {}});
  return values;
}

std::vector<Value> Subsets(const std::vector<std::string>& members) {
  std::vector<Value> values;
  for (std::size_t bits = 0; bits < (std::size_t{1} << members.size()); ++bits) {
    Value value;
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (((bits >> i) & 1U) != 0) value.members.insert(members[i]);
    }
    values.push_back(value);
  }
  return values;
}

/// Every count of a small domain; of a large one its ends and each edge with its neighbours.
std::set<std::int64_t> TokenCounts(std::int64_t most, const std::set<std::int64_t>& edges) {
  constexpr std::int64_t kSmall = 100;
  std::set<std::int64_t> counts;
  if (most <= kSmall) {
    for (std::int64_t count = 0; count <= most; ++count) counts.insert(count);
    return counts;
  }
  counts = {0, 1, most};
  for (const std::int64_t edge : edges) {
    for (const std::int64_t count : {edge - 1, edge, edge + 1}) {
      if (count >= 0 && count <= most) counts.insert(count);
    }
  }
  return counts;
}

std::vector<Value> Values(const Facts& facts, std::size_t number,
                          const std::set<std::int64_t>& edges) {
  const Attribute& attribute = facts.attributes[number];
  std::vector<Value> values;
  switch (attribute.type) {
    case Kind::kOneOf:
    case Kind::kOrdered:
      for (std::size_t i = 0; i < attribute.labels.size(); ++i)
        values.push_back({static_cast<std::int64_t>(i), attribute.labels[i], {}});
      return values;
    case Kind::kSetOf:
    case Kind::kAsks:
      return Subsets(attribute.labels);
    case Kind::kTokensType:
      for (const std::int64_t count : TokenCounts(attribute.last / kMicro, edges))
        values.push_back({count * kMicro, {}, {}});
      return values;
    case Kind::kNumberType:
      for (std::int64_t at = attribute.first; at <= attribute.last; at += attribute.step)
        values.push_back({at, {}, {}});
      return values;
    default:
      return Texts(facts, number);
  }
}

}  // namespace

std::set<std::string> Literals(const Facts& facts, std::size_t attribute) {
  std::set<std::string> texts;
  for (const auto& [name, pool] : facts.pools) AddTexts(pool.where, attribute, texts);
  for (const Route& route : facts.routes) {
    AddTexts(route.when, attribute, texts);
    if (route.says.cache) AddTexts(route.says.cache->second, attribute, texts);
    for (const Step& step : route.steps) AddTexts(step.where, attribute, texts);
  }
  for (const Experiment& experiment : facts.experiments) {
    AddTexts(experiment.when, attribute, texts);
  }
  return texts;
}

RequestSpace::RequestSpace(const Facts& facts, const std::set<std::int64_t>& edges) {
  for (std::size_t i = 0; i < facts.attributes.size(); ++i) {
    axes_.push_back(Values(facts, i, edges));
    size_ *= axes_.back().size();
  }
}

Request RequestSpace::at(std::size_t index) const {
  Request request;
  for (const std::vector<Value>& values : axes_) {
    request.push_back(values[index % values.size()]);
    index /= values.size();
  }
  return request;
}

}  // namespace mlp::oracle
