#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "compiler/diagram/flatten_parts.hpp"

namespace mlp::compiler {
namespace {

/// Appends runs of elements to one array, equal runs once.
template <typename T, typename Key>
class RunTable {
 public:
  explicit RunTable(std::vector<T>& all) : all_(all) {}
  std::uint32_t Intern(const std::vector<T>& run, std::vector<Key> key) {
    if (run.empty()) return 0;
    const auto [at, added] =
        first_.emplace(std::move(key), static_cast<std::uint32_t>(all_.size()));
    if (added) all_.insert(all_.end(), run.begin(), run.end());
    return at->second;
  }

 private:
  std::vector<T>& all_;
  std::map<std::vector<Key>, std::uint32_t> first_;
};

using GuardKey = std::tuple<std::int64_t, std::int64_t, std::int64_t>;
using LiveKey = std::tuple<std::uint16_t, LiveFact, Comparison, std::uint32_t, std::int64_t>;
using GateKey = std::tuple<std::uint64_t, std::uint32_t, std::uint32_t, std::uint8_t, std::uint8_t>;
using RowKey = std::tuple<std::uint32_t, std::uint16_t, std::uint16_t, std::uint16_t, std::uint8_t,
                          std::uint8_t>;
using GroupKey =
    std::tuple<GroupKind, std::uint8_t, std::uint16_t, std::uint16_t, std::uint16_t, std::uint32_t>;

class RowFlattener {
 public:
  RowFlattener(const Diagram& diagram, const PolicyModel& model, const TableNumbers& numbers,
               OwnedTables::Storage& out)
      : diagram_(diagram),
        model_(model),
        numbers_(numbers),
        out_(out),
        guards_(out_.guards),
        live_refs_(out_.live_refs),
        rows_(out_.rows),
        orders_(out_.row_orders),
        groups_(out_.groups),
        weights_(out_.weights) {}

  void AddLeaves() {
    for (std::size_t i = 0; i < diagram_.leaves.size(); ++i) {
      if (numbers_.leaf[i] != kNoIndex) AddLeaf(diagram_.leaves[i]);
    }
    out_.tables.live_order_count = static_cast<std::uint16_t>(live_orders_.size());
  }

  std::vector<std::uint32_t> AddOnlyGates() {
    std::vector<std::uint32_t> gates;
    for (const DiagramBudget& budget : diagram_.budgets) {
      ForEachOnlyCase(budget, [&](const DiagramBudget::OnlyCase& one) {
        const bool named = numbers_.model[one.entry.candidate] != kNoIndex;
        gates.push_back(named ? GateOf(one.entry) : 0);
      });
    }
    return gates;
  }

 private:
  void AddLeaf(const DiagramLeaf& from) {
    std::vector<Row> rows;
    std::vector<RowKey> row_keys;
    for (const CandidateEntry& entry : from.rows) {
      const Row row = RowOf(entry);
      rows.push_back(row);
      row_keys.emplace_back(row.gate, row.model, row.endpoint, row.rollout, row.step, row.group);
    }
    std::vector<Group> groups;
    std::vector<GroupKey> group_keys;
    for (const CandidateGroup& one : from.groups) {
      const Group group = GroupOf(one);
      groups.push_back(group);
      group_keys.emplace_back(group.kind, group.step, group.live_order, group.key_text,
                              group.member_count, group.first_weight);
    }
    std::vector<std::uint16_t> order;
    for (const std::uint32_t number : from.cheapest) order.push_back(Narrow16(number));

    Leaf to{};
    to.kind = from.kind;
    to.route = from.route == kNoIndex ? kNone16 : Narrow16(from.route);
    to.first_row = rows_.Intern(rows, std::move(row_keys));
    to.row_count = Narrow16(rows.size());
    to.first_group = Narrow16(groups_.Intern(groups, std::move(group_keys)));
    to.group_count = Narrow8(groups.size());
    to.first_cheapest = order.empty() ? kNone32 : orders_.Intern(order, order);
    to.cache_ttl_s = Narrow32((from.cache_ttl_ms + 999) / 1'000);
    out_.leaves.push_back(to);
  }

  Row RowOf(const CandidateEntry& entry) {
    Row row{};
    row.gate = GateOf(entry);
    row.model = Narrow16(numbers_.model[entry.candidate]);
    row.endpoint = EndpointNumber(model_, numbers_, entry);
    row.rollout = entry.rollout == kNoIndex ? kNone16 : Narrow16(entry.rollout);
    row.step = Narrow8(entry.step);
    row.group = Narrow8(entry.group);
    return row;
  }

  std::uint32_t GateOf(const CandidateEntry& entry) {
    std::vector<GuardKey> guard_keys;
    for (const Guard& guard : entry.guards) guard_keys.emplace_back(guard.a, guard.b, guard.c);
    std::vector<std::uint16_t> live;
    for (const LiveClause& clause : entry.live) live.push_back(LiveNumber(clause));
    std::sort(live.begin(), live.end());
    live.erase(std::unique(live.begin(), live.end()), live.end());

    Gate gate{};
    gate.capabilities = entry.capabilities;
    gate.first_guard = guards_.Intern(entry.guards, std::move(guard_keys));
    gate.guard_count = Narrow8(entry.guards.size());
    gate.first_live = live_refs_.Intern(live, live);
    gate.live_count = Narrow8(live.size());
    const GateKey key{gate.capabilities, gate.first_guard, gate.first_live, gate.guard_count,
                      gate.live_count};
    const auto [at, added] =
        gate_numbers_.emplace(key, static_cast<std::uint32_t>(out_.gates.size()));
    if (added) out_.gates.push_back(gate);
    return at->second;
  }

  std::uint16_t LiveNumber(const LiveClause& clause) {
    std::vector<LiveKey> key;
    for (LiveAtom atom : clause) {
      atom.model = Narrow16(numbers_.model[atom.model]);
      key.emplace_back(atom.model, atom.fact, atom.comparison, atom.window_s, atom.threshold);
    }
    std::sort(key.begin(), key.end());
    key.erase(std::unique(key.begin(), key.end()), key.end());
    const auto [at, added] = live_numbers_.emplace(key, Narrow16(out_.live_conditions.size()));
    if (added) {
      out_.live_conditions.push_back(
          {static_cast<std::uint32_t>(out_.live_atoms.size()), Narrow16(key.size())});
      for (const auto& [model, fact, comparison, window_s, threshold] : key) {
        out_.live_atoms.push_back({model, fact, comparison, window_s, threshold});
      }
    }
    return at->second;
  }

  Group GroupOf(const CandidateGroup& from) {
    Group to{};
    to.kind = from.kind;
    to.step = Narrow8(from.step);
    to.member_count = Narrow16(from.members.size());
    to.key_text = numbers_.SlotOf(from.key);
    to.first_weight = weights_.Intern(from.weights_ppm, from.weights_ppm);
    to.live_order = kNone16;
    if (from.kind != GroupKind::kSpread) {
      std::vector<std::uint32_t> key{static_cast<std::uint32_t>(from.kind)};
      key.insert(key.end(), from.weights_ppm.begin(), from.weights_ppm.end());
      key.insert(key.end(), from.members.begin(), from.members.end());
      to.live_order = live_orders_.emplace(key, Narrow16(live_orders_.size())).first->second;
    }
    return to;
  }

  const Diagram& diagram_;
  const PolicyModel& model_;
  const TableNumbers& numbers_;
  OwnedTables::Storage& out_;
  RunTable<Guard, GuardKey> guards_;
  RunTable<std::uint16_t, std::uint16_t> live_refs_;
  RunTable<Row, RowKey> rows_;
  RunTable<std::uint16_t, std::uint16_t> orders_;
  RunTable<Group, GroupKey> groups_;
  RunTable<std::uint32_t, std::uint32_t> weights_;
  std::map<GateKey, std::uint32_t> gate_numbers_;
  std::map<std::vector<LiveKey>, std::uint16_t> live_numbers_;
  std::map<std::vector<std::uint32_t>, std::uint16_t> live_orders_;
};

}  // namespace

std::vector<std::uint32_t> FlattenRows(const Diagram& diagram, const PolicyModel& model,
                                       const TableNumbers& numbers, OwnedTables::Storage& out) {
  RowFlattener flattener(diagram, model, numbers, out);
  flattener.AddLeaves();
  return flattener.AddOnlyGates();
}

}  // namespace mlp::compiler
