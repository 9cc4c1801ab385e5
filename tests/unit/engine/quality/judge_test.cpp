#include "runtime/engine/quality/judge.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

#include "runtime/engine/quality/json_schema.hpp"

namespace mlp::engine {
namespace {

BOOST_AUTO_TEST_SUITE(judge)

BOOST_AUTO_TEST_CASE(a_judge_sees_question_request_and_answer_and_is_asked_for_numbers) {
  const Prompt asked{
      .messages = {{"user", "first"}, {"assistant", "hm"}, {"user", "Where is it?"}}};
  const std::vector<ToolCall> calls = {{"1", "look_up", R"({"a":1})"}};
  const Prompt prompt = JudgePrompt("Is the tone right?", {"tone", "plainness"},
                                    {asked, "Over there.", calls, FinishReason::kStop});
  BOOST_REQUIRE_EQUAL(prompt.messages.size(), 2U);
  const std::string& text = prompt.messages[1].parts[0].data;
  for (const char* part : {"Is the tone right?", "Where is it?", "Over there.", "look_up",
                           R"({"tone": N, "plainness": N})"}) {
    BOOST_TEST(text.find(part) != std::string::npos, part);
  }
  BOOST_TEST(text.find("first") == std::string::npos);
  BOOST_TEST(!SchemaViolation(prompt.response_schema, R"({"tone": 3, "plainness": 99.5})"));
  BOOST_TEST(SchemaViolation(prompt.response_schema, R"({"tone": 3})").has_value());
  BOOST_TEST(*prompt.temperature == 0.0);
}

BOOST_AUTO_TEST_CASE(long_material_loses_its_middle) {
  const std::string longest(200'000, 'x');
  const Prompt asked{.messages = {{"user", longest}}};
  const Prompt prompt = JudgePrompt("Good?", {"overall"}, {asked, longest, {}, {}});
  BOOST_TEST(prompt.messages[1].parts[0].data.size() < 2 * 33 * 1024U);
}

BOOST_AUTO_TEST_CASE(a_verdict_is_read_from_what_is_said_around_it) {
  const auto read =
      ReadVerdict("Sure! ```json\n{\"tone\": 50, \"plainness\": 100}\n```", {"tone", "plainness"});
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->at("tone") == 0.5);
  BOOST_TEST(read->at("plainness") == 1.0);
  for (const char* wrong : {"", "fine", "{}", R"({"tone": "50"})", R"({"tone": 101})",
                            R"({"tone": -1})", R"({"tone": 50)", "}{", "[50]"}) {
    BOOST_TEST(!ReadVerdict(wrong, {"tone"}), wrong);
  }
  BOOST_TEST(!ReadVerdict(std::string(100'000, '{') + std::string(100'000, '}'), {"tone"}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
