#include "tests/cli/shapes.hpp"

#include <algorithm>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/cli/command.hpp"
#include "tests/support/json_schema.hpp"

namespace mlp {
namespace {

using Json = nlohmann::json;

std::ptrdiff_t Count(const Json& diagnostics, const char* severity) {
  return std::count_if(diagnostics.begin(), diagnostics.end(),
                       [&](const Json& one) { return one.at("severity") == severity; });
}

}  // namespace

Json ReadValid(const std::string& text, const std::string& schema) {
  Json json = Json::parse(text, nullptr, false);
  BOOST_TEST_INFO("not JSON: " << text);
  BOOST_TEST_REQUIRE(!json.is_discarded());
  BOOST_TEST(text.back() == '\n');
  const std::vector<std::string> errors =
      SchemaErrors(Json::parse(ReadWhole(MLP_SOURCE_DIR "/" + schema)), json);
  for (const std::string& error : errors) BOOST_TEST_INFO(error);
  BOOST_TEST_REQUIRE(errors.empty(), text << "\nis not what " << schema << " says");
  return json;
}

Json ReadDiagnostics(const std::string& text) {
  Json json = ReadValid(text, "compiler/diag/schema/check.schema.json");
  BOOST_TEST(json["summary"]["errors"] == Count(json["diagnostics"], "error"));
  BOOST_TEST(json["summary"]["warnings"] == Count(json["diagnostics"], "warning"));
  return json;
}

Json ReadExplanation(const std::string& text) {
  return ReadValid(text, "compiler/explain/schema/explain.schema.json");
}

}  // namespace mlp
