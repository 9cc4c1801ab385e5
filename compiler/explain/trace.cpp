#include "compiler/explain/trace.hpp"

#include <set>
#include <string_view>

#include <fmt/format.h>

#include "mlp/request.hpp"

namespace mlp::compiler {
namespace {

class Evaluator {
 public:
  Evaluator(const Condition& condition, const Tables& tables, const RequestView& request)
      : condition_(condition), tables_(tables), request_(request) {}

  bool Holds(std::uint32_t id) const {
    const Condition::Node& node = condition_.nodes[id];
    switch (node.kind) {
      case ConditionKind::kTrue:
        return true;
      case ConditionKind::kFalse:
        return false;
      case ConditionKind::kAnd:
        for (const std::uint32_t operand : node.operands) {
          if (!Holds(operand)) return false;
        }
        return true;
      case ConditionKind::kOr:
        for (const std::uint32_t operand : node.operands) {
          if (Holds(operand)) return true;
        }
        return false;
      case ConditionKind::kNot:
        return !Holds(node.operands.front());
      case ConditionKind::kAtom:
        return Holds(condition_.atoms[node.atom]);
    }
    return false;
  }

  /// The smallest part of `id` that alone makes it false: inside a conjunction the first operand
  /// that does not hold.
  std::uint32_t Decisive(std::uint32_t id) const {
    while (condition_.nodes[id].kind == ConditionKind::kAnd) {
      std::uint32_t next = id;
      for (const std::uint32_t operand : condition_.nodes[id].operands) {
        if (!Holds(operand)) {
          next = operand;
          break;
        }
      }
      if (next == id) return id;
      id = next;
    }
    return id;
  }

  void Attributes(std::uint32_t id, std::set<std::uint32_t>& attributes) const {
    const Condition::Node& node = condition_.nodes[id];
    if (node.kind == ConditionKind::kAtom) attributes.insert(condition_.atoms[node.atom].attribute);
    for (const std::uint32_t operand : node.operands) Attributes(operand, attributes);
  }

 private:
  bool Holds(const RequestAtom& atom) const {
    const Attribute& attribute = tables_.attributes[atom.attribute];
    switch (atom.kind) {
      case RequestAtom::Kind::kCodeRange: {
        const std::int64_t code = request_.codes[attribute.slot];
        return atom.first <= code && code <= atom.last;
      }
      case RequestAtom::Kind::kTextEqual:
        return request_.texts[attribute.slot] == atom.text;
      case RequestAtom::Kind::kTextPrefix:
        return request_.texts[attribute.slot].starts_with(atom.text);
      case RequestAtom::Kind::kHasMember:
        return (request_.sets[attribute.slot] & atom.members) == atom.members;
    }
    return false;
  }

  const Condition& condition_;
  const Tables& tables_;
  const RequestView& request_;
};

}  // namespace

bool Evaluate(const Condition& condition, const Tables& tables, const RequestView& request) {
  return condition.always() || Evaluator(condition, tables, request).Holds(condition.root);
}

std::string Because(const Condition& condition, const PolicyModel& model, const Tables& tables,
                    const SourceSet& sources, const RequestView& request) {
  if (condition.always()) return "takes every request";
  const Evaluator evaluator(condition, tables, request);
  const bool holds = evaluator.Holds(condition.root);
  const std::uint32_t part = holds ? condition.root : evaluator.Decisive(condition.root);
  std::set<std::uint32_t> attributes;
  evaluator.Attributes(part, attributes);
  std::string values;
  for (const std::uint32_t index : attributes) {
    const std::string value = WriteValue(tables.attributes[index], request);
    values += fmt::format("{}{} is {}", values.empty() ? "" : ", ", model.attributes[index].name,
                          value.empty() ? "empty" : value);
  }
  return fmt::format("{} {}: {}", sources.text(condition.nodes[part].span),
                     holds ? "holds" : "does not hold", values);
}

}  // namespace mlp::compiler
