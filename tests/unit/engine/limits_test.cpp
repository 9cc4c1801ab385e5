// The models' own rate limits, and several keys of a provider, under calls.
#include <boost/test/unit_test.hpp>

#include "runtime/engine/model_limits.hpp"
#include "tests/unit/engine/engine_fixture.hpp"

namespace mlp::engine {
namespace {

using loopback::FakeKind;
using loopback::FakeProviders;
using loopback::FakeReply;
using loopback::ReceivedRequest;

void OnRateLimited(TestPolicy& policy, Action action) {
  policy.route().actions[static_cast<std::size_t>(ErrorClass::kRateLimited)] = action;
}

BOOST_FIXTURE_TEST_SUITE(limits, EngineFixture)

BOOST_AUTO_TEST_CASE(a_limited_candidate_is_skipped_at_once_and_seen_to_be) {
  TestPolicy policy;
  policy.model(0).requests_per_minute = 2;
  OnRateLimited(policy, Action::kNext);
  Client client(policy.policy(), Options());
  BOOST_TEST(Story(Ask(client)) == "opus none");
  BOOST_TEST(Story(Ask(client)) == "opus none");
  const Result<Reply> third = Ask(client);
  BOOST_TEST(Story(third) == "opus rate-limited, gpt none");
  BOOST_REQUIRE(third.ok());
  BOOST_TEST(third->attempts[0].http_status == 0);
  BOOST_TEST(third->attempts[0].rule == "limit of requests per minute");
  BOOST_TEST(third->attempts[0].retry_after_ms > 0);
  BOOST_TEST((third->attempts[1].kind == AttemptKind::kFallback));
  BOOST_TEST(servers.call_count("opus-id") == 2U);
}

BOOST_AUTO_TEST_CASE(held_back_attempts_are_none_of_the_route_s) {
  TestPolicy policy(1, 0);  // one attempt
  policy.model(0).requests_per_minute = 1;
  policy.model(1).requests_per_minute = 1;
  OnRateLimited(policy, Action::kNext);
  Client client(policy.policy(), Options());
  BOOST_TEST(Story(Ask(client)) == "opus none");
  BOOST_TEST(Story(Ask(client)) == "opus rate-limited, gpt none");
  BOOST_TEST(Story(Ask(client)) == "opus rate-limited, gpt rate-limited, llama none");
}

BOOST_AUTO_TEST_CASE(by_default_it_is_waited_for_where_the_deadline_allows) {
  // A minute's 66,000 tokens are used up by the first answer; 1,100 more are there in a second.
  servers.Script("opus-id", {{.usage = {.input = 60'000, .output = 6'000}}});
  TestPolicy policy;
  policy.model(0).tokens_per_minute = 66'000;
  policy.route().deadline_ms = 30'000;
  Client client(policy.policy(), Options());
  BOOST_TEST(Story(Ask(client)) == "opus none");
  const Result<Reply> waits = Ask(client);
  BOOST_TEST(Story(waits) == "opus none");
  BOOST_REQUIRE(waits.ok());
  BOOST_TEST(waits->attempts[0].waited_us >= 800'000);
  // Where it does not fit: the next at once.
  BOOST_TEST(Story(Ask(client, TestPolicy::Request(), {.deadline_ms = 1'000})) ==
             "opus rate-limited, gpt none");
}

BOOST_AUTO_TEST_CASE(what_was_not_used_comes_back) {
  servers.Script("opus-id", {{.usage = {.input = 5, .output = 5}}});
  TestPolicy policy;
  policy.model(0).tokens_per_minute = 1'500;  // a request asks for 1,100 of them
  OnRateLimited(policy, Action::kNext);
  Client client(policy.policy(), Options());
  for (int i = 0; i < 20; ++i) BOOST_TEST(Story(Ask(client)) == "opus none");
  servers.Script("opus-id", {{.kind = FakeKind::kBadRequest}});
  BOOST_TEST(!Ask(client).ok());  // refused as a whole: nothing was used
  servers.Script("opus-id", {{.kind = FakeKind::kNoUsage}});
  BOOST_TEST(Story(Ask(client)) == "opus none");  // not known: all is kept
  BOOST_TEST(Story(Ask(client)) == "opus rate-limited, gpt none");
}

BOOST_AUTO_TEST_CASE(a_request_beyond_the_whole_limit_is_never_waited_for) {
  TestPolicy policy;
  policy.model(0).tokens_per_minute = 1'000;
  policy.route().deadline_ms = 0;
  Client client(policy.policy(), Options());
  const Result<Reply> reply = Ask(client);
  BOOST_TEST(Story(reply) == "opus rate-limited, gpt none");
  BOOST_REQUIRE(reply.ok());
  BOOST_TEST(reply->attempts[0].rule == "more than the limit of tokens per minute");
  BOOST_TEST(reply->attempts[0].retry_after_ms == -1);

  TestPolicy alone;
  alone.KeepCandidates(1);
  alone.model(0).tokens_per_minute = 1'000;
  Client other(alone.policy(), Options());
  const Result<Reply> never = Ask(other);
  BOOST_REQUIRE(!never.ok());
  BOOST_TEST((never.error().error_class == ErrorClass::kRateLimited));
  BOOST_TEST(never.error().context.find("more than the limit of tokens per minute") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(stop_ends_the_call) {
  TestPolicy policy;
  policy.model(0).requests_per_minute = 1;
  OnRateLimited(policy, Action::kStop);
  Client client(policy.policy(), Options());
  BOOST_TEST(Ask(client).ok());
  const Result<Reply> reply = Ask(client);
  BOOST_REQUIRE(!reply.ok());
  BOOST_TEST((reply.error().error_class == ErrorClass::kRateLimited));
}

BOOST_AUTO_TEST_CASE(from_slow_at_on_the_rest_is_for_those_who_have_nobody_else) {
  TestPolicy policy;
  policy.KeepCandidates(2);
  for (const std::size_t model : {0U, 1U}) {
    policy.model(model).requests_per_minute = 10;
    policy.model(model).slow_at_ppm = 500'000;
  }
  Client client(policy.policy(), Options());
  for (int i = 0; i < 5; ++i) BOOST_TEST(Story(Ask(client)) == "opus none");
  // The last candidate serves to its limit.
  for (int i = 0; i < 10; ++i) {
    const Result<Reply> reply = Ask(client);
    BOOST_TEST(Story(reply) == "opus rate-limited, gpt none");
    if (reply.ok()) BOOST_TEST(reply->attempts[0].rule == "nearly at its limit");
  }
  BOOST_TEST(!Ask(client).ok());
}

BOOST_AUTO_TEST_CASE(variants_share_the_limit_of_what_really_runs) {
  TestPolicy policy;
  policy.model(1).provider = 0;
  policy.model(1).id = "opus-id";
  for (const std::size_t model : {0U, 1U}) policy.model(model).requests_per_minute = 1;
  OnRateLimited(policy, Action::kNext);
  Client client(policy.policy(), Options());
  BOOST_TEST(Story(Ask(client)) == "opus none");
  BOOST_TEST(Story(Ask(client)) == "opus rate-limited, gpt rate-limited, llama none");
}

BOOST_AUTO_TEST_CASE(headers_and_retry_after_lower_a_limit) {
  FakeReply spent;
  spent.headers = {{"anthropic-ratelimit-requests-limit", "50"},
                   {"anthropic-ratelimit-requests-remaining", "0"}};
  servers.Script("opus-id", {spent});
  TestPolicy policy;
  policy.model(0).requests_per_minute = 60;
  policy.model(1).requests_per_minute = 60'000;
  OnRateLimited(policy, Action::kNext);
  ClientOptions options = Options();
  options.health.throttles = false;  // which would leave gpt alone for as long as it says
  Client client(policy.policy(), options);
  BOOST_TEST(Story(Ask(client)) == "opus none");
  servers.Script("gpt-id", {{.kind = FakeKind::kRateLimited, .retry_after_ms = 60'000}});
  BOOST_TEST(Story(Ask(client)) == "opus rate-limited, gpt rate-limited, llama none");
  BOOST_TEST(servers.call_count("gpt-id") == 1U);
  BOOST_TEST(Story(Ask(client)) == "opus rate-limited, gpt rate-limited, llama none");
  BOOST_TEST(servers.call_count("gpt-id") == 1U);
  BOOST_TEST(servers.call_count("opus-id") == 1U);
}

BOOST_AUTO_TEST_CASE(a_retry_after_of_the_year_9999_is_cut_to_an_hour) {
  constexpr std::int64_t kNowUs = 1'000'000;
  constexpr std::int64_t kHourUs = 3'600'000'000;
  TestPolicy policy;
  policy.model(0).requests_per_minute = 60;
  HttpResponse response;
  response.sent = true;
  response.status = 429;
  ExchangeEnd end{response, {}};
  end.reply.error_class = ErrorClass::kRateLimited;
  for (const std::int64_t retry_after_ms : {std::int64_t{251'000'000'000'000}, INT64_MAX}) {
    ModelLimits limits(policy.policy().tables());
    const ModelLimits::Ticket taken = limits.Take(0, 0, false, Priority::kNormal, kNowUs);
    end.reply.retry_after_ms = retry_after_ms;
    limits.Settle(0, taken, end, true, kNowUs);
    BOOST_TEST(!limits.Take(0, 0, false, Priority::kNormal, kNowUs + kHourUs - 1).granted);
    BOOST_TEST(limits.Take(0, 0, false, Priority::kNormal, kNowUs + kHourUs).granted);
  }
}

std::string KeyOf(const ReceivedRequest& request) {
  for (const auto& [name, value] : request.headers) {
    if (name == "x-api-key") return value;
  }
  return {};
}

BOOST_AUTO_TEST_CASE(calls_are_spread_over_keys) {
  TestPolicy policy;
  policy.TakeTwoKeys();
  Client client(policy.policy(), Options());
  for (int i = 0; i < 4; ++i) BOOST_TEST(Ask(client).ok());
  std::string keys;
  for (const ReceivedRequest& request : servers.received()) keys += KeyOf(request) + " ";
  BOOST_TEST(keys == "k-KEY_A k-KEY_B k-KEY_A k-KEY_B ");
}

BOOST_AUTO_TEST_CASE(a_refused_or_limited_key_rests_and_another_serves_the_call) {
  for (const FakeKind kind : {FakeKind::kUnauthorized, FakeKind::kRateLimited, FakeKind::kQuota}) {
    FakeProviders own([kind](const ReceivedRequest& request) {
      FakeReply reply;
      if (KeyOf(request) == "k-KEY_A") reply = {.kind = kind, .retry_after_ms = 60'000};
      return reply;
    });
    ClientOptions options = Options();
    options.base_urls["anthropic"] = own.url("anthropic");
    TestPolicy policy;
    policy.TakeTwoKeys();
    Client client(policy.policy(), options);
    const Result<Reply> first = Ask(client);
    BOOST_REQUIRE(first.ok());
    BOOST_TEST(first->model == "opus");
    BOOST_TEST(first->attempts.size() == 2U);
    for (int i = 0; i < 4; ++i) BOOST_TEST(Story(Ask(client)) == "opus none");
    BOOST_TEST(own.call_count() == 6U);
  }
}

BOOST_AUTO_TEST_CASE(where_all_keys_are_refused_the_action_decides) {
  servers.Script("opus-id", {{.kind = FakeKind::kUnauthorized}});
  TestPolicy policy;
  policy.TakeTwoKeys();
  Client client(policy.policy(), Options());
  BOOST_TEST(Story(Ask(client)) == "opus auth, opus auth, gpt none");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
