#include "runtime/engine/quality/json_schema.hpp"

// Without it the library ends the process where a schema is wrong.
#define VALIJSON_USE_EXCEPTIONS 1  // NOLINT(cppcoreguidelines-macro-usage)
#include <algorithm>
#include <cctype>
#include <cmath>
#include <exception>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "runtime/engine/quality/schema_matching.hpp"
#include "runtime/engine/quality/schema_words.hpp"
#include "runtime/transport/wire_json.hpp"

namespace mlp::engine {
namespace {

using Adapter = valijson::adapters::NlohmannJsonAdapter;

constexpr const char* kUnreadable = "no JSON, nested more than 200 deep, or of too many members";

/// What the library compares rightly: a number that is whole is an integer, whichever way it was
/// written (draft 7, 6.1.1), and one beyond 63 bits is a floating one.
void SettleNumbers(nlohmann::json& value) {    // NOLINT(misc-no-recursion): at most 200 deep
  constexpr double kExact = 9007199254740992;  // 2^53
  if (value.is_structured()) {
    for (nlohmann::json& inner : value) SettleNumbers(inner);
  } else if (value.is_number_float()) {
    const auto number = value.get<double>();
    if (std::abs(number) <= kExact && number == std::floor(number)) {
      value = static_cast<std::int64_t>(number);
    }
  } else if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      value = static_cast<double>(number);
    }
  }
}

/// The library's places read "<root>", "[items]", "[2]".
std::string Pointer(const std::vector<std::string>& places) {
  std::string pointer;
  for (const std::string& place : places) {
    if (place.size() < 2 || place.front() != '[') continue;
    pointer += '/';
    for (const char c : std::string_view(place).substr(1, place.size() - 2)) {
      if (c == '~' || c == '/') {
        pointer += c == '~' ? "~0" : "~1";
      } else {
        pointer += c;
      }
    }
  }
  return pointer.empty() ? "/" : pointer;
}

/// A sentence of the library as the end of one of ours.
std::string Clause(std::string text) {
  if (!text.empty() && text.back() == '.') text.pop_back();
  if (!text.empty()) {
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  }
  return text;
}

Error Wrong(std::string why) { return {ErrorClass::kInvalidRequest, std::move(why)}; }

void Populate(const nlohmann::json& text, valijson::Schema& schema) {
  valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
  AddMatching(parser);
  parser.populateSchema(Adapter(text), schema);
}

}  // namespace

struct JsonSchema::Parts {
  valijson::Schema schema;
  NamePatterns names;
};

JsonSchema::JsonSchema(std::unique_ptr<const Parts> parts) : parts_(std::move(parts)) {}
JsonSchema::JsonSchema(JsonSchema&&) noexcept = default;
JsonSchema& JsonSchema::operator=(JsonSchema&&) noexcept = default;
JsonSchema::~JsonSchema() = default;

Result<JsonSchema> JsonSchema::Parse(std::string_view schema) {
  const transport::Json ordered = transport::ParseJson(schema);
  if (ordered.is_discarded()) return Wrong(kUnreadable);
  if (auto trouble = SchemaTrouble(ordered)) return Wrong(std::move(*trouble));
  nlohmann::json settled = nlohmann::json::parse(schema, nullptr, false);
  SettleNumbers(settled);
  TakeMatching(settled);
  auto parts = std::make_unique<Parts>();
  try {
    Populate(settled, parts->schema);
    parts->names = NamePatterns(std::move(settled));
  } catch (const std::exception& error) {
    return Wrong(Clause(error.what()));
  }
  return JsonSchema(std::move(parts));
}

std::optional<std::string> JsonSchema::Violation(std::string_view document) const {
  if (transport::ParseJson(document).is_discarded()) {
    return kUnreadable;
  }
  nlohmann::json value = nlohmann::json::parse(document, nullptr, false);
  SettleNumbers(value);
  valijson::ValidationResults results;
  try {
    valijson::Schema named;
    if (!parts_->names.empty()) Populate(parts_->names.For(value), named);
    valijson::Validator validator(valijson::Validator::kStrongTypes);
    if (validator.validate(parts_->names.empty() ? parts_->schema : named, Adapter(value),
                           &results)) {
      return std::nullopt;
    }
  } catch (const std::exception& error) {
    return Clause(error.what());
  }
  // The innermost of what went wrong is told first.
  if (results.numErrors() == 0) return "/: is not allowed";
  return Pointer(results.begin()->context) + ": " + Clause(results.begin()->description);
}

std::optional<std::string> SchemaViolation(std::string_view schema, std::string_view document) {
  const Result<JsonSchema> parsed = JsonSchema::Parse(schema);
  if (!parsed) return "the schema: " + parsed.error().context;
  return parsed->Violation(document);
}

}  // namespace mlp::engine
