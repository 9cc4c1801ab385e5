// Streamed calls through a client against providers on loopback, with every fault before and after
// the first piece.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "mlp/client.hpp"
#include "runtime/engine/attempt.hpp"
#include "runtime/tools/loopback/fake_providers.hpp"
#include "tests/unit/engine/test_policy.hpp"

namespace mlp::engine {
namespace {

using loopback::FakeKind;
using loopback::FakeProviders;
using loopback::FakeReply;

constexpr std::string_view kProtocols[] = {"anthropic", "openai", "google", "ollama"};
constexpr auto kPatience = std::chrono::seconds(30);

/// The events of one call, from whatever thread.
class Heard {
 public:
  std::function<void(Event)> Ear() {
    return [this](Event event) {
      const std::lock_guard lock(mutex_);
      switch (event.kind) {
        case Event::Kind::kText:
          story_ += "[" + event.text + "]";
          break;
        case Event::Kind::kToolCall:
          story_ += "<" + event.tool_call.name + event.tool_call.arguments + ">";
          break;
        case Event::Kind::kRestart:
          story_ += " restart ";
          break;
        case Event::Kind::kReply:
        case Event::Kind::kError:
          story_ += event.kind == Event::Kind::kReply ? " reply" : " error";
          ++ends_;
          end_ = std::move(event);
          break;
      }
      changed_.notify_all();
    };
  }
  bool AwaitEnd() {
    return Await([this] { return ends_ > 0; });
  }
  bool AwaitStory(std::string_view part) {
    return Await([&] { return story_.find(part) != std::string::npos; });
  }
  std::string story() {
    const std::lock_guard lock(mutex_);
    return story_;
  }
  int ends() {
    const std::lock_guard lock(mutex_);
    return ends_;
  }
  const Event& end() const { return end_; }  ///< after AwaitEnd

 private:
  template <typename Condition>
  bool Await(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, condition);
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string story_;
  int ends_ = 0;
  Event end_;
};

std::string Story(const std::vector<AttemptRecord>& attempts) {
  std::string story;
  for (const AttemptRecord& attempt : attempts) {
    story += (story.empty() ? "" : ", ") + attempt.model + " " +
             std::string(ToString(attempt.error_class));
  }
  return story;
}

/// What two calls of one question share: no ids, no times.
std::string Show(const Reply& reply) {
  std::string text = reply.text + "|" + std::string(ToString(reply.finish)) + "|" + reply.model +
                     "|" + reply.response_model + "|" + reply.provider + "|" + reply.route + "|" +
                     ToString(reply.cost) + "|" + std::to_string(reply.usage.prompt()) + "+" +
                     std::to_string(reply.usage.completion()) +
                     (reply.usage.verified ? " verified" : "") + "|" + Story(reply.attempts);
  for (const ToolCall& call : reply.tool_calls) {
    text += "|" + call.id + " " + call.name + " " + call.arguments;
  }
  for (const std::string& what : reply.left_out) text += "|without " + what;
  return text;
}

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

  /// Opus speaks `protocol`; no attempt is made twice; only opus' tokens are waited for
  /// impatiently.
  static std::unique_ptr<TestPolicy> Policy(std::string_view protocol) {
    auto policy = std::make_unique<TestPolicy>(std::uint8_t{4}, std::uint8_t{0});
    policy->protocol(0) = protocol;
    policy->route().attempt_ms = 60'000;
    policy->route().deadline_ms = 0;
    for (std::size_t i = 0; i < 3; ++i) policy->provider(i).total_ms = 60'000;
    return policy;
  }

  static Prompt Hi() { return {.messages = {{"user", "hi"}}}; }
};

BOOST_FIXTURE_TEST_SUITE(streamed_calls, Fixture)

BOOST_AUTO_TEST_CASE(every_provider_streams_and_the_reply_is_the_same_each_way) {
  const std::vector<ToolCall> calls = {{"c1", "find", R"({"q":"x y"})"}, {"c2", "stop", "{}"}};
  for (const std::string_view protocol : kProtocols) {
    for (const FakeReply& fake :
         {FakeReply{.text = "one two three", .usage = {.input = 11, .output = 7}},
          FakeReply{.kind = FakeKind::kToolCall, .tool_calls = calls},
          FakeReply{.kind = FakeKind::kLength, .text = "one"}, FakeReply{.text = ""}}) {
      servers.Clear();
      servers.Script("opus-id", {fake});
      const auto policy = Policy(protocol);
      Client client(policy->policy(), Options());
      const TestRequest request = TestPolicy::Request();
      const Result<Reply> plain = client.Complete(request, Hi());
      const Result<Reply> waited = client.Complete(request, Hi(), {.streaming = Streaming::kOn});
      Heard heard;
      client.Start(request, Hi(), heard.Ear());
      Heard end_alone;
      client.Start(request, Hi(), end_alone.Ear(), {.streaming = Streaming::kOff});
      BOOST_REQUIRE(heard.AwaitEnd());
      BOOST_REQUIRE(end_alone.AwaitEnd());
      BOOST_TEST_CONTEXT(protocol << " " << heard.story()) {
        BOOST_REQUIRE(plain.ok());
        BOOST_REQUIRE(waited.ok());
        BOOST_TEST(Show(*waited) == Show(*plain));
        BOOST_TEST(Show(heard.end().reply) == Show(*plain));
        BOOST_TEST(Show(end_alone.end().reply) == Show(*plain));
        BOOST_TEST(end_alone.story() == " reply");
        if (fake.text == "one two three") BOOST_TEST(heard.story() == "[one ][two ][three] reply");
        if (fake.kind == FakeKind::kToolCall) BOOST_TEST(heard.story().starts_with("<find"));
        const auto received = servers.received();
        BOOST_REQUIRE(received.size() == 4U);
        BOOST_TEST(!received[0].stream);
        BOOST_TEST(received[1].stream);
        BOOST_TEST(std::count_if(received.begin(), received.end(),
                                 [](const auto& call) { return call.stream; }) == 2);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_model_that_cannot_stream_answers_at_once) {
  servers.Script("opus-id", {{.text = "one two"}});
  const auto policy = Policy("openai");
  policy->model(0).capabilities = 0;
  Client client(policy->policy(), Options());
  Heard heard;
  client.Start(TestPolicy::Request(), Hi(), heard.Ear());
  BOOST_REQUIRE(heard.AwaitEnd());
  BOOST_TEST(heard.story() == "[one two] reply");
  BOOST_TEST(!servers.received().front().stream);
}

BOOST_AUTO_TEST_CASE(a_request_asks_for_streaming) {
  const std::string_view names[] = {"text-input", "streaming"};
  Tables tables{};
  tables.capability_names = names;
  tables.asks_set = 0;
  const std::uint64_t with[] = {2};
  const std::uint64_t without[] = {1};
  BOOST_TEST(Asks(tables, {{}, {}, with}, "streaming"));
  BOOST_TEST(!Asks(tables, {{}, {}, without}, "streaming"));
  BOOST_TEST(!Asks(tables, {{}, {}, with}, "unknown"));
  tables.asks_set = kNone16;
  BOOST_TEST(!Asks(tables, {{}, {}, {}}, "streaming"));
}

struct Fault {
  FakeKind kind;
  std::string_view error_class;
  std::string_view at_ollama = {};  ///< where its words say less
};
constexpr Fault kFaults[] = {
    {FakeKind::kStreamError, "overloaded", "server-error"},
    {FakeKind::kTruncated, "malformed-response"},
    {FakeKind::kMalformed, "malformed-response"},
    {FakeKind::kResetMidBody, "connection"},
    {FakeKind::kStall, "timeout"},
    {FakeKind::kPings, "timeout"},
};

BOOST_AUTO_TEST_CASE(before_the_first_piece_a_fallback_is_invisible) {
  for (const std::string_view protocol : kProtocols) {
    for (const Fault& fault : kFaults) {
      servers.Clear();
      servers.Script("opus-id", {{.kind = fault.kind}});
      servers.Script("gpt-id", {{.text = "from gpt"}});
      const auto policy = Policy(protocol);
      policy->provider(0).first_token_ms = 150;
      Client client(policy->policy(), Options());
      Heard heard;
      client.Start(TestPolicy::Request(), Hi(), heard.Ear());
      BOOST_REQUIRE(heard.AwaitEnd());
      BOOST_TEST_CONTEXT(protocol << " " << static_cast<int>(fault.kind)) {
        BOOST_TEST(heard.story() == "[from ][gpt] reply");
        const bool differs = protocol == "ollama" && !fault.at_ollama.empty();
        BOOST_TEST(Story(heard.end().reply.attempts) ==
                   "opus " + std::string(differs ? fault.at_ollama : fault.error_class) +
                       ", gpt none");
        BOOST_TEST(heard.ends() == 1);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(after_the_first_piece_no_other_model_continues) {
  for (const std::string_view protocol : kProtocols) {
    for (const Fault& fault : kFaults) {
      servers.Clear();
      servers.Script("opus-id", {{.kind = fault.kind, .text = "one two three", .pieces_first = 2}});
      const auto policy = Policy(protocol);
      policy->provider(0).first_token_ms = 20'000;
      policy->provider(0).between_tokens_ms = 150;
      Client client(policy->policy(), Options());
      Heard heard;
      client.Start(TestPolicy::Request(), Hi(), heard.Ear());
      BOOST_REQUIRE(heard.AwaitEnd());
      BOOST_TEST_CONTEXT(protocol << " " << static_cast<int>(fault.kind)) {
        BOOST_TEST(heard.story() == "[one ][two ] error");
        const bool differs = protocol == "ollama" && !fault.at_ollama.empty();
        BOOST_TEST(ToString(heard.end().error.error_class) ==
                   (differs ? fault.at_ollama : fault.error_class));
        const std::string& words = heard.end().error.context;
        BOOST_TEST(words.find("8 bytes") != std::string::npos, words);
        BOOST_TEST(words.find("route `all` lets no other") != std::string::npos, words);
        BOOST_TEST(servers.call_count() == 1U);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_route_may_restart_and_says_that_the_rest_is_void) {
  for (const std::string_view protocol : kProtocols) {
    servers.Clear();
    servers.Script("opus-id",
                   {{.kind = FakeKind::kTruncated, .text = "one two", .pieces_first = 1}});
    servers.Script("gpt-id", {{.text = "from gpt"}});
    auto policy = Policy(protocol);
    policy->route().restart_after_first_byte = true;
    {
      Client client(policy->policy(), Options());
      Heard heard;
      client.Start(TestPolicy::Request(), Hi(), heard.Ear());
      BOOST_REQUIRE(heard.AwaitEnd());
      BOOST_TEST(heard.story() == "[one ] restart [from ][gpt] reply", protocol);
      BOOST_TEST(heard.end().reply.text == "from gpt");
    }
    // With a retry too, and to the end of the chain.
    policy = std::make_unique<TestPolicy>();
    policy->protocol(0) = protocol;
    policy->route().attempt_ms = 20'000;
    policy->route().deadline_ms = 0;
    policy->route().restart_after_first_byte = true;
    for (const char* model : {"gpt-id", "llama-id"}) {
      servers.Script(model, {{.kind = FakeKind::kResetMidBody, .text = "x y", .pieces_first = 1}});
    }
    Client client(policy->policy(), Options());
    Heard heard;
    client.Start(TestPolicy::Request(), Hi(), heard.Ear());
    BOOST_REQUIRE(heard.AwaitEnd());
    BOOST_TEST(heard.story() == "[one ] restart [one ] restart [x ] restart [x ] error");
  }
}

BOOST_AUTO_TEST_CASE(who_waits_for_the_whole_gets_it_from_another_model) {
  for (const std::string_view protocol : kProtocols) {
    servers.Clear();
    servers.Script("opus-id",
                   {{.kind = FakeKind::kStreamError, .text = "one two", .pieces_first = 1}});
    servers.Script("gpt-id", {{.text = "from gpt"}});
    const auto policy = Policy(protocol);
    Client client(policy->policy(), Options());
    const Result<Reply> reply =
        client.Complete(TestPolicy::Request(), Hi(), {.streaming = Streaming::kOn});
    BOOST_REQUIRE(reply.ok());
    BOOST_TEST(reply->text == "from gpt");
    BOOST_TEST(servers.received().front().stream);
  }
}

BOOST_AUTO_TEST_CASE(a_refusal_in_mid_stream_ends_the_call) {
  for (const std::string_view protocol : {"anthropic", "openai", "google"}) {
    servers.Clear();
    servers.Script("opus-id", {{.kind = FakeKind::kRefusal, .text = "no way"}});
    const auto policy = Policy(protocol);
    Client client(policy->policy(), Options());
    Heard heard;
    client.Start(TestPolicy::Request(), Hi(), heard.Ear());
    BOOST_REQUIRE(heard.AwaitEnd());
    BOOST_TEST(heard.story() == " error", protocol);
    BOOST_TEST(ToString(heard.end().error.error_class) == "content-filter");
    BOOST_TEST(servers.call_count() == 1U);
  }
}

BOOST_AUTO_TEST_CASE(a_slow_stream_lives_as_long_as_tokens_come) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "w" + std::to_string(i) + " ";
  servers.Script("opus-id", {{.text = text, .piece_delay_us = 30'000}});
  const auto policy = Policy("anthropic");
  policy->provider(0).first_token_ms = 20'000;
  policy->provider(0).between_tokens_ms = 1'500;  // of 1,800 ms in all
  Client client(policy->policy(), Options());
  Heard heard;
  client.Start(TestPolicy::Request(), Hi(), heard.Ear());
  BOOST_REQUIRE(heard.AwaitEnd());
  BOOST_TEST(heard.end().reply.text == text);
  const AttemptRecord& attempt = heard.end().reply.attempts.front();
  BOOST_TEST(attempt.first_byte_us >= 30'000);
  BOOST_TEST(attempt.latency_us >= attempt.first_byte_us + std::int64_t{59} * 30'000);
}

BOOST_AUTO_TEST_CASE(the_deadline_holds_in_mid_stream) {
  servers.Script("opus-id", {{.kind = FakeKind::kStall, .text = "one two", .pieces_first = 1}});
  const auto policy = Policy("openai");
  Client client(policy->policy(), Options());
  Heard heard;
  client.Start(TestPolicy::Request(), Hi(), heard.Ear(), {.deadline_ms = 1'000});
  BOOST_REQUIRE(heard.AwaitEnd());
  BOOST_TEST(heard.story() == "[one ] error");
  BOOST_TEST(ToString(heard.end().error.error_class) == "deadline-exceeded");
}

BOOST_AUTO_TEST_CASE(what_a_broken_stream_cost_is_told_honestly) {
  for (const std::string_view protocol : {"anthropic", "openai"}) {
    servers.Clear();
    servers.Script("opus-id", {{.kind = FakeKind::kResetMidBody,
                                .text = "one two",
                                .usage = {.input = 1'000, .output = 50},
                                .pieces_first = 1}});
    const auto policy = Policy(protocol);
    policy->route().restart_after_first_byte = true;
    Client client(policy->policy(), Options());
    Heard heard;
    client.Start(TestPolicy::Request(), Hi(), heard.Ear());
    BOOST_REQUIRE(heard.AwaitEnd());
    BOOST_REQUIRE((heard.end().kind == Event::Kind::kReply));
    const AttemptRecord& broken = heard.end().reply.attempts.front();
    BOOST_TEST(broken.first_byte_us > 0);
    if (protocol == "anthropic") {  // it states the input before the first token
      BOOST_TEST(broken.usage.input == 1'000);
      BOOST_TEST(broken.usage.output == 1);
      BOOST_TEST(!broken.usage.verified);
      BOOST_TEST(broken.priced);
      BOOST_TEST(broken.cost_pico == 5'025'000'000);
    } else {
      BOOST_TEST(!broken.usage.reported);
      BOOST_TEST(!broken.priced);
      BOOST_TEST(broken.cost_pico == 0);
    }
  }
}

BOOST_AUTO_TEST_CASE(cancelled_in_mid_stream_also_by_who_listens) {
  servers.Script("opus-id", {{.text = std::string(4'000, 'x') + " y z", .piece_delay_us = 20'000}});
  for (const std::string_view protocol : kProtocols) {
    const auto policy = Policy(protocol);
    Client client(policy->policy(), Options());
    servers.Script("opus-id", {{.kind = FakeKind::kStall, .text = "one two", .pieces_first = 1}});
    Heard heard;
    const std::uint64_t call = client.Start(TestPolicy::Request(), Hi(), heard.Ear());
    BOOST_REQUIRE(heard.AwaitStory("[one ]"));
    client.Cancel(call);
    BOOST_REQUIRE(heard.AwaitEnd());
    BOOST_TEST(heard.story() == "[one ] error");
    BOOST_TEST(ToString(heard.end().error.error_class) == "cancelled");

    std::string words;
    for (int i = 0; i < 200; ++i) words += "w ";
    servers.Script("opus-id", {{.text = words, .piece_delay_us = 10'000}});
    Heard other;
    std::atomic<std::uint64_t> id{0};
    id = client.Start(TestPolicy::Request(), Hi(), [&, ear = other.Ear()](const Event& event) {
      ear(event);
      while (id == 0) std::this_thread::yield();
      if (event.kind == Event::Kind::kText) client.Cancel(id);
    });
    BOOST_REQUIRE(other.AwaitEnd());
    BOOST_TEST(other.story() == "[w ] error");
    BOOST_TEST(ToString(other.end().error.error_class) == "cancelled");
  }
}

BOOST_AUTO_TEST_CASE(a_client_that_goes_ends_its_streams) {
  std::string words;
  for (int i = 0; i < 500; ++i) words += "w ";
  servers.Script("opus-id", {{.text = words, .piece_delay_us = 5'000}});
  for (const std::string_view protocol : kProtocols) {
    const auto policy = Policy(protocol);
    std::vector<Heard> heard(8);
    {
      Client client(policy->policy(), Options());
      for (Heard& one : heard) client.Start(TestPolicy::Request(), Hi(), one.Ear());
      BOOST_REQUIRE(heard.front().AwaitStory("[w ]"));
    }
    for (Heard& one : heard) {
      BOOST_TEST(one.ends() == 1);
      BOOST_TEST(ToString(one.end().error.error_class) == "cancelled");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_client_that_goes_ends_those_who_wait_for_a_stream) {
  servers.Script("opus-id", {{.kind = FakeKind::kStall, .text = "one two", .pieces_first = 1}});
  const auto policy = Policy("anthropic");
  auto client = std::make_unique<Client>(policy->policy(), Options());
  std::vector<std::thread> threads;
  std::atomic<int> cancelled{0};
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      const Result<Reply> end =
          client->Complete(TestPolicy::Request(), Hi(), {.streaming = Streaming::kOn});
      if (!end.ok() && end.error().error_class == ErrorClass::kCancelled) ++cancelled;
    });
  }
  while (servers.call_count() < 3) std::this_thread::yield();
  client.reset();
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(cancelled == 3);
}

BOOST_AUTO_TEST_CASE(sixty_four_streams_at_once) {
  std::string words;
  for (int i = 0; i < 40; ++i) words += "word" + std::to_string(i) + " ";
  servers.Script("opus-id", {{.text = words, .piece_delay_us = 2'000}});
  for (const std::string_view protocol : kProtocols) {
    const auto policy = Policy(protocol);
    std::vector<Heard> heard(64);
    Client client(policy->policy(), Options());
    for (Heard& one : heard) client.Start(TestPolicy::Request(), Hi(), one.Ear());
    std::string story;
    for (int i = 0; i < 40; ++i) story += "[word" + std::to_string(i) + " ]";
    for (Heard& one : heard) {
      BOOST_REQUIRE(one.AwaitEnd());
      BOOST_TEST(one.story() == story + " reply");
      BOOST_TEST(one.end().reply.text == words);
    }
  }
}

BOOST_AUTO_TEST_CASE(who_listens_may_start_another_call) {
  servers.Script("opus-id", {{.text = "one"}});
  const auto policy = Policy("google");
  Client client(policy->policy(), Options());
  Heard second;
  Heard first;
  client.Start(TestPolicy::Request(), Hi(), [&, ear = first.Ear()](const Event& event) {
    if (event.kind == Event::Kind::kText) {
      client.Start(TestPolicy::Request(), Hi(), second.Ear());
    }
    ear(event);
  });
  BOOST_REQUIRE(first.AwaitEnd());
  BOOST_REQUIRE(second.AwaitEnd());
  BOOST_TEST(second.story() == "[one] reply");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
