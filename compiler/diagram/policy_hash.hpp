// The identity of a compiled policy.
#pragma once

#include <string>

#include "mlp/tables.hpp"

namespace mlp::compiler {

/// SHA-256 in hex of everything in the tables that a decision, a call or a bill depends on: docs,
/// file names, lines and the hash itself are left out.
[[nodiscard]] std::string PolicyHash(const Tables& tables);

}  // namespace mlp::compiler
