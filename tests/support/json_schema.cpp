#include "tests/support/json_schema.hpp"

#include <algorithm>
#include <cstddef>
#include <regex>
#include <stdexcept>

namespace mlp {
namespace {

using Json = nlohmann::json;

bool IsOfType(const Json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "null") return value.is_null();
  if (type == "number") return value.is_number();
  if (type == "integer") return value.is_number_integer();
  throw std::runtime_error("no such type in JSON Schema: " + type);
}

/// Code points, as minLength counts them.
std::size_t Length(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & '\xC0') != '\x80'; }));
}

std::string Inside(std::string place, const std::string& name) {
  place += '/';
  return place += name;
}

class Validator {
 public:
  explicit Validator(const Json& root) : root_(root) {}

  void Check(const Json& schema, const Json& value, const std::string& place) {
    if (schema.is_boolean()) {
      if (!schema.get<bool>()) Fail(place, "is not allowed");
      return;
    }
    for (const auto& [word, rule] : schema.items()) CheckWord(schema, word, rule, value, place);
  }

  std::vector<std::string> errors;

 private:
  void Fail(const std::string& place, const std::string& what) {
    errors.push_back((place.empty() ? "/" : place) + ": " + what);
  }

  bool Holds(const Json& schema, const Json& value) const {
    Validator inner(root_);
    inner.Check(schema, value, "");
    return inner.errors.empty();
  }

  std::ptrdiff_t Count(const Json& schemas, const Json& value) const {
    return std::count_if(schemas.begin(), schemas.end(),
                         [&](const Json& schema) { return Holds(schema, value); });
  }

  void CheckWord(const Json& schema, const std::string& word, const Json& rule, const Json& value,
                 const std::string& place) {
    if (word == "$ref") {
      const std::string ref = rule.get<std::string>();
      if (ref.substr(0, 1) != "#") throw std::runtime_error("not a local reference: " + ref);
      Check(root_.at(Json::json_pointer(ref.substr(1))), value, place);
    } else if (word == "type") {
      const bool fits = rule.is_array()
                            ? std::any_of(rule.begin(), rule.end(),
                                          [&](const Json& type) { return IsOfType(value, type); })
                            : IsOfType(value, rule);
      if (!fits) Fail(place, value.dump() + " is not of type " + rule.dump());
    } else if (word == "enum") {
      if (std::find(rule.begin(), rule.end(), value) == rule.end()) {
        Fail(place, value.dump() + " is none of " + rule.dump());
      }
    } else if (word == "const") {
      if (value != rule) Fail(place, value.dump() + " is not " + rule.dump());
    } else if (word == "anyOf") {
      if (Count(rule, value) == 0) Fail(place, "fits none of anyOf");
    } else if (word == "oneOf") {
      if (Count(rule, value) != 1) Fail(place, "does not fit exactly one of oneOf");
    } else if (word == "allOf") {
      for (const Json& part : rule) Check(part, value, place);
    } else if (word == "not") {
      if (Holds(rule, value)) Fail(place, "fits what it must not");
    } else if (word == "if") {
      const char* branch = Holds(rule, value) ? "then" : "else";
      if (schema.contains(branch)) Check(schema.at(branch), value, place);
    } else if (!CheckObjectWord(schema, word, rule, value, place) &&
               !CheckArrayWord(word, rule, value, place) &&
               !CheckScalarWord(word, rule, value, place) && !IsAnnotation(word)) {
      throw std::runtime_error("a word of JSON Schema that is not known here: " + word);
    }
  }

  static bool IsAnnotation(const std::string& word) {
    static const std::vector<std::string> words{
        "$schema",  "$id",    "id",          "$comment", "title", "description", "default",
        "examples", "format", "definitions", "$defs",    "then",  "else"};
    return std::find(words.begin(), words.end(), word) != words.end();
  }

  bool CheckObjectWord(const Json& schema, const std::string& word, const Json& rule,
                       const Json& value, const std::string& place) {
    if (word == "properties") {
      if (!value.is_object()) return true;
      for (const auto& [name, part] : rule.items()) {
        if (value.contains(name)) Check(part, value.at(name), Inside(place, name));
      }
    } else if (word == "additionalProperties") {
      if (!value.is_object()) return true;
      for (const auto& [name, part] : value.items()) {
        if (schema.contains("properties") && schema.at("properties").contains(name)) continue;
        Check(rule, part, Inside(place, name));
      }
    } else if (word == "propertyNames") {
      if (!value.is_object()) return true;
      for (const auto& [name, part] : value.items()) Check(rule, name, Inside(place, name));
    } else if (word == "required") {
      if (!value.is_object()) return true;
      for (const Json& name : rule) {
        if (!value.contains(name.get<std::string>())) Fail(place, "has no " + name.dump());
      }
    } else {
      return false;
    }
    return true;
  }

  bool CheckArrayWord(const std::string& word, const Json& rule, const Json& value,
                      const std::string& place) {
    if (word == "items") {
      if (!value.is_array()) return true;
      for (std::size_t i = 0; i < value.size(); ++i) {
        Check(rule, value[i], Inside(place, std::to_string(i)));
      }
    } else if (word == "minItems") {
      if (value.is_array() && value.size() < rule.get<std::size_t>()) Fail(place, "has too few");
    } else if (word == "maxItems") {
      if (value.is_array() && value.size() > rule.get<std::size_t>()) Fail(place, "has too many");
    } else if (word == "uniqueItems") {
      if (!value.is_array() || !rule.get<bool>()) return true;
      for (std::size_t i = 0; i < value.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
          if (value[i] == value[j]) Fail(place, "has an item twice");
        }
      }
    } else {
      return false;
    }
    return true;
  }

  bool CheckScalarWord(const std::string& word, const Json& rule, const Json& value,
                       const std::string& place) {
    if (word == "minimum") {
      if (value.is_number() && value < rule) Fail(place, value.dump() + " is too small");
    } else if (word == "maximum") {
      if (value.is_number() && value > rule) Fail(place, value.dump() + " is too large");
    } else if (word == "minLength") {
      if (value.is_string() && Length(value) < rule.get<std::size_t>()) Fail(place, "is too short");
    } else if (word == "pattern") {
      if (value.is_string() &&
          !std::regex_search(value.get<std::string>(), std::regex(rule.get<std::string>()))) {
        Fail(place, value.dump() + " does not match " + rule.dump());
      }
    } else {
      return false;
    }
    return true;
  }

  const Json& root_;
};

}  // namespace

std::vector<std::string> SchemaErrors(const Json& schema, const Json& value) {
  Validator validator(schema);
  validator.Check(schema, value, "");
  return validator.errors;
}

}  // namespace mlp
