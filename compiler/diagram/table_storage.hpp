// What OwnedTables owns. Private to flattening.
#pragma once

#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagram/flatten.hpp"
#include "mlp/tables.hpp"
#include "runtime/core/bitset_layout.hpp"
#include "runtime/core/node_packing.hpp"

namespace mlp::compiler {

struct OwnedTables::Storage {
  // Deques: what the tables point at never moves.
  std::deque<std::string> strings;
  std::deque<std::vector<std::string_view>> lists;
  std::deque<std::vector<Price>> prices;
  std::deque<std::vector<RampStep>> ramps;
  std::deque<std::vector<RolloutEvent>> rollout_events;
  std::deque<std::vector<Criterion>> criteria;
  std::deque<std::vector<ExperimentMeasure>> measures;
  std::deque<std::vector<BudgetStep>> budget_steps;
  std::deque<std::vector<OnlyPeriod>> only_periods;
  std::deque<std::vector<OnlyCase>> only_cases;
  std::deque<std::vector<AlertAtom>> alert_atoms;
  std::deque<std::vector<EvaluatorPart>> evaluator_parts;
  std::deque<std::vector<Root>> judge_roots;  ///< per evaluator

  std::vector<Attribute> attributes;
  std::vector<Axis> axes;
  std::vector<std::string_view> text_cuts;
  std::vector<Root> roots;
  NodeArrays nodes;
  std::unique_ptr<BitsetLayout> bitsets;
  std::vector<Leaf> leaves;
  std::vector<Row> rows;
  std::vector<Gate> gates;
  std::vector<std::uint16_t> row_orders;
  std::vector<Guard> guards;
  std::vector<std::uint16_t> live_refs;
  std::vector<LiveCondition> live_conditions;
  std::vector<LiveAtom> live_atoms;
  std::vector<Group> groups;
  std::vector<std::uint32_t> weights;
  std::vector<RoutePlan> routes;
  std::vector<Provider> providers;
  std::vector<Endpoint> endpoints;
  std::vector<Model> models;
  std::vector<Rollout> rollouts;
  std::vector<Experiment> experiments;
  std::vector<ExperimentArm> arms;
  std::vector<Budget> budgets;
  std::vector<Alert> alerts;
  std::vector<Evaluator> evaluators;
  Tables tables{};

  std::string_view Text(const std::string& text) {
    return text.empty() ? std::string_view() : std::string_view(strings.emplace_back(text));
  }
  std::span<const std::string_view> Texts(const std::vector<std::string>& texts) {
    std::vector<std::string_view> views;
    for (const std::string& text : texts) views.push_back(Text(text));
    return Keep(lists, std::move(views));
  }
  template <typename T>
  std::span<const T> Keep(std::deque<std::vector<T>>& all, std::vector<T> one) {
    if (one.empty()) return {};
    return all.emplace_back(std::move(one));
  }

  /// Sets the spans of `tables` once every array is full.
  void Point() {
    tables.attributes = attributes;
    tables.axes = axes;
    tables.text_cuts = text_cuts;
    tables.roots = roots;
    tables.nodes = nodes.nodes;
    tables.edges = nodes.edges;
    tables.cuts = nodes.cuts;
    tables.buckets = nodes.buckets;
    if (bitsets != nullptr) tables.bitsets = bitsets->View();
    tables.leaves = leaves;
    tables.rows = rows;
    tables.gates = gates;
    tables.row_orders = row_orders;
    tables.guards = guards;
    tables.live_refs = live_refs;
    tables.live_conditions = live_conditions;
    tables.live_atoms = live_atoms;
    tables.groups = groups;
    tables.weights = weights;
    tables.routes = routes;
    tables.providers = providers;
    tables.endpoints = endpoints;
    tables.models = models;
    tables.rollouts = rollouts;
    tables.experiments = experiments;
    tables.arms = arms;
    tables.budgets = budgets;
    tables.alerts = alerts;
    tables.evaluators = evaluators;
  }
};

}  // namespace mlp::compiler
