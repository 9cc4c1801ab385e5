#include <array>

#include <fmt/format.h>

#include "compiler/model/dump.hpp"
#include "compiler/model/live_facts.hpp"
#include "runtime/core/comparison.hpp"

namespace mlp::compiler {
namespace {

std::string_view Name(FactKind fact) {
  constexpr std::array<std::string_view, 13> kNames = {
      "context",  "input", "output", "price",  "quality",    "latency.p50", "latency.p95",
      "provider", "model", "place",  "status", "retires-in", "live"};
  return kNames[static_cast<std::size_t>(fact)];
}

std::string_view Name(ListFact fact) {
  constexpr std::array<std::string_view, 6> kNames = {"candidates",   "providers",  "attempts",
                                                      "attempt cost", "chain cost", "chain time"};
  return kNames[static_cast<std::size_t>(fact)];
}

std::string_view Name(TokenClass token_class) {
  constexpr std::array<std::string_view, kTokenClassCount> kNames = {
      "input",  "cache-read", "cache-write", "cache-write-1h",
      "output", "reasoning",  "batch-input", "batch-output"};
  return kNames[static_cast<std::size_t>(token_class)];
}

std::string Members(const std::vector<std::string>& names, std::uint64_t bits) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < 64; ++i) {
    if ((bits >> i & 1U) == 0) continue;
    text += (text.empty() ? "" : " ") + names[i];
  }
  return "{" + text + "}";
}

std::string Code(const AttributeModel& attribute, std::int64_t code) {
  if (attribute.type != AttributeType::kEnum || code < 0 ||
      code >= static_cast<std::int64_t>(attribute.labels.size())) {
    return fmt::format("{}", code);
  }
  return attribute.labels[static_cast<std::size_t>(code)];
}

std::string Atom(const PolicyModel& model, const RequestAtom& atom) {
  const AttributeModel& attribute = model.attributes[atom.attribute];
  switch (atom.kind) {
    case RequestAtom::Kind::kCodeRange:
      if (atom.first == atom.last)
        return fmt::format("{} == {}", attribute.name, Code(attribute, atom.first));
      return fmt::format("{} in {}..{}", attribute.name, Code(attribute, atom.first),
                         Code(attribute, atom.last));
    case RequestAtom::Kind::kTextEqual:
      return fmt::format("{} == \"{}\"", attribute.name, atom.text);
    case RequestAtom::Kind::kTextPrefix:
      return fmt::format("{} starts-with \"{}\"", attribute.name, atom.text);
    case RequestAtom::Kind::kHasMember: {
      const bool asks = atom.attribute == model.asks;
      return fmt::format("{} has {}", attribute.name,
                         Members(asks ? model.capability_names : attribute.labels, atom.members));
    }
  }
  return "?";
}

std::string Fact(const CandidateAtom& atom) {
  std::string text(Name(atom.fact));
  if (atom.fact == FactKind::kPrice) text += fmt::format(".{}", Name(atom.price_class));
  if (atom.fact == FactKind::kQuality) text += "." + atom.name;
  return text;
}

std::string Atom(const PolicyModel& model, const CandidateAtom& atom) {
  switch (atom.kind) {
    case CandidateAtom::Kind::kCan:
      return "can " + Members(model.capability_names, atom.members);
    case CandidateAtom::Kind::kFact:
      if (!atom.names.empty()) {
        std::string names;
        for (const std::string& name : atom.names) names += (names.empty() ? "" : " ") + name;
        return fmt::format("{} in {{{}}}", Name(atom.fact), names);
      }
      return fmt::format("{} {} {}", Fact(atom), ToString(atom.comparison), atom.value);
    case CandidateAtom::Kind::kFactRequest:
      return fmt::format("{} {} request.{}", Fact(atom), ToString(atom.comparison),
                         model.attributes[atom.attribute].name);
    case CandidateAtom::Kind::kLive:
      return fmt::format("live.{} over {}s {} {}", NameOf(atom.live_fact), atom.window_s,
                         ToString(atom.comparison), atom.value);
    case CandidateAtom::Kind::kRequest:
      return "request." + Atom(model, atom.request);
    case CandidateAtom::Kind::kPlaceRequest:
      return fmt::format("place == request.{}", model.attributes[atom.attribute].name);
    case CandidateAtom::Kind::kList:
      return fmt::format("{} {} {}", Name(atom.list_fact), ToString(atom.comparison), atom.value);
  }
  return "?";
}

template <typename C>
std::string Tree(const PolicyModel& model, const C& condition, std::uint32_t number) {
  const Condition::Node& node = condition.nodes[number];
  switch (node.kind) {
    case ConditionKind::kTrue:
      return "true";
    case ConditionKind::kFalse:
      return "false";
    case ConditionKind::kAtom:
      return Atom(model, condition.atoms[node.atom]);
    case ConditionKind::kNot:
      return fmt::format("not ({})", Tree(model, condition, node.operands.front()));
    case ConditionKind::kAnd:
    case ConditionKind::kOr: {
      std::string text;
      for (const std::uint32_t operand : node.operands) {
        if (!text.empty()) text += node.kind == ConditionKind::kAnd ? " and " : " or ";
        text += Tree(model, condition, operand);
      }
      return "(" + text + ")";
    }
  }
  return "?";
}

}  // namespace

std::string DumpCondition(const PolicyModel& model, const Condition& condition) {
  return condition.always() ? "true" : Tree(model, condition, condition.root);
}

std::string DumpCondition(const PolicyModel& model, const CandidateCondition& condition) {
  return condition.always() ? "true" : Tree(model, condition, condition.root);
}

}  // namespace mlp::compiler
