#include "compiler/explain/explain.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/property/compiled.hpp"

namespace mlp::compiler {
namespace {

constexpr const char* kPolicy = R"(language 1
policy desk { version "1.0.0"; stage development; valid 2026-11-21 .. 2027-11-21 }
request {
  task    one of chat, code
  tier    one of free, pro
  region  one of us, eu
  user    key
  input   tokens up to 100K
  output  tokens up to 8K
  asks    streaming
}
provider acme { protocol openai; endpoint us "https://us.acme.example"; endpoint eu "https://eu.acme.example" price 1.1x }
provider local { protocol ollama; endpoint us, eu "http://localhost:11434" }
model large {
  provider acme; pin exact "large-1"; context 50K, output 8K
  can text-input, text-output, streaming
  price input $10/M, output $20/M
  prior latency.p95 4s
}
model larger { provider acme; pin exact "larger-2"; context 200K, output 8K; can text-input, text-output, streaming
  price input $10/M, output $30/M }
model small { provider local; pin exact "small:1"; context 128K, output 8K; can text-input, text-output; price input $0/M, output $0/M }
defaults { place request.region; retry 1 time; attempts at most 3; deadline 30s }
route code when task == code and tier == pro {
  try   large where live.latency.p95 over 10m <= 5s
  else  small
}
route rest otherwise {
  try  small
}
rollout bigger { move large -> larger; for code; by user; ramp 10% for at least 1h; then 100%; rollback when failures > baseline }
budget purse when tier == pro { limit $1 per day; at 80% prefer cheapest; at 100% deny }
budget house when tier == pro { limit $1 per month; at 12.5% only provider == acme }
)";

struct Fixture {
  Fixture() : compiled(oracle::CompileText("desk", kPolicy)) {
    BOOST_REQUIRE_MESSAGE(compiled->tables.has_value(), compiled->errors());
  }

  Result<Explanation, std::string> Ask(const std::vector<std::string>& words) const {
    AttributeWords attributes;
    Circumstances here;
    for (const std::string& word : words)
      BOOST_REQUIRE(!ReadWord(word, attributes, here).has_value());
    return Explain(compiled->model, compiled->tables->view(), compiled->sources, attributes, here,
                   1'796'083'200);
  }

  static std::string Models(const Explanation& e) {
    std::string text;
    for (const auto& candidate : e.candidates) text += (text.empty() ? "" : " ") + candidate.model;
    return text;
  }
  static std::string Rejected(const Explanation& e) {
    std::string text;
    for (const auto& rejection : e.rejected)
      text += rejection.model + ": " + rejection.because + "\n";
    return text;
  }

  std::unique_ptr<oracle::Compiled> compiled;
};

const std::vector<std::string> kCode = {"task=code", "tier=pro",  "region=us",
                                        "user=u",    "input=10K", "output=1K"};

std::vector<std::string> With(std::vector<std::string> words,
                              const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

BOOST_FIXTURE_TEST_SUITE(explain, Fixture)

BOOST_AUTO_TEST_CASE(a_served_request_with_its_costs) {
  const auto e = Ask(kCode);
  BOOST_REQUIRE(e.ok());
  BOOST_TEST(e->outcome == "serve");
  BOOST_TEST(e->route == "code");
  BOOST_TEST(Models(*e) == "large small");
  BOOST_TEST(e->candidates[0].place == "us");
  BOOST_TEST(e->candidates[0].cost_pico == 10'000 * 10'000'000LL + 1'000 * 20'000'000LL);
  BOOST_TEST(e->chain_cost_pico ==
             2 * e->candidates[0].cost_pico);  // three attempts: large twice, small once
  BOOST_TEST(e->deadline_ms == 30'000);
  BOOST_REQUIRE(e->rollouts.size() == 1U);
  BOOST_TEST(e->rollouts[0].arm == "stable");
  BOOST_REQUIRE(e->trace.size() == 1U);
  BOOST_TEST(e->trace[0].because ==
             "task == code and tier == pro holds: task is code, tier is pro");
}

BOOST_AUTO_TEST_CASE(the_place_decides_the_endpoint_and_its_price) {
  const auto e = Ask({"task=code", "tier=pro", "region=eu", "user=u", "input=10K", "output=1K"});
  BOOST_REQUIRE(e.ok());
  BOOST_TEST(e->candidates[0].place == "eu");
  BOOST_TEST(e->candidates[0].cost_pico == 132'000'000'000);
}

BOOST_AUTO_TEST_CASE(the_trace_names_what_failed) {
  const auto e = Ask({"task=code", "tier=free", "region=us", "user=u", "input=10K", "output=1K"});
  BOOST_REQUIRE(e.ok());
  BOOST_TEST(e->route == "rest");
  BOOST_REQUIRE(e->trace.size() == 2U);
  BOOST_TEST(e->trace[0].because == "tier == pro does not hold: tier is free");
  BOOST_TEST(!e->trace[0].matched);
  BOOST_TEST(e->trace[1].matched);
}

BOOST_AUTO_TEST_CASE(what_is_left_out_says_why) {
  auto e = Ask({"task=code", "tier=pro", "region=us", "user=u", "input=60K", "output=1K"});
  BOOST_REQUIRE(e.ok());
  BOOST_TEST(Rejected(*e) == "large: input + output is 61000, above 50000\n");
  e = Ask(With(kCode, {"asks=streaming"}));
  BOOST_REQUIRE(e.ok());
  BOOST_TEST(Rejected(*e) == "small: cannot streaming, which the request asks for\n");
  e = Ask(With(kCode, {"@live.large.latency.p95=6s"}));
  BOOST_REQUIRE(e.ok());
  BOOST_TEST(Models(*e) == "small");
  BOOST_TEST(Rejected(*e) == "large: its live condition does not hold\n");
  e = Ask(With(kCode, {"@down=acme"}));
  BOOST_REQUIRE(e.ok());
  BOOST_TEST(Rejected(*e) == "large: is down\n");
}

BOOST_AUTO_TEST_CASE(arms_and_budgets_are_asked_for) {
  auto e = Ask(With(kCode, {"@arm=bigger:canary"}));
  BOOST_REQUIRE(e.ok());
  BOOST_TEST(Models(*e) == "larger large small");
  BOOST_TEST(e->rollouts[0].arm == "canary");
  e = Ask(With(kCode, {"@budget=purse:80%"}));
  BOOST_REQUIRE(e.ok());
  BOOST_TEST(Models(*e) == "small large");
  e = Ask(With(kCode, {"@budget=purse:100%"}));
  BOOST_REQUIRE(e.ok());
  BOOST_TEST(e->outcome == "denied");
}

BOOST_AUTO_TEST_CASE(budgets_say_what_they_do_at_a_level) {
  auto e = Ask(kCode);
  BOOST_REQUIRE(e.ok());
  BOOST_REQUIRE(e->budgets.size() == 2U);
  BOOST_TEST(RenderText(*e).find("  budget purse at 0%: changes nothing\n") != std::string::npos,
             RenderText(*e));

  e = Ask(With(kCode, {"@budget=house:12.5%,purse:80%"}));
  BOOST_REQUIRE(e.ok());
  BOOST_TEST(e->outcome == "serve");
  BOOST_TEST(Models(*e) == "large");
  BOOST_TEST(Rejected(*e) == "small: budget `house` excludes it by an `only` from 12.5% on\n");
  BOOST_TEST(RenderText(*e).find("  budget purse at 80%: prefer cheapest\n"
                                 "  budget house at 12.5%: only\n") != std::string::npos,
             RenderText(*e));
  e = Ask(With(kCode, {"@budget=house:12.4%"}));
  BOOST_REQUIRE(e.ok());
  BOOST_TEST(Models(*e) == "large small");

  // Who is left without anybody is denied.
  e = Ask(With(kCode, {"@budget=house:50%", "@down=large"}));
  BOOST_REQUIRE(e.ok());
  BOOST_TEST(e->outcome == "denied");
  BOOST_TEST(e->candidates.empty());

  e = Ask({"task=chat", "tier=free", "region=us", "user=u", "input=1", "output=1",
           "@budget=purse:100%"});
  BOOST_REQUIRE(e.ok());
  BOOST_TEST(e->outcome == "serve");
  BOOST_REQUIRE(e->budgets.size() == 1U);
  BOOST_TEST(RenderText(*e).find("  budget purse at 100%: does not count this request\n") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(wrong_requests_are_errors_that_name_the_attribute) {
  BOOST_TEST(Ask({"task=code"}).error() ==
             "attribute `tier` is missing: it takes one of free, pro");
  BOOST_TEST(
      Ask(With(kCode, {"color=red"})).error() ==
      "unknown attribute `color`; the request has task, tier, region, user, input, output, asks");
  BOOST_TEST(Ask({"task=cod", "tier=pro", "region=us", "user=u", "input=1", "output=1"}).error() ==
             "attribute `task` is `cod`: it takes one of chat, code");
  BOOST_TEST(Ask(With(kCode, {"@down=nobody"})).error() ==
             "`nobody` is neither a model nor a provider");
  BOOST_TEST(Ask(With(kCode, {"@arm=nobody:canary"})).error() == "`nobody` is not a rollout");
  BOOST_TEST(Ask(With(kCode, {"@budget=nobody:80%"})).error() == "`nobody` is not a budget");
}

BOOST_AUTO_TEST_CASE(json_has_the_contract_s_members) {
  const auto e = Ask(kCode);
  BOOST_REQUIRE(e.ok());
  const std::string json = RenderJson(*e);
  for (const char* member :
       {"\"version\": 1", "\"policy\": \"desk\"", "\"policyVersion\": \"1.0.0\"",
        "\"at\": \"2026-12-01\"", "\"route\": \"code\"", "\"outcome\": \"serve\"",
        "\"refusal\": null", "\"attemptCost\": \"$0.12\"", "\"chainCost\": \"$0.24\"",
        "\"deadline\": \"30s\"", "\"retries\": 1", "\"attempts\": 3", "\"arm\": \"stable\"",
        "\"matched\": true", "\"used\": \"0%\"", "\"effects\": []"}) {
    BOOST_TEST(json.find(member) != std::string::npos, member);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
