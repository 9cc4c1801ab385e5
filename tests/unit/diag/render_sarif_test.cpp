#include "compiler/diag/render_sarif.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/json_schema.hpp"

namespace mlp::compiler {
namespace {

using Json = nlohmann::json;

Json ReadJson(const std::string& path) {
  std::ifstream file(path);
  BOOST_TEST_REQUIRE(file.good(), path);
  return Json::parse(file);
}

/// Holds it against the part of the standard that mlpc writes; where MLP_SARIF_SCHEMA names the
/// standard's own schema, against that too.
Json Valid(const std::string& sarif) {
  Json document = Json::parse(sarif);
  std::vector<std::string> schemas{MLP_SOURCE_DIR "/tests/unit/diag/sarif_subset.schema.json"};
  if (const char* standard = std::getenv("MLP_SARIF_SCHEMA")) schemas.emplace_back(standard);
  for (const std::string& schema : schemas) {
    const std::vector<std::string> errors = SchemaErrors(ReadJson(schema), document);
    BOOST_TEST(errors.empty(), schema << ": " << (errors.empty() ? "" : errors.front()));
  }
  return document;
}

Json Results(const SourceSet& sources, const Diagnostics& diagnostics) {
  return Valid(RenderSarif(sources, diagnostics.all()))["runs"][0]["results"];
}

std::string Fingerprint(const std::string& text, const std::string& marked,
                        const std::string& message = "m", const std::string& file = "a.mlp") {
  SourceSet sources;
  sources.Add(file, text);
  Diagnostics diagnostics;
  const auto at = static_cast<std::uint32_t>(text.find(marked));
  diagnostics.Add(Code::k0404, {0, at, at + static_cast<std::uint32_t>(marked.size())}, message);
  return Results(sources, diagnostics)[0]["partialFingerprints"]["mlpcLine/v1"];
}

BOOST_AUTO_TEST_SUITE(render_sarif)

BOOST_AUTO_TEST_CASE(a_result_has_level_rule_region_related_places_and_witness) {
  SourceSet sources;
  sources.Add("policies/a.mlp", "pool p { a }\n  try x\n");
  Diagnostics diagnostics;
  diagnostics.Add(Code::k0404, {0, 0, 21}, "always holds").severity = Severity::kNote;
  Diagnostic& second = diagnostics.Add(Code::k0201, {0, 19, 20}, "expected `{`, found `x`");
  second.related.push_back({{0, 5, 6}, "here"});
  second.related.push_back({{0, 9, 10}, "and {here}"});
  second.help = {"write `}`"};
  second.witness = Witness{{"tenant", "a b"}, {"@date", "2027-01-01"}};
  const Json run =
      Valid(RenderSarif(sources, diagnostics.all(), {.tool_version = "1.2.3"}))["runs"][0];

  BOOST_TEST(run["tool"]["driver"]["version"] == "1.2.3");
  const Json& rules = run["tool"]["driver"]["rules"];
  BOOST_TEST_REQUIRE(rules.size() == 2U);
  BOOST_TEST(rules[0]["id"] == "MLP0201");
  BOOST_TEST(rules[0]["defaultConfiguration"]["level"] == "error");
  BOOST_TEST(rules[0]["help"]["markdown"].get<std::string>().find("# MLP0201: ") == 0U);
  BOOST_TEST(rules[1]["id"] == "MLP0404");
  BOOST_TEST(rules[1]["defaultConfiguration"]["level"] == "warning");

  const Json& results = run["results"];
  BOOST_TEST_REQUIRE(results.size() == 2U);
  BOOST_TEST(results[0]["ruleIndex"] == 1);
  BOOST_TEST(results[0]["level"] == "note");
  BOOST_TEST(!results[0].contains("relatedLocations"));
  BOOST_TEST(!results[0].contains("properties"));
  BOOST_TEST(results[1]["ruleId"] == "MLP0201");
  BOOST_TEST(results[1]["ruleIndex"] == 0);
  BOOST_TEST(results[1]["level"] == "error");
  // Braces would be placeholders.
  BOOST_TEST(results[1]["message"]["text"] == "expected `{{`, found `x`\nhelp: write `}}`");
  const Json& place = results[1]["locations"][0]["physicalLocation"];
  BOOST_TEST(place["artifactLocation"]["uri"] == "policies/a.mlp");
  BOOST_TEST(place["region"] ==
             Json({{"startLine", 2}, {"startColumn", 7}, {"endLine", 2}, {"endColumn", 8}}));
  BOOST_TEST_REQUIRE(results[1]["relatedLocations"].size() == 2U);
  BOOST_TEST(results[1]["relatedLocations"][1]["id"] == 2);
  BOOST_TEST(results[1]["relatedLocations"][1]["message"]["text"] == "and {{here}}");
  BOOST_TEST(results[1]["properties"]["witness"]["tenant"] == "a b");
  BOOST_TEST(results[1]["properties"]["witnessWords"] == "tenant='a b' @date=2027-01-01");
  BOOST_TEST(results[1]["properties"]["help"][0] == "write `}`");
}

BOOST_AUTO_TEST_CASE(nothing_found_is_a_run_without_results) {
  const Json run = Valid(RenderSarif({}, {}))["runs"][0];
  BOOST_TEST(run["results"].is_array());
  BOOST_TEST(run["results"].empty());
}

BOOST_AUTO_TEST_CASE(columns_are_code_points_as_columnKind_says) {
  SourceSet sources;
  sources.Add("a.mlp", "\xEF\xBB\xBF\"\xC3\xA4\xF0\x9F\x98\x80\" x\r\ny");
  Diagnostics diagnostics;
  diagnostics.Add(Code::k0404, {0, 12, 13}, "m");  // x, behind a mark, a quote, two characters
  diagnostics.Add(Code::k0404, {0, 15, 16}, "m");
  const Json results = Results(sources, diagnostics);
  const Json& first = results[0]["locations"][0]["physicalLocation"]["region"];
  BOOST_TEST(first["startLine"] == 1);
  BOOST_TEST(first["startColumn"] == 6);
  BOOST_TEST(first["endColumn"] == 7);
  const Json& second = results[1]["locations"][0]["physicalLocation"]["region"];
  BOOST_TEST(second["startLine"] == 2);
  BOOST_TEST(second["startColumn"] == 1);
}

BOOST_AUTO_TEST_CASE(files_are_uri_references) {
  SourceSet sources;
  sources.Add("../a b/100%/\xC3\xA4:#?.mlp", "x");
  sources.Add("/root/a.mlp", "x");
  Diagnostics diagnostics;
  diagnostics.Add(Code::k0404, {0, 0, 1}, "m");
  diagnostics.Add(Code::k0404, {1, 0, 1}, "m");
  const Json results = Results(sources, diagnostics);
  BOOST_TEST(results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] ==
             "../a%20b/100%25/%C3%A4%3A%23%3F.mlp");
  BOOST_TEST(results[1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] ==
             "file:///root/a.mlp");
}

BOOST_AUTO_TEST_CASE(a_fingerprint_stays_when_lines_move_and_changes_with_the_line) {
  const std::string before = Fingerprint("a\nroute x when y == 1 {\n", "y == 1");
  BOOST_TEST(before == Fingerprint("a\n\n// more\n  route  x when y == 1 {\n", "y == 1"));
  BOOST_TEST(before == Fingerprint("a\nroute x when y == 1 {\n", "y == 1", "55 days left"));
  BOOST_TEST(before != Fingerprint("a\nroute x when y == 2 {\n", "y == 2"));
  BOOST_TEST(before != Fingerprint("a\nroute x when y == 1 {\n", "x"));
  BOOST_TEST(before != Fingerprint("a\nroute x when y == 1 {\n", "y == 1", "m", "b.mlp"));
}

BOOST_AUTO_TEST_CASE(findings_of_equal_lines_are_numbered) {
  SourceSet sources;
  sources.Add("a.mlp", "try x\ntry x\n");
  Diagnostics diagnostics;
  diagnostics.Add(Code::k0404, {0, 4, 5}, "m");
  diagnostics.Add(Code::k0404, {0, 10, 11}, "m");
  const Json results = Results(sources, diagnostics);
  const std::string first = results[0]["partialFingerprints"]["mlpcLine/v1"];
  const std::string second = results[1]["partialFingerprints"]["mlpcLine/v1"];
  BOOST_TEST(first.substr(0, 16) == second.substr(0, 16));
  BOOST_TEST(first.substr(16) == ":1");
  BOOST_TEST(second.substr(16) == ":2");
}

BOOST_AUTO_TEST_CASE(wrong_bytes_do_not_reach_the_document) {
  SourceSet sources;
  sources.Add("a\xFF.mlp", "x");
  Diagnostics diagnostics;
  diagnostics.Add(Code::k0101, {0, 0, 1}, "found `\xFE`");
  const std::string sarif = RenderSarif(sources, diagnostics.all());
  Valid(sarif);
  BOOST_TEST(sarif.find('\xFE') == std::string::npos);
  BOOST_TEST(sarif.find("a%FF.mlp") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
