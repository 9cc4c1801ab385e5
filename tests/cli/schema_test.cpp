// Every golden, page and policy of the repository as a real run: what the commands print in JSON is
// what their schemas say.
#include <algorithm>
#include <filesystem>

#include <boost/test/unit_test.hpp>

#include "tests/cli/command.hpp"
#include "tests/cli/shapes.hpp"

namespace mlp {
namespace {

namespace fs = std::filesystem;

const std::string kRoot = MLP_SOURCE_DIR;

std::vector<std::string> PoliciesIn(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(kRoot + "/" + folder)) {
    if (entry.path().extension() == ".mlp") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

BOOST_AUTO_TEST_SUITE(schemas)

BOOST_AUTO_TEST_CASE(check_prints_what_its_schema_says_for_every_golden) {
  std::size_t files = 0;
  std::size_t found = 0;
  for (const char* folder : {"policies", "tests/golden/check", "tests/golden/diagram",
                             "tests/golden/parse", "tests/golden/prove"}) {
    for (const std::string& file : PoliciesIn(folder)) {
      BOOST_TEST_CONTEXT(file) {
        const Finished finished = Mlpc(
            {"check", "--format", "json", "--import-root", kRoot + "/tests/golden/check", file});
        const nlohmann::json json = ReadDiagnostics(finished.out);
        BOOST_TEST((finished.exit_code == 1) == (json["summary"]["errors"] > 0));
        found += json["diagnostics"].size();
        ++files;
        const Finished sarif = Mlpc(
            {"check", "--format", "sarif", "--import-root", kRoot + "/tests/golden/check", file});
        const nlohmann::json run =
            ReadValid(sarif.out, "tests/unit/diag/sarif_subset.schema.json")["runs"][0];
        BOOST_TEST(run["results"].size() == json["diagnostics"].size());
      }
    }
  }
  BOOST_TEST(files > 50U);
  BOOST_TEST(found > 200U);
}

BOOST_AUTO_TEST_CASE(explain_takes_every_witness_and_prints_what_its_schema_says) {
  std::size_t explained = 0;
  std::vector<std::string> files = PoliciesIn("tests/golden/diagram");
  for (std::string& file : PoliciesIn("tests/golden/prove")) files.push_back(std::move(file));
  for (const std::string& file : files) {
    const std::string root = kRoot + "/tests/golden/check";
    const nlohmann::json json =
        ReadDiagnostics(Mlpc({"check", "--format", "json", "--import-root", root, file}).out);
    for (const nlohmann::json& diagnostic : json["diagnostics"]) {
      if (!diagnostic["witness"].is_object()) continue;
      std::vector<std::string> words{"explain", file, "--format", "json", "--import-root", root};
      for (const auto& [name, value] : diagnostic["witness"].items())
        words.push_back(name + "=" + value.get<std::string>());
      const Finished finished = Mlpc(words);
      BOOST_TEST_CONTEXT(file << ": " << diagnostic.dump() << '\n' << finished.err) {
        BOOST_TEST_REQUIRE(finished.exit_code == 0);
        const nlohmann::json decision = ReadExplanation(finished.out);
        if (diagnostic["code"] == "MLP0401") BOOST_TEST(decision["outcome"] == "no-route");
        if (diagnostic["code"] == "MLP0403") BOOST_TEST(decision["outcome"] == "no-candidate");
        ++explained;
      }
    }
  }
  BOOST_TEST(explained >= 5U);
}

BOOST_AUTO_TEST_CASE(models_prints_what_its_schema_says_for_the_catalog_and_every_policy) {
  std::vector<std::string> words{"models", "--format", "json", kRoot + "/policies/catalog"};
  for (const std::string& file : PoliciesIn("policies")) words.push_back(file);
  const Finished finished = Mlpc(words);
  BOOST_TEST(finished.exit_code == 0);
  const nlohmann::json json = ReadValid(finished.out, "compiler/catalog/schema/models.schema.json");
  BOOST_TEST(json["models"].size() >= 90U);
}

/// The regions of each date are those that a diff prints.
BOOST_AUTO_TEST_CASE(timeline_prints_what_its_schema_says_for_every_policy) {
  std::size_t regions = 0;
  for (const std::string& file : PoliciesIn("policies")) {
    BOOST_TEST_CONTEXT(file) {
      const Finished finished = Mlpc({"timeline", file, "--format", "json"});
      BOOST_TEST_REQUIRE(finished.exit_code == 0);
      const nlohmann::json json =
          ReadValid(finished.out, "compiler/diff/schema/timeline.schema.json");
      std::string last;
      for (const nlohmann::json& date : json["dates"]) {
        BOOST_TEST(last < date["date"].get<std::string>());
        last = date["date"];
        regions += date["regions"].size();
        const nlohmann::json as_diff = {{"version", 1},
                                        {"same", false},
                                        {"bump", "minor"},
                                        {"regions", date["regions"]},
                                        {"declarations", nlohmann::json::array()},
                                        {"summary", nlohmann::json::object()}};
        (void)ReadValid(as_diff.dump() + "\n", "compiler/diff/schema/diff.schema.json");
      }
    }
  }
  BOOST_TEST(regions >= 5U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
