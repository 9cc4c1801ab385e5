// Log lines of calls, the traces that they name, and what must never be in them.
#include <boost/test/unit_test.hpp>
#include <set>
#include <string>
#include <vector>

#include "runtime/engine/observe/trace_context.hpp"
#include "runtime/store/reader.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/engine/observe/observe_fixture.hpp"

namespace mlp::engine {
namespace {

using loopback::FakeKind;
using nlohmann::json;

constexpr const char* kTraceParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

struct LogFixture : EngineFixture {
  TestPolicy policy;
  Lines lines;
  ClientOptions Logged() {
    ClientOptions options = Options();
    options.log = lines.Sink();
    return options;
  }
};

BOOST_FIXTURE_TEST_SUITE(logs, LogFixture)

BOOST_AUTO_TEST_CASE(calls_that_fail_or_fall_back_are_logged_and_others_are_not) {
  servers.Script("opus-id", {{}, {.kind = FakeKind::kQuota}, {.kind = FakeKind::kBadRequest}});
  ClientOptions options = Logged();
  options.health.throttles = false;
  Client client(policy.policy(), options);
  BOOST_TEST(Ask(client).ok());
  BOOST_TEST(lines.All() == "");
  const Result<Reply> second = Ask(client);
  BOOST_REQUIRE(second.ok());
  BOOST_TEST(!Ask(client).ok());
  const auto calls = lines.Of("call");
  BOOST_REQUIRE(calls.size() == 2U);
  BOOST_TEST(calls[0].at("level") == "warning");
  BOOST_TEST(calls[0].at("outcome") == "none");
  BOOST_TEST(calls[0].at("call") == second->call_id);
  BOOST_TEST(calls[0].at("route") == "all");
  BOOST_TEST(calls[0].at("cost") == ToString(second->cost));
  BOOST_REQUIRE(calls[0].at("attempts").size() == 2U);
  BOOST_TEST(calls[0].at("attempts")[0].at("outcome") == "quota-exhausted");
  BOOST_TEST(calls[0].at("attempts")[1].at("kind") == "fallback");
  BOOST_TEST(!calls[0].contains("prompt"));
  BOOST_TEST(!calls[0].contains("trace"));
  BOOST_TEST(calls[1].at("level") == "error");
  BOOST_TEST(calls[1].at("outcome") == "invalid-request");
  BOOST_TEST(calls[1].at("message").get<std::string>().starts_with("1 attempt: opus"));
}

BOOST_AUTO_TEST_CASE(no_prompt_is_logged_unless_the_route_says_so) {
  servers.Script("opus-id", {{.kind = FakeKind::kBadRequest}});
  Client client(policy.policy(), Logged());
  const Prompt prompt{.messages = {{"system", "be kind"}, {"user", "the whale is white"}}};
  BOOST_TEST(!client.Complete(TestPolicy::Request(), prompt).ok());
  BOOST_REQUIRE(lines.Of("call").size() == 1U);
  BOOST_TEST(lines.All().find("whale") == std::string::npos);

  TestPolicy logging;
  logging.route().logs_prompts = true;
  servers.Clear();
  servers.Script("opus-id", {{.text = "so is the paper"}});
  Client other(logging.policy(), Logged());
  BOOST_TEST(other.Complete(TestPolicy::Request(), prompt).ok());
  const auto calls = lines.Of("call");
  BOOST_REQUIRE(calls.size() == 2U);
  BOOST_TEST(calls[1].at("level") == "info");
  BOOST_TEST(calls[1].at("prompt") == json::parse(R"([{"role":"system","text":"be kind"},
                             {"role":"user","text":"the whale is white"}])"));
  BOOST_TEST(calls[1].at("reply") == "so is the paper");
}

BOOST_AUTO_TEST_CASE(no_key_is_ever_logged) {
  // A key in no usual form, so that only knowing it helps; it is planted wherever text comes from.
  const std::string key = "correct horse staple";
  const std::string usual = "sk-ant-REDACTED";
  policy.route().logs_prompts = true;
  policy.route().retries = 0;
  const std::string body =
      R"({"type":"error","error":{"type":"invalid_request_error","message":")" + key + " " + usual +
      R"("}})";
  servers.Script("opus-id", {{.kind = FakeKind::kRaw,
                              .status = 400,
                              .headers = {{"request-id", usual}, {"x-echo", key}},
                              .body = body},
                             {.text = "your key is " + key + " or " + usual}});
  ClientOptions options = Logged();
  options.secret = [&](const std::string&) { return key; };
  options.base_urls["anthropic"] = servers.url("anthropic") + "?api_key=" + "correct%20horse";
  Client client(policy.policy(), options);
  const Prompt prompt{.messages = {{"user", "is " + key + " good, or Bearer abc123, or " + usual}}};
  BOOST_TEST(!client.Complete(TestPolicy::Request(), prompt).ok());
  BOOST_TEST(client.Complete(TestPolicy::Request(), prompt).ok());
  const std::string all = lines.All();
  BOOST_REQUIRE(lines.Of("call").size() == 2U);
  BOOST_TEST(all.find("reply") != std::string::npos);
  for (const std::string& secret : {key, usual, std::string("abc123"), std::string("%20horse")}) {
    BOOST_TEST(all.find(secret) == std::string::npos, all);
  }
  BOOST_TEST(client.Metrics().find(key) == std::string::npos);
  const std::string text = lines.Of("call")[1].at("prompt")[0].at("text");
  BOOST_TEST(text == "is [key] good, or Bearer [key], or [key]");
}

BOOST_AUTO_TEST_CASE(texts_of_any_bytes_make_whole_lines) {
  policy.route().logs_prompts = true;
  Client client(policy.policy(), Logged());
  const std::string wild = std::string("a\nb\x01\"\\") + '\xFF' + std::string(100'000, 'x');
  BOOST_TEST(client.Complete(TestPolicy::Request(), {.messages = {{"user", wild}}}).ok());
  const auto calls = lines.Of("call");  // parses every line
  BOOST_REQUIRE(calls.size() == 1U);
  BOOST_TEST(calls[0].at("prompt")[0].at("text").get<std::string>().size() <= 66'000U);
  const std::string all = lines.All();
  BOOST_TEST(all.find('\n') == all.size() - 1);
}

BOOST_AUTO_TEST_CASE(each_attempt_is_a_child_of_the_callers_span) {
  servers.Script("opus-id", {{.kind = FakeKind::kServerError}});
  const ScratchFolder folder;
  ClientOptions options = Logged();
  options.store = folder / "m.db";
  {
    Client client(policy.policy(), options);
    const Prompt prompt{
        .messages = {{"user", "hi"}},
        .trace_headers = {{"traceparent", kTraceParent}, {"tracestate", "a=1,b=2"}}};
    BOOST_TEST(client.Complete(TestPolicy::Request(), prompt).ok());
    BOOST_TEST(Ask(client).ok());
  }
  std::set<std::string> spans = {"00f067aa0ba902b7"};
  std::size_t traced = 0;
  for (const loopback::ReceivedRequest& request : servers.received()) {
    const auto trace = FindTraceParent(request.headers);
    if (!trace) continue;
    ++traced;
    BOOST_TEST(trace->trace_id == "4bf92f3577b34da6a3ce929d0e0e4736");
    BOOST_TEST(trace->flags == 1);
    BOOST_TEST(spans.insert(trace->parent_id).second);
    for (const auto& [name, value] : request.headers) {
      if (name == "tracestate") BOOST_TEST(value == "a=1,b=2");
    }
  }
  BOOST_TEST(traced == 3U);  // opus, opus again, gpt
  BOOST_REQUIRE(lines.Of("call").size() == 2U);
  BOOST_TEST(lines.Of("call")[0].at("trace") == "4bf92f3577b34da6a3ce929d0e0e4736");
  auto reader = StoreReader::Open(options.store);
  BOOST_REQUIRE(reader.ok());
  std::vector<std::string> traces;
  BOOST_TEST(reader
                 ->ForEachCall(INT64_MIN, INT64_MAX,
                               [&](const CallRecord& call) {
                                 traces.push_back(call.trace_id);
                                 return true;
                               })
                 .ok());
  BOOST_TEST(traces == (std::vector<std::string>{"4bf92f3577b34da6a3ce929d0e0e4736", ""}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
