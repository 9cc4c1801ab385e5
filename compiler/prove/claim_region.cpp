#include "compiler/prove/claim_region.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/diagram/condition_diagram.hpp"
#include "compiler/prove/judged_requests.hpp"

namespace mlp::compiler {
namespace {

constexpr std::size_t kMostBits = 64;

std::string KeyOf(const RequestAtom& atom) {
  return fmt::format("{} {} {} {} {} {}", static_cast<int>(atom.kind), atom.attribute, atom.first,
                     atom.last, atom.members, atom.text);
}

RequestAtom LabelAtom(Index attribute, std::uint32_t code) {
  RequestAtom atom;
  atom.attribute = attribute;
  atom.first = atom.last = code;
  return atom;
}

/// Labels of `a` are sets of bits, of `b` truth: adds a bit where `b` holds.
class AddBit final : public MddApply {
 public:
  AddBit(Mdd& mdd, BitSets& sets, std::uint64_t bit) : MddApply(mdd), sets_(sets), bit_(bit) {}

 private:
  std::optional<Ref> Shortcut(Ref a, Ref b) override {
    if (a == kFalse || b == kFalse) return a;
    if (!IsTerminal(a) || !IsTerminal(b)) return std::nullopt;
    return Terminal(sets_.Intern(sets_[Label(a)] | bit_));
  }
  BitSets& sets_;
  std::uint64_t bit_;
};

/// Labels of `a` are sets of bits, of `b` leaves.
class Pair final : public MddApply {
 public:
  Pair(Mdd& mdd, const BitSets& sets, const std::vector<DiagramLeaf>& leaves, Index judged,
       std::vector<ClaimRegion::Label>& labels)
      : MddApply(mdd), sets_(sets), leaves_(leaves), judged_(judged), labels_(labels) {}

 private:
  std::optional<Ref> Shortcut(Ref a, Ref b) override {
    if (a == kFalse) return kFalse;
    if (IsTerminal(b) && leaves_[Label(b)].kind != LeafKind::kServe) return kFalse;
    if (!IsTerminal(a) || !IsTerminal(b)) return std::nullopt;
    const auto [at, added] =
        numbers_.emplace(std::pair(Label(a), Label(b)), static_cast<std::uint32_t>(labels_.size()));
    if (added) labels_.push_back({Label(b), sets_[Label(a)], judged_});
    return Terminal(at->second);
  }
  const BitSets& sets_;
  const std::vector<DiagramLeaf>& leaves_;
  const Index judged_;
  std::vector<ClaimRegion::Label>& labels_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> numbers_;
};

/// Labels of `a` are leaves: whether the route serves there.
class ServedBy final : public MddApply {
 public:
  ServedBy(Mdd& mdd, const std::vector<DiagramLeaf>& leaves, Index route)
      : MddApply(mdd), leaves_(leaves), route_(route) {}

 private:
  std::optional<Ref> Shortcut(Ref a, Ref) override {
    if (!IsTerminal(a)) return std::nullopt;
    const DiagramLeaf& leaf = leaves_[Label(a)];
    return leaf.kind == LeafKind::kServe && leaf.route == route_ ? kTrue : kFalse;
  }
  const std::vector<DiagramLeaf>& leaves_;
  const Index route_;
};

}  // namespace

ClaimRegion::ClaimRegion(const PolicyModel& model, Diagram& diagram, const AssertModel& assertion)
    : model_(model), diagram_(diagram), assertion_(assertion) {}

void ClaimRegion::AddAtom(const RequestAtom& atom) {
  if (IsTokens(atom.attribute) && atom.kind == RequestAtom::Kind::kCodeRange) return;
  const auto [at, added] = atom_bits_.emplace(KeyOf(atom), facts_.size());
  if (added) facts_.push_back(AtomDiagram(model_, diagram_.axes, diagram_.mdd, atom));
}

void ClaimRegion::AddLabels(Index attribute) {
  for (std::uint32_t code = 0; code < model_.attributes[attribute].labels.size(); ++code) {
    AddAtom(LabelAtom(attribute, code));
  }
}

void ClaimRegion::Collect(const CandidateCondition& condition) {
  for (const CandidateAtom& atom : condition.atoms) {
    const bool asks_place =
        atom.kind == CandidateAtom::Kind::kPlaceRequest ||
        (atom.kind == CandidateAtom::Kind::kFact && atom.fact == FactKind::kPlace);
    if (atom.kind == CandidateAtom::Kind::kRequest) AddAtom(atom.request);
    if (atom.kind == CandidateAtom::Kind::kPlaceRequest) AddLabels(atom.attribute);
    if (!asks_place) continue;
    for (const RouteModel& route : model_.routes) {
      if (route.place == PlaceKind::kAttribute && route.place_attribute != kNoIndex) {
        AddLabels(route.place_attribute);
      }
    }
  }
}

bool ClaimRegion::Build() {
  Collect(assertion_.claim);
  for (Index i = 0; i < model_.budgets.size(); ++i) {
    const BudgetModel& budget = model_.budgets[i];
    if (budget.prefer_cheapest_at_ppm == 0 && budget.only.empty()) continue;
    for (const BudgetModel::Only& only : budget.only) Collect(only.condition);
    budget_bits_.emplace(i, facts_.size());
    facts_.push_back(ConditionDiagram(model_, diagram_.axes, diagram_.mdd, budget.when));
  }
  if (facts_.size() > kMostBits) return false;

  when_ = ConditionDiagram(model_, diagram_.axes, diagram_.mdd, assertion_.when);
  const Ref asked = AddFacts(when_, false);
  labels_.assign(1, {});
  Pair pair(diagram_.mdd, sets_, diagram_.leaves, kNoIndex, labels_);
  for (const DiagramRoot& root : diagram_.roots) roots_.push_back(pair(asked, root.ref));
  for (Index route = 0; route < model_.routes.size(); ++route) AddJudged(route);
  return !diagram_.mdd.over_budget();
}

/// From the requests, as label 1, to the sets of bits that hold for them.
Ref ClaimRegion::AddFacts(Ref asked, bool without_asks) {
  for (std::size_t bit = 0; bit < facts_.size(); ++bit) {
    const Ref fact = without_asks ? WithoutAsks(model_, diagram_, facts_[bit]) : facts_[bit];
    asked = AddBit(diagram_.mdd, sets_, std::uint64_t{1} << bit)(asked, fact);
  }
  return asked;
}

void ClaimRegion::AddJudged(Index route) {
  const Index evaluator = model_.routes[route].quality_evaluator;
  const Index judge = evaluator == kNoIndex ? kNoIndex : model_.evaluators[evaluator].judge_route;
  if (judge == kNoIndex) return;
  Judged made;
  made.route = route;
  ServedBy served(diagram_.mdd, diagram_.leaves, route);
  Pair pair(diagram_.mdd, sets_, diagram_.leaves, route, labels_);
  for (const DiagramRoot& root : diagram_.roots) {
    const Ref requests = diagram_.mdd.And(when_, served(root.ref, kFalse));
    const Ref asked = AddFacts(JudgeRequests(model_, diagram_, requests), true);
    made.requests.push_back(requests);
    made.roots.push_back(pair(asked, WithoutAsks(model_, diagram_, root.routes[judge])));
  }
  judged_.push_back(std::move(made));
}

const std::vector<Ref>& ClaimRegion::RootsOf(const Label& label) const {
  const auto at = std::find_if(judged_.begin(), judged_.end(), [&](const Judged& one) {
    return label.judged != kNoIndex && one.route == label.judged;
  });
  return at == judged_.end() ? roots_ : at->roots;
}

bool ClaimRegion::Holds(const RequestAtom& atom, std::uint64_t bits) const {
  return ((bits >> atom_bits_.at(KeyOf(atom))) & 1) != 0;
}

std::uint64_t ClaimRegion::BudgetBits() const {
  std::uint64_t bits = 0;
  for (const auto& [budget, bit] : budget_bits_) bits |= std::uint64_t{1} << bit;
  return bits;
}

bool ClaimRegion::Applies(Index budget, std::uint64_t bits) const {
  return ((bits >> budget_bits_.at(budget)) & 1) != 0;
}

std::optional<std::uint32_t> ClaimRegion::PlaceLabel(Index attribute, std::uint64_t bits) const {
  for (std::uint32_t code = 0; code < model_.attributes[attribute].labels.size(); ++code) {
    const auto bit = atom_bits_.find(KeyOf(LabelAtom(attribute, code)));
    if (bit == atom_bits_.end()) return std::nullopt;
    if (((bits >> bit->second) & 1) != 0) return code;
  }
  return std::nullopt;
}

}  // namespace mlp::compiler
