// Runs a compiled policy on the reference's requests, and prints both sides alike.
#pragma once

#include <string>

#include "compiler/diagram/flatten.hpp"
#include "tests/unit/diagram/reference.hpp"

namespace mlp::test {

/// No files: routes of tables made from it have none.
[[nodiscard]] compiler::OwnedTables CompileSample(const compiler::PolicyModel& model,
                                                  const compiler::DiagramOptions& options = {});

[[nodiscard]] ReferenceDecision TablesDecide(const compiler::PolicyModel& model,
                                             const Tables& tables, const ReferenceRequest& request,
                                             const ReferenceWorld& world);

[[nodiscard]] std::string Print(const ReferenceDecision& decision);
[[nodiscard]] std::string Print(const ReferenceRequest& request);

}  // namespace mlp::test
