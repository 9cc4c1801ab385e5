// The parts of the generated source, in the order in which they stand there. Private to it.
#pragma once

#include <span>
#include <string_view>

#include "compiler/emit/table_writer.hpp"
#include "mlp/tables.hpp"

namespace mlp::compiler::emit {

/// What a request says.
void WriteRequests(const Tables& tables, TableWriter& out);
/// The diagram of decisions, and the bitsets that may stand in for a part of it.
void WriteDiagram(const Tables& tables, TableWriter& out);
/// An array of roots, of the diagram or of a judge's route.
void WriteRoots(std::string_view name, std::span<const Root> roots, TableWriter& out);
/// What it ends at: leaves, rows, gates, groups.
void WriteLeaves(const Tables& tables, TableWriter& out);
/// How calls are carried out.
void WriteRoutes(const Tables& tables, TableWriter& out);
/// Providers, endpoints, models and their prices.
void WriteCatalog(const Tables& tables, TableWriter& out);
/// Rollouts, experiments, budgets, alerts, evaluators.
void WriteBesideTheRoutes(const Tables& tables, TableWriter& out);
void WriteRollouts(const Tables& tables, TableWriter& out);
void WriteExperiments(const Tables& tables, TableWriter& out);
/// `kTables`, which refers to the arrays of all others.
void WriteRoot(const Tables& tables, TableWriter& out);

}  // namespace mlp::compiler::emit
