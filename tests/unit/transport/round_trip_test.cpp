// Whole calls: a wire format over HttpClient to fake providers on loopback, with every kind of
// reply.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "mlp/http_client.hpp"
#include "mlp/protocol.hpp"
#include "runtime/tools/loopback/fake_providers.hpp"

namespace {

using mlp::ErrorClass;
using mlp::HttpClient;
using mlp::HttpRequest;
using mlp::Prompt;
using mlp::ProtocolRegistry;
using mlp::ProviderReply;
using mlp::Usage;
using mlp::WireCall;
using mlp::WireProtocol;
using mlp::loopback::FakeKind;
using mlp::loopback::FakeProviders;
using mlp::loopback::FakeReply;
using mlp::loopback::ReceivedRequest;

constexpr std::string_view kProtocols[] = {"openai", "anthropic", "google", "ollama"};

struct Fixture {
  ProtocolRegistry registry = ProtocolRegistry::BuiltIn();
  FakeProviders fakes;
  HttpClient client;
  Prompt prompt{.messages = {{"user", "hi"}}};
  std::int64_t first_byte_timeout_ms = 0;

  ProviderReply Call(std::string_view protocol, std::string_view base) {
    WireCall call;
    call.url = base;
    call.key = "KEY-1-of-this-test";
    call.model_id = "m";
    call.max_output_tokens = 64;
    call.prompt = &prompt;
    const WireProtocol& wire = *registry.Find(protocol);
    std::vector<std::string> left_out;
    HttpRequest request = wire.BuildRequest(call, left_out);
    request.total_timeout_ms = 5'000;
    request.first_byte_timeout_ms = first_byte_timeout_ms;
    return wire.ParseResponse(call, client.Perform(std::move(request)));
  }
  ProviderReply Call(std::string_view protocol) { return Call(protocol, fakes.url(protocol)); }
};

BOOST_FIXTURE_TEST_SUITE(round_trips, Fixture)

BOOST_AUTO_TEST_CASE(texts_and_usage) {
  const Usage billed{.input = 100,
                     .cache_read = 40,
                     .output = 20,
                     .reasoning = 8,
                     .reported = true,
                     .verified = true};
  fakes.Script("m", {{.text = "grüß \"dich\"\n", .usage = billed, .model = "m-2026"}});
  for (const std::string_view protocol : kProtocols) {
    for (const std::string& base : {fakes.url(protocol), fakes.base_url()}) {
      const ProviderReply reply = Call(protocol, base);
      BOOST_TEST_CONTEXT(base << " " << protocol) {
        BOOST_TEST(mlp::ToString(reply.error_class) == "none", reply.error_message);
        BOOST_TEST(reply.text == "grüß \"dich\"\n");
        BOOST_TEST(reply.model == "m-2026");
        if (protocol == "ollama") {  // knows no classes
          BOOST_TEST(reply.usage.input == 140);
          BOOST_TEST(reply.usage.output == 28);
        } else {
          BOOST_TEST((reply.usage == billed));
        }
      }
    }
  }
  BOOST_TEST(fakes.call_count("m") == 8U);
  BOOST_TEST(fakes.call_count() == 8U);
  BOOST_TEST(fakes.connection_count() == 1U);
  const std::vector<ReceivedRequest> received = fakes.received();
  BOOST_TEST(received.size() == 8U);
  BOOST_TEST(received[0].provider == "openai");
  BOOST_TEST(received[1].provider == "");
  BOOST_TEST(received[2].provider == "anthropic");
  BOOST_TEST(received[4].model_id == "m");
}

BOOST_AUTO_TEST_CASE(every_kind_of_reply) {
  struct Row {
    FakeKind kind;
    // By the order of kProtocols.
    ErrorClass classes[4];
  };
  using enum ErrorClass;
  const Row rows[] = {
      {FakeKind::kText, {kNone, kNone, kNone, kNone}},
      {FakeKind::kToolCall, {kNone, kNone, kNone, kNone}},
      {FakeKind::kRefusal, {kContentFilter, kContentFilter, kContentFilter, kNone}},
      {FakeKind::kLength, {kNone, kNone, kNone, kNone}},
      {FakeKind::kPromptBlocked, {kContentFilter, kContentFilter, kContentFilter, kNone}},
      {FakeKind::kRateLimited, {kRateLimited, kRateLimited, kRateLimited, kRateLimited}},
      {FakeKind::kQuota, {kQuotaExhausted, kQuotaExhausted, kQuotaExhausted, kQuotaExhausted}},
      {FakeKind::kCapacity, {kOverloaded, kOverloaded, kOverloaded, kOverloaded}},
      {FakeKind::kOverloaded, {kOverloaded, kOverloaded, kOverloaded, kOverloaded}},
      {FakeKind::kServerError, {kServerError, kServerError, kServerError, kServerError}},
      {FakeKind::kUnauthorized, {kAuth, kAuth, kAuth, kAuth}},
      {FakeKind::kForbidden, {kAuth, kAuth, kAuth, kAuth}},
      {FakeKind::kBadRequest, {kInvalidRequest, kInvalidRequest, kInvalidRequest, kInvalidRequest}},
      {FakeKind::kContextLength, {kContextLength, kContextLength, kContextLength, kContextLength}},
      {FakeKind::kModelNotFound, {kModelNotFound, kModelNotFound, kModelNotFound, kModelNotFound}},
      {FakeKind::kHang, {kTimeout, kTimeout, kTimeout, kTimeout}},
      {FakeKind::kHeaderStall, {kTimeout, kTimeout, kTimeout, kTimeout}},
      {FakeKind::kReset, {kConnection, kConnection, kConnection, kConnection}},
      {FakeKind::kResetMidBody, {kConnection, kConnection, kConnection, kConnection}},
      {FakeKind::kTruncated, {kConnection, kConnection, kConnection, kConnection}},
      {FakeKind::kMalformed,
       {kMalformedResponse, kMalformedResponse, kMalformedResponse, kMalformedResponse}},
      {FakeKind::kNotJson,
       {kMalformedResponse, kMalformedResponse, kMalformedResponse, kMalformedResponse}},
      {FakeKind::kNoUsage, {kNone, kNone, kNone, kNone}},
  };
  for (const Row& row : rows) {
    fakes.Script("m", {{.kind = row.kind,
                        .tool_calls = {{"call_0", "f", R"({"a":1})"}},
                        .retry_after_ms = 1'500}});
    const bool silent = row.kind == FakeKind::kHang || row.kind == FakeKind::kHeaderStall;
    first_byte_timeout_ms = silent ? 40 : 0;
    for (std::size_t i = 0; i < std::size(kProtocols); ++i) {
      const ProviderReply reply = Call(kProtocols[i]);
      BOOST_TEST_CONTEXT(kProtocols[i] << " kind " << static_cast<int>(row.kind)) {
        BOOST_TEST(mlp::ToString(reply.error_class) == mlp::ToString(row.classes[i]), reply.rule);
        if (row.kind == FakeKind::kRateLimited) BOOST_TEST(reply.retry_after_ms == 1'500);
        const bool answered = row.classes[i] == kNone || row.classes[i] == kContentFilter;
        const bool told = answered && row.kind != FakeKind::kNoUsage;
        BOOST_TEST(reply.usage.reported == told);
        if (row.kind == FakeKind::kToolCall) {
          BOOST_TEST_REQUIRE(reply.tool_calls.size() == 1U);
          BOOST_TEST((reply.tool_calls[0] == mlp::ToolCall{"call_0", "f", R"({"a":1})"}));
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(scripts_run_in_order_and_the_last_repeats) {
  fakes.Script("m", {{.kind = FakeKind::kOverloaded}, {.text = "second"}, {.text = "last"}});
  BOOST_TEST(mlp::ToString(Call("anthropic").error_class) == "overloaded");
  BOOST_TEST(Call("anthropic").text == "second");
  BOOST_TEST(Call("openai").text == "last");
  BOOST_TEST(Call("google").text == "last");
}

BOOST_AUTO_TEST_CASE(outages_are_of_a_provider) {
  fakes.Script("m", {{.text = "up"}});
  fakes.Outage("anthropic", FakeReply{.kind = FakeKind::kReset});
  BOOST_TEST(mlp::ToString(Call("anthropic").error_class) == "connection");
  BOOST_TEST(Call("openai").text == "up");
  HttpRequest probe = registry.Find("anthropic")->BuildProbe(fakes.url("anthropic"), "k");
  BOOST_TEST((client.Perform(probe).error_class == ErrorClass::kConnection));
  fakes.Outage("anthropic", {});
  BOOST_TEST(Call("anthropic").text == "up");
  for (const std::string_view protocol : kProtocols) {
    probe = registry.Find(protocol)->BuildProbe(fakes.url(protocol), "k");
    BOOST_TEST(client.Perform(probe).status == 200);
  }
}

BOOST_AUTO_TEST_CASE(a_handler_decides_on_the_rest) {
  FakeProviders own([](const ReceivedRequest& request) {
    FakeReply reply;
    reply.text = request.provider + "/" + request.model_id;
    return reply;
  });
  BOOST_TEST(Call("google", own.url("google")).text == "google/m");
  BOOST_TEST(Call("openai", own.url("mistral")).text == "mistral/m");
}

BOOST_AUTO_TEST_CASE(keys_go_where_each_provider_looks) {
  for (const std::string_view protocol : kProtocols) Call(protocol);
  const std::string_view names[] = {"authorization", "x-api-key", "x-goog-api-key",
                                    "authorization"};
  const std::vector<ReceivedRequest> received = fakes.received();
  BOOST_TEST_REQUIRE(received.size() == 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    std::string value;
    for (const auto& [name, text] : received[i].headers) {
      if (name == names[i]) value = text;
    }
    BOOST_TEST(value.ends_with("KEY-1-of-this-test"));
    BOOST_TEST(received[i].path.find("KEY") == std::string::npos);
    BOOST_TEST(received[i].body.find("KEY") == std::string::npos);
  }
}

// DeepSeek holds a queued call's connection with blank lines; they count neither as an answer nor
// as its first byte.
BOOST_AUTO_TEST_CASE(blank_lines_before_the_answer) {
  fakes.Script("m",
               {{.kind = FakeKind::kKeepAliveBlanks, .text = "late", .body_delay_us = 100'000}});
  BOOST_TEST(Call("openai").text == "late");
  first_byte_timeout_ms = 50;
  const ProviderReply reply = Call("openai");
  BOOST_TEST(mlp::ToString(reply.error_class) == "timeout");
  BOOST_TEST(reply.error_message == "the first-byte timeout passed");
}

BOOST_AUTO_TEST_CASE(slow_loading_is_no_timeout_unless_told) {
  fakes.Script("m", {{.text = "loaded", .first_byte_delay_us = 120'000}});
  BOOST_TEST(Call("ollama").text == "loaded");
  first_byte_timeout_ms = 40;
  BOOST_TEST(mlp::ToString(Call("ollama").error_class) == "timeout");
}

BOOST_AUTO_TEST_CASE(large_prompts_and_answers_arrive_whole) {
  prompt.messages[0].parts[0].data.assign(3'000'000, 'p');
  fakes.Script("m", {{.text = std::string(3'000'000, 'a')}});
  for (const std::string_view protocol : kProtocols) {
    BOOST_TEST(Call(protocol).text == std::string(3'000'000, 'a'));
  }
  for (const ReceivedRequest& request : fakes.received()) {
    BOOST_TEST(request.body.find(prompt.messages[0].parts[0].data) != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(many_threads) {
  fakes.Script("m", {{.text = "ok", .first_byte_delay_us = 1'000}});
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([this, t, &good] {
      for (int i = 0; i < 25; ++i) {
        if (Call(kProtocols[static_cast<std::size_t>(t) % 4]).text == "ok") good.fetch_add(1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(good.load() == 400);
  BOOST_TEST(fakes.call_count("m") == 400U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
