// The words of a JSON Schema that look into strings, taken from the library: it matches them by
// recursion once a character, without a bound on time, and ends the process on a long text.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <valijson/schema_parser.hpp>

#include "runtime/engine/quality/pattern.hpp"

namespace mlp::engine {

/// Gives `pattern` and `format` in all of the schema to the constraints of AddMatching.
void TakeMatching(nlohmann::json& schema);

/// Judges what TakeMatching took. `format` knows date, time and date-time (RFC 3339, 5.6); the
/// others say nothing. The constraint of a pattern throws std::runtime_error where an answer would
/// take too many steps.
void AddMatching(valijson::SchemaParser& parser);

/// A schema's `patternProperties`, which depend on a document for its names alone.
class NamePatterns {
 public:
  NamePatterns() = default;
  /// Throws std::runtime_error where an expression is none.
  explicit NamePatterns(nlohmann::json schema);

  [[nodiscard]] bool empty() const { return patterns_.empty(); }

  /// The schema that judges this document as the whole one does, and has no `patternProperties`:
  /// the names of the document that match are among its `properties`. Throws std::runtime_error
  /// where a match would take too many steps.
  [[nodiscard]] nlohmann::json For(const nlohmann::json& document) const;

 private:
  nlohmann::json schema_;
  std::map<std::string, Pattern, std::less<>> patterns_;
};

}  // namespace mlp::engine
