// What a run of tests found, for people, for programs and for CI servers.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/source/source_set.hpp"
#include "compiler/testing/coverage.hpp"
#include "compiler/testing/run_tests.hpp"

namespace mlp::compiler {

struct FileReport {
  std::string file;
  std::string policy;                   ///< empty: a catalog, or one whose `policy` is broken
  std::vector<Diagnostic> diagnostics;  ///< where they are errors no test ran
  bool broken = false;
  std::size_t declared = 0;  ///< tests in the file, whether they ran or not
  std::vector<TestResult> results;
  std::optional<Coverage> coverage;
};

struct TestCounts {
  std::size_t run = 0;
  std::size_t failed = 0;
};
[[nodiscard]] TestCounts Count(const std::vector<FileReport>& files);

/// A line for each test; for one that failed what was expected, what was decided instead and why.
/// Of what is not covered at most `most` of a kind.
[[nodiscard]] std::string RenderTestsText(const SourceSet& sources,
                                          const std::vector<FileReport>& files, std::size_t most);

/// As schema/test.schema.json says, two-space indent.
[[nodiscard]] std::string RenderTestsJson(const SourceSet& sources,
                                          const std::vector<FileReport>& files);

/// The XML that CI servers read as JUnit's: a `testsuite` for each file, a `testcase` for each
/// test; a file with errors is a testcase with an `error`. No times: decisions take microseconds.
[[nodiscard]] std::string RenderTestsJunit(const SourceSet& sources,
                                           const std::vector<FileReport>& files);

}  // namespace mlp::compiler
