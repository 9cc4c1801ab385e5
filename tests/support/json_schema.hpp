// Holds JSON against a JSON Schema: the words of drafts 4 to 2020-12 that the project's schemas and
// that of SARIF use.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace mlp {

/// What is wrong with `value`, one line each with its place as a JSON pointer; empty where nothing
/// is. Throws std::runtime_error at a word of the schema that it does not know, so that none is
/// passed over. `format` is not looked at.
[[nodiscard]] std::vector<std::string> SchemaErrors(const nlohmann::json& schema,
                                                    const nlohmann::json& value);

}  // namespace mlp
