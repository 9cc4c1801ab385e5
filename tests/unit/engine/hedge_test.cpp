// A second attempt beside a slow one.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/engine/engine_fixture.hpp"

namespace mlp::engine {
namespace {

using loopback::FakeKind;

constexpr std::int64_t kSlowUs = 20'000'000;

/// opus is slow to begin; its first tokens are expected within 20 ms.
struct HedgeFixture : EngineFixture {
  HedgeFixture() {
    policy.route().hedge_percentile = 95;
    policy.route().hedge_share_ppm = 1'000'000;
    policy.route().attempt_ms = 30'000;
    policy.route().deadline_ms = 60'000;
    policy.model(0).prior_p95_ms = 20;
    for (std::size_t provider : {0U, 1U}) policy.provider(provider).total_ms = 30'000;
    servers.Script("opus-id", {{.first_byte_delay_us = kSlowUs}});
    options = Options();
    options.health.breakers = false;
    options.health.throttles = false;
  }
  /// What the attempts were, what became of them, and who answered.
  static std::string Kinds(const Result<Reply>& reply) {
    if (!reply.ok()) return Story(reply);
    std::string kinds;
    for (const AttemptRecord& attempt : reply->attempts) {
      kinds += attempt.model + " " + std::string(ToString(attempt.kind)) + " " +
               std::string(ToString(attempt.error_class)) + ", ";
    }
    return kinds + "-> " + reply->model;
  }
  static long long ValueOf(const std::string& metrics, const std::string& series) {
    const std::size_t at = metrics.find("\n" + series + " ");
    return at == std::string::npos ? -1 : std::stoll(metrics.substr(at + series.size() + 2));
  }
  static long long Hedges(const Client& client, const std::string& result) {
    return ValueOf(client.Metrics(),
                   R"(mlp_hedges_total{policy="test",route="all",result=")" + result + "\"}");
  }

  TestPolicy policy;
  ClientOptions options;
};

BOOST_FIXTURE_TEST_SUITE(hedge, HedgeFixture)

BOOST_AUTO_TEST_CASE(the_quick_second_answers_and_the_slow_first_is_cancelled) {
  Client client(policy.policy(), options);
  const Result<Reply> reply = Ask(client);
  BOOST_TEST(Kinds(reply) == "opus first cancelled, gpt hedge none, -> gpt");
  BOOST_REQUIRE(reply.ok());
  BOOST_TEST(reply->text == "ok");
  BOOST_TEST(reply->attempts[0].number == 0U);
  BOOST_TEST(reply->attempts[1].number == 1U);
  BOOST_TEST(Hedges(client, "sent") == 1);
  BOOST_TEST(Hedges(client, "won") == 1);
  // A hedge is no fallback, and a cancelled attempt says nothing of the model.
  BOOST_TEST(ValueOf(client.Metrics(), R"(mlp_fallbacks_total{policy="test",route="all"})") == 0);
  for (const ModelHealth& model : client.Health().models) BOOST_TEST(model.in_flight == 0);
}

BOOST_AUTO_TEST_CASE(the_first_that_answers_in_time_is_asked_alone) {
  servers.Script("opus-id", {{}});
  policy.model(0).prior_p95_ms = 20'000;
  Client client(policy.policy(), options);
  BOOST_TEST(Kinds(Ask(client)) == "opus first none, -> opus");
  BOOST_TEST(servers.call_count() == 1U);
  BOOST_TEST(Hedges(client, "sent") == 0);
}

BOOST_AUTO_TEST_CASE(who_was_never_measured_and_has_no_prior_is_waited_for) {
  servers.Script("opus-id", {{.first_byte_delay_us = 300'000}});
  policy.model(0).prior_p95_ms = 0;
  Client client(policy.policy(), options);
  BOOST_TEST(Kinds(Ask(client)) == "opus first none, -> opus");
}

BOOST_AUTO_TEST_CASE(measured_times_take_the_prior_s_place) {
  servers.Script("opus-id", {{}});
  policy.model(0).prior_p95_ms = 25'000;
  Client client(policy.policy(), options);
  for (int i = 0; i < 25; ++i) BOOST_TEST(Ask(client).ok());
  servers.Script("opus-id", {{.first_byte_delay_us = kSlowUs}});
  BOOST_TEST(Kinds(Ask(client)) == "opus first cancelled, gpt hedge none, -> gpt");
}

BOOST_AUTO_TEST_CASE(the_first_may_still_win) {
  servers.Script("opus-id", {{.text = "first", .first_byte_delay_us = 400'000}});
  servers.Script("gpt-id", {{.text = "second", .first_byte_delay_us = kSlowUs}});
  Client client(policy.policy(), options);
  const Result<Reply> reply = Ask(client);
  BOOST_TEST(Kinds(reply) == "opus first none, gpt hedge cancelled, -> opus");
  BOOST_REQUIRE(reply.ok());
  BOOST_TEST(reply->text == "first");
  BOOST_TEST(Hedges(client, "sent") == 1);
  BOOST_TEST(Hedges(client, "won") == 0);
}

BOOST_AUTO_TEST_CASE(a_hedge_that_fails_changes_nothing) {
  servers.Script("opus-id", {{.first_byte_delay_us = 400'000}});
  servers.Script("gpt-id", {{.kind = FakeKind::kServerError}});
  Client client(policy.policy(), options);
  BOOST_TEST(Kinds(Ask(client)) == "opus first none, gpt hedge server-error, -> opus");
}

BOOST_AUTO_TEST_CASE(a_first_that_fails_leaves_it_to_the_hedge) {
  servers.Script("opus-id", {{.kind = FakeKind::kServerError, .first_byte_delay_us = 200'000}});
  servers.Script("gpt-id", {{.first_byte_delay_us = 600'000}});
  Client client(policy.policy(), options);
  BOOST_TEST(Kinds(Ask(client)) == "opus first server-error, gpt hedge none, -> gpt");
}

BOOST_AUTO_TEST_CASE(where_both_fail_the_chain_goes_on_behind_them) {
  servers.Script("opus-id", {{.kind = FakeKind::kQuota, .first_byte_delay_us = 200'000}});
  servers.Script("gpt-id", {{.kind = FakeKind::kServerError, .first_byte_delay_us = 600'000}});
  Client client(policy.policy(), options);
  BOOST_TEST(Kinds(Ask(client)) ==
             "opus first quota-exhausted, gpt hedge server-error, llama fallback none, -> llama");
}

BOOST_AUTO_TEST_CASE(a_first_whose_failure_stops_stops_the_hedge_too) {
  servers.Script("opus-id", {{.kind = FakeKind::kBadRequest, .first_byte_delay_us = 200'000}});
  servers.Script("gpt-id", {{.first_byte_delay_us = kSlowUs}});
  Client client(policy.policy(), options);
  const Result<Reply> reply = Ask(client);
  BOOST_REQUIRE(!reply.ok());
  BOOST_TEST((reply.error().error_class == ErrorClass::kInvalidRequest));
  BOOST_TEST(servers.call_count("gpt-id") == 1U);
}

BOOST_AUTO_TEST_CASE(only_the_winner_s_pieces_are_handed_out) {
  servers.Script("gpt-id", {{.text = "a longer answer in pieces", .piece_delay_us = 2'000}});
  Client client(policy.policy(), options);
  std::mutex mutex;
  std::condition_variable ended;
  bool done = false;
  std::string pieces;
  Event last;
  client.Start(TestPolicy::Request(), {.messages = {{"user", "hi"}}}, [&](Event event) {
    const std::lock_guard lock(mutex);
    if (event.kind == Event::Kind::kText) pieces += event.text;
    BOOST_REQUIRE((event.kind != Event::Kind::kRestart));
    if (event.kind != Event::Kind::kReply && event.kind != Event::Kind::kError) return;
    last = std::move(event);
    done = true;
    ended.notify_all();
  });
  std::unique_lock lock(mutex);
  ended.wait(lock, [&] { return done; });
  BOOST_REQUIRE((last.kind == Event::Kind::kReply));
  BOOST_TEST(last.reply.text == "a longer answer in pieces");
  BOOST_TEST(pieces == last.reply.text);
  BOOST_TEST(last.reply.model == "gpt");
}

BOOST_AUTO_TEST_CASE(a_cancelled_call_ends_both) {
  servers.Script("gpt-id", {{.first_byte_delay_us = kSlowUs}});
  Client client(policy.policy(), options);
  std::mutex mutex;
  std::condition_variable ended;
  int ends = 0;
  Error error;
  const std::uint64_t call =
      client.Start(TestPolicy::Request(), {.messages = {{"user", "hi"}}}, [&](Event event) {
        const std::lock_guard lock(mutex);
        error = std::move(event.error);
        ++ends;
        ended.notify_all();
      });
  while (servers.call_count("gpt-id") == 0) std::this_thread::yield();
  client.Cancel(call);
  std::unique_lock lock(mutex);
  ended.wait(lock, [&] { return ends != 0; });
  BOOST_TEST((error.error_class == ErrorClass::kCancelled));
  for (const ModelHealth& model : client.Health().models) BOOST_TEST(model.in_flight == 0);
}

BOOST_AUTO_TEST_CASE(both_are_paid_for_the_cancelled_one_at_its_most) {
  constexpr std::int64_t kOpusMost = 7'500'000'000;  // 1,000 tokens in, 100 out
  policy.Limit(Money{INT64_MAX / 4}, {});
  Client client(policy.policy(), options);
  const Result<Reply> reply = Ask(client);
  BOOST_TEST(Kinds(reply) == "opus first cancelled, gpt hedge none, -> gpt");
  BOOST_REQUIRE(reply.ok());
  BOOST_TEST(client.Flush().ok());
  const BudgetState spent = client.Budgets().at(0);
  BOOST_TEST(spent.day.reserved.pico_usd == 0);
  BOOST_TEST(spent.day.spent.pico_usd == kOpusMost + reply->attempts[1].cost_pico);
}

BOOST_AUTO_TEST_CASE(a_call_s_bound_holds_for_both_together) {
  servers.Script("opus-id", {{.first_byte_delay_us = 400'000}});
  Client client(policy.policy(), options);
  // opus may cost 7.5 thousandths of a dollar, gpt 3.
  BOOST_TEST(Kinds(Ask(client, TestPolicy::Request(), {.most_cost = Money{10'499'999'999}})) ==
             "opus first none, -> opus");
  BOOST_TEST(Hedges(client, "sent") == 0);
  BOOST_TEST(Kinds(Ask(client, TestPolicy::Request(), {.most_cost = Money{10'500'000'000}})) ==
             "opus first cancelled, gpt hedge none, -> gpt");
}

BOOST_AUTO_TEST_CASE(a_budget_that_has_no_room_for_two_lets_one_go_on) {
  servers.Script("opus-id", {{.first_byte_delay_us = 400'000}});
  policy.Limit(Money{8'000'000'000}, {{1'000'000, BudgetAction::kDeny, kNone16, {}}});
  Client client(policy.policy(), options);
  BOOST_TEST(Kinds(Ask(client)) == "opus first none, -> opus");
  BOOST_TEST(Hedges(client, "sent") == 0);
}

BOOST_AUTO_TEST_CASE(a_route_of_one_attempt_makes_no_second) {
  TestPolicy one(1, 0);
  one.route() = policy.route();
  one.route().attempts = 1;
  one.model(0).prior_p95_ms = 20;
  servers.Script("opus-id", {{.first_byte_delay_us = 300'000}});
  Client client(one.policy(), options);
  BOOST_TEST(Kinds(Ask(client)) == "opus first none, -> opus");
}

BOOST_AUTO_TEST_CASE(no_more_than_the_route_s_share_is_hedged) {
  policy.route().hedge_share_ppm = 200'000;
  servers.Script("opus-id", {{.first_byte_delay_us = 60'000}});
  Client client(policy.policy(), options);
  for (int i = 1; i <= 20; ++i) {
    BOOST_TEST(Ask(client).ok());
    BOOST_TEST(Hedges(client, "sent") <= i / 5);
  }
  BOOST_TEST(Hedges(client, "sent") >= 2);
  BOOST_TEST(Hedges(client, "refused") >= 10);
}

BOOST_AUTO_TEST_CASE(the_client_s_retry_budget_holds_for_hedges_too) {
  servers.Script("opus-id", {{.first_byte_delay_us = 60'000}});
  options.retries = {.share_ppm = 0, .per_second = 0, .at_once = 1};
  Client client(policy.policy(), options);
  for (int i = 0; i < 4; ++i) BOOST_TEST(Ask(client).ok());
  BOOST_TEST(Hedges(client, "sent") == 1);
}

BOOST_AUTO_TEST_CASE(many_threads_hedge_at_once_and_nothing_is_left_over) {
  constexpr int kThreads = 8;
  constexpr int kCalls = 20;
  servers.Script("opus-id", {{.first_byte_delay_us = 50'000}});
  servers.Script("gpt-id", {{.first_byte_delay_us = 40'000}});
  policy.Limit(Money{INT64_MAX / 4}, {});
  options.retries.at_once = 1'000;
  Client client(policy.policy(), options);
  std::atomic<int> answered{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kCalls; ++i) answered += Ask(client).ok() ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(answered == kThreads * kCalls);
  BOOST_TEST(Hedges(client, "sent") > 0);
  BOOST_TEST(client.Flush().ok());
  BOOST_TEST(client.Budgets().at(0).day.reserved.pico_usd == 0);
  for (const ModelHealth& model : client.Health().models) BOOST_TEST(model.in_flight == 0);
}

/// Notes on which threads its requests are written, and takes longer for it than a hedge waits.
class SlowToWrite final : public WireProtocol {
 public:
  HttpRequest BuildRequest(const WireCall& call,
                           std::vector<std::string>& left_out) const override {
    {
      const std::lock_guard lock(mutex_);
      threads_.insert(std::this_thread::get_id());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return inner_->BuildRequest(call, left_out);
  }
  ProviderReply ParseResponse(const WireCall& call, const HttpResponse& response) const override {
    return inner_->ParseResponse(call, response);
  }
  HttpRequest BuildProbe(std::string_view url, std::string_view key) const override {
    return inner_->BuildProbe(url, key);
  }
  [[nodiscard]] std::set<std::thread::id> threads() const {
    const std::lock_guard lock(mutex_);
    return threads_;
  }

 private:
  const ProtocolRegistry built_in_ = ProtocolRegistry::BuiltIn();
  const WireProtocol* inner_ = built_in_.Find("anthropic");
  mutable std::mutex mutex_;
  mutable std::set<std::thread::id> threads_;
};

BOOST_AUTO_TEST_CASE(no_hedge_runs_beside_a_first_attempt_that_is_not_on_the_wire) {
  constexpr int kThreads = 4;
  constexpr int kCalls = 10;
  policy.route().hedge_percentile = 50;
  policy.model(0).prior_p50_ms = 1;
  servers.Script("opus-id", {{.first_byte_delay_us = 20'000}});
  const auto slow = std::make_shared<SlowToWrite>();
  options.protocols.emplace_back("anthropic", slow);
  options.retries.at_once = 1'000;
  Client client(policy.policy(), options);
  std::atomic<int> hedged{0};
  const auto check = [&](const Result<Reply>& reply) {
    if (!reply.ok() || reply->attempts.empty() || reply->attempts.size() > 2) return false;
    const std::vector<AttemptRecord>& attempts = reply->attempts;
    for (std::size_t i = 0; i < attempts.size(); ++i) {
      if (attempts[i].number != i) return false;
      if (attempts[i].kind != (i == 0 ? AttemptKind::kFirst : AttemptKind::kHedge)) return false;
    }
    if (attempts.size() == 2) ++hedged;
    return attempts[0].model == "opus";
  };
  std::atomic<int> sound{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kCalls; ++i) sound += check(Ask(client)) ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(sound == kThreads * kCalls);
  BOOST_TEST(hedged > 0);
  BOOST_TEST(slow->threads().size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
