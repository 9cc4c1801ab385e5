// The passes in their order: read this to know the compiler.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/ast/program.hpp"
#include "compiler/diag/diagnostic.hpp"
#include "compiler/diagram/build.hpp"
#include "compiler/diagram/flatten.hpp"
#include "compiler/model/policy.hpp"
#include "compiler/parse/program.hpp"
#include "compiler/source/source_set.hpp"

namespace mlp::compiler {

struct PipelineOptions {
  ImportRoots import_roots;
  bool findings = true;  ///< prove, not only build
  /// The day for findings about what is near; without one nothing depends on the day.
  std::optional<std::int64_t> as_of_s = std::nullopt;
  FileReader* reader = nullptr;  ///< where files come from; the disk without one
};

/// One policy or catalog after the passes; what a pass could not make for errors before it is
/// empty.
struct Compilation {
  bool readable = false;  ///< the main file could be read
  Program program;
  PolicyModel model;
  bool has_policy = false;            ///< else a catalog: checked, but there is nothing to decide
  std::optional<Diagram> diagram;     ///< where the policy has no error before it
  std::optional<OwnedTables> tables;  ///< as diagram
  std::size_t off_by_lint = 0;        ///< findings that the policy's lints took out
};

/// Parses, checks, builds the diagram, proves, weighs findings as the policy's lints say, and
/// flattens.
[[nodiscard]] Compilation Compile(const std::string& path, const PipelineOptions& options,
                                  SourceSet& sources, Diagnostics& diagnostics);

}  // namespace mlp::compiler
