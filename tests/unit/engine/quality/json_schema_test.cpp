#include "runtime/engine/quality/json_schema.hpp"

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

namespace mlp::engine {
namespace {

using Json = nlohmann::json;

BOOST_AUTO_TEST_SUITE(json_schema)

constexpr std::string_view kTicket = R"({
  "type": "object",
  "properties": {
    "kind": {"enum": ["bug", "wish"]},
    "weights": {"type": "array", "items": {"$ref": "#/$defs/weight"}, "minItems": 1},
    "mail": {"type": "string", "pattern": "^[^@ ]+@[^@ ]+$"}
  },
  "required": ["kind"],
  "additionalProperties": false,
  "$defs": {"weight": {"type": "integer", "minimum": 1, "maximum": 5}}
})";

struct Row {
  std::string_view document;
  std::string_view violation;  // how it begins; empty where there is none
};

BOOST_AUTO_TEST_CASE(documents_are_judged_and_the_place_is_told) {
  constexpr auto kRows = std::to_array<Row>({
      {R"({"kind": "bug", "weights": [1, 5], "mail": "a@b"})", ""},
      {R"({"kind": "bug", "weights": [1.0]})", ""},
      {R"({"kind": "bug", "weights": [1, 2.5]})", "/weights/1: value type not permitted"},
      {R"({"kind": "bug", "weights": [18446744073709551615]})", "/weights/0: "},
      {R"({"kind": "bug", "weights": []})", "/weights: "},
      {R"({"weights": [3]})", "/: missing required property 'kind'"},
      {R"({"kind": "question"})", "/kind: "},
      {R"({"kind": "bug", "mail": "nobody"})", "/mail: does not match `^[^@ ]+@[^@ ]+$`"},
      {R"({"kind": "bug", "more": 1})", "/: object contains a property that could not be"},
      {"[]", "/: value type not permitted"},
      {"{\"kind\": \"bug\"", "no JSON"},
      {"Sure! {\"kind\": \"bug\"}", "no JSON"},
      {"{\"kind\": \"b\xFFg\"}", "no JSON"},
      {"", "no JSON"},
  });
  for (const Row& row : kRows) {
    const std::string found = SchemaViolation(kTicket, row.document).value_or("");
    BOOST_TEST_INFO(row.document << " gives " << found);
    BOOST_TEST((row.violation.empty() ? found.empty() : found.starts_with(row.violation)));
  }
}

BOOST_AUTO_TEST_CASE(a_hostile_document_is_a_violation_and_no_crash) {
  const std::string deep(100'000, '[');
  BOOST_TEST(SchemaViolation(kTicket, deep).value_or("").starts_with("no JSON"));
  const std::string many(1'000'000, 'a');
  const std::string quoted = '"' + many + '"';
  BOOST_TEST(!SchemaViolation(R"({"pattern": "^[ab]*$"})", quoted).has_value());
  BOOST_TEST(SchemaViolation(R"({"pattern": "^[ab]*c"})", quoted).value() ==
             "/: does not match `^[ab]*c`");
  BOOST_TEST(
      SchemaViolation(R"({"format": "date"})", '"' + std::string(1'000'000, '1') + '"').value() ==
      "/: is no date");
  const std::string names = R"({"patternProperties": {"^[ab]*$": {"type": "null"}}})";
  BOOST_TEST(!SchemaViolation(names, "{" + quoted + ": null}").has_value());
  BOOST_TEST(SchemaViolation(names, "{" + quoted + ": 1}").has_value());
}

/// Exponential for a matcher that tries every way: nobody waits for it, and no `not` turns it into
/// a pass.
BOOST_AUTO_TEST_CASE(an_expression_that_takes_too_long_is_a_violation) {
  constexpr std::string_view kText =
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!";
  const std::string quoted = '"' + std::string(kText) + '"';
  constexpr std::string_view kWhy = "`^(a+)+$` takes too many steps to match";
  BOOST_TEST(SchemaViolation(R"({"pattern": "^(a+)+$"})", quoted).value() == kWhy);
  BOOST_TEST(SchemaViolation(R"({"not": {"pattern": "^(a+)+$"}})", quoted).value() == kWhy);
  BOOST_TEST(SchemaViolation(R"({"propertyNames": {"pattern": "^(a+)+$"}})", "{" + quoted + ": 1}")
                 .value() == kWhy);
  BOOST_TEST(SchemaViolation(R"({"patternProperties": {"^(a+)+$": true}})", "{" + quoted + ": 1}")
                 .value() == kWhy);
}

BOOST_AUTO_TEST_CASE(names_that_match_are_judged_and_are_not_additional) {
  constexpr std::string_view kSchema = R"({
    "$id": "https://example.org/labels",
    "properties": {"x_size": {"type": "integer"}},
    "patternProperties": {
      "^x_": {"$ref": "#/$defs/small"},
      "_size$": {"multipleOf": 2},
      "^deep": {"patternProperties": {"^x_": {"type": "string"}}, "additionalProperties": false},
      "^never": false
    },
    "additionalProperties": false,
    "$defs": {"small": {"maximum": 10}}
  })";
  constexpr auto kRows = std::to_array<Row>({
      {R"({"x_size": 4, "x_a": 3, "the_size": 20, "deep": {"x_a": "b"}})", ""},
      {"7", ""},
      {R"({"x_size": "4"})", "/x_size: value type not permitted"},
      {R"({"x_size": 12})", "/x_size: "},
      {R"({"x_size": 3})", "/x_size: "},
      {R"({"x_a": 11})", "/x_a: "},
      {R"({"other": 1})", "/: object contains a property"},
      {R"({"deep": {"x_a": 5}})", "/deep/x_a: value type not permitted"},
      {R"({"deep": {"y": "b"}})", "/deep: object contains a property"},
      {R"({"never": 1})", "/: failed to validate against schema associated with property name"},
      {R"({"patternProperties": 1})", "/: object contains a property"},
  });
  const auto schema = JsonSchema::Parse(kSchema);
  BOOST_REQUIRE(schema.ok());
  for (const Row& row : kRows) {
    const std::string found = schema->Violation(row.document).value_or("");
    BOOST_TEST_INFO(row.document << " gives " << found);
    BOOST_TEST((row.violation.empty() ? found.empty() : found.starts_with(row.violation)));
  }
}

BOOST_AUTO_TEST_CASE(dates_and_times_are_those_of_the_calendar) {
  const auto holds = [](std::string_view format, std::string_view text) {
    return !SchemaViolation(Json{{"format", format}}.dump(), Json(text).dump()).has_value();
  };
  for (const char* good : {"2024-02-29", "0000-01-01", "2023-12-31"}) {
    BOOST_TEST(holds("date", good), good);
  }
  for (const char* bad : {"2023-02-29", "2023-13-01", "2023-1-01", "2023-01-1x", "x", "",
                          "12023-01-01", "2023-00-10", "2023-01-00", "-023-01-01"}) {
    BOOST_TEST(!holds("date", bad), bad);
  }
  for (const char* good : {"00:00:00Z", "23:59:60z", "12:00:00.123456+02:00", "12:00:00-23:59"}) {
    BOOST_TEST(holds("time", good), good);
    BOOST_TEST(holds("date-time", "2024-02-29T" + std::string(good)), good);
    BOOST_TEST(!holds("date-time", "2023-02-29T" + std::string(good)), good);
  }
  for (const char* bad : {"24:00:00Z", "12:60:00Z", "12:00:61Z", "12:00:00", "12:00:00.Z", "12:00Z",
                          "12:00:00+2:00", "12:00:00+24:00", "12:00:00ZZ", ""}) {
    BOOST_TEST(!holds("time", bad), bad);
    BOOST_TEST(!holds("date-time", "2024-02-29T" + std::string(bad)), bad);
  }
  BOOST_TEST(holds("mail", "anything"));
  BOOST_TEST(!SchemaViolation(R"({"format": "date"})", "5").has_value());
}

BOOST_AUTO_TEST_CASE(a_schema_that_cannot_be_checked_in_full_is_refused) {
  constexpr auto kRows = std::to_array<Row>({
      {"", "no JSON"},
      {"[]", "a schema is an object"},
      {R"({"type": "nonsense"})", "unrecognised JSON type name"},
      {R"({"minimum": "a"})", "expected numeric"},
      {R"({"pattern": "("})", "`(` is no regular expression"},
      {R"({"patternProperties": {"[": true}})", "`[` is no regular expression"},
      {R"({"multipleOf": 0})", "`multipleOf` must be above zero"},
      {R"({"items": {"prefixItems": []}})", "`prefixItems` is of a later draft"},
      {R"({"$ref": "https://example.org/x"})", "`$ref` names nothing within"},
      {R"({"$ref": "#/definitions/x"})", "`$ref` names nothing within"},
      {R"({"$ref": "#"})", "a `$ref` leads to itself"},
      {R"({"allOf": [{"$ref": "#"}]})", "a `$ref` leads to itself"},
      {R"({"if": true, "then": {"not": {"$ref": "#/then"}}})", "a `$ref` leads to itself"},
      {R"({"anyOf": [{"$ref": "#/$defs/a"}],
           "$defs": {"a": {"oneOf": [{"$ref": "#/$defs/b"}]}, "b": {"$ref": "#/$defs/a"}}})",
       "a `$ref` leads to itself"},
      {R"({"dependencies": {"a": {"$ref": "#"}}})", "a `$ref` leads to itself"},
      {R"({"properties": {"next": {"$ref": "#"}, "pattern": {"type": "null"}}})", ""},
      {R"({"enum": [{"prefixItems": 0, "$ref": "#"}]})", ""},
      {R"({"pattern": 5})", ""},
      {R"({"$ref": "#/patternProperties/a", "patternProperties": {"a": true}})",
       "`$ref` leads into `patternProperties`"},
      {"true", ""},
  });
  for (const Row& row : kRows) {
    const auto parsed = JsonSchema::Parse(row.document);
    const std::string found = parsed ? "" : parsed.error().context;
    BOOST_TEST_INFO(row.document << " gives " << found);
    BOOST_TEST((row.violation.empty() ? found.empty() : found.starts_with(row.violation)));
    BOOST_TEST(parsed.ok() == row.violation.empty());
  }
  BOOST_TEST(SchemaViolation("[]", "1").value() ==
             "the schema: a schema is an object, true or false");
  BOOST_TEST(SchemaViolation("false", "1").has_value());
  constexpr std::string_view kWithin = R"({"pattern": {"pattern": {"format": "date"}}})";
  BOOST_TEST(SchemaViolation(kWithin, "\"a\"").value().starts_with("the schema: "));
}

BOOST_AUTO_TEST_CASE(threads_share_a_schema) {
  const auto schema = JsonSchema::Parse(kTicket);
  BOOST_REQUIRE(schema.ok());
  std::array<int, 4> wrong{};
  std::vector<std::thread> threads;
  for (int& count : wrong) {
    threads.emplace_back([&schema, &count] {
      for (int i = 0; i < 200; ++i) {
        if (schema->Violation(R"({"kind": "bug", "mail": "a@b"})")) ++count;
        if (!schema->Violation(R"({"kind": "bug", "mail": "ab"})")) ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(std::count(wrong.begin(), wrong.end(), 0) == 4);
}

/// The published suite, where Debian's json-schema-test-suite is installed. What is known to differ
/// is listed with its reason; anything else that differs fails.
BOOST_AUTO_TEST_CASE(the_published_suite_of_draft_7_agrees) {
  const std::filesystem::path folder = "/usr/share/json-schema-test-suite/tests/draft7";
  if (!std::filesystem::exists(folder)) {
    BOOST_TEST_MESSAGE("json-schema-test-suite is not installed: skipped");
    return;
  }
  const std::map<std::string, std::string> known = {};
  int agree = 0;
  int refused = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (!file.is_regular_file()) continue;
    std::ifstream stream(file.path());
    const Json groups = Json::parse(stream);
    for (const Json& group : groups) {
      const auto schema = JsonSchema::Parse(group["schema"].dump());
      const std::string name =
          file.path().stem().string() + ": " + group["description"].get<std::string>();
      if (!schema) {
        BOOST_TEST_MESSAGE("refused: " << name << ": " << schema.error().context);
        ++refused;
        continue;
      }
      for (const Json& test : group["tests"]) {
        const bool valid = !schema->Violation(test["data"].dump()).has_value();
        const std::string one = name + ": " + test["description"].get<std::string>();
        if (known.contains(one)) continue;
        BOOST_TEST(valid == test["valid"].get<bool>(), one);
        if (valid == test["valid"].get<bool>()) ++agree;
      }
    }
  }
  BOOST_TEST(agree > 390);
  BOOST_TEST(refused < 20);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
