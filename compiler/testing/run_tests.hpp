// A policy's own `test` declarations, run through the compiled tables as explain runs a request.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/explain/explain.hpp"
#include "compiler/model/policy.hpp"
#include "compiler/source/source_set.hpp"
#include "mlp/request.hpp"
#include "mlp/tables.hpp"

namespace mlp::compiler {

/// An expectation that the decision does not meet, both sides in the policy's words.
struct Mismatch {
  std::string what;  ///< route, outcome or candidates
  std::string expected;
  std::string actual;
  Span span;  ///< what is expected, in the policy
};

struct TestResult {
  std::string name;
  Span span;  ///< of the name, in the policy
  Index test = kNoIndex;
  std::vector<Mismatch> mismatches;
  Explanation decision;
  [[nodiscard]] bool passed() const { return mismatches.empty(); }
};

/// The tests whose name contains `filter`, in the policy's order. `tables` must be the flattened
/// `model`. A test that names no outcome expects to be served; where it names no date the first
/// instant of `valid` answers, without an arm the stable one.
[[nodiscard]] std::vector<TestResult> RunTests(const PolicyModel& model, const Tables& tables,
                                               const SourceSet& sources,
                                               std::string_view filter = {});

/// A test's request and instant.
[[nodiscard]] OwnedRequest RequestOf(const PolicyModel& model, const Tables& tables,
                                     const TestModel& test);
[[nodiscard]] std::int64_t InstantOf(const PolicyModel& model, const TestModel& test);

}  // namespace mlp::compiler
