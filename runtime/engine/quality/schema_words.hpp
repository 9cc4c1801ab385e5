// What is looked at in a JSON Schema before the library gets it: it ends the process on some
// schemas and passes over the words of later drafts in silence.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/transport/wire_json.hpp"

namespace mlp::engine {

/// Why the schema cannot be used, or nothing. Looks at the whole of it.
[[nodiscard]] std::optional<std::string> SchemaTrouble(const transport::Json& schema);

/// Every schema that is an object within `schema`, itself too; each before those inside it.
[[nodiscard]] std::vector<nlohmann::json*> SchemasWithin(nlohmann::json& schema);

}  // namespace mlp::engine
