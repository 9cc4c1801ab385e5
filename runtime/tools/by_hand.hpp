// What the commands share by which a person looks at what services do, or moves it by hand.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mlp::tools {

/// Seconds since 1970.
[[nodiscard]] std::int64_t NowS();

/// Says so on standard error: `mlp COMMAND: WHY`; returns kExitUsage.
int Refuse(const char* command, const std::string& why);

/// Whom a log names who moves something: as given, else the one who logged in by the environment,
/// else the process's user by number.
[[nodiscard]] std::string OperatorName(const std::string& given);

/// Why there is nothing to look at; empty where there is a store or its ledger.
[[nodiscard]] std::string StoreTrouble(const std::string& store);

/// `there is no rollout `x`; this store has `a` and `b``, or that it has none.
[[nodiscard]] std::string UnknownWords(const char* what, const std::string& name,
                                       const std::vector<std::string>& known);

}  // namespace mlp::tools
