#include "tests/property/read_condition.hpp"

#include <algorithm>
#include <utility>

#include "compiler/ast/literals.hpp"

namespace mlp::oracle {
namespace {

using compiler::ast::Kind;
using compiler::ast::kNoNode;
using compiler::ast::NodeId;

constexpr std::int64_t kMicro = 1'000'000;

std::string Mirrored(const std::string& op) {
  if (op == "<") return ">";
  if (op == "<=") return ">=";
  if (op == ">") return "<";
  if (op == ">=") return "<=";
  return op;
}

/// Gives a label its position among the attribute's.
void Place(Operand& label, const Attribute& attribute) {
  if (label.path.size() != 1) return;
  const auto found =
      std::find(attribute.labels.begin(), attribute.labels.end(), label.path.front());
  if (found != attribute.labels.end()) label.number = found - attribute.labels.begin();
}

bool IsLabelOf(const Operand& label, const Operand& attribute, const Facts& facts) {
  if (label.path.size() != 1 || attribute.attribute == kNowhere) return false;
  const std::vector<std::string>& labels = facts.attributes[attribute.attribute].labels;
  return std::find(labels.begin(), labels.end(), label.path.front()) != labels.end();
}

/// Whether what is asked, a fact or else an attribute, is on the left: it may stand on either side.
bool AsksLeft(const Operand& left, const Operand& right, const Facts& facts) {
  if (left.path.empty() || IsLabelOf(left, right, facts)) return false;
  if (right.path.empty() || IsLabelOf(right, left, facts)) return true;
  return left.attribute == kNowhere;  // a fact compared with an attribute
}

}  // namespace

std::string Words::Text(NodeId node) const { return std::string(sources_.text(tree_.span(node))); }

std::vector<std::string> Words::Names(NodeId node) const {
  std::vector<std::string> names;
  for (const NodeId child : tree_.children(node)) {
    if (tree_.kind(child) == Kind::kName) names.push_back(Text(child));
  }
  return names;
}

std::string Words::Name(NodeId node) const { return Names(node).front(); }

std::string Words::String(NodeId node) const { return *compiler::ast::ReadString(Text(node)); }

std::int64_t Words::Number(NodeId node) const {
  const std::string text = Text(node);
  switch (tree_.kind(node)) {
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

std::int64_t Words::Count(NodeId node) const { return Number(node) / kMicro; }

Operand Words::ReadOperand(NodeId node, const Facts& facts, bool over_candidate) const {
  Operand operand;
  if (tree_.kind(node) == Kind::kString) {
    operand.string = String(node);
  } else if (tree_.kind(node) == Kind::kPath) {
    operand.path = Names(node);
    const bool of_request = over_candidate
                                ? operand.path.size() == 2 && operand.path.front() == "request"
                                : operand.path.size() == 1;
    if (of_request) operand.attribute = facts.Find(operand.path.back());
  } else {
    operand.number = Number(node);
  }
  return operand;
}

Condition Words::Read(NodeId expression, const Facts& facts, bool over_candidate) const {
  Condition condition;
  condition.kind = tree_.kind(expression);
  switch (condition.kind) {
    case Kind::kAnd:
    case Kind::kOr:
    case Kind::kNot:
      for (const NodeId part : tree_.children(expression))
        condition.parts.push_back(Read(part, facts, over_candidate));
      return condition;
    case Kind::kTruth:
      condition.truth = Text(expression) == "true";
      return condition;
    case Kind::kCan:
      condition.names = Names(expression);
      return condition;
    default:
      break;
  }
  for (const NodeId child : tree_.children(expression)) {
    if (tree_.kind(child) == Kind::kName) {
      condition.names.push_back(Text(child));
    } else if (tree_.kind(child) == Kind::kOperator) {
      condition.op = Text(child);
    } else if (tree_.kind(child) != Kind::kWindow) {
      condition.operands.push_back(ReadOperand(child, facts, over_candidate));
    }
  }
  if (condition.kind == Kind::kCompare &&
      !AsksLeft(condition.operands[0], condition.operands[1], facts)) {
    std::swap(condition.operands[0], condition.operands[1]);
    condition.op = Mirrored(condition.op);
    condition.mirrored = true;
  }
  if (const std::size_t attribute = condition.operands.front().attribute; attribute != kNowhere) {
    for (std::size_t i = 1; i < condition.operands.size(); ++i)
      Place(condition.operands[i], facts.attributes[attribute]);
  }
  return condition;
}

}  // namespace mlp::oracle
