// Calls through a client against providers on loopback that fail as told.
#include "mlp/client.hpp"

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "runtime/tools/loopback/fake_providers.hpp"
#include "tests/unit/engine/test_policy.hpp"

namespace mlp::engine {
namespace {

using loopback::FakeKind;
using loopback::FakeProviders;
using loopback::FakeReply;

struct Fixture {
  FakeProviders servers;

  ClientOptions Options() const {
    ClientOptions options;
    for (const char* provider : {"anthropic", "openai", "ollama"})
      options.base_urls[provider] = servers.url(provider);
    options.secret = [](const std::string&) { return "k-test"; };
    options.seed = 7;
    return options;
  }

  Result<Reply> Call(TestPolicy& policy, const CallOptions& call_options = {}) {
    Client client(policy.policy(), Options());
    return client.Complete(TestPolicy::Request(), {.messages = {{"user", "hi"}}}, call_options);
  }
};

/// `opus none, gpt overloaded` of a call's attempts.
std::string Story(const std::vector<AttemptRecord>& attempts) {
  std::string story;
  for (const AttemptRecord& attempt : attempts) {
    story += (story.empty() ? "" : ", ") + attempt.model + " " +
             std::string(ToString(attempt.error_class));
  }
  return story;
}

BOOST_FIXTURE_TEST_SUITE(client, Fixture)

BOOST_AUTO_TEST_CASE(the_first_candidate_answers) {
  servers.Script("opus-id", {{.text = "hello", .usage = {.input = 11, .output = 7}}});
  TestPolicy policy;
  const Result<Reply> reply = Call(policy);
  BOOST_REQUIRE(reply.ok());
  BOOST_TEST(reply->text == "hello");
  BOOST_TEST(reply->model == "opus");
  BOOST_TEST(reply->route == "all");
  BOOST_TEST(reply->cost.pico_usd == 11 * 5'000'000 + 7 * 25'000'000);
  BOOST_TEST(Story(reply->attempts) == "opus none");
  BOOST_TEST(reply->call_id.size() == 32U);
}

BOOST_AUTO_TEST_CASE(a_server_error_is_tried_again_then_the_next_answers) {
  servers.Script("opus-id", {{.kind = FakeKind::kServerError}});
  TestPolicy policy;
  const Result<Reply> reply = Call(policy);
  BOOST_REQUIRE(reply.ok());
  BOOST_TEST(Story(reply->attempts) == "opus server-error, opus server-error, gpt none");
  BOOST_TEST((reply->attempts[1].kind == AttemptKind::kRetry));
  BOOST_TEST((reply->attempts[2].kind == AttemptKind::kFallback));
}

BOOST_AUTO_TEST_CASE(a_quota_goes_to_the_next_at_once) {
  servers.Script("opus-id", {{.kind = FakeKind::kQuota}});
  TestPolicy policy;
  const Result<Reply> reply = Call(policy);
  BOOST_REQUIRE(reply.ok());
  BOOST_TEST(Story(reply->attempts) == "opus quota-exhausted, gpt none");
}

BOOST_AUTO_TEST_CASE(a_prompt_that_is_blocked_ends_the_call) {
  servers.Script("opus-id", {{.kind = FakeKind::kPromptBlocked}});
  TestPolicy policy;
  const Result<Reply> reply = Call(policy);
  BOOST_REQUIRE(!reply.ok());
  BOOST_TEST((reply.error().error_class == ErrorClass::kContentFilter));
  BOOST_TEST(servers.call_count() == 1U);
}

BOOST_AUTO_TEST_CASE(a_rate_limit_waits_as_long_as_it_says) {
  servers.Script("opus-id", {{.kind = FakeKind::kRateLimited, .retry_after_ms = 1'000}, {}});
  TestPolicy policy;
  const Result<Reply> reply = Call(policy);
  BOOST_REQUIRE(reply.ok());
  BOOST_TEST(Story(reply->attempts) == "opus rate-limited, opus none");
  BOOST_TEST(reply->attempts[1].waited_us >= 1'000'000);
  const auto received = servers.received();
  BOOST_TEST(received[1].at_us - received[0].at_us >= 1'000'000);
}

BOOST_AUTO_TEST_CASE(a_rate_limit_past_the_deadline_goes_to_the_next_at_once) {
  servers.Script("opus-id", {{.kind = FakeKind::kRateLimited, .retry_after_ms = 60'000}});
  TestPolicy policy;
  const Result<Reply> reply = Call(policy);
  BOOST_REQUIRE(reply.ok());
  BOOST_TEST(Story(reply->attempts) == "opus rate-limited, gpt none");
}

BOOST_AUTO_TEST_CASE(a_hang_is_a_timeout_and_the_next_answers) {
  servers.Script("opus-id", {{.kind = FakeKind::kHang}});
  TestPolicy policy;
  const Result<Reply> reply = Call(policy);
  BOOST_REQUIRE(reply.ok());
  BOOST_TEST(Story(reply->attempts) == "opus timeout, gpt none");
}

BOOST_AUTO_TEST_CASE(one_deadline_holds_over_all_attempts) {
  for (const char* model : {"opus-id", "gpt-id", "llama-id"})
    servers.Script(model, {{.kind = FakeKind::kHang}});
  TestPolicy policy;
  const auto begun = std::chrono::steady_clock::now();
  const Result<Reply> reply = Call(policy, {.deadline_ms = 450});
  const auto took = std::chrono::steady_clock::now() - begun;
  BOOST_REQUIRE(!reply.ok());
  BOOST_TEST((reply.error().error_class == ErrorClass::kDeadlineExceeded),
             ToString(reply.error().error_class));
  BOOST_TEST(took >= std::chrono::milliseconds(440));
  BOOST_TEST(took < std::chrono::milliseconds(1'500));
}

BOOST_AUTO_TEST_CASE(attempts_are_bounded_over_the_chain) {
  for (const char* model : {"opus-id", "gpt-id", "llama-id"}) {
    servers.Script(model, {{.kind = FakeKind::kOverloaded}});
  }
  TestPolicy policy(4, 3);
  const Result<Reply> reply = Call(policy);
  BOOST_REQUIRE(!reply.ok());
  BOOST_TEST((reply.error().error_class == ErrorClass::kOverloaded));
  BOOST_TEST(servers.call_count() == 4U);
  BOOST_TEST(servers.call_count("opus-id") ==
             2U);  // one retry leaves one attempt for each later candidate
  BOOST_TEST(servers.call_count("gpt-id") == 1U);
  BOOST_TEST(servers.call_count("llama-id") == 1U);
}

BOOST_AUTO_TEST_CASE(a_bound_on_the_call_s_cost_skips_what_it_cannot_pay) {
  // Worst cases: opus 1000 x $5/M + 100 x $25/M = $0.0075, gpt $0.003.
  TestPolicy policy;
  Result<Reply> reply = Call(policy, {.most_cost = Money{7'499'999'999}});
  BOOST_REQUIRE(reply.ok());
  BOOST_TEST(reply->model == "gpt");
  TestPolicy again;
  reply = Call(again, {.most_cost = Money{7'500'000'000}});
  BOOST_REQUIRE(reply.ok());
  BOOST_TEST(reply->model == "opus");
}

BOOST_AUTO_TEST_CASE(a_missing_key_goes_on_with_the_next) {
  ClientOptions options = Options();
  options.secret = [](const std::string&) { return std::nullopt; };
  TestPolicy policy;
  Client client(policy.policy(), options);
  BOOST_TEST(client.warnings().size() == 2U);
  const Result<Reply> reply =
      client.Complete(TestPolicy::Request(), {.messages = {{"user", "hi"}}});
  BOOST_REQUIRE(reply.ok());
  BOOST_TEST(Story(reply->attempts) == "opus auth, gpt auth, llama none");
  BOOST_TEST(servers.call_count() == 1U);
}

BOOST_AUTO_TEST_CASE(a_request_out_of_its_domain_is_no_route) {
  TestPolicy policy;
  Client client(policy.policy(), Options());
  const Result<Reply> reply =
      client.Complete(TestPolicy::Request(100'001, 1), {.messages = {{"user", "hi"}}});
  BOOST_REQUIRE(!reply.ok());
  BOOST_TEST((reply.error().error_class == ErrorClass::kNoRoute));
  const PackedRequest<1, 1, 0> other{{1}, {"u"}, {}};
  const Result<Reply> wrong = client.Complete(other.view(), {.messages = {{"user", "hi"}}});
  BOOST_REQUIRE(!wrong.ok());
  BOOST_TEST((wrong.error().error_class == ErrorClass::kInvalidRequest));
}

BOOST_AUTO_TEST_CASE(started_calls_can_be_cancelled_in_flight_and_in_backoff) {
  servers.Script("opus-id", {{.kind = FakeKind::kHang}});
  servers.Script("gpt-id", {{.kind = FakeKind::kHang}});
  TestPolicy policy;
  policy.route().attempt_ms = 5'000;
  policy.route().deadline_ms = 0;
  std::mutex mutex;
  std::condition_variable ended;
  std::vector<Event> events;
  Client client(policy.policy(), Options());
  const auto start = [&] {
    return client.Start(TestPolicy::Request(), {.messages = {{"user", "hi"}}}, [&](Event event) {
      const std::lock_guard lock(mutex);
      events.push_back(std::move(event));
      ended.notify_all();
    });
  };
  const auto await = [&](std::size_t count) {
    std::unique_lock lock(mutex);
    return ended.wait_for(lock, std::chrono::seconds(3), [&] { return events.size() == count; });
  };
  std::uint64_t call = start();
  while (servers.call_count() < 1) std::this_thread::yield();
  client.Cancel(call);
  BOOST_REQUIRE(await(1));
  BOOST_TEST((events[0].error.error_class == ErrorClass::kCancelled));

  servers.Script("opus-id", {{.kind = FakeKind::kRateLimited, .retry_after_ms = 60'000}});
  call = start();
  while (servers.call_count() < 2) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // into the backoff
  client.Cancel(call);
  BOOST_REQUIRE(await(2));
  BOOST_TEST((events[1].error.error_class == ErrorClass::kCancelled));
  BOOST_TEST(servers.call_count() == 2U);
}

BOOST_AUTO_TEST_CASE(a_client_that_goes_cancels_its_calls) {
  servers.Script("opus-id", {{.kind = FakeKind::kHang}});
  TestPolicy policy;
  policy.route().attempt_ms = 5'000;
  std::vector<ErrorClass> ends;
  {
    Client client(policy.policy(), Options());
    for (int i = 0; i < 5; ++i) {
      client.Start(TestPolicy::Request(), {.messages = {{"user", "hi"}}},
                   [&](Event event) { ends.push_back(event.error.error_class); });
    }
  }
  BOOST_TEST(ends.size() == 5U);
  for (const ErrorClass end : ends) BOOST_TEST((end == ErrorClass::kCancelled));
}

BOOST_AUTO_TEST_CASE(a_client_that_goes_cancels_those_who_wait_in_flight_and_in_backoff) {
  for (const FakeReply& reply :
       {FakeReply{.kind = FakeKind::kHang},
        FakeReply{.kind = FakeKind::kRateLimited, .retry_after_ms = 60'000}}) {
    servers.Script("opus-id", {reply});
    TestPolicy policy;
    policy.route().attempt_ms = 5'000;
    policy.route().deadline_ms = 0;
    ClientOptions options = Options();
    options.health.throttles = false;  // else the first one's pause sends the others elsewhere
    auto client = std::make_unique<Client>(policy.policy(), options);
    const std::size_t before = servers.call_count();
    std::vector<std::thread> threads;
    std::atomic<int> cancelled{0};
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&] {
        const Result<Reply> end =
            client->Complete(TestPolicy::Request(), {.messages = {{"user", "hi"}}});
        if (!end.ok() && end.error().error_class == ErrorClass::kCancelled) ++cancelled;
      });
    }
    while (servers.call_count() < before + 3) std::this_thread::yield();
    if (reply.kind == FakeKind::kRateLimited) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));  // into the backoff
    }
    client.reset();
    for (std::thread& thread : threads) thread.join();
    BOOST_TEST(cancelled == 3);
  }
}

BOOST_AUTO_TEST_CASE(secrets_come_without_line_ends_and_a_header_without_one_is_not_sent) {
  static constexpr std::string_view kHeaders[] = {"x-team: $TEAM", "x-secret: $NOBODY",
                                                  "x-blank: $BLANK"};
  ClientOptions options = Options();
  options.secret = [](const std::string& name) -> std::optional<std::string> {
    if (name == "NOBODY") return std::nullopt;
    return name == "BLANK" ? " \n" : "k-" + name + "\r\n";
  };
  TestPolicy policy;
  policy.provider(0).headers = kHeaders;
  Client client(policy.policy(), options);
  BOOST_REQUIRE(client.warnings().size() == 2U);
  BOOST_TEST(client.warnings()[0] ==
             "provider `anthropic`: NOBODY is not set, so that `x-secret` is not sent");
  BOOST_TEST(client.Complete(TestPolicy::Request(), {.messages = {{"user", "hi"}}}).ok());
  const std::vector<loopback::ReceivedRequest> received = servers.received();
  BOOST_REQUIRE(received.size() == 1U);
  std::string sent;
  for (const auto& [name, value] : received[0].headers) {
    if (name == "x-team" || name == "x-secret" || name == "x-blank") sent += name + "=" + value;
  }
  BOOST_TEST(sent == "x-team=k-TEAM");
}

BOOST_AUTO_TEST_CASE(every_attempt_is_recorded) {
  const auto folder = std::filesystem::temp_directory_path() / "mlp-engine-test";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  servers.Script("opus-id", {{.kind = FakeKind::kOverloaded}});
  ClientOptions options = Options();
  options.store = (folder / "m.db").string();
  options.health.breakers = false;
  TestPolicy policy;
  Client client(policy.policy(), options);
  BOOST_TEST(client.warnings().empty());
  for (int i = 0; i < 10; ++i) {
    BOOST_TEST(client.Complete(TestPolicy::Request(), {.messages = {{"user", "hi"}}}).ok());
  }
  BOOST_TEST(client.Flush().ok());
  const StoreStats stats = client.store_stats();
  BOOST_TEST(stats.written == 10U);
  BOOST_TEST(stats.rows_written == 40U);  // a call and three attempts each
  BOOST_TEST(stats.dropped == 0U);
}

BOOST_AUTO_TEST_CASE(a_store_that_does_not_open_is_a_warning_and_calls_go_on) {
  ClientOptions options = Options();
  options.store = "/nonexistent-folder/m.db";
  TestPolicy policy;
  Client client(policy.policy(), options);
  BOOST_TEST(client.warnings().size() == 1U);
  BOOST_TEST(client.Complete(TestPolicy::Request(), {.messages = {{"user", "hi"}}}).ok());
}

/// A wire format that a program registers: the answer is the body.
class PlainProtocol final : public WireProtocol {
 public:
  HttpRequest BuildRequest(const WireCall& call, std::vector<std::string>&) const override {
    HttpRequest request;
    request.url = std::string(call.url) + "/v1/chat/completions";
    request.body = R"({"model":"plain","messages":[]})";
    return request;
  }
  ProviderReply ParseResponse(const WireCall&, const HttpResponse& response) const override {
    ProviderReply reply;
    reply.text = "status " + std::to_string(response.status);
    return reply;
  }
  HttpRequest BuildProbe(std::string_view url, std::string_view) const override {
    HttpRequest request;
    request.method = "GET";
    request.url = url;
    return request;
  }
};

BOOST_AUTO_TEST_CASE(a_program_registers_its_own_protocol) {
  TestPolicy policy;
  policy.protocol(0) = "plain";
  {
    Client client(policy.policy(), Options());
    BOOST_TEST(client.warnings().size() == 1U);
  }
  ClientOptions options = Options();
  options.protocols.emplace_back("plain", std::make_shared<PlainProtocol>());
  Client client(policy.policy(), options);
  BOOST_TEST(client.warnings().empty());
  const Result<Reply> reply =
      client.Complete(TestPolicy::Request(), {.messages = {{"user", "hi"}}});
  BOOST_REQUIRE(reply.ok());
  BOOST_TEST(reply->text == "status 200");
}

BOOST_AUTO_TEST_CASE(many_threads_share_a_client) {
  TestPolicy policy;
  Client client(policy.policy(), Options());
  std::atomic<int> answered{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        if (client.Complete(TestPolicy::Request(), {.messages = {{"user", "hi"}}}).ok()) ++answered;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(answered == 400);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
