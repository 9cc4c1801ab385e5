// The parts of flattening: what is used and its numbers, names, rows, roots. Private to it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "compiler/diagram/build.hpp"
#include "compiler/diagram/table_storage.hpp"
#include "compiler/model/policy.hpp"
#include "compiler/source/source_set.hpp"

namespace mlp::compiler {

/// Where things of the model and the diagram are in the tables; kNoIndex: nowhere.
struct TableNumbers {
  std::vector<std::uint32_t> leaf;
  std::vector<std::uint32_t> axis;
  std::vector<std::uint32_t> model;
  std::vector<std::uint32_t> provider;
  std::vector<std::uint16_t> slot;  ///< per attribute: in the request's codes, texts or sets
  std::vector<std::size_t> first_endpoint;  ///< per provider of the tables

  [[nodiscard]] std::uint16_t SlotOf(Index attribute) const {
    return attribute == kNoIndex ? kNone16 : slot[attribute];
  }
};

/// Leaves and axes that some root reaches, and models and providers that their rows or a rollout
/// name, or all of them; slots and endpoints.
[[nodiscard]] TableNumbers NumberTables(const PolicyModel& model, const Diagram& diagram,
                                        KeptModels kept);

/// What requests say, providers, models and routes. Files are named relative to the folder of the
/// policy's own file.
void FlattenNames(const PolicyModel& model, const SourceSet& sources, const TableNumbers& numbers,
                  OwnedTables::Storage& out);

/// Rollouts and experiments, with what they judge.
void FlattenEvidence(const PolicyModel& model, const TableNumbers& numbers,
                     OwnedTables::Storage& out);

/// Leaves with their rows, gates, groups and live conditions; then the gates of what budgets leave,
/// per case in the order of Diagram::budgets.
[[nodiscard]] std::vector<std::uint32_t> FlattenRows(const Diagram& diagram,
                                                     const PolicyModel& model,
                                                     const TableNumbers& numbers,
                                                     OwnedTables::Storage& out);

/// Axes, nodes and roots, or the bitsets in their place; then the roots of evaluators' judges, and
/// the nodes of budgets' conditions, which are returned as edges: per budget its `when`, then its
/// cases.
[[nodiscard]] std::vector<std::uint32_t> FlattenRoots(const Diagram& diagram,
                                                      const PolicyModel& model,
                                                      const TableNumbers& numbers,
                                                      OwnedTables::Storage& out);

/// Budgets, alerts and evaluators. `gates` and `edges` as the two above return them.
void FlattenBeside(const PolicyModel& model, const Diagram& diagram, const TableNumbers& numbers,
                   const std::vector<std::uint32_t>& gates, const std::vector<std::uint32_t>& edges,
                   OwnedTables::Storage& out);

/// Calls `visit(case)` for every case that budgets' `only` leave, in order.
template <typename Visit>
void ForEachOnlyCase(const DiagramBudget& budget, Visit visit) {
  for (const auto& periods : budget.only) {
    for (const DiagramBudget::OnlyPeriod& period : periods) {
      for (const DiagramBudget::OnlyCase& one : period.cases) visit(one);
    }
  }
}

[[nodiscard]] inline std::uint16_t Narrow16(std::size_t value) {
  return value >= kNone16 ? kNone16 : static_cast<std::uint16_t>(value);
}
/// Of an entry whose model is in the tables.
[[nodiscard]] inline std::uint16_t EndpointNumber(const PolicyModel& model,
                                                  const TableNumbers& numbers,
                                                  const CandidateEntry& entry) {
  const Index provider = numbers.provider[model.candidates[entry.candidate].provider];
  return Narrow16(numbers.first_endpoint[provider] +
                  (entry.endpoint == kNoIndex ? 0 : entry.endpoint));
}
/// Durations and counts past 32 bits mean "as long as you like".
[[nodiscard]] inline std::uint32_t Narrow32(std::int64_t value) {
  return static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(value, 0, std::numeric_limits<std::uint32_t>::max()));
}
[[nodiscard]] inline std::uint8_t Narrow8(std::size_t value) {
  return static_cast<std::uint8_t>(std::min<std::size_t>(value, 0xFF));
}

}  // namespace mlp::compiler
