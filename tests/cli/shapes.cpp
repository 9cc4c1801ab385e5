#include "tests/cli/shapes.hpp"

#include <regex>

#include <boost/test/unit_test.hpp>

namespace mlp {
namespace {

using Json = nlohmann::json;

/// `type` is one letter: s(tring), S(tring or null), n(umber, whole), b(oolean), a(rray), o(bject),
/// O(bject or null).
bool Has(const Json& json, char type) {
  switch (type) {
    case 's':
      return json.is_string();
    case 'S':
      return json.is_string() || json.is_null();
    case 'n':
      return json.is_number_integer();
    case 'b':
      return json.is_boolean();
    case 'a':
      return json.is_array();
    case 'o':
      return json.is_object();
    case 'O':
      return json.is_object() || json.is_null();
  }
  return false;
}

struct Member {
  const char* name;
  char type;
};

void Expect(const Json& json, std::initializer_list<Member> members) {
  BOOST_TEST_REQUIRE(json.is_object());
  for (const Member& member : members) {
    BOOST_TEST_INFO("member " << member.name << " of " << json.dump());
    BOOST_TEST_REQUIRE(json.contains(member.name));
    BOOST_TEST(Has(json.at(member.name), member.type));
  }
}

Json ReadOne(const std::string& text) {
  Json json = Json::parse(text, nullptr, false);
  BOOST_TEST_INFO("not JSON: " << text);
  BOOST_TEST_REQUIRE(json.is_object());
  BOOST_TEST_REQUIRE(json.contains("version"));
  BOOST_TEST(json["version"] == 1);
  BOOST_TEST(text.back() == '\n');
  return json;
}

void ExpectDiagnostic(const Json& diagnostic) {
  Expect(diagnostic, {{"code", 's'},
                      {"severity", 's'},
                      {"message", 's'},
                      {"file", 's'},
                      {"line", 'n'},
                      {"column", 'n'},
                      {"endLine", 'n'},
                      {"endColumn", 'n'},
                      {"related", 'a'},
                      {"help", 'a'},
                      {"witness", 'O'}});
  BOOST_TEST(std::regex_match(diagnostic["code"].get<std::string>(), std::regex("MLP0[0-9]{3}")));
  const std::string severity = diagnostic["severity"];
  BOOST_TEST((severity == "error" || severity == "warning" || severity == "note"));
  BOOST_TEST(diagnostic["line"] >= 1);
  BOOST_TEST(diagnostic["column"] >= 1);
  BOOST_TEST(diagnostic["endLine"] >= diagnostic["line"]);
  for (const Json& related : diagnostic["related"])
    Expect(related, {{"file", 's'}, {"line", 'n'}, {"column", 'n'}, {"message", 's'}});
  for (const Json& help : diagnostic["help"]) BOOST_TEST(help.is_string());
  if (diagnostic["witness"].is_object()) {
    for (const auto& [name, value] : diagnostic["witness"].items()) {
      BOOST_TEST(!name.empty());
      BOOST_TEST(value.is_string());
    }
  }
}

void ExpectMoney(const Json& cost) {
  BOOST_TEST_INFO(cost.dump());
  BOOST_TEST(std::regex_match(cost.get<std::string>(), std::regex(R"(\$[0-9]+(\.[0-9]+)?)")));
}

}  // namespace

Json ReadDiagnostics(const std::string& text) {
  Json json = ReadOne(text);
  Expect(json, {{"version", 'n'}, {"diagnostics", 'a'}, {"summary", 'o'}});
  Expect(json["summary"], {{"errors", 'n'}, {"warnings", 'n'}});
  int errors = 0;
  int warnings = 0;
  for (const Json& diagnostic : json["diagnostics"]) {
    ExpectDiagnostic(diagnostic);
    errors += diagnostic["severity"] == "error" ? 1 : 0;
    warnings += diagnostic["severity"] == "warning" ? 1 : 0;
  }
  BOOST_TEST(json["summary"]["errors"] == errors);
  BOOST_TEST(json["summary"]["warnings"] == warnings);
  return json;
}

Json ReadExplanation(const std::string& text) {
  Json json = ReadOne(text);
  Expect(json, {{"policy", 's'},
                {"policyVersion", 's'},
                {"at", 's'},
                {"route", 'S'},
                {"outcome", 's'},
                {"refusal", 'S'},
                {"candidates", 'a'},
                {"rejected", 'a'},
                {"rollouts", 'a'},
                {"chainCost", 's'},
                {"deadline", 'S'},
                {"retries", 'n'},
                {"attempts", 'n'},
                {"trace", 'a'}});
  ExpectMoney(json["chainCost"]);
  for (const Json& candidate : json["candidates"]) {
    Expect(candidate, {{"model", 's'},
                       {"id", 's'},
                       {"provider", 's'},
                       {"place", 'S'},
                       {"step", 'n'},
                       {"attemptCost", 's'}});
    ExpectMoney(candidate["attemptCost"]);
  }
  for (const Json& rejected : json["rejected"])
    Expect(rejected, {{"model", 's'}, {"because", 's'}});
  for (const Json& rollout : json["rollouts"]) {
    Expect(rollout, {{"name", 's'}, {"arm", 's'}});
    BOOST_TEST((rollout["arm"] == "stable" || rollout["arm"] == "canary"));
  }
  for (const Json& line : json["trace"])
    Expect(line, {{"route", 's'}, {"matched", 'b'}, {"because", 's'}});
  return json;
}

}  // namespace mlp
