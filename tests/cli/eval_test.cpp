// mlp eval: real calls to servers on loopback, checks, ceilings and what the result says.
#include <map>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "runtime/core/sha256.hpp"
#include "runtime/tools/loopback/fake_providers.hpp"
#include "tests/cli/command.hpp"
#include "tests/support/scratch_folder.hpp"

namespace mlp {
namespace {

using loopback::FakeKind;
using loopback::FakeProviders;
using loopback::FakeReply;
using nlohmann::json;

// No route names `small` or `judge`: an evaluation may ask any model of the catalog.
constexpr const char* kPolicy = R"(language 1
policy desk { version "1.0.0"; stage development; valid 2026-11-21 .. 2030-11-21 }
request {
  input   tokens up to 10K
  output  tokens up to 1K
}
provider main { protocol openai; endpoint us "https://main.example/v1" }
provider spare { protocol anthropic; endpoint us "https://spare.example" }
model large { provider main; pin exact "large-1"; context 50K, output 8K; can text-input, text-output; price input $10/M, output $20/M }
model small { provider spare; pin exact "small-1"; context 50K, output 8K; can text-input, text-output; price input $1/M, output $2/M }
model judge { provider main; pin exact "judge-1"; context 50K, output 8K; can text-input, text-output; price input $1/M, output $2/M }
model unpriced { provider main; pin exact "unpriced-1"; context 50K, output 8K; can text-input, text-output }
route all otherwise { try large; retry 0 times }
)";

struct Fixture {
  Fixture() { WriteWhole(policy, kPolicy); }

  [[nodiscard]] Finished Eval(const std::string& suite, std::vector<std::string> more = {}) const {
    std::vector<std::string> words = {MLP_MLP,
                                      "eval",
                                      policy,
                                      "--suite",
                                      suite,
                                      "--candidate",
                                      "small",
                                      "--baseline",
                                      "large",
                                      "--base-url",
                                      "main=" + servers.url("main"),
                                      "--base-url",
                                      "spare=" + servers.url("spare"),
                                      "--format",
                                      "json"};
    words.insert(words.end(), more.begin(), more.end());
    return Run(words);
  }
  std::string Suite(const std::string& lines) const {
    return WriteWhole(folder / "cases.jsonl", lines);
  }
  /// Cases that want `yes`, one a line.
  std::string Suite(int cases) const {
    std::string lines;
    for (int i = 0; i < cases; ++i) {
      lines += R"({"id":"c)" + std::to_string(i) +
               R"(","prompt":"say yes","attributes":{"output":50},"checks":[{"equals":"yes"}]})" +
               "\n";
    }
    return Suite(lines);
  }
  /// What a model answers, in the order of the calls; the last one goes on.
  void Answers(const std::string& id, std::vector<FakeReply> replies) {
    servers.Script(id, std::move(replies));
  }

  ScratchFolder folder;
  std::string policy = folder / "desk.mlp";
  FakeProviders servers;
};

BOOST_FIXTURE_TEST_SUITE(eval_command, Fixture)

BOOST_AUTO_TEST_CASE(every_kind_of_check_judges_the_answer) {
  struct Row {
    std::string check;
    std::string answer;
    bool passes;
  };
  const std::vector<Row> rows = {
      {R"({"equals":"yes"})", "  yes\n", true},
      {R"({"equals":"yes"})", "yes.", false},
      {R"({"contains":"refund"})", "a refund is due", true},
      {R"({"contains":"refund"})", "no", false},
      {R"({"regex":"^[A-Z]{3}-[0-9]+$"})", "ABC-12", true},
      {R"({"regex":"^[A-Z]{3}-[0-9]+$"})", "abc", false},
      {R"({"numeric":1250,"tolerance":0.5})", "In all: $1,250.25.", true},
      {R"({"numeric":-3})", "It is -3", true},
      {R"({"numeric":0.5})", "It is .50", true},
      {R"({"numeric":7})", "Agent 007", true},
      {R"({"numeric":3})", "It is 4", false},
      {R"({"numeric":3})", "no number", false},
      {R"({"json-schema":{"type":"object","required":["kind"]}})", R"({"kind":1})", true},
      {R"({"json-schema":{"type":"object","required":["kind"]}})", "Sure: {}", false},
  };
  for (const Row& row : rows) {
    const std::string suite =
        Suite(R"({"id":"one","messages":[{"role":"user","content":"hi"}],"checks":[)" + row.check +
              "]}\n");
    Answers("small-1", {{.text = row.answer}});
    const Finished done = Eval(suite);
    BOOST_REQUIRE_MESSAGE(done.exit_code == 0, done.err);
    const json page = json::parse(done.out);
    BOOST_TEST_INFO(row.check << " of " << row.answer);
    BOOST_TEST(page["cases"][0]["candidate"]["passed"] == row.passes);
  }
}

BOOST_AUTO_TEST_CASE(differences_are_paired_and_the_result_proves_itself) {
  std::vector<FakeReply> some_wrong;
  for (int i = 0; i < 40; ++i) some_wrong.push_back({.text = i % 4 == 0 ? "no" : "yes"});
  Answers("large-1", some_wrong);
  std::vector<FakeReply> right(40, FakeReply{.text = "yes"});
  Answers("small-1", right);
  const std::string out = folder / "result.json";
  const Finished done = Eval(Suite(40), {"--concurrency", "4", "-o", out});
  BOOST_REQUIRE_MESSAGE(done.exit_code == 0, done.err);
  BOOST_TEST(done.err.find("40 of 40 cases") != std::string::npos, done.err);
  json page = json::parse(done.out);
  BOOST_TEST(page["scores"]["candidate"]["passed"] == 40);
  BOOST_TEST(page["scores"]["baseline"]["passed"] == 30);
  BOOST_TEST(page["difference"]["quality"]["estimate"] == 0.25);
  BOOST_TEST(page["difference"]["quality"]["low"].get<double>() > 0.1);
  BOOST_TEST(page["advice"] == "better");
  // 10 tokens in and 5 out: $0.0002 and $0.00002.
  BOOST_TEST(page["scores"]["baseline"]["cost"] == "$0.008");
  BOOST_TEST(page["scores"]["candidate"]["cost"] == "$0.0008");
  BOOST_TEST(page["spent"] == "$0.0088");
  BOOST_TEST(page["difference"]["costUsd"]["high"].get<double>() < 0);
  BOOST_TEST(page["candidate"]["id"] == "small-1");
  BOOST_TEST(page["suite"]["hash"].get<std::string>().size() == 64U);
  BOOST_TEST(page["cases"].size() == 40U);
  BOOST_TEST(done.out.find("say yes") == std::string::npos);
  const json file = json::parse(ReadWhole(out));
  BOOST_TEST(file == page);
  const std::string hash = page["hash"];
  page.erase("hash");
  BOOST_TEST(ToHex(Sha256(page.dump())) == hash);
}

BOOST_AUTO_TEST_CASE(a_failed_call_counts_as_a_failure_and_is_told_apart) {
  std::vector<FakeReply> replies(10, FakeReply{.text = "yes"});
  replies[3] = {.kind = FakeKind::kBadRequest};
  Answers("small-1", replies);
  Answers("large-1", {{.text = "yes"}});
  servers.Script("large-1", std::vector<FakeReply>(10, FakeReply{.text = "yes"}));
  const json page = json::parse(Eval(Suite(10), {"--concurrency", "1"}).out);
  BOOST_TEST(page["scores"]["candidate"]["passed"] == 9);
  BOOST_TEST(page["scores"]["candidate"]["errors"]["invalid-request"] == 1);
  BOOST_TEST(page["difference"]["costUsd"]["cases"] == 9);
  BOOST_TEST(page["advice"] == "unknown");
  BOOST_TEST(page["recommendation"].get<std::string>().find("not enough to tell") == 0U);

  servers.Outage("spare", FakeReply{.kind = FakeKind::kUnauthorized});
  BOOST_TEST(Eval(Suite(3)).exit_code == 4);
}

BOOST_AUTO_TEST_CASE(the_ceiling_is_never_passed_whatever_the_concurrency) {
  // A call of the large model costs at most about $0.006: 85 bytes at most in, 50 out, two tries.
  for (const char* most : {"$0.004", "$0.0085", "$0.02"}) {
    servers.Script("large-1",
                   std::vector<FakeReply>(
                       200, FakeReply{.text = "yes", .usage = {.input = 10, .output = 50}}));
    servers.Script("small-1",
                   std::vector<FakeReply>(
                       200, FakeReply{.text = "yes", .usage = {.input = 10, .output = 50}}));
    const Finished done = Eval(Suite(60), {"--concurrency", "8", "--most-cost", most});
    BOOST_REQUIRE_MESSAGE(done.exit_code == 0, done.err);
    const json page = json::parse(done.out);
    BOOST_TEST(page["stopped"] == true);
    const auto spent = std::stod(page["spent"].get<std::string>().substr(1));
    BOOST_TEST(spent <= std::stod(std::string(most).substr(1)));
    BOOST_TEST(page["recommendation"].get<std::string>().find("the ceiling") != std::string::npos);
  }
  const Finished refused = Run({MLP_MLP, "eval", policy, "--suite", Suite(2), "--candidate",
                                "unpriced", "--baseline", "large", "--most-cost", "$1"});
  BOOST_TEST(refused.exit_code == 2);
  BOOST_TEST(refused.err.find("`unpriced` has no price") != std::string::npos, refused.err);
}

BOOST_AUTO_TEST_CASE(a_judge_is_asked_and_its_silence_is_no_pass) {
  const std::string suite = Suite(R"({"id":"a","prompt":"hi","checks":[{"judge":"is it polite?"}]})"
                                  "\n"
                                  R"({"id":"b","prompt":"hi","checks":[{"judge":"is it polite?"}]})"
                                  "\n");
  Answers("small-1", {{.text = "hello"}, {.text = "hello"}});
  Answers("large-1", {{.text = "hello"}, {.text = "hello"}});
  Answers("judge-1", {{.text = R"({"pass": true})"},
                      {.text = R"({"pass": false})"},
                      {.text = "I think so"},
                      {.text = R"(Verdict: {"pass": true})"}});
  BOOST_TEST(Eval(suite).exit_code == 2);
  const json page = json::parse(Eval(suite, {"--judge", "judge", "--concurrency", "1"}).out);
  // Case a asks the candidate first, case b the baseline.
  BOOST_TEST(page["cases"][0]["candidate"]["passed"] == true);
  BOOST_TEST(page["cases"][0]["baseline"]["failed"][0] == "judge");
  BOOST_TEST(page["cases"][1]["baseline"]["failed"][0] == "judge: gave no verdict");
  BOOST_TEST(page["scores"]["baseline"]["errors"]["judge"] == 1);
  BOOST_TEST(page["judgeCost"] == "$0.00008");
}

BOOST_AUTO_TEST_CASE(what_could_not_be_kept_is_not_asked) {
  Answers("small-1", {{.text = "yes"}});
  const Finished done = Eval(Suite(1), {"-o", folder / "missing/result.json"});
  BOOST_TEST(done.exit_code == 2);
  BOOST_TEST(done.err.find("result.json: nothing was asked") != std::string::npos);
  BOOST_TEST(servers.call_count("small-1") == 0U);
  const std::string result = folder / "result.json";
  BOOST_TEST(Eval(Suite(1), {"-o", result}).exit_code == 0);
  BOOST_TEST(servers.call_count("small-1") == 1U);
}

BOOST_AUTO_TEST_CASE(a_worse_candidate_can_be_denied) {
  servers.Script("small-1", std::vector<FakeReply>(40, FakeReply{.text = "no"}));
  servers.Script("large-1", std::vector<FakeReply>(40, FakeReply{.text = "yes"}));
  const Finished done = Eval(Suite(20), {"--deny-worse"});
  BOOST_TEST(done.exit_code == 1);
  BOOST_TEST(json::parse(done.out)["recommendation"].get<std::string>().find("keep large") == 0U);
}

BOOST_AUTO_TEST_CASE(wrong_suites_and_words_say_how_to_mend_them) {
  const std::map<std::string, std::string> rows = {
      {"{\"id\":\"a\"}\n", "cases.jsonl:1: write one of `prompt`"},
      {"\n{\"prompt\":\"x\",\"checks\":[{\"equals\":\"y\"}]}\n", "cases.jsonl:2: `id` is missing"},
      {"{\"id\":\"a\",\"prompt\":\"x\",\"checks\":[]}\n", "`checks` is missing"},
      {"{\"id\":\"a\",\"prompt\":\"x\",\"checks\":[{\"like\":\"y\"}]}\n", "a check has one of"},
      {"{\"id\":\"a\",\"prompt\":\"x\",\"checks\":[{\"regex\":\"(\"}]}\n", "no regular expression"},
      {"{\"id\":\"a\",\"prompt\":\"x\",\"checks\":[{\"json-schema\":{\"type\":\"x\"}}]}\n",
       "`json-schema`: "},
      {"[]\n", "cases.jsonl:1: not a JSON object"},
      {"", "has no case"},
  };
  for (const auto& [lines, words] : rows) {
    const Finished done = Eval(Suite(lines));
    BOOST_TEST(done.exit_code == 2);
    BOOST_TEST(done.err.find(words) != std::string::npos, done.err);
  }
  const std::string twice = R"({"id":"a","prompt":"x","checks":[{"equals":"y"}]})";
  BOOST_TEST(Eval(Suite(twice + "\n" + twice + "\n")).err.find("`a` is the id of an earlier") !=
             std::string::npos);
  const Finished none = Run({MLP_MLP, "eval", policy, "--suite", Suite(1), "--candidate", "smaller",
                             "--baseline", "large"});
  BOOST_TEST(none.exit_code == 2);
  BOOST_TEST(none.err.find("no model `smaller`; it has small") != std::string::npos, none.err);
  BOOST_TEST(Eval(Suite(1), {"--most-cost", "2"}).exit_code == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
