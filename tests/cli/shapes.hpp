// The JSON that the commands promise, member by member.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace mlp {

/// Parses what `--format json` of check printed and holds every member of every diagnostic to its
/// promised name and type, with Boost.Test checks.
[[nodiscard]] nlohmann::json ReadDiagnostics(const std::string& text);

/// The same for explain.
[[nodiscard]] nlohmann::json ReadExplanation(const std::string& text);

}  // namespace mlp
