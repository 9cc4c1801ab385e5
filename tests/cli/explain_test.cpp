// mlpc explain: its JSON, its errors, and that it replays the witnesses of check.
#include <map>

#include <boost/test/unit_test.hpp>

#include "tests/cli/command.hpp"
#include "tests/cli/policies.hpp"
#include "tests/cli/shapes.hpp"
#include "tests/support/scratch_folder.hpp"

namespace mlp {
namespace {

using nlohmann::json;

struct Files {
  ScratchFolder folder;
  std::string catalog = WriteWhole(folder / "catalog.mlp", Catalog());

  [[nodiscard]] std::string Write(const std::string& name, const std::string& routes) const {
    return WriteWhole(folder / (name + ".mlp"), Desk("catalog.mlp", routes));
  }

  /// The one finding of a code.
  [[nodiscard]] static json Finding(const std::string& file, const std::string& code) {
    const json all = ReadDiagnostics(Mlpc({"check", "--format", "json", file}).out);
    for (const json& diagnostic : all["diagnostics"]) {
      if (diagnostic["code"] == code) return diagnostic;
    }
    BOOST_FAIL("no " << code << " in " << file);
    return {};
  }

  /// What explain says to the witness of a finding, its members as words.
  [[nodiscard]] static json Replay(const std::string& file, const json& finding) {
    std::vector<std::string> words = {"explain", "--format", "json", file};
    for (const auto& [name, value] : finding["witness"].items())
      words.push_back(name + "=" + value.get<std::string>());
    const Finished finished = Mlpc(words);
    BOOST_TEST(finished.exit_code == 0);
    BOOST_TEST(finished.err == "");
    return ReadExplanation(finished.out);
  }

  /// The same from the text, pasted into a shell.
  [[nodiscard]] static json ReplayText(const std::string& file) {
    const std::string shown = Mlpc({"check", file}).err;
    const std::string label = "\nwitness: ";
    const std::size_t at = shown.find(label);
    BOOST_TEST_REQUIRE(at != std::string::npos);
    const std::size_t begin = at + label.size();
    const std::string words = shown.substr(begin, shown.find('\n', begin) - begin);
    BOOST_TEST_INFO(words);
    const Finished finished =
        Run({"/bin/sh", "-c", "exec \"$0\" explain --format json \"$1\" " + words, MLP_MLPC, file});
    BOOST_TEST(finished.exit_code == 0);
    return ReadExplanation(finished.out);
  }
};

const std::vector<std::string> kRequest = {"task=a", "tenant=acme", "user=u1", "input=12K",
                                           "output=2K"};

std::vector<std::string> Explain(const std::string& file, const std::vector<std::string>& more) {
  std::vector<std::string> words = {"explain", file};
  words.insert(words.end(), kRequest.begin(), kRequest.end());
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

BOOST_FIXTURE_TEST_SUITE(explain_command, Files)

BOOST_AUTO_TEST_CASE(json_has_every_promised_member) {
  const std::string file = Write("sound", SoundRoutes());
  const Finished finished = Mlpc(Explain(file, {"--format", "json", "--as-of", "2026-12-01"}));
  BOOST_TEST(finished.exit_code == 0);
  BOOST_TEST(finished.err == "");
  const json explanation = ReadExplanation(finished.out);
  BOOST_TEST(explanation["policy"] == "desk");
  BOOST_TEST(explanation["policyVersion"] == "1.2.0");
  BOOST_TEST(explanation["at"] == "2026-12-01");
  BOOST_TEST(explanation["route"] == "first");
  BOOST_TEST(explanation["outcome"] == "serve");
  BOOST_TEST(explanation["refusal"].is_null());
  BOOST_TEST_REQUIRE(explanation["candidates"].size() == 2);
  BOOST_TEST(explanation["candidates"][0]["model"] == "large");
  BOOST_TEST(explanation["candidates"][0]["id"] == "large-1");
  BOOST_TEST(explanation["candidates"][0]["provider"] == "main");
  BOOST_TEST(explanation["candidates"][0]["step"] == 1);
  BOOST_TEST(explanation["candidates"][0]["attemptCost"] == "$0.016");  // 12K at $1/M, 2K at $2/M
  BOOST_TEST(explanation["candidates"][1]["model"] == "wide");
  BOOST_TEST(explanation["candidates"][1]["step"] == 2);
  BOOST_TEST_REQUIRE(!explanation["trace"].empty());
  BOOST_TEST(explanation["trace"][0]["route"] == "first");
  BOOST_TEST(explanation["trace"][0]["matched"] == true);
}

BOOST_AUTO_TEST_CASE(text_goes_to_standard_output) {
  const Finished finished = Mlpc(Explain(Write("sound", SoundRoutes()), {}));
  BOOST_TEST(finished.exit_code == 0);
  BOOST_TEST(finished.err == "");
  BOOST_TEST(finished.out.find("desk 1.2.0") == 0);
  BOOST_TEST(finished.out.find("large-1") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_down_drops_out_with_the_reason) {
  const std::string file = Write("sound", SoundRoutes());
  const json explanation =
      ReadExplanation(Mlpc(Explain(file, {"--format", "json", "--down", "large"})).out);
  BOOST_TEST_REQUIRE(explanation["candidates"].size() == 1);
  BOOST_TEST(explanation["candidates"][0]["model"] == "wide");
  BOOST_TEST_REQUIRE(!explanation["rejected"].empty());
  BOOST_TEST(explanation["rejected"][0]["model"] == "large");
  const json none =
      ReadExplanation(Mlpc(Explain(file, {"--format", "json", "--down", "main"})).out);
  BOOST_TEST(none["outcome"] == "no-candidate");
  BOOST_TEST(none["candidates"].empty());
}

BOOST_AUTO_TEST_CASE(options_before_the_file_take_one_value_each) {
  const std::string file = Write("sound", SoundRoutes());
  std::vector<std::string> words = Explain(file, {"--format", "json"});
  words.insert(words.begin() + 1, {"--down", "large", "--down", "small"});
  BOOST_TEST(Mlpc(words).out ==
             Mlpc(Explain(file, {"--format", "json", "--down", "large", "--down", "small"})).out);
}

BOOST_AUTO_TEST_CASE(a_refusal_is_an_answer) {
  const std::string file =
      Write("refusing", "route never when task == a { refuse \"not here\" }\n" + SoundRoutes());
  const Finished finished = Mlpc(Explain(file, {"--format", "json"}));
  const json explanation = ReadExplanation(finished.out);
  BOOST_TEST(explanation["outcome"] == "refused");
  BOOST_TEST(explanation["refusal"] == "not here");
}

BOOST_AUTO_TEST_CASE(a_missing_attribute_is_named) {
  const std::string file = Write("sound", SoundRoutes());
  for (std::size_t left_out = 0; left_out < kRequest.size(); ++left_out) {
    std::vector<std::string> words = {"explain", file};
    for (std::size_t i = 0; i < kRequest.size(); ++i) {
      if (i != left_out) words.push_back(kRequest[i]);
    }
    const std::string name = kRequest[left_out].substr(0, kRequest[left_out].find('='));
    BOOST_TEST_CONTEXT(name) {
      const Finished finished = Mlpc(words);
      BOOST_TEST(finished.exit_code == 2);
      BOOST_TEST(finished.out == "");
      BOOST_TEST(finished.err.find("attribute `" + name + "` is missing") != std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(words_that_mean_nothing_exit_2_and_are_named) {
  const std::string file = Write("sound", SoundRoutes());
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{"colour=red"}, "colour"},
      {{"tier=gold"}, "gold"},
      {{"bare"}, "bare"},
      {{"--down", "nobody"}, "nobody"},
      {{"--as-of", "soon"}, "soon"},
      {{"--live", "large.mood=good"}, "mood"},
      {{"@arm=absent:canary"}, "absent"},
      {{"--nonsense"}, "nonsense"},
      {{"@moon=full"}, "moon"}};
  for (const auto& [words, named] : cases) {
    BOOST_TEST_CONTEXT(named) {
      const Finished finished = Mlpc(Explain(file, words));
      BOOST_TEST(finished.exit_code == 2);
      BOOST_TEST(finished.out == "");
      BOOST_TEST(finished.err.find(named) != std::string::npos);
    }
  }
  BOOST_TEST(Mlpc({"explain", folder / "absent.mlp", "task=a"}).exit_code == 2);
  const Finished nothing_to_decide = Mlpc({"explain", catalog, "task=a"});
  BOOST_TEST(nothing_to_decide.exit_code == 2);
}

BOOST_AUTO_TEST_CASE(a_policy_with_errors_exits_1_with_them) {
  const Finished finished =
      Mlpc(Explain(Write("wrong", "route first when tusk == a { try wide }\n"), {}));
  BOOST_TEST(finished.exit_code == 1);
  BOOST_TEST(finished.out == "");
  BOOST_TEST(finished.err.find("error[MLP0201]") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_witness_of_requests_without_a_route_replays) {
  const std::string file =
      Write("uncovered", "route first when task == a or input > 5K { try wide }\n");
  const json finding = Finding(file, "MLP0401");
  const json explanation = Replay(file, finding);
  BOOST_TEST(explanation["outcome"] == "no-route");
  BOOST_TEST(explanation["route"].is_null());
  BOOST_TEST(ReplayText(file) == Replay(file, finding));
}

BOOST_AUTO_TEST_CASE(a_witness_with_spaces_and_quotes_replays) {
  const std::string file =
      Write("quoted", R"(route first when tenant != "it's \"A & B\" $HOME" { try wide })"
                      "\n");
  const json finding = Finding(file, "MLP0401");
  BOOST_TEST(finding["witness"]["tenant"] == "it's \"A & B\" $HOME");
  BOOST_TEST(Replay(file, finding)["outcome"] == "no-route");
  BOOST_TEST(ReplayText(file)["outcome"] == "no-route");
}

BOOST_AUTO_TEST_CASE(the_witness_of_requests_without_a_candidate_replays) {
  const std::string file = Write(
      "narrow", "route first when task == a { try large }\nroute rest otherwise { try wide }\n");
  const json finding = Finding(file, "MLP0403");
  const json explanation = Replay(file, finding);
  BOOST_TEST(explanation["outcome"] == "no-candidate");
  BOOST_TEST(explanation["route"] == "first");
  BOOST_TEST_REQUIRE(explanation["rejected"].size() == 1);
  BOOST_TEST(explanation["rejected"][0]["model"] == "large");
  BOOST_TEST(ReplayText(file)["outcome"] == "no-candidate");
}

BOOST_AUTO_TEST_CASE(a_witness_after_a_retirement_brings_its_date) {
  const std::string file = Write("retiring",
                                 "route first when task == a and input <= 100K { try small }\n"
                                 "route rest otherwise { try wide }\n");
  const json finding = Finding(file, "MLP0403");
  BOOST_TEST_REQUIRE(finding["witness"].contains("@date"));
  const json explanation = Replay(file, finding);
  BOOST_TEST(explanation["outcome"] == "no-candidate");
  BOOST_TEST(explanation["at"] == finding["witness"]["@date"]);
  BOOST_TEST(explanation["at"].get<std::string>() >= "2027-06-01");
}

BOOST_AUTO_TEST_CASE(the_words_of_a_witness_mean_what_the_options_do) {
  const std::string file = Write("sound", SoundRoutes());
  const std::pair<std::vector<std::string>, std::vector<std::string>> pairs[] = {
      {{"@down=large"}, {"--down", "large"}},
      {{"@date=2027-03-01"}, {"--as-of", "2027-03-01"}},
      {{"@date=2027-03-01", "@live.large.latency.p95=3s"},
       {"--as-of", "2027-03-01", "--live", "large.latency.p95=3s"}}};
  for (const auto& [words, options] : pairs) {
    BOOST_TEST_CONTEXT(words.back()) {
      const Finished by_words = Mlpc(Explain(file, words));
      const Finished by_options = Mlpc(Explain(file, options));
      BOOST_TEST(by_words.exit_code == 0);
      BOOST_TEST(by_words.err == "");
      BOOST_TEST(by_words.out == by_options.out);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
