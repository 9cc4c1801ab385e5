#include "runtime/engine/quality/heuristics.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

namespace mlp::engine {
namespace {

struct Given {
  Prompt prompt;
  std::string text;
  std::vector<ToolCall> tool_calls = {};
  FinishReason finish = FinishReason::kStop;

  [[nodiscard]] AnswerView view() const { return {prompt, text, tool_calls, finish}; }
};

Given Answering(std::string question, std::string text) {
  return {{.messages = {{"system", "Be brief about everything."}, {"user", std::move(question)}}},
          std::move(text)};
}

BOOST_AUTO_TEST_SUITE(heuristics)

BOOST_AUTO_TEST_CASE(an_answer_is_complete_where_it_came_to_an_end) {
  BOOST_TEST(Completeness(Answering("q", "All is well.").view()) == 1.0);
  BOOST_TEST(Completeness(Answering("q", "42").view()) == 1.0);
  BOOST_TEST(Completeness(Answering("q", "- first\n- second").view()) == 1.0);
  BOOST_TEST(Completeness(Answering("q", "\xE4\xBD\xA0\xE5\xA5\xBD\xE3\x80\x82").view()) == 1.0);
  BOOST_TEST(Completeness(Answering("q", "  \n ").view()) == 0.0);
  // It breaks off in a sentence, in a block of code, in both.
  BOOST_TEST(
      Completeness(Answering("q", "The first of the three reasons for this is that the").view()) ==
      0.5);
  BOOST_TEST(Completeness(Answering("q", "```cpp\nint main() {}").view()) == 0.5);
  BOOST_TEST(
      Completeness(
          Answering("q", "So: {\"a\": [1, 2, and then the other numbers that follow on").view()) ==
      0.0);
  Given cut = Answering("q", "All is well.");
  cut.finish = FinishReason::kLength;
  BOOST_TEST(Completeness(cut.view()) == 0.0);
  Given calls = Answering("q", "");
  calls.tool_calls = {{"1", "look_up", "{}"}};
  BOOST_TEST(Completeness(calls.view()) == 1.0);
}

BOOST_AUTO_TEST_CASE(an_answer_is_relevant_where_the_question_comes_back_in_it) {
  const std::string question = "How do I reset the password of my router at home?";
  // reset, password, router, home: a quarter of them is enough.
  BOOST_TEST(*Relevance(Answering(question, "Hold RESET for ten seconds.").view()) == 1.0);
  BOOST_TEST(*Relevance(Answering(question, "Passwords of routers are reset at home.").view()) ==
             1.0);
  BOOST_TEST(*Relevance(Answering(question, "The weather is fine today.").view()) == 0.0);
  BOOST_TEST(!Relevance(Answering("why?", "Since I say so.").view()));
  const std::string eight = "alpha bravo charlie delta echoes foxtrot golfing hotel";
  BOOST_TEST(*Relevance(Answering(eight, "only alpha").view()) == 0.5);
}

BOOST_AUTO_TEST_CASE(an_answer_is_coherent_where_it_neither_repeats_itself_nor_is_garbled) {
  std::string loop;
  for (int i = 0; i < 50; ++i) loop += "and so on and ";
  BOOST_TEST(Coherence(Answering("q", loop).view()) < 0.1);
  std::string varied;
  for (int i = 0; i < 50; ++i) varied += "word" + std::to_string(i) + " ";
  BOOST_TEST(Coherence(Answering("q", varied).view()) == 1.0);
  BOOST_TEST(Coherence(Answering("q", "yes yes yes").view()) == 1.0);
  BOOST_TEST(Coherence(Answering("q", "ab\xEF\xBF\xBD").view()) == 0.4);
  BOOST_TEST(Coherence(Answering("q", "").view()) == 1.0);
}

BOOST_AUTO_TEST_CASE(refusals_are_told_from_answers_that_only_sound_like_them) {
  for (const char* refusal :
       {"I'm sorry, but I can't help with that.", "I can't assist with this request.",
        "As an AI language model, I cannot provide medical advice.",
        "Unfortunately, I'm unable to comply with your request.", "Sorry, I can't do that.",
        "I\xE2\x80\x99m sorry, but I can\xE2\x80\x99t assist with that."}) {
    BOOST_TEST(LooksLikeRefusal(refusal), refusal);
  }
  for (const char* answer :
       {"I'm sorry to hear that. Try turning it off and on.", "I can help with that: press reset.",
        "Sorry is a word that one cannot say often enough.", "",
        "The answer is no: one cannot divide by zero.",
        "Here is the letter: \"Unfortunately we cannot assist you.\""}) {
    BOOST_TEST(!LooksLikeRefusal(answer), answer);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
