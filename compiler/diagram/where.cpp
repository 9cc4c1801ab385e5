#include "compiler/diagram/where.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "compiler/diagram/fact_words.hpp"
#include "compiler/diagram/price_lines.hpp"
#include "compiler/diagram/residual.hpp"
#include "runtime/core/comparison.hpp"

namespace mlp::compiler {
namespace {

Comparison Negated(Comparison comparison) {
  switch (comparison) {
    case Comparison::kEqual:
      return Comparison::kNotEqual;
    case Comparison::kNotEqual:
      return Comparison::kEqual;
    case Comparison::kLess:
      return Comparison::kGreaterEqual;
    case Comparison::kLessEqual:
      return Comparison::kGreater;
    case Comparison::kGreater:
      return Comparison::kLessEqual;
    case Comparison::kGreaterEqual:
      return Comparison::kLess;
  }
  return comparison;
}

/// fact `comparison` tokens, as the tokens that make it true.
Residual TokensThatCompare(std::int64_t fact, Comparison comparison, Index attribute) {
  RequestAtom atom;
  atom.attribute = attribute;
  atom.last = kUnlimited;
  bool negated = false;
  switch (comparison) {
    case Comparison::kNotEqual:
      negated = true;
      [[fallthrough]];
    case Comparison::kEqual:
      atom.first = fact;
      atom.last = fact;
      break;
    case Comparison::kLess:
      negated = true;
      atom.last = fact;
      break;
    case Comparison::kLessEqual:
      atom.first = fact;
      break;
    case Comparison::kGreater:
      negated = true;
      atom.first = fact;
      break;
    case Comparison::kGreaterEqual:
      atom.last = fact;
      break;
  }
  return Residual::Request(std::move(atom), negated);
}

class Evaluator {
 public:
  Evaluator(const PolicyModel& model, const CandidateCondition& where, const CandidateSite& site)
      : model_(model), where_(where), site_(site), candidate_(model.candidates[site.candidate]) {}

  /// When node `id` is surely `wanted`: neither where a fact is missing.
  [[nodiscard]] Residual Expand(std::uint32_t id, bool wanted) const {
    const Condition::Node& node = where_.nodes[id];
    switch (node.kind) {
      case ConditionKind::kTrue:
        return Residual::Constant(wanted);
      case ConditionKind::kFalse:
        return Residual::Constant(!wanted);
      case ConditionKind::kNot:
        return Expand(node.operands.front(), !wanted);
      case ConditionKind::kAtom:
        return Expand(where_.atoms[node.atom], wanted);
      case ConditionKind::kAnd:
      case ConditionKind::kOr: {
        std::vector<Residual> parts;
        for (const std::uint32_t operand : node.operands) parts.push_back(Expand(operand, wanted));
        return (node.kind == ConditionKind::kAnd) == wanted ? Residual::All(std::move(parts))
                                                            : Residual::Any(std::move(parts));
      }
    }
    return Residual::Constant(false);
  }

  /// The same for one comparison.
  [[nodiscard]] Residual Expand(const CandidateAtom& atom, bool wanted) const {
    const auto decided = [&](std::optional<bool> value) {
      return Residual::Constant(value.has_value() && *value == wanted);
    };
    switch (atom.kind) {
      case CandidateAtom::Kind::kCan:
        return decided((candidate_.capabilities & atom.members) == atom.members);
      case CandidateAtom::Kind::kRequest:
        return Residual::Request(atom.request, !wanted);
      case CandidateAtom::Kind::kLive:
        return Live(atom, wanted);
      case CandidateAtom::Kind::kFact:
        return atom.fact == FactKind::kLive ? Live(atom, wanted) : decided(Fact(atom));
      case CandidateAtom::Kind::kFactRequest: {
        const std::optional<std::int64_t> fact =
            NumberFact(candidate_, atom.fact, atom, site_.at_s);
        if (!fact) return Residual::Constant(false);
        return TokensThatCompare(*fact, wanted ? atom.comparison : Negated(atom.comparison),
                                 atom.attribute);
      }
      case CandidateAtom::Kind::kPlaceRequest:
        return PlaceIsRequested(atom, wanted);
      case CandidateAtom::Kind::kList:
        return Residual::Constant(false);
    }
    return Residual::Constant(false);
  }

  /// Why node `id` cannot be `wanted`. Precondition: its expansion is false.
  [[nodiscard]] std::string Because(std::uint32_t id, bool wanted) const {
    const Condition::Node& node = where_.nodes[id];
    switch (node.kind) {
      case ConditionKind::kTrue:
      case ConditionKind::kFalse:
        return "its condition never holds";
      case ConditionKind::kNot:
        return Because(node.operands.front(), !wanted);
      case ConditionKind::kAtom:
        return FactWords(model_, candidate_, site_, where_.atoms[node.atom]);
      case ConditionKind::kAnd:
      case ConditionKind::kOr: {
        const bool all = (node.kind == ConditionKind::kAnd) == wanted;
        std::string words;
        for (const std::uint32_t operand : node.operands) {
          if (!Expand(operand, wanted).IsFalse()) continue;
          if (!words.empty()) words += " and ";
          words += Because(operand, wanted);
          if (all) break;
        }
        return words.empty() ? "its condition never holds" : words;
      }
    }
    return {};
  }

 private:
  [[nodiscard]] Residual Live(const CandidateAtom& atom, bool wanted) const {
    return Residual::Live({static_cast<std::uint16_t>(site_.candidate), atom.live_fact,
                           wanted ? atom.comparison : Negated(atom.comparison), atom.window_s,
                           atom.value});
  }

  [[nodiscard]] std::optional<bool> Fact(const CandidateAtom& atom) const {
    const auto is_one_of = [&](std::string_view name) {
      const bool found = std::find(atom.names.begin(), atom.names.end(), name) != atom.names.end();
      return found == (atom.comparison != Comparison::kNotEqual);
    };
    switch (atom.fact) {
      case FactKind::kProvider:
        return is_one_of(model_.providers[candidate_.provider].name);
      case FactKind::kModel:
        return is_one_of(candidate_.name);
      case FactKind::kStatus:
        return is_one_of(NameOf(StatusAt(candidate_, site_.at_s)));
      case FactKind::kPlace: {
        if (site_.places.empty()) return std::nullopt;
        const bool first = is_one_of(site_.places.front());
        for (const std::string& place : site_.places) {
          if (is_one_of(place) != first) return std::nullopt;
        }
        return first;
      }
      case FactKind::kContext:
      case FactKind::kMaxInput:
      case FactKind::kMaxOutput:
      case FactKind::kPrice:
      case FactKind::kQuality:
      case FactKind::kPriorP50:
      case FactKind::kPriorP95:
      case FactKind::kRetiresIn:
      case FactKind::kLive:
        break;
    }
    const std::optional<std::int64_t> fact = NumberFact(candidate_, atom.fact, atom, site_.at_s);
    if (!fact) return std::nullopt;
    return Compare(*fact, atom.comparison, atom.value);
  }

  [[nodiscard]] Residual PlaceIsRequested(const CandidateAtom& atom, bool wanted) const {
    if (site_.place_attribute == atom.attribute) return Residual::Constant(wanted);
    const auto& labels = model_.attributes[atom.attribute].labels;
    const bool equal = atom.comparison != Comparison::kNotEqual;
    if (site_.places.size() != 1) return Residual::Constant(false);
    const auto found = std::find(labels.begin(), labels.end(), site_.places.front());
    if (found == labels.end()) return Residual::Constant(equal != wanted);
    RequestAtom request;
    request.attribute = atom.attribute;
    request.first = request.last = found - labels.begin();
    return Residual::Request(std::move(request), equal != wanted);
  }

  const PolicyModel& model_;
  const CandidateCondition& where_;
  const CandidateSite& site_;
  const CandidateModel& candidate_;
};

}  // namespace

Residual ExpandAtom(const PolicyModel& model, const CandidateAtom& atom, const CandidateSite& site,
                    bool wanted) {
  const CandidateCondition none;
  return Evaluator(model, none, site).Expand(atom, wanted);
}

WhereResult ApplyWhere(const PolicyModel& model, const CandidateCondition& where,
                       const CandidateSite& site, const TokenBox& box) {
  WhereResult result;
  if (where.always()) {
    result.cases.emplace_back();
    return result;
  }
  const Evaluator evaluator(model, where, site);
  const Residual residual = evaluator.Expand(where.root, true);
  if (residual.IsFalse()) {
    result.because = evaluator.Because(where.root, true);
    return result;
  }
  std::optional<std::vector<WhereCase>> cases = SplitCases(model, residual, box);
  if (cases) {
    result.cases = std::move(*cases);
    if (result.cases.empty()) result.because = "no request of this route keeps its condition";
  } else {
    result.because = "its condition mixes more live facts with request attributes than is compiled";
  }
  return result;
}

CandidateCondition Conjunction(const CandidateCondition& a, const CandidateCondition& b) {
  if (a.always()) return b;
  if (b.always()) return a;
  CandidateCondition both = a;
  const auto first_node = static_cast<std::uint32_t>(both.nodes.size());
  const auto first_atom = static_cast<std::uint32_t>(both.atoms.size());
  for (Condition::Node node : b.nodes) {
    node.atom += first_atom;
    for (std::uint32_t& operand : node.operands) operand += first_node;
    both.nodes.push_back(std::move(node));
  }
  both.atoms.insert(both.atoms.end(), b.atoms.begin(), b.atoms.end());
  Condition::Node root;
  root.kind = ConditionKind::kAnd;
  root.operands = {a.root, first_node + b.root};
  both.root = static_cast<std::uint32_t>(both.nodes.size());
  both.nodes.push_back(std::move(root));
  return both;
}

ModelStatus StatusAt(const CandidateModel& candidate, std::int64_t at_s) {
  if (candidate.status == ModelStatus::kArchived) return ModelStatus::kArchived;
  if (candidate.retires_s <= at_s) return ModelStatus::kRetired;
  const bool serves =
      candidate.status == ModelStatus::kActive || candidate.status == ModelStatus::kStaging;
  if (serves && candidate.deprecated_s <= at_s) return ModelStatus::kDeprecated;
  return candidate.status;
}

std::string_view NameOf(ModelStatus status) {
  switch (status) {
    case ModelStatus::kCandidate:
      return "candidate";
    case ModelStatus::kEvaluating:
      return "evaluating";
    case ModelStatus::kStaging:
      return "staging";
    case ModelStatus::kActive:
      return "active";
    case ModelStatus::kDeprecated:
      return "deprecated";
    case ModelStatus::kRetired:
      return "retired";
    case ModelStatus::kArchived:
      return "archived";
  }
  return {};
}

}  // namespace mlp::compiler
