#include "compiler/diagram/route_diagram.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "compiler/diagram/condition_diagram.hpp"

namespace mlp::compiler {
namespace {

/// A leaf's content as bytes that are equal exactly for equal contents.
class LeafKey {
 public:
  explicit LeafKey(const DiagramLeaf& leaf) {
    Add(static_cast<std::int64_t>(leaf.kind));
    Add(leaf.route);
    Add(leaf.cache_ttl_ms);
    Add(static_cast<std::int64_t>(leaf.rows.size()));
    for (const CandidateEntry& row : leaf.rows) AddRow(row);
    Add(static_cast<std::int64_t>(leaf.groups.size()));
    for (const CandidateGroup& group : leaf.groups) AddGroup(group);
    for (const std::uint32_t number : leaf.cheapest) Add(number);
  }
  [[nodiscard]] std::string Take() { return std::move(bytes_); }

 private:
  void Add(std::int64_t value) {
    for (int shift = 0; shift < 64; shift += 8) {
      bytes_ += static_cast<char>(static_cast<std::uint64_t>(value) >> shift & 0xFF);
    }
  }
  void AddRow(const CandidateEntry& row) {
    for (const std::uint32_t value :
         {row.candidate, row.endpoint, row.rollout, row.step, row.group}) {
      Add(value);
    }
    Add(static_cast<std::int64_t>(row.capabilities));
    Add(static_cast<std::int64_t>(row.guards.size()));
    for (const Guard& guard : row.guards) {
      Add(guard.a);
      Add(guard.b);
      Add(guard.c);
    }
    Add(static_cast<std::int64_t>(row.live.size()));
    for (const LiveClause& clause : row.live) {
      Add(static_cast<std::int64_t>(clause.size()));
      for (const LiveAtom& atom : clause) {
        Add(atom.model);
        Add(static_cast<std::int64_t>(atom.fact));
        Add(static_cast<std::int64_t>(atom.comparison));
        Add(atom.window_s);
        Add(atom.threshold);
      }
    }
  }
  void AddGroup(const CandidateGroup& group) {
    Add(static_cast<std::int64_t>(group.kind));
    Add(group.step);
    Add(group.key);
    Add(static_cast<std::int64_t>(group.members.size()));
    for (const Index member : group.members) Add(member);
    for (const std::uint32_t weight : group.weights_ppm) Add(weight);
  }
  std::string bytes_;
};

/// Which conditional entries of a list are in; one further element stands for the cache.
using Subset = std::vector<std::uint32_t>;

class SubsetTable {
 public:
  std::uint32_t Intern(const Subset& subset) {
    const auto [at, added] = numbers_.emplace(subset, static_cast<std::uint32_t>(subsets_.size()));
    if (added) subsets_.push_back(subset);
    return at->second;
  }
  [[nodiscard]] const Subset& operator[](std::uint32_t number) const { return subsets_[number]; }

 private:
  std::vector<Subset> subsets_;
  std::map<Subset, std::uint32_t> numbers_;
};

/// Labels of `a` are subsets, of `b` truth: adds an element where `b` holds.
class AddElement final : public MddApply {
 public:
  AddElement(Mdd& mdd, SubsetTable& subsets, std::uint32_t element)
      : MddApply(mdd), subsets_(subsets), element_(element) {}

 private:
  std::optional<Ref> Shortcut(Ref a, Ref b) override {
    if (b == kFalse) return a;
    if (!IsTerminal(a) || !IsTerminal(b)) return std::nullopt;
    Subset subset = subsets_[Label(a)];
    subset.push_back(element_);
    return Terminal(subsets_.Intern(subset));
  }
  SubsetTable& subsets_;
  std::uint32_t element_;
};

class ListDiagram {
 public:
  ListDiagram(const PolicyModel& model, Mdd& mdd, LeafTable& leaves, Index route,
              const PlaceCandidates& list)
      : model_(model), mdd_(mdd), leaves_(leaves), route_number_(route), list_(list) {}

  Ref Build(const AxisOrder& axes) {
    const RouteModel& route = model_.routes[route_number_];
    const auto cache = static_cast<std::uint32_t>(list_.entries.size());
    Ref all = Terminal(subsets_.Intern({}));
    const auto add = [&](const Condition& condition, std::uint32_t element) {
      const Condition seen = AfterCap(condition, model_.output, route.output_cap);
      const Ref when = ConditionDiagram(model_, axes, mdd_, seen);
      if (when == kTrue) {
        always_.push_back(element);
      } else {
        all = AddElement(mdd_, subsets_, element)(all, when);
      }
    };
    for (std::uint32_t i = 0; i < cache; ++i) add(list_.entries[i].when, i);
    if (route.cache_ttl_ms > 0) add(route.cache_when, cache);

    class ToLeaf final : public MddApply {
     public:
      ToLeaf(Mdd& mdd, ListDiagram& list) : MddApply(mdd), list_(list) {}

     private:
      std::optional<Ref> Shortcut(Ref a, Ref) override {
        if (!IsTerminal(a)) return std::nullopt;
        return Terminal(list_.Leaf(list_.subsets_[Label(a)]));
      }
      ListDiagram& list_;
    };
    return ToLeaf(mdd_, *this)(all, kFalse);
  }

 private:
  std::uint32_t Leaf(const Subset& conditional) {
    Subset in = always_;
    in.insert(in.end(), conditional.begin(), conditional.end());
    std::sort(in.begin(), in.end());
    DiagramLeaf leaf;
    leaf.kind = LeafKind::kServe;
    leaf.route = route_number_;
    if (!in.empty() && in.back() == list_.entries.size()) {
      leaf.cache_ttl_ms = model_.routes[route_number_].cache_ttl_ms;
      in.pop_back();
    }
    for (const std::uint32_t entry : in) {
      leaf.rows.push_back(list_.entries[entry]);
      leaf.rows.back().when = {};
    }
    for (const std::uint32_t entry : list_.cheapest) {
      const auto at = std::lower_bound(in.begin(), in.end(), entry);
      if (at != in.end() && *at == entry) {
        leaf.cheapest.push_back(static_cast<std::uint32_t>(at - in.begin()));
      }
    }
    KeepGroups(leaf);
    return leaves_.Intern(std::move(leaf));
  }

  /// Groups of the members that are in; one that is alone needs no order.
  void KeepGroups(DiagramLeaf& leaf) const {
    std::vector<std::uint32_t> new_number(list_.groups.size() + 1, 0);
    for (std::uint32_t number = 1; number <= list_.groups.size(); ++number) {
      const CandidateGroup& group = list_.groups[number - 1];
      CandidateGroup kept = group;
      kept.members.clear();
      if (group.kind == GroupKind::kSpread) kept.weights_ppm.clear();
      for (std::size_t i = 0; i < group.members.size(); ++i) {
        const bool in = std::any_of(leaf.rows.begin(), leaf.rows.end(), [&](const auto& row) {
          return row.group == number && row.rollout == kNoIndex &&
                 row.candidate == group.members[i];
        });
        if (!in) continue;
        kept.members.push_back(group.members[i]);
        if (group.kind == GroupKind::kSpread) kept.weights_ppm.push_back(group.weights_ppm[i]);
      }
      if (kept.members.size() < 2) continue;
      leaf.groups.push_back(std::move(kept));
      new_number[number] = static_cast<std::uint32_t>(leaf.groups.size());
    }
    for (CandidateEntry& row : leaf.rows) row.group = new_number[row.group];
  }

  const PolicyModel& model_;
  Mdd& mdd_;
  LeafTable& leaves_;
  Index route_number_;
  const PlaceCandidates& list_;
  SubsetTable subsets_;
  Subset always_;
};

}  // namespace

std::uint32_t LeafTable::Intern(DiagramLeaf leaf) {
  const auto [at, added] =
      numbers_.emplace(LeafKey(leaf).Take(), static_cast<std::uint32_t>(leaves_.size()));
  if (added) leaves_.push_back(std::move(leaf));
  return at->second;
}

Ref RouteDiagram(const PolicyModel& model, const AxisOrder& axes, Mdd& mdd, LeafTable& leaves,
                 Index route, std::int64_t at_s) {
  if (model.routes[route].refuses) {
    DiagramLeaf leaf;
    leaf.kind = LeafKind::kRefuse;
    leaf.route = route;
    return Terminal(leaves.Intern(std::move(leaf)));
  }
  const RouteCandidates candidates = CandidatesAt(model, route, at_s);
  if (candidates.place_attribute == kNoIndex) {
    return ListDiagram(model, mdd, leaves, route, candidates.places.front()).Build(axes);
  }
  const Index axis = axes.Find(candidates.place_attribute);
  Ref all = kFalse;
  for (const PlaceCandidates& place : candidates.places) {
    const Ref list = ListDiagram(model, mdd, leaves, route, place).Build(axes);
    for (const std::uint32_t label : place.labels) {
      all = mdd.FirstMatch(all, mdd.Gate(mdd.Interval(axis, label, label), list));
    }
  }
  return all;
}

}  // namespace mlp::compiler
