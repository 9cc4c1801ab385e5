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

/// The first eight bytes, big-endian, of the SHA-256 of the request's first key attribute; 0
/// without one.
[[nodiscard]] std::uint64_t UnitHash(const Tables& tables, const RequestView& request);

/// Why nothing is to be attempted; no error where the decision serves.
[[nodiscard]] Error DescribeOutcome(const Tables& tables, const Decision& decision);

/// `2 attempts: sonnet overloaded (529), gpt timeout`.
[[nodiscard]] std::string DescribeAttempts(const std::vector<AttemptRecord>& attempts);

}  // namespace mlp::engine
