// Whom a log names who moves something by hand.
#pragma once

#include <string>

namespace mlp::tools {

/// As given, else the one who logged in by the environment, else the process's user by number.
[[nodiscard]] std::string OperatorName(const std::string& given);

}  // namespace mlp::tools
