#include "tests/bench/synthetic_tables.hpp"

#include <algorithm>
#include <random>
#include <set>

namespace mlp::bench {
namespace {

constexpr std::uint32_t kSeed = 20261121;
constexpr std::uint16_t kModelCount = 40;
constexpr std::int32_t kOutputCount = 16'001;

std::int32_t Draw(std::mt19937& random, std::int32_t from, std::int32_t to) {
  return from + static_cast<std::int32_t>(random() % static_cast<std::uint32_t>(to - from));
}

Attribute MakeAttribute(std::string_view name, AttributeType type, std::uint16_t slot,
                        std::int32_t size) {
  Attribute attribute{};
  attribute.name = name;
  attribute.type = type;
  attribute.slot = slot;
  attribute.size = size;
  attribute.default_code = -1;
  return attribute;
}

}  // namespace

SyntheticTables::SyntheticTables(std::int32_t route_count, std::int32_t list_count) {
  MakeRoutes(route_count);
  MakeDiagram();
  MakeLeaves(list_count);
  attributes_ = {MakeAttribute("task", AttributeType::kEnum, 0, kTaskCount),
                 MakeAttribute("input", AttributeType::kTokens, 1, kInputCount),
                 MakeAttribute("output", AttributeType::kTokens, 2, kOutputCount)};
  models_.resize(kModelCount);
  tables_.format = kTableFormat;
  tables_.attributes = attributes_;
  tables_.code_count = 3;
  tables_.input_code = 1;
  tables_.output_code = 2;
  tables_.asks_set = kNone16;
  tables_.axes = axes_;
  tables_.roots = roots_;
  tables_.nodes = arrays_.nodes;
  tables_.edges = arrays_.edges;
  tables_.cuts = arrays_.cuts;
  tables_.buckets = arrays_.buckets;
  tables_.leaves = leaves_;
  tables_.rows = rows_;
  tables_.gates = gates_;
  tables_.guards = guards_;
  tables_.routes = plans_;
  tables_.models = models_;
}

void SyntheticTables::MakeRoutes(std::int32_t route_count) {
  std::mt19937 random(kSeed);
  std::set<std::int32_t> cuts = {0, kInputCount};
  while (cuts.size() < static_cast<std::size_t>(route_count) + 1)
    cuts.insert(Draw(random, 1, kInputCount));
  std::int32_t task = 0;
  for (auto cut = cuts.begin(); std::next(cut) != cuts.end(); ++cut) {
    routes_.push_back({task, *cut, *std::next(cut)});
    task = (task + 1) % kTaskCount;
  }
}

void SyntheticTables::MakeDiagram() {
  axes_ = {{AxisKind::kCode, 0, 0, 0, 0}, {AxisKind::kCode, 1, 0, 0, 0}};
  std::vector<std::uint32_t> by_task;
  for (std::int32_t task = 0; task < kTaskCount; ++task) {
    std::vector<std::int32_t> cuts;
    std::vector<std::uint32_t> edges = {kLeafBit | default_leaf()};
    for (std::uint32_t i = 0; i < routes_.size(); ++i) {
      const Route& route = routes_[i];
      if (route.task != task) continue;
      if (route.from == 0) {
        edges.back() = kLeafBit | i;
      } else {
        cuts.push_back(route.from);
        edges.push_back(kLeafBit | i);
      }
      if (route.to == kInputCount) continue;
      cuts.push_back(route.to);
      edges.push_back(kLeafBit | default_leaf());
    }
    by_task.push_back(AppendNode(arrays_, 1, kInputCount, cuts, edges));
  }
  const std::int32_t task_cuts[] = {1, 2, 3};
  roots_ = {{0, AppendNode(arrays_, 0, kTaskCount, task_cuts, by_task)}};
}

void SyntheticTables::MakeLeaves(std::int32_t list_count) {
  constexpr std::uint16_t kRowsInList = 3;
  std::mt19937 random(kSeed);
  for (const std::int64_t limit : {128'000, 200'000, 272'000, 400'000, 1'000'000}) {
    guards_.push_back({1, 1, limit});
    guards_.push_back({3'000'000, 15'000'000, limit * 10'000'000});
    Gate gate{};
    gate.capabilities = UINT64_MAX;
    gate.first_guard = static_cast<std::uint32_t>(guards_.size()) - 2;
    gate.guard_count = 2;
    gates_.push_back(gate);
  }
  for (std::int32_t i = 0; i < list_count * kRowsInList; ++i) {
    Row row{};
    row.gate = static_cast<std::uint32_t>(Draw(random, 0, 5));
    row.model = static_cast<std::uint16_t>(Draw(random, 0, kModelCount));
    row.rollout = kNone16;
    row.step = static_cast<std::uint8_t>(i % kRowsInList);
    rows_.push_back(row);
  }
  for (std::uint32_t i = 0; i <= routes_.size(); ++i) {
    Leaf leaf{};
    leaf.first_cheapest = kNone32;
    leaf.first_row = static_cast<std::uint32_t>(Draw(random, 0, list_count)) * kRowsInList;
    leaf.row_count = kRowsInList;
    leaf.route = static_cast<std::uint16_t>(i);
    leaf.kind = LeafKind::kServe;
    leaves_.push_back(leaf);
    RoutePlan plan{};
    plan.output_cap = UINT32_MAX;
    plans_.push_back(plan);
  }
}

std::vector<Request> SyntheticTables::MakeRequests(RequestSet set, std::size_t count) const {
  std::mt19937 random(kSeed + 1);
  std::vector<Request> requests;
  for (std::size_t i = 0; i < count; ++i) {
    const Route& route = set == RequestSet::kLastRoute
                             ? routes_.back()
                             : routes_[static_cast<std::size_t>(random() % routes_.size())];
    const std::int32_t task =
        set == RequestSet::kDefault ? (route.task + 1) % kTaskCount : route.task;
    requests.push_back({task, Draw(random, route.from, route.to), Draw(random, 0, kOutputCount)});
  }
  return requests;
}

}  // namespace mlp::bench
