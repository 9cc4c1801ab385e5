#include "runtime/engine/quality/evaluators.hpp"

#include <stdexcept>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/unit/engine/test_policy.hpp"

namespace mlp::engine {
namespace {

/// An evaluator of these parts, with the scorers given.
struct Fixture {
  Fixture(std::vector<EvaluatorPart> parts, QualityOptions options, bool judge = false,
          std::uint32_t window = 0, std::uint32_t floor_ppm = 0) {
    policy.Evaluate(700'000, std::move(parts), window, floor_ppm);
    if (judge) policy.JudgeByLlama("good?");
    evaluators.emplace(policy.policy().tables(), options, warnings);
  }
  ScoreSheet Look(std::string_view text, std::string schema = {}) {
    prompt = {.messages = {{"user", "Tell me about the tides of the sea."}},
              .response_schema = std::move(schema)};
    return evaluators->Look(0, {prompt, text, tool_calls, FinishReason::kStop});
  }

  TestPolicy policy;
  std::vector<std::string> warnings;
  std::optional<Evaluators> evaluators;
  Prompt prompt;
  std::vector<ToolCall> tool_calls;
};

Scorer Always(double score) {
  return [score](const AnswerView&) { return score; };
}

BOOST_AUTO_TEST_SUITE(evaluators)

BOOST_AUTO_TEST_CASE(a_score_is_the_weighted_mean_of_its_parts) {
  Fixture given({{"tone", 250'000}, {"depth", 750'000}},
                {.scorers = {{"tone", Always(1)}, {"depth", Always(0.5)}}});
  const ScoreSheet sheet = given.Look("Tides follow the moon.");
  BOOST_TEST(sheet.Total().value() == 625'000U);
  BOOST_TEST(sheet.Words() == "tone 1.00, depth 0.50");
  BOOST_TEST(sheet.for_judge.empty());
  BOOST_TEST(given.warnings.empty());
}

BOOST_AUTO_TEST_CASE(what_nobody_can_say_falls_to_the_others) {
  Fixture given({{"tone", 250'000}, {"depth", 250'000}, {"unknown", 500'000}},
                {.scorers = {{"tone", Always(1)},
                             {"depth", [](const AnswerView&) { return std::nullopt; }}}});
  BOOST_TEST(given.Look("Tides follow the moon.").Total().value() == 1'000'000U);
  BOOST_REQUIRE_EQUAL(given.warnings.size(), 1U);
  BOOST_TEST(given.warnings[0].find("`unknown`") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_scorer_that_throws_or_is_out_of_range_says_nothing) {
  Fixture given({{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}},
                {.scorers = {{"a",
                              [](const AnswerView&) -> std::optional<double> {
                                throw std::runtime_error("no");
                              }},
                             {"b", Always(1.5)},
                             {"c", Always(std::numeric_limits<double>::quiet_NaN())},
                             {"d", Always(0.25)}}});
  BOOST_TEST(given.Look("Tides follow the moon.").Total().value() == 250'000U);
  BOOST_TEST(given.evaluators->stats().scorer_failures == 3U);
}

BOOST_AUTO_TEST_CASE(without_parts_the_heuristics_count_forty_thirty_five_and_twenty_five) {
  Fixture given({}, {});
  BOOST_TEST(given.Look("The tides of the sea follow the moon.").Total().value() == 1'000'000U);
  // Complete and coherent, but about something else.
  BOOST_TEST(given.Look("Bread needs flour.").Total().value() == 650'000U);
  BOOST_TEST(given.Look("").Total().value() == 250'000U);
}

BOOST_AUTO_TEST_CASE(a_refusal_and_a_broken_schema_spoil_an_answer_unless_they_are_parts) {
  const std::string schema = R"({"type":"object","required":["high"]})";
  Fixture plain({{"tone", 1'000'000}}, {.scorers = {{"tone", Always(1)}}});
  BOOST_TEST(plain.Look("I'm sorry, but I can't help with that.").Total().value() == 0U);
  BOOST_TEST(plain.Look(R"({"low":1})", schema).Total().value() == 0U);
  BOOST_TEST(plain.Look(R"({"low":1})", schema).Words().find("schema") != std::string::npos);
  BOOST_TEST(plain.Look(R"({"high":1})", schema).Total().value() == 1'000'000U);
  plain.tool_calls = {{"1", "look_up", "{}"}};
  BOOST_TEST(plain.Look("", schema).Total().value() == 1'000'000U);

  Fixture parts({{"tone", 500'000}, {"refusal", 250'000}, {"schema", 250'000}},
                {.scorers = {{"tone", Always(1)}}});
  BOOST_TEST(parts.Look("I'm sorry, but I can't help with that.", schema).Total().value() ==
             500'000U);
  BOOST_TEST(parts.Look(R"({"low":1})", schema).Total().value() == 750'000U);
  BOOST_TEST(parts.Look("Tides follow the moon.").Total().value() == 1'000'000U);
}

BOOST_AUTO_TEST_CASE(the_judge_scores_what_nobody_else_does_or_the_whole) {
  Fixture named({{"tone", 400'000}, {"completeness", 600'000}}, {}, true);
  ScoreSheet sheet = named.Look("The tides follow the moon.");
  BOOST_REQUIRE_EQUAL(sheet.for_judge.size(), 1U);
  BOOST_TEST(sheet.for_judge[0] == "tone");
  BOOST_TEST(sheet.Total().value() == 1'000'000U);  // as long as the judge is silent
  sheet.Take({{"tone", 0.5}, {"completeness", 0.0}});
  BOOST_TEST(sheet.Total().value() == 800'000U);

  Fixture whole({{"completeness", 100'000}}, {}, true);
  ScoreSheet both = whole.Look("The tides follow the moon.");
  BOOST_REQUIRE_EQUAL(both.for_judge.size(), 1U);
  both.Take({{both.for_judge[0], 0.0}});
  BOOST_TEST(both.Total().value() == 500'000U);

  Fixture alone({}, {}, true);
  ScoreSheet only = alone.Look("The tides follow the moon.");
  BOOST_TEST(!only.Total());
  only.Take({{"overall", 0.25}});
  BOOST_TEST(only.Total().value() == 250'000U);
}

BOOST_AUTO_TEST_CASE(a_window_of_low_scores_is_told_once_and_begins_anew) {
  Fixture given({{"tone", 1'000'000}}, {}, true, 3, 600'000);
  Evaluators& evaluators = *given.evaluators;
  BOOST_TEST(!evaluators.Note(0, 0, 500'000, 700'000));
  BOOST_TEST(!evaluators.Note(0, 0, std::nullopt, 700'000));
  BOOST_TEST(!evaluators.Note(0, 1, 0, 700'000));  // another model
  BOOST_TEST(!evaluators.Note(0, 0, 500'000, 700'000));
  BOOST_TEST(!evaluators.Note(0, 0, 800'000, 700'000));  // the mean is 600,000: not below
  BOOST_TEST(evaluators.Note(0, 0, 499'999, 700'000));
  BOOST_TEST(!evaluators.Note(0, 0, 0, 700'000));
  BOOST_TEST(!evaluators.Note(0, 0, 0, 700'000));
  BOOST_TEST(evaluators.Note(0, 0, 0, 700'000));
  const QualityStats stats = evaluators.stats();
  BOOST_TEST(stats.scored == 9U);
  BOOST_TEST(stats.unscored == 1U);
  BOOST_TEST(stats.low == 7U);
}

BOOST_AUTO_TEST_CASE(calls_that_go_on_under_the_policy_before_count_on) {
  Fixture given({{"tone", 1'000'000}}, {}, true);
  Evaluators& before = *given.evaluators;
  BOOST_TEST(!before.Note(0, 0, 800'000, 700'000));
  Evaluators now(given.policy.policy().tables(), {}, given.warnings, &before);
  BOOST_TEST(!before.Note(0, 0, 500'000, 700'000));
  before.CountFeedback();
  BOOST_TEST(!now.Note(0, 0, std::nullopt, 700'000));
  const QualityStats stats = now.stats();
  BOOST_TEST(stats.scored == 3U);
  BOOST_TEST(stats.low == 1U);
  BOOST_TEST(stats.unscored == 1U);
  BOOST_TEST(stats.feedback == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
