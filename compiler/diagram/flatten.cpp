#include "compiler/diagram/flatten.hpp"

#include <utility>

#include "compiler/diagram/flatten_parts.hpp"
#include "compiler/diagram/policy_hash.hpp"
#include "compiler/diagram/table_storage.hpp"

namespace mlp::compiler {

OwnedTables::OwnedTables(std::unique_ptr<Storage> storage) : storage_(std::move(storage)) {}
OwnedTables::OwnedTables(OwnedTables&&) noexcept = default;
OwnedTables& OwnedTables::operator=(OwnedTables&&) noexcept = default;
OwnedTables::~OwnedTables() = default;

const Tables& OwnedTables::view() const { return storage_->tables; }

OwnedTables Flatten(const PolicyModel& model, const Diagram& diagram, const SourceSet& sources,
                    KeptModels kept) {
  auto storage = std::make_unique<OwnedTables::Storage>();
  const TableNumbers numbers = NumberTables(model, diagram, kept);
  FlattenNames(model, sources, numbers, *storage);
  FlattenEvidence(model, numbers, *storage);
  const std::vector<std::uint32_t> gates = FlattenRows(diagram, model, numbers, *storage);
  const std::vector<std::uint32_t> edges = FlattenRoots(diagram, model, numbers, *storage);
  FlattenBeside(model, diagram, numbers, gates, edges, *storage);
  storage->Point();
  storage->tables.hash = storage->Text(PolicyHash(storage->tables));
  return OwnedTables(std::move(storage));
}

OwnedTables CompileTables(const PolicyModel& model, const SourceSet& sources,
                          const DiagramOptions& options, Diagnostics& diagnostics) {
  const Diagram diagram = BuildDiagram(model, options, diagnostics);
  return Flatten(model, diagram, sources);
}

}  // namespace mlp::compiler
