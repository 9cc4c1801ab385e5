#include "compiler/import/import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "compiler/import/catalog_json.hpp"
#include "compiler/import/json_view.hpp"
#include "compiler/import/litellm.hpp"
#include "compiler/import/models_dev.hpp"

namespace mlp::compiler {

const std::vector<std::string>& ImportSources() {
  static const std::vector<std::string> sources{"catalog", "litellm", "models.dev"};
  return sources;
}

ImportResult Import(std::string_view source, std::string_view json_text) {
  ImportResult result;
  ImportResult (*read)(const nlohmann::json&) = nullptr;
  if (source == "catalog") read = ImportCatalog;
  if (source == "litellm") read = ImportLiteLlm;
  if (source == "models.dev") read = ImportModelsDev;
  if (read == nullptr) {
    result.error = fmt::format("unknown source `{}`: catalog, litellm or models.dev", source);
    return result;
  }
  nlohmann::json json;
  result.error = ParseJson(json_text, json);
  if (!result.ok()) return result;
  result = read(json);
  std::set<std::string> seen;  // a fact that is read twice is reported once
  const auto again = [&seen](const std::string& line) { return !seen.insert(line).second; };
  result.conflicts.erase(std::remove_if(result.conflicts.begin(), result.conflicts.end(), again),
                         result.conflicts.end());
  return result;
}

}  // namespace mlp::compiler
