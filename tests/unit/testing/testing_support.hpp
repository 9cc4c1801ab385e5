// A policy's text through the compiler, with everything that running its tests needs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/diagram/build.hpp"
#include "compiler/diagram/flatten.hpp"
#include "compiler/model/policy.hpp"
#include "compiler/source/source_set.hpp"
#include "compiler/testing/coverage.hpp"
#include "compiler/testing/run_tests.hpp"

namespace mlp::compiler::test {

struct TestedPolicy {
  SourceSet sources;
  Diagnostics diagnostics;
  PolicyModel model;
  std::optional<Diagram> diagram;
  std::optional<OwnedTables> tables;

  [[nodiscard]] std::vector<TestResult> Run(std::string_view filter = {}) const {
    return RunTests(model, tables->view(), sources, filter);
  }
  [[nodiscard]] Coverage Measure(std::size_t most = 10'000) const {
    return MeasureCoverage(model, *diagram, tables->view(), sources, Run(), most);
  }
};

/// Fails the running test where the text has an error. `path` is where imports are looked for.
[[nodiscard]] std::unique_ptr<TestedPolicy> Compiled(const std::string& text,
                                                     const std::string& path = "p.mlp",
                                                     const DiagramOptions& options = {});

/// Two routes, three models, a price that changes on 2027-03-01, a rollout.
[[nodiscard]] std::string DeskPolicy(const std::string& tests);

}  // namespace mlp::compiler::test
