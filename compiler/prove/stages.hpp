// Findings whose weight depends on the policy's stage alone: MLP0409, one provider behind a route,
// and MLP0501, a floating pin.
#pragma once

#include <optional>

#include "compiler/diag/diagnostic.hpp"
#include "compiler/diagram/build.hpp"
#include "compiler/model/policy.hpp"
#include "compiler/prove/uses.hpp"

namespace mlp::compiler {

/// A row of the stage table: how much a finding weighs, or nothing where it is none.
struct StageRow {
  std::optional<Severity> development;
  std::optional<Severity> staging;
  std::optional<Severity> production;
  [[nodiscard]] std::optional<Severity> At(PolicyStage stage) const;
};

inline constexpr StageRow kFloatingPin{Severity::kNote, Severity::kWarning, Severity::kError};
/// Of a gate whose scores no evaluation bears out.
inline constexpr StageRow kUnmeasuredGate{Severity::kNote, Severity::kWarning, Severity::kWarning};
inline constexpr StageRow kOneProvider{std::nullopt, Severity::kNote, Severity::kWarning};
inline constexpr StageRow kPriceMissing{Severity::kWarning, Severity::kError, Severity::kError};
/// Of a model with at most 30 days to its end that no successor can take over from.
inline constexpr StageRow kEndsSoon{Severity::kWarning, Severity::kWarning, Severity::kError};

/// Models that may serve and whose pin is no exact id, unless a gate holds it by what was measured.
void FindFloatingPins(const PolicyModel& model, const Diagram& diagram, const Uses& uses,
                      Diagnostics& diagnostics);

/// Routes whose candidates are all of one provider from some date of the horizon on; canaries do
/// not count.
void FindSingleProviders(const PolicyModel& model, const Diagram& diagram, const Uses& uses,
                         Diagnostics& diagnostics);

}  // namespace mlp::compiler
