// What the decisions of a client know of the world: providers on loopback that die, recover, slow
// down. Waits are for conditions, with generous ends.
#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "mlp/client.hpp"
#include "runtime/tools/loopback/fake_providers.hpp"
#include "tests/unit/engine/test_policy.hpp"

namespace mlp::engine {
namespace {

using loopback::FakeKind;
using loopback::FakeProviders;
using loopback::FakeReply;

bool Await(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

struct Fixture {
  FakeProviders servers;
  TestPolicy policy;
  ClientOptions options;

  Fixture() {
    for (const char* provider : {"anthropic", "openai", "ollama"}) {
      options.base_urls[provider] = servers.url(provider);
    }
    options.secret = [](const std::string&) { return "k-test"; };
    options.seed = 7;
    options.health.control_ms = 10;
    policy.route().deadline_ms = 20'000;
    policy.route().attempt_ms = 5'000;
  }

  static Result<Reply> Ask(Client& client) {
    return client.Complete(TestPolicy::Request(), {.messages = {{"user", "hi"}}});
  }
  /// Who answers, or what failed.
  static std::string Answers(Client& client) {
    const Result<Reply> reply = Ask(client);
    return reply.ok() ? reply->model : reply.error().context;
  }
  bool Up(std::uint16_t model) { return policy.policy().live().model_up(model); }
  /// Its provider answers again, but the breaker is open.
  void CloseOffOpus(Client& client) {
    servers.Outage("anthropic", FakeReply{.kind = FakeKind::kServerError});
    BOOST_REQUIRE(Await([&] {
      static_cast<void>(Ask(client));
      return !Up(0);
    }));
    servers.Outage("anthropic", std::nullopt);
  }
};

BOOST_FIXTURE_TEST_SUITE(client_health, Fixture)

BOOST_AUTO_TEST_CASE(calls_leave_a_provider_that_dies_with_the_call_that_trips) {
  options.health.control_ms = 60'000;  // the loop has no part in it
  Client client(policy.policy(), options);
  BOOST_TEST(Answers(client) == "opus");
  servers.Outage("anthropic", FakeReply{.kind = FakeKind::kServerError});
  for (int i = 0; i < 3; ++i) BOOST_TEST(Answers(client) == "gpt");  // two attempts at opus each
  const std::size_t asked = servers.call_count("opus-id");
  BOOST_TEST(asked == 1U + 5U);  // the trip ends the retries of its own call, too
  BOOST_TEST(!Up(0));
  const Result<Reply> reply = Ask(client);
  BOOST_REQUIRE(reply.ok());
  BOOST_TEST(reply->model == "gpt");
  BOOST_TEST(reply->attempts.size() == 1U);
  BOOST_TEST(reply->skipped == "opus:breaker");
  BOOST_TEST(servers.call_count("opus-id") == asked);
  const HealthReport report = client.Health();
  BOOST_TEST((report.models[0].breaker.state == BreakerState::kOpen));
  BOOST_TEST(report.models[0].breaker.why == "5 failures in a row, the last with server-error");
  BOOST_TEST(report.models[0].breaker.since_us <= report.at_us);
  BOOST_TEST(report.models[0].breaker.since_us > report.at_us - 60'000'000);
  BOOST_TEST(report.models[1].up);
}

BOOST_AUTO_TEST_CASE(a_provider_that_recovers_comes_back_slowly) {
  options.health.breaker.open_base_ms = 20;
  options.health.breaker.slow_start_ms = 3'600'000;  // at a tenth for as long as the test runs
  Client client(policy.policy(), options);
  servers.Outage("anthropic", FakeReply{.kind = FakeKind::kServerError});
  BOOST_REQUIRE(Await([&] {
    static_cast<void>(Ask(client));
    return client.Health().models[0].breaker.state != BreakerState::kClosed;
  }));
  servers.Outage("anthropic", std::nullopt);
  BOOST_REQUIRE(Await([&] {
    static_cast<void>(Ask(client));
    return client.Health().models[0].breaker.state == BreakerState::kClosed;
  }));
  int opus = 0;
  int skipped = 0;
  for (int i = 0; i < 400; ++i) {
    const Result<Reply> reply = Ask(client);
    BOOST_REQUIRE(reply.ok());
    opus += reply->model == "opus" ? 1 : 0;
    skipped += reply->skipped == "opus:slow-start" ? 1 : 0;
  }
  BOOST_TEST(opus > 10);  // 40 +- 6
  BOOST_TEST(opus < 90);
  BOOST_TEST(skipped == 400 - opus);
}

BOOST_AUTO_TEST_CASE(with_everybody_closed_off_the_one_that_reopens_first_is_tried) {
  Client client(policy.policy(), options);
  for (const char* provider : {"anthropic", "openai", "ollama"}) {
    servers.Outage(provider, FakeReply{.kind = FakeKind::kServerError});
  }
  BOOST_REQUIRE(Await([&] {
    static_cast<void>(Ask(client));
    return !Up(0) && !Up(1) && !Up(2);
  }));
  const HealthReport report = client.Health();
  const auto first = std::min_element(report.models.begin(), report.models.end(),
                                      [](const ModelHealth& a, const ModelHealth& b) {
                                        return a.breaker.open_until_us < b.breaker.open_until_us;
                                      });
  for (const char* provider : {"anthropic", "openai", "ollama"}) {
    servers.Outage(provider, std::nullopt);
  }
  const Result<Reply> reply = Ask(client);
  BOOST_REQUIRE(reply.ok());
  BOOST_TEST(reply->model == first->name);
  BOOST_TEST(reply->attempts.size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_only_one_that_a_caller_wants_is_tried_though_it_is_closed_off) {
  options.health.breaker.open_base_ms = 3'600'000;
  policy.KeepCandidates(2);
  Client client(policy.policy(), options);
  CloseOffOpus(client);
  BOOST_TEST(Answers(client) == "gpt");
  const Prompt prompt{.messages = {{"user", "hi"}}};
  const Result<Reply> reply =
      client.Complete(TestPolicy::Request(), prompt, {.without = {"openai"}});
  BOOST_REQUIRE(reply.ok());
  BOOST_TEST(reply->model == "opus");
  BOOST_TEST(reply->skipped == "opus:breaker gpt:excluded");
}

BOOST_AUTO_TEST_CASE(the_only_one_that_a_budget_allows_is_tried_though_it_is_closed_off) {
  options.health.breaker.open_base_ms = 3'600'000;
  policy.KeepCandidates(2);
  policy.Limit(Money{kPicoPerUsd}, {{0, BudgetAction::kOnly, kNone16, policy.Only({0})}});
  Client client(policy.policy(), options);
  CloseOffOpus(client);
  BOOST_TEST(Answers(client) == "opus");
  BOOST_TEST(servers.call_count("gpt-id") == 0U);
}

BOOST_AUTO_TEST_CASE(a_live_condition_turns_off_a_slow_model) {
  policy.TryOpusWhile({0, LiveFact::kLatencyP50, Comparison::kLessEqual, 3'600, 30'000});
  servers.Script("opus-id", {{.first_byte_delay_us = 60'000}});
  Client client(policy.policy(), options);
  BOOST_TEST(Answers(client) == "opus");
  BOOST_TEST(Answers(client) == "opus");
  BOOST_REQUIRE(Await([&] { return !policy.policy().live().condition(0); }));
  BOOST_TEST(Answers(client) == "gpt");
  BOOST_TEST(client.Health().models[0].latency_p50_us.value() >= 59'000);
}

BOOST_AUTO_TEST_CASE(the_fastest_leads) {
  policy.OrderBy(GroupKind::kFastest);
  servers.Script("opus-id", {{.first_byte_delay_us = 250'000}});
  servers.Script("gpt-id", {{.first_byte_delay_us = 60'000}});
  Client client(policy.policy(), options);
  // Each is tried until it is known; then llama, without a delay, leads.
  BOOST_REQUIRE(Await([&] {
    static_cast<void>(Ask(client));
    std::string names;
    const HealthReport report = client.Health();
    for (const OrderMember& member : report.orders[0].members) names += member.model + " ";
    return names == "llama gpt opus ";
  }));
  BOOST_TEST(Answers(client) == "llama");
}

BOOST_AUTO_TEST_CASE(a_probe_marks_down_and_up) {
  Provider& provider = policy.provider(0);
  provider.probe_every_ms = 20;
  provider.probe_max_ms = 40;
  provider.probe_down_after = 3;
  provider.probe_up_after = 2;
  Client client(policy.policy(), options);
  BOOST_REQUIRE(Await([&] { return client.Health().providers[0].probe_said == "ok"; }));
  BOOST_TEST(Up(0));
  servers.Outage("anthropic", FakeReply{.kind = FakeKind::kOverloaded});
  BOOST_REQUIRE(Await([&] { return !Up(0); }));
  HealthReport report = client.Health();
  BOOST_TEST(!report.providers[0].probe_up);
  BOOST_TEST(report.providers[0].probe_said == "status 503");
  BOOST_TEST(!report.providers[1].probed);
  BOOST_REQUIRE(report.models[0].down.size() == 1U);
  BOOST_TEST((report.models[0].down[0] == DownReason::kProbe));
  const Result<Reply> reply = Ask(client);
  BOOST_REQUIRE(reply.ok());
  BOOST_TEST(reply->model == "gpt");
  BOOST_TEST(reply->skipped == "opus:probe");
  servers.Outage("anthropic", std::nullopt);
  BOOST_REQUIRE(Await([&] { return Up(0); }));
  BOOST_TEST(Answers(client) == "opus");
}

BOOST_AUTO_TEST_CASE(a_provider_that_says_too_many_is_spared_for_as_long_as_it_says) {
  policy.route().deadline_ms = 900;  // no time to wait for it
  servers.Script("opus-id", {{.kind = FakeKind::kRateLimited, .retry_after_ms = 1'000}, {}});
  Client client(policy.policy(), options);
  BOOST_TEST(Answers(client) == "gpt");
  BOOST_TEST(!Up(0));
  const Result<Reply> reply = Ask(client);
  BOOST_REQUIRE(reply.ok());
  BOOST_TEST(reply->skipped == "opus:cooldown");
  BOOST_REQUIRE(Await([&] { return Up(0); }));
  BOOST_TEST(Answers(client) == "opus");
}

BOOST_AUTO_TEST_CASE(with_nobody_else_the_end_of_a_pause_is_waited_for) {
  servers.Script("opus-id", {{.kind = FakeKind::kRateLimited, .retry_after_ms = 1'000}, {}});
  servers.Script("gpt-id", {{.kind = FakeKind::kRateLimited, .retry_after_ms = 60'000}});
  servers.Script("llama-id", {{.kind = FakeKind::kRateLimited, .retry_after_ms = 60'000}});
  Client client(policy.policy(), options);
  const CallOptions hurry{.deadline_ms = 900};  // no time to wait for anybody
  BOOST_TEST(!client.Complete(TestPolicy::Request(), {.messages = {{"user", "hi"}}}, hurry).ok());
  BOOST_TEST(servers.call_count() == 3U);
  const Result<Reply> reply = Ask(client);
  BOOST_REQUIRE(reply.ok());
  BOOST_TEST(reply->model == "opus");
  BOOST_TEST(reply->attempts.size() == 1U);
  BOOST_TEST(reply->attempts[0].waited_us > 0);
  BOOST_TEST(reply->skipped == "opus:cooldown gpt:cooldown llama:cooldown");
  BOOST_TEST(servers.call_count() == 4U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
