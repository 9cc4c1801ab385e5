#include "runtime/engine/quality/schema_matching.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <memory>
#include <new>
#include <set>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <valijson/constraint_builder.hpp>
#include <valijson/constraints/concrete_constraints.hpp>
#include <valijson/validation_results.hpp>
#include <vector>

#include "runtime/engine/quality/schema_words.hpp"

namespace mlp::engine {
namespace {

using Json = nlohmann::json;
using valijson::adapters::Adapter;

// Names that no draft has, and no schema should.
constexpr const char* kPattern = "mlp_pattern";
constexpr const char* kFormat = "mlp_format";
constexpr const char* kNamed = "mlp_named";

Pattern Read(const std::string& text) {
  Result<Pattern> read = Pattern::Parse(text);
  if (!read) throw std::runtime_error(read.error().context);
  return std::move(read).value();
}

bool Within(const Pattern& pattern, const std::string& text) {
  const std::optional<bool> found = pattern.Matches(text);
  if (!found) throw std::runtime_error("`" + pattern.text() + "` takes too many steps to match");
  return *found;
}

/// The number that these digits and nothing else write, or -1.
int Digits(std::string_view text) {
  if (text.find_first_not_of("0123456789") != std::string_view::npos) return -1;
  int number = -1;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool IsDate(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const int year = Digits(text.substr(0, 4));
  const int month = Digits(text.substr(5, 2));
  const int day = Digits(text.substr(8, 2));
  if (year < 0 || month < 0 || day < 0) return false;
  return (std::chrono::year(year) / month / day).ok();
}

/// "23:59" in both a time and its offset from UTC.
bool IsClock(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return false;
  const int hour = Digits(text.substr(0, 2));
  const int minute = Digits(text.substr(3, 2));
  return hour >= 0 && hour < 24 && minute >= 0 && minute < 60;
}

bool IsTime(std::string_view text) {
  if (text.size() < 9 || !IsClock(text.substr(0, 5)) || text[5] != ':') return false;
  const int second = Digits(text.substr(6, 2));
  if (second < 0 || second > 60) return false;  // 60 is a leap second's
  text.remove_prefix(8);
  if (text.front() == '.') {
    text.remove_prefix(1);
    const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
    if (end == 0) return false;
    text.remove_prefix(end);
  }
  if (text == "Z" || text == "z") return true;
  return !text.empty() && (text[0] == '+' || text[0] == '-') && IsClock(text.substr(1));
}

bool IsDateTime(std::string_view text) {
  return text.size() > 11 && (text[10] == 'T' || text[10] == 't') && IsDate(text.substr(0, 10)) &&
         IsTime(text.substr(11));
}

struct Format {
  std::string_view name;
  bool (*holds)(std::string_view);
};
constexpr std::array<Format, 3> kFormats = {
    {{"date", IsDate}, {"time", IsTime}, {"date-time", IsDateTime}}};

const Format* FormatNamed(std::string_view name) {
  const auto* const found = std::find_if(kFormats.begin(), kFormats.end(),
                                         [name](const Format& one) { return one.name == name; });
  return found == kFormats.end() ? nullptr : found;
}

/// What a string has to be; other values are not looked at (draft 7, 6.3.3 and 7.2).
template <typename Rule>
class StringConstraint final : public valijson::constraints::PolyConstraint {
 public:
  explicit StringConstraint(Rule rule) : rule_(std::move(rule)) {}

  bool validate(const Adapter& target, const std::vector<std::string>& context,
                valijson::ValidationResults* results) const override {
    if (!target.isString() || rule_.Holds(target.asString())) return true;
    if (results != nullptr) results->pushError(context, rule_.Otherwise());
    return false;
  }

 private:
  valijson::constraints::Constraint* cloneInto(void* place) const override {
    return new (place) StringConstraint(*this);
  }
  [[nodiscard]] std::size_t sizeOf() const override { return sizeof(StringConstraint); }

  Rule rule_;
};

struct PatternRule {
  explicit PatternRule(const std::string& text) : pattern(Read(text)) {}
  [[nodiscard]] bool Holds(const std::string& text) const { return Within(pattern, text); }
  [[nodiscard]] std::string Otherwise() const { return "does not match `" + pattern.text() + "`"; }

  Pattern pattern;
};

struct FormatRule {
  explicit FormatRule(const std::string& name) : format(FormatNamed(name)) {}

  [[nodiscard]] bool Holds(const std::string& text) const {
    return format == nullptr || format->holds(text);
  }
  [[nodiscard]] std::string Otherwise() const { return "is no " + std::string(format->name); }

  const Format* format;
};

template <typename Rule>
class Builder final : public valijson::ConstraintBuilder {
 public:
  [[nodiscard]] valijson::constraints::Constraint* make(const Adapter& value) const override {
    return new StringConstraint<Rule>(Rule(value.asString()));
  }
};

void Rename(Json& schema, const char* from, const char* to) {
  const auto word = schema.find(from);
  if (word == schema.end()) return;
  Json value = std::move(*word);
  schema.erase(from);
  schema[to] = std::move(value);
}

// At most 200 deep.
void CollectNames(const Json& value, std::set<std::string>& names) {  // NOLINT(misc-no-recursion)
  if (!value.is_structured()) return;
  for (const auto& [name, inner] : value.items()) {
    if (value.is_object()) names.insert(name);
    CollectNames(inner, names);
  }
}

}  // namespace

void TakeMatching(Json& schema) {
  std::vector<Json*> schemas = SchemasWithin(schema);
  // The innermost first: a word that is renamed moves what it holds, be it no text but an object.
  for (auto one = schemas.rbegin(); one != schemas.rend(); ++one) {
    Rename(**one, "pattern", kPattern);
    Rename(**one, "format", kFormat);
  }
}

void AddMatching(valijson::SchemaParser& parser) {
  parser.addConstraintBuilder(kPattern, new Builder<PatternRule>);
  parser.addConstraintBuilder(kFormat, new Builder<FormatRule>);
}

NamePatterns::NamePatterns(Json schema) : schema_(std::move(schema)) {
  for (const Json* one : SchemasWithin(schema_)) {
    const auto word = one->find("patternProperties");
    if (word == one->end()) continue;
    for (const auto& [text, inner] : word->items()) patterns_.emplace(text, Read(text));
  }
}

Json NamePatterns::For(const Json& document) const {
  std::set<std::string> names;
  CollectNames(document, names);
  Json made = schema_;
  Json named = Json::array();
  std::vector<Json*> schemas = SchemasWithin(made);
  for (auto one = schemas.rbegin(); one != schemas.rend(); ++one) {
    Json& schema = **one;
    if (!schema.contains("patternProperties")) continue;
    const Json patterns = std::move(schema["patternProperties"]);
    schema.erase("patternProperties");
    Json& properties = schema["properties"];
    if (properties.is_null()) properties = Json::object();
    for (const auto& [text, inner] : patterns.items()) {
      // Referred to and not copied: within each other, copies would multiply.
      const Json reference = {{"$ref", fmt::format("#/{}/{}", kNamed, named.size())}};
      named.push_back(inner);
      const Pattern& pattern = patterns_.find(text)->second;
      for (const std::string& name : names) {
        if (!Within(pattern, name)) continue;
        const bool known = properties.contains(name);
        Json& judged = properties[name];
        judged = known ? Json{{"allOf", {std::move(judged), reference}}} : reference;
      }
    }
  }
  if (!named.empty()) made[kNamed] = std::move(named);
  return made;
}

}  // namespace mlp::engine
