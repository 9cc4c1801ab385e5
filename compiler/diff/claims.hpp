// Whether a changed assertion promises less than before.
#pragma once

#include <cstdint>

#include "compiler/model/policy.hpp"

namespace mlp::compiler {

enum class ClaimEdit : std::uint8_t {
  kNotLooser,  ///< whatever kept the new one kept the old one
  kLooser,     ///< it holds for fewer requests, or a bound moved outwards
  kUnknown,
};

/// Exact for the requests that a claim is about, as far as both versions declare them; of what it
/// claims, bounds on one fact are compared, and any other edit is unknown. The numbers are those of
/// PolicyModel::asserts.
[[nodiscard]] ClaimEdit CompareClaims(const PolicyModel& older, Index before,
                                      const PolicyModel& newer, Index after);

}  // namespace mlp::compiler
