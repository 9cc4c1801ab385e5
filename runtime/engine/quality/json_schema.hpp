// Whether a JSON document keeps to a JSON Schema (draft 7), by the valijson library.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "mlp/result.hpp"

namespace mlp::engine {

/// A schema that was read once and judges any number of documents. Threads may share one.
class JsonSchema {
 public:
  /// An error with kInvalidRequest where the text is no JSON, no schema of draft 7, uses a word of
  /// a later draft (which would not be checked), refers to anything outside itself, or to itself
  /// without an end.
  [[nodiscard]] static Result<JsonSchema> Parse(std::string_view schema);

  JsonSchema(JsonSchema&&) noexcept;
  JsonSchema& operator=(JsonSchema&&) noexcept;
  ~JsonSchema();

  /// The first thing that is wrong, as in "/items/2: value type not permitted by 'type'
  /// constraint"; nothing where the document keeps to the schema. A text that is no JSON or nested
  /// more than 200 deep, and one that an expression cannot be matched with in bounded work
  /// (Pattern::Matches), violate any schema.
  [[nodiscard]] std::optional<std::string> Violation(std::string_view document) const;

 private:
  struct Parts;
  explicit JsonSchema(std::unique_ptr<const Parts> parts);

  std::unique_ptr<const Parts> parts_;
};

/// Both in one step; a schema that cannot be read is a violation too: "the schema: ...".
[[nodiscard]] std::optional<std::string> SchemaViolation(std::string_view schema,
                                                         std::string_view document);

}  // namespace mlp::engine
