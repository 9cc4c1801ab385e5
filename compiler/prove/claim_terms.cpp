#include "compiler/prove/claim_terms.hpp"

#include <algorithm>
#include <utility>

#include "compiler/diagram/candidate_sites.hpp"
#include "compiler/diagram/guards.hpp"
#include "compiler/diagram/price_lines.hpp"
#include "compiler/diagram/residual.hpp"
#include "runtime/core/pricing.hpp"

namespace mlp::compiler {
namespace {

bool IsTokens(const PolicyModel& model, const RequestAtom& atom) {
  return atom.kind == RequestAtom::Kind::kCodeRange &&
         (atom.attribute == model.input || atom.attribute == model.output);
}

/// first <= tokens <= last.
std::vector<Guard> RangeGuards(const PolicyModel& model, const RequestAtom& atom) {
  const bool input = atom.attribute == model.input;
  return {{input ? 1 : 0, input ? 0 : 1, atom.last}, {input ? -1 : 0, input ? 0 : -1, -atom.first}};
}

class Terms {
 public:
  Terms(const PolicyModel& model, const ClaimRegion& region, const CandidateEntry& row,
        const RowPlace& place, BoundTable& bounds)
      : model_(model),
        region_(region),
        row_(row),
        place_(place),
        route_(model.routes[place.route]),
        site_(SiteOf(model, region, row, place)),
        bounds_(bounds) {}

  [[nodiscard]] ClaimTerm Of(const CandidateAtom& atom) {
    ClaimTerm term;
    term.comparison = atom.comparison;
    if (atom.kind == CandidateAtom::Kind::kList) {
      if (atom.list_fact == ListFact::kAttemptCost) return Cost(std::move(term), atom.value);
      term.kind = ClaimTerm::Kind::kList;
      return term;
    }
    const Residual holds = ExpandAtom(model_, atom, site_, true);
    switch (holds.kind) {
      case Residual::Kind::kAlways:
        term.decided = Truth::kYes;
        return term;
      case Residual::Kind::kNever:
        term.decided = ExpandAtom(model_, atom, site_, false).kind == Residual::Kind::kAlways
                           ? Truth::kNo
                           : Truth::kUnknown;
        return term;
      case Residual::Kind::kRequest:
        break;
      case Residual::Kind::kLive:
      case Residual::Kind::kAll:
      case Residual::Kind::kAny:
        return term;
    }
    if (!IsTokens(model_, holds.request)) {
      term.decided = TruthOf(region_.Holds(holds.request, place_.bits) != holds.negated);
      return term;
    }
    term.kind = ClaimTerm::Kind::kTokens;
    term.negated = holds.negated;
    term.at_most = {bounds_.Add(RangeGuards(model_, holds.request), route_.output_cap)};
    return term;
  }

 private:
  [[nodiscard]] ClaimTerm Cost(ClaimTerm term, std::int64_t value) {
    const CandidateModel& facts = model_.candidates[row_.candidate];
    const auto tiers = PriceTiers(model_, facts, route_.caches_prompts, place_.at_s);
    const GuardSet none(TokenBoxOf(model_, route_));
    const auto within = [&](std::int64_t bound) {
      std::vector<std::size_t> any;
      if (bound < 0) return any;
      for (const GuardSet& set : CostGuards(tiers, PriceFactor(model_, row_), bound, none)) {
        any.push_back(bounds_.Add(set.all(), route_.output_cap));
      }
      return any;
    };
    term.kind = ClaimTerm::Kind::kCost;
    term.at_most = within(value);
    term.below = within(value - 1);
    term.known = within(kUnlimited);
    return term;
  }

  const PolicyModel& model_;
  const ClaimRegion& region_;
  const CandidateEntry& row_;
  const RowPlace& place_;
  const RouteModel& route_;
  const CandidateSite site_;
  BoundTable& bounds_;
};

Truth Negation(Truth truth) {
  if (truth == Truth::kUnknown) return truth;
  return truth == Truth::kYes ? Truth::kNo : Truth::kYes;
}

Truth Evaluate(const CandidateCondition& condition, std::uint32_t id,
               std::span<const Truth> atoms) {
  const Condition::Node& node = condition.nodes[id];
  switch (node.kind) {
    case ConditionKind::kTrue:
      return Truth::kYes;
    case ConditionKind::kFalse:
      return Truth::kNo;
    case ConditionKind::kNot:
      return Negation(Evaluate(condition, node.operands.front(), atoms));
    case ConditionKind::kAtom:
      return atoms[node.atom];
    case ConditionKind::kAnd:
    case ConditionKind::kOr: {
      const bool conjunction = node.kind == ConditionKind::kAnd;
      Truth result = conjunction ? Truth::kYes : Truth::kNo;
      for (const std::uint32_t operand : node.operands) {
        const Truth truth = Evaluate(condition, operand, atoms);
        result = conjunction ? std::min(result, truth) : std::max(result, truth);
      }
      return result;
    }
  }
  return Truth::kUnknown;
}

class Reasons {
 public:
  Reasons(const CandidateCondition& condition, std::span<const Truth> atoms,
          const std::function<std::string(const CandidateAtom&)>& words)
      : condition_(condition), atoms_(atoms), words_(words) {}

  void Collect(std::uint32_t id, Truth wanted) {
    if (Evaluate(condition_, id, atoms_) == wanted) return;
    const Condition::Node& node = condition_.nodes[id];
    switch (node.kind) {
      case ConditionKind::kTrue:
      case ConditionKind::kFalse:
        return;
      case ConditionKind::kNot:
        Collect(node.operands.front(), Negation(wanted));
        return;
      case ConditionKind::kAtom: {
        std::string text = words_(condition_.atoms[node.atom]);
        if (!text.empty() && std::find(all.begin(), all.end(), text) == all.end()) {
          all.push_back(std::move(text));
        }
        return;
      }
      case ConditionKind::kAnd:
      case ConditionKind::kOr:
        for (const std::uint32_t operand : node.operands) Collect(operand, wanted);
    }
  }

  std::vector<std::string> all;

 private:
  const CandidateCondition& condition_;
  std::span<const Truth> atoms_;
  const std::function<std::string(const CandidateAtom&)>& words_;
};

}  // namespace

Truth ClaimTerm::In(const RowSet& holding) const {
  const auto any = [&](const std::vector<std::size_t>& bounds) {
    return std::any_of(bounds.begin(), bounds.end(), [&](std::size_t b) { return holding[b]; });
  };
  if (kind == Kind::kTokens) return TruthOf(any(at_most) != negated);
  if (kind != Kind::kCost) return decided;
  if (!any(known)) return Truth::kUnknown;
  switch (comparison) {
    case Comparison::kEqual:
      return TruthOf(any(at_most) && !any(below));
    case Comparison::kNotEqual:
      return TruthOf(!any(at_most) || any(below));
    case Comparison::kLess:
      return TruthOf(any(below));
    case Comparison::kLessEqual:
      return TruthOf(any(at_most));
    case Comparison::kGreater:
      return TruthOf(!any(at_most));
    case Comparison::kGreaterEqual:
      return TruthOf(!any(below));
  }
  return Truth::kUnknown;
}

CandidateSite SiteOf(const PolicyModel& model, const ClaimRegion& region, const CandidateEntry& row,
                     const RowPlace& place) {
  const RouteModel& route = model.routes[place.route];
  CandidateSite site;
  site.candidate = row.candidate;
  site.at_s = place.at_s;
  std::optional<std::uint32_t> label;
  if (route.place == PlaceKind::kAttribute && route.place_attribute != kNoIndex) {
    label = region.PlaceLabel(route.place_attribute, place.bits);
    if (!label) return site;  // nothing asks for a place
    site.place_attribute = route.place_attribute;
    site.label = *label;
  }
  site.places =
      PlacesServed(model, route, model.candidates[row.candidate].provider, row.endpoint, label);
  return site;
}

std::vector<ClaimTerm> TermsFor(const PolicyModel& model, const ClaimRegion& region,
                                const CandidateCondition& condition, const CandidateEntry& row,
                                const RowPlace& place, BoundTable& bounds) {
  Terms terms(model, region, row, place, bounds);
  std::vector<ClaimTerm> result;
  for (const CandidateAtom& atom : condition.atoms) result.push_back(terms.Of(atom));
  return result;
}

Truth Evaluate(const CandidateCondition& condition, std::span<const Truth> atoms) {
  return condition.always() ? Truth::kYes : Evaluate(condition, condition.root, atoms);
}

std::string WhyNot(const CandidateCondition& condition, std::span<const Truth> atoms, Truth wanted,
                   const std::function<std::string(const CandidateAtom&)>& words) {
  if (condition.always()) return {};
  Reasons reasons(condition, atoms, words);
  reasons.Collect(condition.root, wanted);
  std::string text;
  for (const std::string& reason : reasons.all) text += (text.empty() ? "" : " and ") + reason;
  return text;
}

std::int64_t PriceFactor(const PolicyModel& model, const CandidateEntry& row) {
  if (row.endpoint == kNoIndex) return 1'000'000;
  const ProviderModel& provider = model.providers[model.candidates[row.candidate].provider];
  return provider.endpoints[row.endpoint].price_micro;
}

std::int64_t AttemptCostAt(const PolicyModel& model, const CandidateEntry& row,
                           const RowPlace& place, std::int64_t input, std::int64_t output) {
  std::int64_t dearest = -1;
  for (const PriceTier& tier : PriceTiers(model, model.candidates[row.candidate],
                                          model.routes[place.route].caches_prompts, place.at_s)) {
    if (input < tier.min_prompt || tier.max_prompt < input) continue;
    for (const PriceLine& line : tier.lines) {
      if ((line.input < 0 && input > 0) || (line.output < 0 && output > 0)) return -1;
      dearest = std::max(
          dearest, ApplyPriceFactor(
                       TokensTimesPrice(input, line.input) + TokensTimesPrice(output, line.output),
                       static_cast<std::uint32_t>(PriceFactor(model, row)), Rounding::kUp));
    }
  }
  return dearest;
}

}  // namespace mlp::compiler
