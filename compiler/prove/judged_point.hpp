// From a request that a judge is asked with back to one whose answer it judges.
#pragma once

#include <optional>

#include "compiler/diagram/build.hpp"
#include "compiler/diagram/request_words.hpp"
#include "compiler/model/policy.hpp"
#include "compiler/prove/claim_region.hpp"
#include "compiler/prove/counterexample.hpp"

namespace mlp::compiler {

/// A request of the judged route, with no more input than the judge's; nothing where the diagram's
/// budget is passed. Precondition: the counterexample is about a judge's request.
[[nodiscard]] std::optional<RequestPoint> JudgedPoint(const PolicyModel& model, Diagram& diagram,
                                                      const ClaimRegion& region,
                                                      const Counterexample& found);

}  // namespace mlp::compiler
