#include "compiler/import/names.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace mlp::compiler;

using Strings = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(ImportNames)

BOOST_AUTO_TEST_CASE(TakesAFinalDateOrBuildNumberOff) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"claude-sonnet-4-5-20250929", "claude-sonnet-4-5"},
      {"gpt-5.4-2026-03-05", "gpt-5.4"},
      {"gemini-1.5-pro-002", "gemini-1.5-pro"},
      {"mistral-large-2512", "mistral-large"},
      {"claude-sonnet-4-5", "claude-sonnet-4-5"},
      {"gpt-4o", "gpt-4o"},
      {"grok-4.20-0309-reasoning", "grok-4.20-0309-reasoning"},
      {"x-12345", "x-12345"},
      {"-2024", "-2024"},
      {"2024-01-01", "2024-01-01"},
      {"", ""},
  };
  for (const auto& [id, rest] : rows) BOOST_TEST(WithoutBuild(id) == rest, id);
}

BOOST_AUTO_TEST_CASE(NamesAModelWithoutItsBuildOnlyWhereThatIsAnAlias) {
  BOOST_TEST(NameFromId("gpt-5.4-2026-03-05", {"gpt-5.4"}) == "gpt-5-4");
  BOOST_TEST(NameFromId("gpt-5.4-2026-03-05", {}) == "gpt-5-4-2026-03-05");
  BOOST_TEST(NameFromId("claude-3-5-haiku-20241022", {"claude-3-5-haiku-latest"}) ==
             "claude-3-5-haiku-20241022");
  BOOST_TEST(NameFromId("grok-4-0709", {"grok-4-latest", "grok-4"}) == "grok-4");
}

BOOST_AUTO_TEST_CASE(TurnsEveryOtherCharacterIntoAHyphen) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"openai/gpt-oss-120b", "openai-gpt-oss-120b"},
      {"llama3.1:8b", "llama3-1-8b"},
      {"Qwen/Qwen3_32B", "qwen-qwen3-32b"},
      {"--a..b--", "a-b"},
      {"4o", "model-4o"},
      {"not", "model-not"},
      {"nota", "nota"},
      {"...", "model"},
      {"", "model"},
      {"gr\xc3\xb6\xc3\x9f", "gr"},
  };
  for (const auto& [text, name] : rows) BOOST_TEST(NameFromText(text) == name, text);
}

BOOST_AUTO_TEST_CASE(LetsTheFirstKeepANameAndReportsTheRest) {
  Namer namer;
  Strings conflicts;
  BOOST_TEST(namer.Add("a", "x.1", {}, conflicts) == "x-1");
  BOOST_TEST(conflicts.empty());
  // The whole id is free, so it is taken before the provider is put in front.
  BOOST_TEST(namer.Add("b", "x-1-2025", {"x-1"}, conflicts) == "x-1-2025");
  BOOST_TEST(namer.Add("b", "x:1", {}, conflicts) == "b-x-1");
  BOOST_TEST(namer.Add("b", "x/1", {}, conflicts) == "b-x-1-2");
  BOOST_TEST(namer.Add("b", "x_1", {}, conflicts) == "b-x-1-3");
  BOOST_TEST(conflicts == (Strings{
                              "b x-1-2025: the name `x-1` is taken by a x.1; named `x-1-2025`",
                              "b x:1: the name `x-1` is taken by a x.1; named `b-x-1`",
                              "b x/1: the name `x-1` is taken by a x.1; named `b-x-1-2`",
                              "b x_1: the name `x-1` is taken by a x.1; named `b-x-1-3`",
                          }),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
