#include "runtime/engine/quality/schema_words.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runtime/engine/quality/pattern.hpp"

namespace mlp::engine {
namespace {

using transport::Json;

// Words that 2019-09 and 2020-12 added or gave another meaning.
constexpr std::array<std::string_view, 13> kLaterWords = {
    "$anchor",     "$dynamicAnchor",    "$dynamicRef",          "$recursiveAnchor", "$recursiveRef",
    "$vocabulary", "dependentRequired", "dependentSchemas",     "maxContains",      "minContains",
    "prefixItems", "unevaluatedItems",  "unevaluatedProperties"};
// Words whose value is data, or a name for people, and no schema.
constexpr std::array<std::string_view, 6> kData = {"const",    "default",     "enum",
                                                   "examples", "description", "required"};
// Words whose value maps names to schemas.
constexpr std::array<std::string_view, 5> kMaps = {"properties", "patternProperties", "definitions",
                                                   "$defs", "dependencies"};
// Words whose schemas judge the same value as the schema that holds them.
constexpr std::array<std::string_view, 7> kSameValue = {"allOf", "anyOf", "oneOf", "not",
                                                        "if",    "then",  "else"};

template <std::size_t kSize>
bool Has(const std::array<std::string_view, kSize>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::optional<std::string> PatternTrouble(const std::string& pattern) {
  const Result<Pattern> checked = Pattern::Parse(pattern);
  if (checked) return std::nullopt;
  return checked.error().context;
}

// The depth is bounded by that of the JSON.
template <typename AnyJson>
void Collect(AnyJson& value, std::vector<AnyJson*>& schemas) {  // NOLINT(misc-no-recursion)
  if (value.is_array()) {
    for (AnyJson& element : value) Collect(element, schemas);
  }
  if (!value.is_object()) return;
  schemas.push_back(&value);
  for (auto member = value.begin(); member != value.end(); ++member) {
    if (Has(kData, member.key())) continue;
    if (Has(kMaps, member.key()) && member->is_object()) {
      for (AnyJson& schema : *member) Collect(schema, schemas);
    } else {
      Collect(*member, schemas);
    }
  }
}

std::string Quoted(std::string_view word) { return "`" + std::string(word) + "`"; }

/// One walk over every schema inside a schema.
class Walk {
 public:
  explicit Walk(const Json& root) : root_(root) {}

  std::optional<std::string> Look() {
    Collect(root_, schemas_);
    for (const Json* schema : schemas_) {
      for (const auto& [word, value] : schema->items()) {
        if (auto trouble = WordTrouble(word, value)) return trouble;
      }
    }
    for (const Json* schema : schemas_) {
      if (Loops(*schema)) return "a `$ref` leads to itself without an end";
    }
    return std::nullopt;
  }

 private:
  enum class State : unsigned char { kNew, kOpen, kDone };

  [[nodiscard]] std::optional<std::string> WordTrouble(std::string_view word,
                                                       const Json& value) const {
    if (Has(kLaterWords, word)) {
      return Quoted(word) + " is of a later draft than 7 and would not be checked";
    }
    if (word == "multipleOf" && !(value.is_number() && value.get<double>() > 0)) {
      return "`multipleOf` must be above zero";
    }
    if (word == "pattern" && value.is_string()) return PatternTrouble(value.get<std::string>());
    if (word == "patternProperties" && value.is_object()) {
      for (const auto& [pattern, schema] : value.items()) {
        if (auto trouble = PatternTrouble(pattern)) return trouble;
      }
    }
    if (word == "$ref" && Target(value) == nullptr) {
      return "`$ref` names nothing within the schema: " + transport::Dump(value);
    }
    if (word == "$ref" && transport::Text(value).find("/patternProperties/") != std::string::npos) {
      return "`$ref` leads into `patternProperties`: write that schema under `$defs`";
    }
    return std::nullopt;
  }

  /// What `$ref` names, or null.
  [[nodiscard]] const Json* Target(const Json& reference) const {
    if (!reference.is_string()) return nullptr;
    const auto& text = reference.get_ref<const std::string&>();
    if (text == "#") return &root_;
    if (!text.starts_with("#/") || text.find('%') != std::string::npos) return nullptr;
    try {
      const Json::json_pointer pointer(text.substr(1));
      return root_.contains(pointer) ? &root_[pointer] : nullptr;
    } catch (const Json::exception&) {
      return nullptr;
    }
  }

  /// Whether judging one value by this schema comes back to it before the value gets smaller.
  bool Loops(const Json& schema) {  // NOLINT(misc-no-recursion)
    if (!schema.is_object()) return false;
    State& state = states_[&schema];
    if (state != State::kNew) return state == State::kOpen;
    state = State::kOpen;
    const bool loops = InnerLoops(schema);
    states_[&schema] = State::kDone;
    return loops;
  }

  bool InnerLoops(const Json& schema) {  // NOLINT(misc-no-recursion)
    if (const auto reference = schema.find("$ref"); reference != schema.end()) {
      const Json* target = Target(*reference);
      return target != nullptr && Loops(*target);
    }
    for (const auto& [word, value] : schema.items()) {
      const bool map = word == "dependencies";
      if (!map && !Has(kSameValue, word)) continue;
      if (!map && value.is_object() && Loops(value)) return true;
      if (!map && !value.is_array()) continue;
      if (std::any_of(value.begin(), value.end(), [this](const Json& one) { return Loops(one); })) {
        return true;
      }
    }
    return false;
  }

  const Json& root_;
  std::vector<const Json*> schemas_;
  std::unordered_map<const Json*, State> states_;
};

}  // namespace

std::optional<std::string> SchemaTrouble(const Json& schema) {
  if (!schema.is_object() && !schema.is_boolean()) return "a schema is an object, true or false";
  return Walk(schema).Look();
}

std::vector<nlohmann::json*> SchemasWithin(nlohmann::json& schema) {
  std::vector<nlohmann::json*> schemas;
  Collect(schema, schemas);
  return schemas;
}

}  // namespace mlp::engine
