// mlpc diff and mlpc timeline.
#include <filesystem>

#include <boost/test/unit_test.hpp>

#include "tests/cli/command.hpp"
#include "tests/cli/policies.hpp"
#include "tests/cli/shapes.hpp"
#include "tests/support/scratch_folder.hpp"

namespace mlp {
namespace {

using Json = nlohmann::json;

const std::string kRoot = MLP_SOURCE_DIR;

class Scene {
 public:
  Scene() { WriteWhole(folder / "catalog.mlp", Catalog()); }

  [[nodiscard]] std::string Write(const std::string& name, const std::string& rest) const {
    return WriteWhole(folder / (name + ".mlp"), Desk("catalog.mlp", rest));
  }
  [[nodiscard]] Finished Git(std::vector<std::string> words) const {
    words.insert(words.begin(),
                 {"/usr/bin/env", "git", "-C", folder.path().string(), "-c", "user.name=t", "-c",
                  "user.email=t@example.com", "-c", "init.defaultBranch=main"});
    const Finished finished = Run(words);
    BOOST_TEST(finished.exit_code == 0, finished.err);
    return finished;
  }
  [[nodiscard]] Json Diff(const std::string& older, const std::string& newer,
                          std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"diff", older, newer, "--format", "json"});
    const Finished finished = Mlpc(more);
    BOOST_TEST_CONTEXT(finished.out << finished.err) {
      BOOST_TEST_REQUIRE(finished.exit_code == 0);
      return ReadValid(finished.out, "compiler/diff/schema/diff.schema.json");
    }
    return {};
  }

  ScratchFolder folder;
};

BOOST_FIXTURE_TEST_SUITE(diff_command, Scene)

BOOST_AUTO_TEST_CASE(the_same_policy_is_the_same) {
  const std::string file = Write("one", SoundRoutes());
  const Json json = Diff(file, file);
  BOOST_TEST(json["same"] == true);
  BOOST_TEST(json["bump"] == "none");
  const Finished text = Mlpc({"diff", file, file, "--deny", "any"});
  BOOST_TEST(text.exit_code == 0);
  BOOST_TEST(text.out == file + " -> " + file + ": no difference\n");
}

BOOST_AUTO_TEST_CASE(what_decides_the_same_is_no_region) {
  const std::string older = Write("old", SoundRoutes());
  for (const char* const routes : {
           // Layout, and another name.
           "route other when input<=100K and task==a {\n\n try large // first\n else wide }\n"
           "route rest otherwise { try wide }\n",
           // Disjoint routes the other way round, and one that is never reached.
           "route b when task == b { try wide }\n"
           "route first when task == a and input <= 100K { try large; else wide }\n"
           "route dead when task == b and input > 5 { refuse \"never\" }\n"
           "route rest otherwise { try wide }\n",
       }) {
    BOOST_TEST_CONTEXT(routes) { BOOST_TEST(Diff(older, Write("new", routes))["same"] == true); }
  }
}

BOOST_AUTO_TEST_CASE(a_guard_is_part_of_the_condition) {
  const std::string older = Write("old", "route all otherwise { try wide }\n");
  const std::string newer = Write("new", "route all otherwise { try large; else wide }\n");
  const Json json = Diff(older, newer);
  BOOST_TEST_REQUIRE(json["regions"].size() == 1U);
  const Json& region = json["regions"][0];
  BOOST_TEST(region["when"] == "input + output <= 200K");
  BOOST_TEST(region["class"] == "rerouted");
  BOOST_TEST(region["breaking"] == true);  // one more attempt may be paid
  BOOST_TEST(json["bump"] == "major");
  BOOST_TEST(json["summary"]["rerouted"] == 1);
  // The other way round the same requests change.
  const Json back = Diff(newer, older);
  BOOST_TEST(back["regions"][0]["when"] == region["when"]);
  BOOST_TEST(back["regions"][0]["old"]["candidates"] == region["new"]["candidates"]);
}

BOOST_AUTO_TEST_CASE(dates_stand_in_the_condition) {
  const std::string older = Write("old",
                                  "route all when input <= 1K { try small; else wide }\n"
                                  "route rest otherwise { try wide }\n");
  const std::string newer = Write("new", "route all otherwise { try wide }\n");
  const Json json = Diff(older, newer);
  BOOST_TEST_REQUIRE(json["regions"].size() == 1U);
  BOOST_TEST(json["regions"][0]["when"] == "input <= 1K, until 2027-06-01");
}

BOOST_AUTO_TEST_CASE(witnesses_replay_on_both_sides) {
  const std::string older = Write("old", SoundRoutes());
  const std::string newer = Write("new",
                                  "route first when tier == free { refuse \"no\" }\n"
                                  "route rest otherwise { try wide; else large }\n");
  const Json json = Diff(older, newer);
  BOOST_TEST(json["regions"].size() >= 2U);
  for (const Json& region : json["regions"]) {
    for (const auto& [side, file] : {std::pair("old", older), std::pair("new", newer)}) {
      std::vector<std::string> words{"explain", file, "--format", "json"};
      for (const auto& [name, value] : region["witness"].items()) {
        words.push_back(name + "=" + value.get<std::string>());
      }
      const Json explained = ReadExplanation(Mlpc(words).out);
      BOOST_TEST_CONTEXT(region.dump()) {
        for (const char* const member : {"outcome", "route", "candidates", "chainCost"}) {
          BOOST_TEST(region[side][member] == explained[member]);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_denied_exits_1) {
  const std::string older = Write("old", SoundRoutes());
  const std::string newer = Write("new", "route rest otherwise { refuse \"closed\" }\n");
  for (const char* const what : {"any", "breaking", "under-versioned"}) {
    BOOST_TEST(Mlpc({"diff", older, newer, "--deny", what}).exit_code == 1);
    BOOST_TEST(Mlpc({"diff", older, older, "--deny", what}).exit_code == 0);
  }
  BOOST_TEST(Mlpc({"diff", older, newer}).exit_code == 0);
}

BOOST_AUTO_TEST_CASE(the_share_is_of_recorded_traffic) {
  const std::string older = Write("old", SoundRoutes());
  const std::string newer =
      Write("new", "route closed when tier == free { refuse \"no\" }\n" + SoundRoutes());
  const std::string traffic = WriteWhole(
      folder / "traffic.jsonl",
      "{\"task\":\"a\",\"tier\":\"free\",\"tenant\":\"x\",\"user\":\"u\",\"input\":1000,"
      "\"output\":10,\"more\":{}}\n\n"
      "{\"task\":\"a\",\"tier\":\"pro\",\"tenant\":\"x\",\"user\":\"u\",\"input\":\"1K\","
      "\"output\":10}\n"
      "{\"task\":\"b\",\"tenant\":\"x\",\"user\":\"u\",\"input\":5,\"output\":10}\n"
      "{\"task\":\"z\"}\n");
  const Json json = Diff(older, newer, {"--traffic", traffic});
  BOOST_TEST_REQUIRE(json["regions"].size() == 1U);
  BOOST_TEST(json["regions"][0]["when"] == "tier == free");
  BOOST_TEST(json["regions"][0]["share"].get<double>() == 1.0 / 3);
  BOOST_TEST(Diff(older, newer)["regions"][0]["share"].is_null());
  const Finished finished = Mlpc({"diff", older, newer, "--traffic", traffic});
  BOOST_TEST(finished.out.find("33.3% of recorded traffic") != std::string::npos, finished.out);
  BOOST_TEST(finished.err.find("1 of 4 records") != std::string::npos, finished.err);
  const std::string broken = WriteWhole(folder / "broken.jsonl", "{}\nnot json\n");
  const Finished refused = Mlpc({"diff", older, newer, "--traffic", broken});
  BOOST_TEST(refused.exit_code == 2);
  BOOST_TEST(refused.err.find(broken + ":2: ") != std::string::npos, refused.err);
}

BOOST_AUTO_TEST_CASE(a_revision_is_read_with_its_imports) {
  const std::string file = Write("desk", "route all otherwise { try large; else wide }\n");
  (void)Git({"init", "-q"});
  (void)Git({"add", "."});
  (void)Git({"commit", "-qm", "first"});
  // Only the import changes: the model of the old revision takes less.
  std::string catalog = Catalog();
  const std::size_t at = catalog.find("context 200K", catalog.find("model large"));
  WriteWhole(folder / "catalog.mlp", catalog.replace(at, 12, "context 300K"));
  const Json json = Diff("git:HEAD", file);
  BOOST_TEST_REQUIRE(json["regions"].size() == 1U);
  BOOST_TEST(json["regions"][0]["when"] == "input + output <= 300K and input + output > 200K");
  BOOST_TEST(json["declarations"][0]["name"] == "large");
  BOOST_TEST(Diff("git:main", file, {})["regions"].size() == 1U);
  // From another folder, with a path that goes up.
  std::filesystem::create_directories(folder.path() / "deep");
  const Finished away =
      Mlpc({"diff", "git:HEAD", "../desk.mlp", "--format", "json"}, {.folder = folder / "deep"});
  BOOST_TEST(away.exit_code == 0, away.err);
  BOOST_TEST(Json::parse(away.out)["regions"].size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_git_does_not_have_exits_2) {
  const std::string file = Write("desk", SoundRoutes());
  const auto expect = [&](const std::string& older, const std::string& newer,
                          const std::string& error) {
    const Finished finished = Mlpc({"diff", older, newer}, {.folder = folder.path().string()});
    BOOST_TEST_CONTEXT(older) {
      BOOST_TEST(finished.exit_code == 2);
      BOOST_TEST(finished.out == "");
      BOOST_TEST(finished.err == "mlpc diff: " + error + "\n");
    }
  };
  expect("git:HEAD", file, file + " does not lie in a git repository");
  (void)Git({"init", "-q"});
  expect("git:HEAD", file, "git knows no revision `HEAD`");
  (void)Git({"add", "catalog.mlp"});
  (void)Git({"commit", "-qm", "first"});
  expect("git:HEAD", file, file + " is not in git:HEAD");
  expect("git:nowhere", file, "git knows no revision `nowhere`");
  expect("git:--upload-pack=touch pwned", file, "`--upload-pack=touch pwned` is not a revision");
  expect("git:$(touch pwned)", file, "git knows no revision `$(touch pwned)`");
  BOOST_TEST(!std::filesystem::exists(folder.path() / "pwned"));
  expect("missing.mlp", file, "cannot read missing.mlp");
  expect(file, "missing.mlp", "cannot read missing.mlp");
}

BOOST_AUTO_TEST_CASE(wrong_policies_and_words) {
  const std::string good = Write("good", SoundRoutes());
  const std::string bad = Write("bad", "route r otherwise { try nobody }\n");
  const Finished finished = Mlpc({"diff", bad, good});
  BOOST_TEST(finished.exit_code == 1);
  BOOST_TEST(finished.err.find("error[MLP0201]") != std::string::npos);
  BOOST_TEST(Mlpc({"diff", good, folder / "catalog.mlp"}).exit_code == 2);
  BOOST_TEST(Mlpc({"diff", good}).exit_code == 2);
  BOOST_TEST(Mlpc({"diff", good, good, "--cost-tolerance", "much"}).exit_code == 2);
  BOOST_TEST(Mlpc({"diff", good, good, "--deny", "nothing"}).exit_code == 2);
}

BOOST_AUTO_TEST_CASE(markdown_is_a_table) {
  const std::string older = Write("old", SoundRoutes());
  const std::string newer =
      Write("new", "route closed when tenant == \"a|b\" { refuse \"no\" }\n" + SoundRoutes());
  const Finished finished = Mlpc({"diff", older, newer, "--format", "markdown"});
  BOOST_TEST(finished.exit_code == 0);
  BOOST_TEST(finished.out.find("| **newly-unserved**, breaking | `tenant == \"a\\|b\"` | ") !=
                 std::string::npos,
             finished.out);
  BOOST_TEST(finished.out.find("<details>") != std::string::npos);
  BOOST_TEST(finished.out.find("**major**") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_real_catalog_moves_a_policy_of_retiring_models) {
  const Finished finished =
      Mlpc({"timeline", kRoot + "/policies/retiring.mlp", "--format", "json"});
  BOOST_TEST_REQUIRE(finished.exit_code == 0);
  const Json json = Json::parse(finished.out);
  std::map<std::string, std::size_t> moves;
  for (const Json& date : json["dates"]) {
    BOOST_TEST(!date["regions"].empty(), date.dump());
    moves[date["date"]] = date["regions"].size();
    BOOST_TEST(!date["because"].empty());
  }
  for (const char* const date :
       {"2026-12-01", "2026-12-11", "2027-01-01", "2027-01-14", "2027-04-01"}) {
    BOOST_TEST(moves.count(date) == 1U, date);
  }
  const Finished text = Mlpc(
      {"timeline", kRoot + "/policies/retiring.mlp", "--from", "2027-01-02", "--to", "2027-01-31"});
  BOOST_TEST(text.out.find("2027-01-14  ") != std::string::npos, text.out);
  BOOST_TEST(text.out.find("gpt-4o retires") != std::string::npos, text.out);
  BOOST_TEST(text.out.find("2027-01-01") == std::string::npos, text.out);
  BOOST_TEST(Mlpc({"timeline", kRoot + "/policies/retiring.mlp", "--from", "then"}).exit_code == 2);
  BOOST_TEST(Mlpc({"timeline", kRoot + "/policies/missing.mlp"}).exit_code == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
