// The three faces of a run: JSON held to its schema, JUnit's XML read by a parser of XML.
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "compiler/testing/report.hpp"
#include "tests/support/json_schema.hpp"
#include "tests/unit/testing/testing_support.hpp"

namespace mlp::compiler {
namespace {

using test::Compiled;
using test::DeskPolicy;
using test::TestedPolicy;

constexpr const char* kTests = R"(test "passes" {
  given   task chat, tenant "t", user "u", input 1K, output 1K
  expect  route rest
}
test "fails with \"<&>\"" {
  given   task chat, tenant "t", user "u", input 1K, output 1K
  expect  route code, first large
}
)";

struct Fixture {
  std::unique_ptr<TestedPolicy> policy = Compiled(DeskPolicy(kTests));
  std::vector<FileReport> files;

  Fixture() {
    FileReport report;
    report.file = "p.mlp";
    report.policy = "desk";
    report.declared = 2;
    report.results = policy->Run();
    report.coverage = policy->Measure();
    files.push_back(std::move(report));
    FileReport broken;
    broken.file = "b.mlp";
    broken.broken = true;
    broken.diagnostics.push_back(
        {Code::k0201, Severity::kError, "unknown model `<x>`", {}, {}, {}, std::nullopt});
    files.push_back(std::move(broken));
    FileReport catalog;
    catalog.file = "c.mlp";
    files.push_back(std::move(catalog));
    FileReport without;
    without.file = "d.mlp";
    without.policy = "d";
    files.push_back(std::move(without));
  }
};

BOOST_FIXTURE_TEST_SUITE(test_reports, Fixture)

BOOST_AUTO_TEST_CASE(text_says_what_failed_where_and_why) {
  const std::string text = RenderTestsText(policy->sources, files, 2);
  for (const char* part :
       {"p.mlp: 2 tests\n  ok    passes\n  FAIL  fails with \"<&>\"\n",
        ": expected route code\n        but the decision is route rest\n",
        ": expected first large\n        but the decision is small\n",
        "\n          desk 1.0.0 at 2026-11-21\n          route rest", "why this route\n",
        "coverage of p.mlp\n  routes   1 of 3, 33.3%\n  steps    1 of 3, 33.3%\n"
        "  regions  1 of 4, 25%\n",
        "  no test reaches route secret, p.mlp:", "  no test reaches step 1 of route code, p.mlp:",
        "  3 regions not reached, of which 2 are shown\n    route secret: task == chat",
        "      test \"secret: ", "b.mlp: no test ran, for the policy has errors\n",
        "c.mlp: no `policy`, so there is nothing to test\n", "d.mlp: no tests\n"}) {
    BOOST_TEST(text.find(part) != std::string::npos, part << "\nis not in\n" << text);
  }
  BOOST_TEST(text.ends_with("\n1 passed, 1 failed\n"));
}

BOOST_AUTO_TEST_CASE(json_is_what_its_schema_says) {
  const nlohmann::json json = nlohmann::json::parse(RenderTestsJson(policy->sources, files));
  std::ifstream stream(std::string(MLP_SOURCE_DIR) + "/compiler/testing/schema/test.schema.json");
  for (const std::string& error : SchemaErrors(nlohmann::json::parse(stream), json))
    BOOST_ERROR(error);
  BOOST_TEST(json["files"].size() == 4U);
  BOOST_TEST(json["summary"]["run"] == 2);
  BOOST_TEST(json["summary"]["failed"] == 1);
  BOOST_TEST(json["summary"]["brokenFiles"] == 1);
  BOOST_TEST(json["files"][0]["tests"][1]["name"] == "fails with \"<&>\"");
  BOOST_TEST(json["files"][0]["tests"][1]["mismatches"][1]["expected"] == "first large");
  BOOST_TEST(json["files"][0]["coverage"]["regions"]["missed"].size() == 3U);
  BOOST_TEST(json["files"][1]["diagnostics"].size() == 1U);
  BOOST_TEST(json["files"][2]["policy"].is_null());
}

BOOST_AUTO_TEST_CASE(junit_is_xml_with_the_attributes_that_ci_servers_read) {
  std::istringstream xml(RenderTestsJunit(policy->sources, files));
  boost::property_tree::ptree tree;
  BOOST_REQUIRE_NO_THROW(boost::property_tree::read_xml(xml, tree));
  const auto& suites = tree.get_child("testsuites");
  BOOST_TEST(suites.get<int>("<xmlattr>.tests") == 3);
  BOOST_TEST(suites.get<int>("<xmlattr>.failures") == 1);
  BOOST_TEST(suites.get<int>("<xmlattr>.errors") == 1);
  int cases = 0;
  int failures = 0;
  int errors = 0;
  for (const auto& [suite_name, suite] : suites) {
    if (suite_name != "testsuite") continue;
    int here = 0;
    for (const auto& [name, one] : suite) {
      if (name != "testcase") continue;
      ++here;
      BOOST_TEST(!one.get<std::string>("<xmlattr>.name").empty());
      BOOST_TEST(!one.get<std::string>("<xmlattr>.classname").empty());
      BOOST_TEST(!one.get<std::string>("<xmlattr>.file").empty());
      BOOST_TEST(one.get<int>("<xmlattr>.time") == 0);
      failures += static_cast<int>(one.count("failure"));
      errors += static_cast<int>(one.count("error"));
      if (one.count("failure") > 0) {
        BOOST_TEST(one.get<std::string>("<xmlattr>.name") == "fails with \"<&>\"");
        BOOST_TEST(one.get<std::string>("failure").find("why this route\n") != std::string::npos);
        BOOST_TEST(one.get<std::string>("failure.<xmlattr>.message") ==
                   "expected route code, but the decision is route rest; expected first large, but "
                   "the decision is small");
      }
    }
    BOOST_TEST(suite.get<int>("<xmlattr>.tests") == here);
    cases += here;
  }
  BOOST_TEST(cases == 3);
  BOOST_TEST(failures == 1);
  BOOST_TEST(errors == 1);
}

BOOST_AUTO_TEST_CASE(what_xml_has_no_character_for_is_replaced) {
  files[0].results[1].name = std::string("a\x01") + "\xFF\n\t" + "b";
  std::istringstream xml(RenderTestsJunit(policy->sources, files));
  boost::property_tree::ptree tree;
  BOOST_REQUIRE_NO_THROW(boost::property_tree::read_xml(xml, tree));
  BOOST_TEST(xml.str().find("name=\"a\xEF\xBF\xBD\xEF\xBF\xBD&#10;&#9;b\"") != std::string::npos);
  BOOST_TEST(nlohmann::json::parse(RenderTestsJson(policy->sources, files)).is_object());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
