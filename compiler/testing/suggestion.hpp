// A test, in the policy language, for requests that no test asks about yet.
#pragma once

#include <string>

#include "compiler/diagram/build.hpp"
#include "compiler/model/policy.hpp"
#include "compiler/source/source_set.hpp"
#include "compiler/testing/coverage.hpp"
#include "compiler/testing/shortest_ways.hpp"
#include "mlp/tables.hpp"

namespace mlp::compiler {

/// In its canonical layout, named after the region. It expects what is decided today: whether that
/// is meant is for its reader to say. Empty where a text of the request, or an instant of the
/// region, cannot be written.
[[nodiscard]] std::string SuggestTest(const PolicyModel& model, const Diagram& diagram,
                                      const Tables& tables, const SourceSet& sources,
                                      const ShortestWay& way, const MissedRegion& region);

}  // namespace mlp::compiler
