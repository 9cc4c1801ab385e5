// A request, a decision and attempts in words, for records and errors.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mlp/decide.hpp"
#include "mlp/record.hpp"
#include "mlp/result.hpp"
#include "mlp/tables.hpp"

namespace mlp::engine {

/// `task=codegen tier=pro input=12000 asks=streaming`: what is finite in a request; texts and keys
/// are left out.
[[nodiscard]] std::string DescribeRequest(const Tables& tables, const RequestView& request);

/// The arms of the rollouts that touch this decision, `sonnet-5:canary`: canary where the new model
/// is among the candidates through the rollout, stable where the unit is outside the share; a unit
/// whose new model was dropped is in neither and not counted.
[[nodiscard]] std::string DescribeArms(const Tables& tables, const LiveState& live,
                                       const RequestView& request, const Decision& decision);

/// The first eight bytes, big-endian, of the SHA-256 of the request's first key attribute; 0
/// without one.
[[nodiscard]] std::uint64_t UnitHash(const Tables& tables, const RequestView& request);

/// Why nothing is to be attempted; no error where the decision serves.
[[nodiscard]] Error DescribeOutcome(const Tables& tables, const Decision& decision);

/// `2 attempts: sonnet overloaded (529), gpt timeout`.
[[nodiscard]] std::string DescribeAttempts(const std::vector<AttemptRecord>& attempts);

}  // namespace mlp::engine
