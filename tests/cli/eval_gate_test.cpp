// From an evaluation on loopback to the policy that names its result: what is stale is an error.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "runtime/tools/loopback/fake_providers.hpp"
#include "tests/cli/command.hpp"
#include "tests/support/scratch_folder.hpp"

namespace mlp {
namespace {

using loopback::FakeProviders;
using loopback::FakeReply;
using nlohmann::json;

constexpr const char* kPolicy = R"(language 1
policy desk { version "1.0.0"; stage production; valid 2026-11-21 .. 2030-11-21 }
request {
  input   tokens up to 10K
  output  tokens up to 1K
}
provider main { protocol openai; endpoint us "https://main.example/v1" }
provider spare { protocol anthropic; endpoint us "https://spare.example" }
model large { provider main; pin exact "large-1"; context 50K, output 8K; can text-input, text-output; price input $10/M, output $20/M }
model small { provider spare; pin family "small-*" gate accuracy >= 0.8; context 50K, output 8K; can text-input, text-output; price input $1/M, output $2/M }
route all otherwise { try small, large }
)";

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  BOOST_REQUIRE_MESSAGE(at != std::string::npos, from);
  return text.replace(at, from.size(), to);
}

struct Fixture {
  Fixture() {
    std::string cases;
    std::vector<FakeReply> small;
    for (int i = 0; i < 6; ++i) {
      cases += R"({"id":"c)" + std::to_string(i) +
               R"(","prompt":"say yes","checks":[{"equals":"yes"}]})" + "\n";
      small.push_back({.text = i == 0 ? "no" : "yes"});
    }
    WriteWhole(policy, kPolicy);
    WriteWhole(suite, cases);
    std::filesystem::create_directories(folder / "evals");
    servers.Script("small-*", small);
    servers.Script("large-1", std::vector<FakeReply>(6, FakeReply{.text = "yes"}));
    const Finished done = Run({MLP_MLP, "eval", policy, "--suite", suite, "--candidate", "small",
                               "--baseline", "large", "--base-url", "main=" + servers.url("main"),
                               "--base-url", "spare=" + servers.url("spare"), "-o", result});
    BOOST_REQUIRE_MESSAGE(done.exit_code == 0, done.err);
    advice = done.out;
    const std::size_t at = advice.find("amend model small");
    BOOST_REQUIRE_MESSAGE(at != std::string::npos, advice);
    text = kPolicy + advice.substr(at);
  }

  Finished Check(const std::string& changed) {
    WriteWhole(policy, changed);
    return Mlpc({"check", policy, "--as-of", "2026-11-21", "--format", "json"});
  }
  /// The messages of one code.
  static std::vector<std::pair<std::string, int>> Found(const Finished& done, const char* code) {
    std::vector<std::pair<std::string, int>> found;
    const json page = json::parse(done.out);
    for (const json& one : page["diagnostics"]) {
      if (one["code"] == code) found.emplace_back(one["message"], one["line"]);
    }
    return found;
  }
  void Expect(const Finished& done, const std::string& words) {
    BOOST_TEST(done.exit_code == 1);
    const auto found = Found(done, "MLP0506");
    BOOST_REQUIRE_MESSAGE(!found.empty(), done.out);
    BOOST_TEST(found[0].first.find(words) != std::string::npos, found[0].first);
    BOOST_TEST(found[0].second == 12);  // the amendment of `small`
    const json page = json::parse(done.out);
    for (const json& one : page["diagnostics"]) {
      if (one["code"] == "MLP0506") BOOST_TEST(!one["help"].empty());
    }
  }

  ScratchFolder folder;
  std::string policy = folder / "desk.mlp";
  std::string suite = folder / "suites/cases.jsonl";
  std::string result = folder / "evals/small.json";
  std::string advice;
  std::string text;
  FakeProviders servers;
};

BOOST_AUTO_TEST_SUITE(eval_gate)

BOOST_AUTO_TEST_CASE(a_score_holds_only_while_nothing_of_its_evaluation_changed) {
  Fixture here;
  BOOST_TEST(
      here.text.find(R"(quality accuracy 0.8333 from "evals/small.json" on )") != std::string::npos,
      here.text);
  // As it was printed: measured, and past the gate.
  const Finished good = here.Check(here.text);
  BOOST_TEST(good.exit_code == 0, good.out);
  BOOST_TEST(Fixture::Found(good, "MLP0501").empty(), good.out);

  here.Expect(here.Check(Replaced(here.text, "small-*", "small-2-*")),
              "the score of `small` is stale: `evals/small.json` asked for `small-*`, and its pin "
              "is `small-2-*` now");
  here.Expect(here.Check(Replaced(here.text, "0.8333", "0.84")),
              "`small` passed 5 of 6 cases in `evals/small.json`: `accuracy` is 0.8333");
  // A gate above what was measured does not hold, and one without a measurement says so.
  const Finished above = here.Check(Replaced(here.text, "accuracy >= 0.8", "accuracy >= 0.834"));
  BOOST_TEST(above.exit_code == 1);
  BOOST_REQUIRE(!Fixture::Found(above, "MLP0501").empty());
  const Finished said = here.Check(kPolicy);
  BOOST_TEST(said.exit_code == 0, said.out);
  BOOST_REQUIRE(!Fixture::Found(said, "MLP0501").empty());
  BOOST_TEST(Fixture::Found(said, "MLP0501")[0].first.find("rests on no evaluation") !=
             std::string::npos);

  const std::string written = ReadWhole(here.result);
  WriteWhole(here.result, Replaced(written, R"("passed": 5)", R"("passed": 6)"));
  here.Expect(here.Check(here.text), "`evals/small.json` was changed after the evaluation");
  WriteWhole(here.result, written);

  const std::string cases = ReadWhole(here.suite);
  WriteWhole(here.suite, Replaced(cases, "say yes", "say  yes"));
  here.Expect(here.Check(here.text), "suites/cases.jsonl` has changed since the evaluation");
  std::filesystem::remove(here.suite);
  BOOST_TEST(here.Check(here.text).exit_code == 0);

  std::filesystem::remove(here.result);
  here.Expect(here.Check(here.text), "no file `evals/small.json`");
}

BOOST_AUTO_TEST_CASE(what_the_verdict_read_stands_in_the_depfile) {
  Fixture here;
  WriteWhole(here.policy, here.text);
  const Finished done = Mlpc(
      {"compile", here.policy, "-o", here.folder / "out", "--depfile", here.folder / "out/desk.d"});
  BOOST_REQUIRE_MESSAGE(done.exit_code == 0, done.err);
  const std::string depfile = ReadWhole(here.folder / "out/desk.d");
  BOOST_TEST(depfile.find("evals/small.json") != std::string::npos, depfile);
  BOOST_TEST(depfile.find("suites/cases.jsonl") != std::string::npos, depfile);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
