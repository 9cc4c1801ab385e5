// mlpc test: exit codes, formats, filter and coverage, and that the repository's own policies pass.
#include <filesystem>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/cli/command.hpp"
#include "tests/cli/policies.hpp"
#include "tests/cli/shapes.hpp"
#include "tests/support/scratch_folder.hpp"

namespace mlp {
namespace {

constexpr const char* kSchema = "compiler/testing/schema/test.schema.json";
constexpr const char* kGiven =
    "  given   task a, tier free, tenant \"t\", user \"u\", input 1K, output 1K\n";

std::string Passing(const std::string& name) {
  return "test \"" + name + "\" {\n" + kGiven + "  expect  first large\n}\n";
}
std::string Failing(const std::string& name) {
  return "test \"" + name + "\" {\n" + kGiven + "  expect  first wide\n}\n";
}

struct Folder {
  ScratchFolder folder;

  Folder() { WriteWhole(folder / "catalog.mlp", Catalog()); }

  [[nodiscard]] std::string Policy(const std::string& name, const std::string& tests) const {
    return WriteWhole(folder / name, Desk("catalog.mlp", SoundRoutes() + tests));
  }
};

BOOST_FIXTURE_TEST_SUITE(test_command, Folder)

BOOST_AUTO_TEST_CASE(tests_that_pass_exit_0) {
  const Finished finished = Mlpc({"test", Policy("p.mlp", Passing("one") + Passing("two"))});
  BOOST_TEST(finished.exit_code == 0);
  BOOST_TEST(finished.err == "");
  BOOST_TEST(finished.out.find("ok    one") != std::string::npos);
  BOOST_TEST(finished.out.find("2 passed, 0 failed") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_test_that_fails_exits_1_and_says_why) {
  const std::string path = Policy("p.mlp", Passing("one") + Failing("two"));
  const Finished finished = Mlpc({"test", path});
  BOOST_TEST(finished.exit_code == 1);
  BOOST_TEST(finished.out.find("FAIL  two") != std::string::npos);
  BOOST_TEST(
      finished.out.find(":17: expected first wide\n        but the decision is large, wide") !=
      std::string::npos);
  BOOST_TEST(finished.out.find("why this route") != std::string::npos);
  BOOST_TEST(finished.out.find("1 passed, 1 failed") != std::string::npos);

  const nlohmann::json json = ReadValid(Mlpc({"test", "--format", "json", path}).out, kSchema);
  BOOST_TEST(json["summary"]["failed"] == 1);
  BOOST_TEST(json["files"][0]["tests"][1]["mismatches"][0]["actual"] == "large, wide");
  BOOST_TEST(json["files"][0]["coverage"].is_null());

  const Finished junit = Mlpc({"test", "--format", "junit", path});
  BOOST_TEST(junit.exit_code == 1);
  BOOST_TEST(junit.out.find("<failure message=\"expected first wide") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_policy_with_errors_shows_them_and_runs_nothing) {
  const std::string good = Policy("good.mlp", Passing("one"));
  const std::string bad = Policy("bad.mlp", Passing("one") + "pool p { nobody }\n");
  const Finished finished = Mlpc({"test", good, bad});
  BOOST_TEST(finished.exit_code == 1);
  BOOST_TEST(finished.err.find("error[MLP0201]") != std::string::npos);
  BOOST_TEST(finished.out.find("bad.mlp: no test ran") != std::string::npos);
  BOOST_TEST(finished.out.find("1 passed, 0 failed") != std::string::npos);
  const nlohmann::json json = ReadValid(Mlpc({"test", "--format", "json", bad}).out, kSchema);
  BOOST_TEST(json["files"][0]["diagnostics"][0]["code"] == "MLP0201");
  BOOST_TEST(json["summary"]["brokenFiles"] == 1);
  BOOST_TEST(Mlpc({"test", "--format", "junit", bad}).out.find("<error ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(without_tests_it_says_so) {
  const Finished finished = Mlpc({"test", Policy("p.mlp", "")});
  BOOST_TEST(finished.exit_code == 0);
  BOOST_TEST(finished.out.find("p.mlp: no tests\n") != std::string::npos);
  const Finished catalog = Mlpc({"test", folder / "catalog.mlp"});
  BOOST_TEST(catalog.exit_code == 0);
  BOOST_TEST(catalog.out.find("no `policy`, so there is nothing to test") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_filter_chooses_and_a_misspelt_one_is_no_success) {
  const std::string path = Policy("p.mlp", Passing("one") + Failing("two"));
  const Finished one = Mlpc({"test", path, "--filter", "one"});
  BOOST_TEST(one.exit_code == 0);
  BOOST_TEST(one.out.find("p.mlp: 1 of 2 tests") != std::string::npos);
  const Finished none = Mlpc({"test", path, "--filter", "three"});
  BOOST_TEST(none.exit_code == 2);
  BOOST_TEST(none.err.find("no test's name contains `three`") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(coverage_names_what_is_missed_and_its_tests_reach_it) {
  const std::string path = Policy("p.mlp", Passing("one"));
  const Finished text = Mlpc({"test", "--coverage", path});
  BOOST_TEST(text.exit_code == 0);
  BOOST_TEST(text.out.find("coverage of ") != std::string::npos);
  BOOST_TEST(text.out.find("no test reaches route") != std::string::npos);

  const auto regions = [](const std::string& file) {
    return ReadValid(Mlpc({"test", "--coverage", "--format", "json", file}).out,
                     kSchema)["files"][0]["coverage"]["regions"];
  };
  const nlohmann::json before = regions(path);
  BOOST_REQUIRE(before["reached"] < before["all"]);
  std::string tests = Passing("one");
  for (const nlohmann::json& missed : before["missed"]) tests += missed["test"];
  const std::string full = Policy("full.mlp", tests);
  BOOST_TEST(regions(full)["reached"] == before["all"]);
  BOOST_TEST(Mlpc({"test", full}).exit_code == 0);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_exits_2) {
  BOOST_TEST(Mlpc({"test", folder / "absent.mlp"}).exit_code == 2);
  BOOST_TEST(Mlpc({"test"}).exit_code == 2);
  BOOST_TEST(Mlpc({"test", folder / "catalog.mlp", "--format", "tap"}).exit_code == 2);
}

BOOST_AUTO_TEST_CASE(the_policies_of_the_repository_pass_their_own_tests) {
  std::vector<std::string> words{"test", "--coverage", "--format", "json"};
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(MLP_SOURCE_DIR) + "/policies")) {
    if (entry.path().extension() == ".mlp") words.push_back(entry.path().string());
  }
  const Finished finished = Mlpc(words);
  BOOST_TEST(finished.exit_code == 0);
  const nlohmann::json json = ReadValid(finished.out, kSchema);
  BOOST_TEST(json["files"].size() == words.size() - 4);
  for (const nlohmann::json& file : json["files"]) {
    BOOST_TEST_CONTEXT(file["file"]) { BOOST_TEST(!file["tests"].empty()); }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
