// Checked policies made by hand, for tests that begin behind the checker. Nothing is validated.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "compiler/model/policy.hpp"

namespace mlp::test {

namespace c = mlp::compiler;

/// Grows a PolicyModel; declare providers and candidates in the order of their names.
class ModelBuilder {
 public:
  ModelBuilder() {
    model.name = "sample";
    model.version = "1.0.0";
    model.valid = {0, 1'000'000};
    model.capability_names = {"text", "tools", "vision", "streaming"};
  }

  c::Index Enum(std::string name, std::vector<std::string> labels) {
    c::AttributeModel attribute;
    attribute.name = std::move(name);
    attribute.size = static_cast<std::int32_t>(labels.size());
    attribute.labels = std::move(labels);
    return Add(std::move(attribute));
  }
  c::Index Tokens(std::string name, std::int32_t most) {
    c::AttributeModel attribute;
    attribute.name = std::move(name);
    attribute.type = AttributeType::kTokens;
    attribute.size = most + 1;
    const auto index = Add(std::move(attribute));
    if (model.attributes[index].name == "input") model.input = index;
    if (model.attributes[index].name == "output") model.output = index;
    return index;
  }
  c::Index Text(std::string name, AttributeType type = AttributeType::kText) {
    c::AttributeModel attribute;
    attribute.name = std::move(name);
    attribute.type = type;
    return Add(std::move(attribute));
  }
  c::Index Asks(std::uint64_t members) {
    c::AttributeModel attribute;
    attribute.name = "asks";
    attribute.type = AttributeType::kSet;
    attribute.members = members;
    attribute.has_default = true;
    return model.asks = Add(std::move(attribute));
  }

  c::Index Provider(std::string name, std::vector<std::vector<std::string>> endpoint_places = {{}},
                    Protocol protocol = Protocol::kAnthropic) {
    c::ProviderModel provider;
    provider.name = std::move(name);
    provider.protocol = protocol;
    for (auto& places : endpoint_places) {
      c::EndpointModel endpoint;
      endpoint.url = "https://" + provider.name + ".example";
      endpoint.places = std::move(places);
      provider.endpoints.push_back(std::move(endpoint));
    }
    model.providers.push_back(std::move(provider));
    return static_cast<c::Index>(model.providers.size() - 1);
  }

  /// Reference valid until the next candidate.
  c::CandidateModel& Candidate(std::string name, c::Index provider, std::int64_t input_price = 1,
                               std::int64_t output_price = 1) {
    c::CandidateModel candidate;
    candidate.id = name + "-id";
    candidate.name = std::move(name);
    candidate.provider = provider;
    candidate.capabilities = 0b1111;
    if (input_price >= 0) candidate.prices.push_back(Price(input_price, output_price));
    return model.candidates.emplace_back(std::move(candidate));
  }
  static c::PriceModel Price(std::int64_t input, std::int64_t output,
                             c::DateRange when = {INT64_MIN, kForever}) {
    c::PriceModel price;
    price.when = when;
    price.per_token[static_cast<std::size_t>(TokenClass::kInput)] = input;
    price.per_token[static_cast<std::size_t>(TokenClass::kOutput)] = output;
    return price;
  }

  /// Reference valid until the next route.
  c::RouteModel& Route(std::string name, c::Condition when = {}) {
    c::RouteModel route;
    route.name = std::move(name);
    route.otherwise = when.always();
    route.when = std::move(when);
    return model.routes.emplace_back(std::move(route));
  }
  static c::StepModel List(std::vector<c::Index> models) {
    c::StepModel step;
    step.models = std::move(models);
    return step;
  }
  static c::StepModel Objective(c::ObjectiveKind kind, c::Index pool) {
    c::StepModel step;
    step.kind = kind;
    step.pool = pool;
    return step;
  }
  c::Index Pool(std::string name, std::vector<c::Index> members) {
    c::PoolModel pool;
    pool.name = std::move(name);
    pool.listed = true;
    pool.members = std::move(members);
    model.pools.push_back(std::move(pool));
    return static_cast<c::Index>(model.pools.size() - 1);
  }

  c::PolicyModel model;

 private:
  c::Index Add(c::AttributeModel attribute) {
    model.attributes.push_back(std::move(attribute));
    return static_cast<c::Index>(model.attributes.size() - 1);
  }
};

/// Conditions over requests, by value: And({Codes(...), Not(...)}).
struct When {
  static c::Condition Codes(c::Index attribute, std::int64_t first, std::int64_t last) {
    c::RequestAtom atom;
    atom.attribute = attribute;
    atom.first = first;
    atom.last = last;
    return Atom(std::move(atom));
  }
  static c::Condition Is(c::Index attribute, std::string text) {
    return TextAtom(c::RequestAtom::Kind::kTextEqual, attribute, std::move(text));
  }
  static c::Condition StartsWith(c::Index attribute, std::string text) {
    return TextAtom(c::RequestAtom::Kind::kTextPrefix, attribute, std::move(text));
  }
  static c::Condition Has(c::Index attribute, std::uint64_t members) {
    c::RequestAtom atom;
    atom.kind = c::RequestAtom::Kind::kHasMember;
    atom.attribute = attribute;
    atom.members = members;
    return Atom(std::move(atom));
  }
  static c::Condition And(const std::vector<c::Condition>& parts) {
    return Join(parts, c::ConditionKind::kAnd);
  }
  static c::Condition Or(const std::vector<c::Condition>& parts) {
    return Join(parts, c::ConditionKind::kOr);
  }
  static c::Condition Not(const c::Condition& part) { return Join({part}, c::ConditionKind::kNot); }

 private:
  static c::Condition TextAtom(c::RequestAtom::Kind kind, c::Index attribute, std::string text) {
    c::RequestAtom atom;
    atom.kind = kind;
    atom.attribute = attribute;
    atom.text = std::move(text);
    return Atom(std::move(atom));
  }
  static c::Condition Atom(c::RequestAtom atom) {
    c::Condition condition;
    condition.atoms.push_back(std::move(atom));
    condition.nodes.push_back({c::ConditionKind::kAtom, 0, {}, {}});
    return condition;
  }
  static c::Condition Join(const std::vector<c::Condition>& parts, c::ConditionKind kind) {
    c::Condition all;
    c::Condition::Node root{kind, 0, {}, {}};
    for (const c::Condition& part : parts) {
      const auto nodes = static_cast<std::uint32_t>(all.nodes.size());
      const auto atoms = static_cast<std::uint32_t>(all.atoms.size());
      for (c::Condition::Node node : part.nodes) {
        node.atom += atoms;
        for (std::uint32_t& operand : node.operands) operand += nodes;
        all.nodes.push_back(std::move(node));
      }
      all.atoms.insert(all.atoms.end(), part.atoms.begin(), part.atoms.end());
      root.operands.push_back(nodes + part.root);
    }
    all.root = static_cast<std::uint32_t>(all.nodes.size());
    all.nodes.push_back(std::move(root));
    return all;
  }
};

}  // namespace mlp::test
