// Whether the gate of a floating pin holds by what was measured of its model.
#pragma once

#include <cstdint>
#include <string>

#include "compiler/model/policy.hpp"

namespace mlp::compiler {

enum class GateState : std::uint8_t {
  kHolds,    ///< by scores that evaluations bear out, and facts of the model
  kByWord,   ///< by scores of which some are only said
  kUnknown,  ///< a score is missing, or something is only known at run time
  kFails,
};

struct GateVerdict {
  GateState state = GateState::kHolds;
  std::string because;  ///< the comparisons that decide; empty where it holds
};

/// Precondition: candidate < model.candidates.size(), and its pin has a gate.
[[nodiscard]] GateVerdict AskGate(const PolicyModel& model, Index candidate, std::int64_t at_s);

}  // namespace mlp::compiler
