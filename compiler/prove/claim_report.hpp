// A refuted claim as a diagnostic: what is wrong, for which requests, where, and a witness.
#pragma once

#include "compiler/diag/diagnostic.hpp"
#include "compiler/diagram/build.hpp"
#include "compiler/prove/claim_region.hpp"
#include "compiler/prove/counterexample.hpp"

namespace mlp::compiler {

struct RefutedClaim {
  const PolicyModel& model;
  Diagram& diagram;  ///< nodes are added
  const AssertModel& assertion;
  const ClaimRegion& region;
  const ClaimFindings& findings;  ///< at least one counterexample
};

/// MLP0407 at the claim. `dated`: decisions change within the horizon, so the witness names a date.
void ReportRefuted(const RefutedClaim& claim, bool dated, Diagnostics& diagnostics);

}  // namespace mlp::compiler
