// What a policy's tests reach of it: routes, steps, and the regions of its decision diagram.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "compiler/diagram/build.hpp"
#include "compiler/model/policy.hpp"
#include "compiler/source/source_set.hpp"
#include "compiler/testing/run_tests.hpp"
#include "mlp/tables.hpp"

namespace mlp::compiler {

/// Requests that are decided alike, which no test asks about.
struct MissedRegion {
  std::string route;        ///< empty: no route takes them
  std::string when;         ///< of the shortest way to it: `tier == free and input > 100K`
  std::int64_t from_s = 0;  ///< the first instant at which there are such requests
  bool dated = false;       ///< there are none at the beginning of `valid`
  std::string test;  ///< a whole `test` that reaches it and expects what is decided now; empty
                     ///< where the language cannot write its texts or instants
};

/// A route is reached by a test that it takes, a step by one that is left a candidate of it.
struct Coverage {
  struct Count {
    std::size_t all = 0;
    std::size_t reached = 0;
  };
  struct MissedRoute {
    std::string route;
    Span span;
  };
  struct MissedStep {
    std::string route;
    std::uint32_t step = 0;  ///< 1-based
    Span span;
  };
  Count routes;
  Count steps;
  Count regions;               ///< leaves of the diagram that any instant of `valid` reaches
  bool regions_known = false;  ///< false: the diagram was too large to be made (MLP0802)
  std::vector<MissedRoute> missed_routes;
  std::vector<MissedStep> missed_steps;
  std::vector<MissedRegion> missed_regions;  ///< in the order of the routes; at most `most`
};

/// Of the tests that ran. `tables` must be flattened from `model` and `diagram`.
[[nodiscard]] Coverage MeasureCoverage(const PolicyModel& model, const Diagram& diagram,
                                       const Tables& tables, const SourceSet& sources,
                                       const std::vector<TestResult>& results, std::size_t most);

/// The label of the leaf that a request reaches at an instant. Precondition: the diagram is
/// complete and the request within the attributes' domains.
[[nodiscard]] std::uint32_t LeafOf(const Diagram& diagram, const Tables& tables,
                                   const OwnedRequest& request, std::int64_t at_s);

}  // namespace mlp::compiler
