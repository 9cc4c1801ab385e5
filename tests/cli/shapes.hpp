// The JSON that the commands promise, held to the schemas that the package installs.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace mlp {

/// Parses what a command printed with `--format json` and holds it, with Boost.Test checks, to the
/// schema of that path in the repository.
[[nodiscard]] nlohmann::json ReadValid(const std::string& text, const std::string& schema);

/// What check printed; its summary counts its diagnostics.
[[nodiscard]] nlohmann::json ReadDiagnostics(const std::string& text);

/// What explain printed.
[[nodiscard]] nlohmann::json ReadExplanation(const std::string& text);

}  // namespace mlp
