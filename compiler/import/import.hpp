// Catalog declarations from the JSON of public price and model lists: the whole of `mlpc import`.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mlp::compiler {

/// What an import made. All text is canonical (`mlpc fmt` leaves it alone) and depends on the JSON
/// alone.
struct ImportResult {
  /// Not empty where nothing could be read: one line that says what is wrong and where.
  std::string error;
  /// Files for a directory, by name: one for each provider of `catalog`, else a single one.
  std::map<std::string, std::string> files;
  /// The same declarations as one file, for standard output.
  std::string text;
  /// One line each: facts on which sources disagree, facts that were left out, names that met.
  std::vector<std::string> conflicts;

  [[nodiscard]] bool ok() const { return error.empty(); }
};

/// The words that Import takes as `source`: catalog, litellm, models.dev.
[[nodiscard]] const std::vector<std::string>& ImportSources();

/// Reads `json_text` in the shape of `source`:
///   catalog     our research catalog (policies/catalog/source/catalog.json)
///   litellm     LiteLLM's model_prices_and_context_window.json
///   models.dev  the api.json of models.dev
/// An unknown source is an error. Never throws, never reads or writes a file.
[[nodiscard]] ImportResult Import(std::string_view source, std::string_view json_text);

}  // namespace mlp::compiler
