#include "compiler/explain/circumstances.hpp"

#include <boost/test/unit_test.hpp>

namespace mlp::compiler {
namespace {

BOOST_AUTO_TEST_SUITE(circumstances)

BOOST_AUTO_TEST_CASE(words_of_a_witness_are_sorted) {
  AttributeWords attributes;
  Circumstances here;
  for (const char* word :
       {"tier=free", "tenant=a=b", "@date=2026-12-01", "@down=anthropic", "@arm=sonnet-5:canary",
        "@arm=other:stable", "@budget=free-tier:80%", "@live.gpt-5-4.latency.p95=3s"}) {
    const auto error = ReadWord(word, attributes, here);
    BOOST_TEST(!error.has_value(), word);
  }
  BOOST_REQUIRE(attributes.size() == 2U);
  BOOST_TEST(attributes[1].second == "a=b");
  BOOST_TEST(here.at_s.value() == 1'796'083'200);
  BOOST_TEST(here.down.front() == "anthropic");
  BOOST_TEST(here.canary.size() == 1U);
  BOOST_TEST(here.canary.front() == "sonnet-5");
  BOOST_TEST(here.budgets.front().used_ppm == 800'000U);
  BOOST_TEST(here.live.front().model == "gpt-5-4");
  BOOST_TEST(here.live.front().value == 3'000'000);
}

BOOST_AUTO_TEST_CASE(outages_arms_and_budgets_may_be_several_in_one_word) {
  AttributeWords attributes;
  Circumstances here;
  for (const char* word : {"@down=a,b", "@down=c", "@arm=r:stable,s:canary,t:canary",
                           "@budget=one:50%,two:100%", "tenant=a,b"}) {
    const auto error = ReadWord(word, attributes, here);
    BOOST_TEST(!error.has_value(), word);
  }
  BOOST_TEST((here.down == std::vector<std::string>{"a", "b", "c"}));
  BOOST_TEST((here.canary == std::vector<std::string>{"s", "t"}));
  BOOST_REQUIRE(here.budgets.size() == 2U);
  BOOST_TEST(here.budgets[1].budget == "two");
  BOOST_REQUIRE(attributes.size() == 1U);
  BOOST_TEST(attributes[0].second == "a,b");
}

BOOST_AUTO_TEST_CASE(wrong_words_are_named) {
  struct Case {
    const char* word;
    const char* error;
  };
  const Case cases[] = {
      {"tier", "`tier` is not ATTR=VALUE"},
      {"=free", "`=free` is not ATTR=VALUE"},
      {"@date=soon", "`soon` is not a date such as 2026-12-01"},
      {"@arm=a:stable,b", "`b` is not ROLLOUT:canary, ROLLOUT:stable or EXPERIMENT:ARM"},
      {"@arm=sonnet-5", "`sonnet-5` is not ROLLOUT:canary, ROLLOUT:stable or EXPERIMENT:ARM"},
      {"@budget=b:much", "`b:much` is not BUDGET:80%"},
      {"@when=now", "`@when` is not one of @date @down @arm @budget @live.MODEL.FACT"},
      {"@live.m=3s", "`m=3s` is not MODEL.FACT=VALUE, as in claude-sonnet-4-5.latency.p95=3s"},
      {"@live.m.latency.p95=fast", "`fast` is not a value of latency.p95"},
  };
  for (const Case& c : cases) {
    AttributeWords attributes;
    Circumstances here;
    BOOST_TEST(ReadWord(c.word, attributes, here).value_or("no error") == c.error);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
