// What operators took down, for commands that show it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mlp/health.hpp"
#include "mlp/result.hpp"

namespace mlp::tools {

/// In force at the instant for the services on a store; nothing where it has no ledger. Changes
/// nothing in the file.
[[nodiscard]] Result<std::vector<OperatorDown>> TakenDown(const std::string& store,
                                                          std::int64_t now_s);

/// `opus is down until 2026-11-21T14:00:05Z, by ada since 2026-11-21T12:00:05Z: broken answers`, a
/// line each.
[[nodiscard]] std::string Words(const std::vector<OperatorDown>& downs);

}  // namespace mlp::tools
