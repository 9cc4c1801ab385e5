// What a caller asks of one call beyond the policy.
#include <boost/test/unit_test.hpp>

#include "tests/unit/engine/engine_fixture.hpp"

namespace mlp::engine {
namespace {

using loopback::FakeKind;

Result<Reply> AskWith(Client& client, const CallOptions& options) {
  return Ask(client, TestPolicy::Request(), options);
}

BOOST_FIXTURE_TEST_SUITE(constraints, EngineFixture)

BOOST_AUTO_TEST_CASE(providers_are_left_out_and_the_record_says_so) {
  TestPolicy policy;
  Client client(policy.policy(), Options());
  const Result<Reply> reply = AskWith(client, {.without = {"anthropic"}});
  BOOST_TEST(Story(reply) == "gpt none");
  BOOST_REQUIRE(reply.ok());
  BOOST_TEST((reply->attempts[0].kind == AttemptKind::kFirst));
  BOOST_TEST(reply->skipped == "opus:excluded");
  BOOST_TEST(Story(AskWith(client, {.without = {"anthropic", "openai"}})) == "llama none");
  BOOST_TEST(servers.call_count("opus-id") == 0U);
  BOOST_TEST(Story(Ask(client)) == "opus none");
}

BOOST_AUTO_TEST_CASE(nor_are_they_fallen_back_to) {
  servers.Script("opus-id", {{.kind = FakeKind::kQuota}});
  TestPolicy policy;
  Client client(policy.policy(), Options());
  BOOST_TEST(Story(AskWith(client, {.without = {"openai"}})) == "opus quota-exhausted, llama none");
}

BOOST_AUTO_TEST_CASE(an_alias_names_a_provider_too) {
  TestPolicy policy;
  const std::array<std::string_view, 1> aliases = {"claude"};
  policy.provider(0).aliases = aliases;
  Client client(policy.policy(), Options());
  BOOST_TEST(Story(AskWith(client, {.without = {"claude"}})) == "gpt none");
}

BOOST_AUTO_TEST_CASE(every_model_asked_has_what_is_needed) {
  TestPolicy policy;
  policy.model(0).capabilities = 0;
  Client client(policy.policy(), Options());
  const Result<Reply> reply = AskWith(client, {.needs = {"streaming"}});
  BOOST_TEST(Story(reply) == "gpt none");
  BOOST_REQUIRE(reply.ok());
  BOOST_TEST(reply->skipped == "opus:lacks-streaming");
}

BOOST_AUTO_TEST_CASE(where_nobody_is_left_the_error_says_why) {
  TestPolicy policy;
  policy.model(2).capabilities = 0;
  Client client(policy.policy(), Options());
  const Result<Reply> reply =
      AskWith(client, {.without = {"anthropic", "openai"}, .needs = {"streaming"}});
  BOOST_REQUIRE(!reply.ok());
  BOOST_TEST((reply.error().error_class == ErrorClass::kNoCandidate));
  BOOST_TEST(reply.error().context.find("route `all` has no candidate for the request; left alone "
                                        "opus:excluded gpt:excluded llama:lacks-streaming") == 0U);
  BOOST_TEST(servers.call_count() == 0U);
}

BOOST_AUTO_TEST_CASE(unknown_names_are_refused_with_the_known_ones) {
  TestPolicy policy;
  Client client(policy.policy(), Options());
  const Result<Reply> reply = AskWith(client, {.without = {"openai", "antropic"}});
  BOOST_REQUIRE(!reply.ok());
  BOOST_TEST((reply.error().error_class == ErrorClass::kInvalidRequest));
  BOOST_TEST(reply.error().context.find("policy `test` has no provider `antropic` to leave out: it "
                                        "has `anthropic`, `openai` and `ollama`") == 0U);
  const Result<Reply> need = AskWith(client, {.needs = {"vision"}});
  BOOST_REQUIRE(!need.ok());
  BOOST_TEST(need.error().context.find(
                 "policy `test` knows no capability `vision` to need: it knows `streaming`") == 0U);
}

BOOST_AUTO_TEST_CASE(a_time_below_0_is_up_and_the_longest_one_is_long) {
  constexpr std::int64_t kMost = INT64_MAX;
  for (const bool timed : {true, false}) {
    TestPolicy policy;
    if (!timed) policy.route().attempt_ms = policy.route().deadline_ms = 0;
    if (!timed) policy.provider(0).total_ms = 0;
    policy.Limit(Money{kPicoPerUsd}, {{1'000'000, BudgetAction::kDeny, kNone16, {}}});
    Client client(policy.policy(), Options());
    for (const CallOptions& options :
         {CallOptions{.deadline_ms = -5}, CallOptions{.attempt_ms = -1},
          CallOptions{.deadline_ms = INT64_MIN},
          CallOptions{.attempt_ms = kMost, .deadline_ms = -1}}) {
      const Result<Reply> late = AskWith(client, options);
      BOOST_REQUIRE(!late.ok());
      BOOST_TEST((late.error().error_class == ErrorClass::kDeadlineExceeded));
    }
    BOOST_TEST(servers.call_count() == 0U);
    servers.Script("opus-id", {{.kind = FakeKind::kServerError}, {}});
    BOOST_TEST(Story(AskWith(client, {.attempt_ms = kMost, .deadline_ms = kMost})) ==
               (timed ? "opus server-error, opus none" : "opus server-error, gpt none"));
    BOOST_TEST(Story(AskWith(client, {.deadline_ms = kMost})) == "opus none");
    servers.Clear();
  }
}

BOOST_AUTO_TEST_CASE(a_deadline_ends_an_attempt_that_nothing_else_does) {
  servers.Script("opus-id", {{.kind = FakeKind::kHang}});
  TestPolicy policy;
  policy.KeepCandidates(1);
  policy.route().attempt_ms = policy.route().deadline_ms = 0;
  policy.provider(0).total_ms = 0;
  Client client(policy.policy(), Options());
  BOOST_TEST(!AskWith(client, {.deadline_ms = 200}).ok());
}

BOOST_AUTO_TEST_CASE(low_priority_leaves_a_tenth_of_a_limit) {
  TestPolicy policy;
  policy.model(0).requests_per_minute = 10;
  policy.route().actions[static_cast<std::size_t>(ErrorClass::kRateLimited)] = Action::kNext;
  Client client(policy.policy(), Options());
  const CallOptions low = {.priority = Priority::kLow};
  for (int i = 0; i < 9; ++i) BOOST_TEST(Story(AskWith(client, low)) == "opus none");
  BOOST_TEST(Story(AskWith(client, low)) == "opus rate-limited, gpt none");
  BOOST_TEST(Story(Ask(client)) == "opus none");
  BOOST_TEST(Story(Ask(client)) == "opus rate-limited, gpt none");
}

BOOST_AUTO_TEST_CASE(high_priority_uses_what_slow_at_keeps_from_others) {
  TestPolicy policy;
  policy.model(0).requests_per_minute = 10;
  policy.model(0).slow_at_ppm = 500'000;
  policy.route().actions[static_cast<std::size_t>(ErrorClass::kRateLimited)] = Action::kNext;
  Client client(policy.policy(), Options());
  for (int i = 0; i < 5; ++i) BOOST_TEST(Story(Ask(client)) == "opus none");
  BOOST_TEST(Story(Ask(client)) == "opus rate-limited, gpt none");
  const CallOptions high = {.priority = Priority::kHigh};
  for (int i = 0; i < 5; ++i) BOOST_TEST(Story(AskWith(client, high)) == "opus none");
  BOOST_TEST(Story(AskWith(client, high)) == "opus rate-limited, gpt none");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
