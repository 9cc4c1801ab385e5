// The compiled policy as the tables that the emitter prints and that Decide reads.
#pragma once

#include <cstdint>
#include <memory>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/diagram/build.hpp"
#include "compiler/model/policy.hpp"
#include "compiler/source/source_set.hpp"
#include "mlp/tables.hpp"

namespace mlp::compiler {

/// Owns every array and string of a Tables. Movable; views stay valid while it lives, moves
/// included.
class OwnedTables {
 public:
  struct Storage;
  explicit OwnedTables(std::unique_ptr<Storage> storage);
  OwnedTables(OwnedTables&&) noexcept;
  OwnedTables& operator=(OwnedTables&&) noexcept;
  ~OwnedTables();
  [[nodiscard]] const Tables& view() const;

 private:
  std::unique_ptr<Storage> storage_;
};

/// Which models are in the tables.
enum class KeptModels : std::uint8_t {
  kUsed,  ///< those that a row, a rollout or an experiment names, and their providers
  kAll,   ///< all of the catalog, for tools that try others; the hash is another then
};

/// Files are named relative to the folder of the policy's own file.
[[nodiscard]] OwnedTables Flatten(const PolicyModel& model, const Diagram& diagram,
                                  const SourceSet& sources, KeptModels kept = KeptModels::kUsed);

/// BuildDiagram and Flatten in one.
[[nodiscard]] OwnedTables CompileTables(const PolicyModel& model, const SourceSet& sources,
                                        const DiagramOptions& options, Diagnostics& diagnostics);

}  // namespace mlp::compiler
