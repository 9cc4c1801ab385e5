// What answers are taken for: failures, texts, tool calls, and usage by billed class.
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/protocol.hpp"
#include "tests/unit/transport/failures.hpp"
#include "tests/unit/transport/other_shapes.hpp"

namespace {

using mlp::ErrorClass;
using mlp::FinishReason;
using mlp::HttpResponse;
using mlp::Prompt;
using mlp::ProtocolRegistry;
using mlp::ProviderReply;
using mlp::Usage;
using mlp::WireCall;
using mlp::transport_test::FailureRow;
using mlp::transport_test::Failures;

const ProtocolRegistry& Registry() {
  static const ProtocolRegistry registry = ProtocolRegistry::BuiltIn();
  return registry;
}

HttpResponse Response(int status, std::string_view header_lines, std::string_view body) {
  HttpResponse response;
  response.status = status;
  response.body = body;
  while (!header_lines.empty()) {
    const std::string_view line = header_lines.substr(0, header_lines.find('\n'));
    header_lines.remove_prefix(std::min(line.size() + 1, header_lines.size()));
    const std::size_t colon = line.find(": ");
    response.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
  return response;
}

ProviderReply Parse(std::string_view protocol, std::string_view url, const HttpResponse& response,
                    const Prompt& prompt = {.messages = {{"user", "hi"}}},
                    std::string_view key = "key-of-the-test-1") {
  WireCall call;
  call.url = url;
  call.key = key;
  call.model_id = "m";
  call.prompt = &prompt;
  return Registry().Find(protocol)->ParseResponse(call, response);
}

ProviderReply ParseBody(std::string_view protocol, std::string_view body,
                        std::string_view url = "http://127.0.0.1:1") {
  return Parse(protocol, url, Response(200, "", body));
}

std::string Show(const Usage& usage) {
  std::string text;
  const auto add = [&text](std::string_view name, std::int64_t count) {
    if (count != 0) text += std::string(name) + "=" + std::to_string(count) + " ";
  };
  add("input", usage.input);
  add("read", usage.cache_read);
  add("write", usage.cache_write);
  add("long", usage.cache_write_long);
  add("output", usage.output);
  add("reasoning", usage.reasoning);
  if (usage.stated_cost_pico != -1) add("cost", usage.stated_cost_pico);
  if (usage.reported) text += usage.verified ? "verified" : "unverified";
  return text;
}

BOOST_AUTO_TEST_SUITE(responses)

BOOST_AUTO_TEST_CASE(failures) {
  for (const FailureRow& row : Failures()) {
    const ProviderReply reply =
        Parse(row.protocol, row.url, Response(row.status, row.headers, row.body));
    BOOST_TEST_CONTEXT(row.protocol << " " << row.status << " " << row.body) {
      BOOST_TEST(mlp::ToString(reply.error_class) == mlp::ToString(row.error_class));
      BOOST_TEST(reply.rule == row.rule);
      BOOST_TEST(reply.retry_after_ms == row.retry_after_ms);
      BOOST_TEST(reply.never_fits == row.never_fits);
      BOOST_TEST(reply.http_status == row.status);
      BOOST_TEST(reply.tool_calls.empty());
    }
  }
}

// Every answer, cut at every byte: still a failure, and of a class that its status allows.
BOOST_AUTO_TEST_CASE(cut_failures) {
  for (const FailureRow& row : Failures()) {
    for (std::size_t length = 0; length < row.body.size(); ++length) {
      const ProviderReply reply = Parse(
          row.protocol, row.url, Response(row.status, row.headers, row.body.substr(0, length)));
      if (row.status < 300) {
        BOOST_TEST_REQUIRE(mlp::ToString(reply.error_class) == "malformed-response");
      } else {
        BOOST_TEST_REQUIRE(!reply.rule.empty());
        BOOST_TEST_REQUIRE(mlp::ToString(reply.error_class) != "none");
      }
      BOOST_TEST_REQUIRE(reply.error_message.size() <= 300U);
    }
  }
}

struct SuccessRow {
  std::string_view protocol;
  std::string_view url;
  std::string_view body;
  std::string_view text;
  FinishReason finish;
  std::string_view usage;
};

constexpr std::string_view kAny = "http://127.0.0.1:8000/v1";

// clang-format off
constexpr SuccessRow kSuccesses[] = {
    // Cached, written and reasoning tokens stand inside OpenAI's totals.
    {"openai", kAny, R"({"id":"chatcmpl-9","model":"gpt-5.4-2026-03-05","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"hello","refusal":null}}],"usage":{"prompt_tokens":1000,"completion_tokens":200,"total_tokens":1200,"prompt_tokens_details":{"cached_tokens":600,"cache_write_tokens":100},"completion_tokens_details":{"reasoning_tokens":150}}})", "hello", FinishReason::kStop, "input=300 read=600 write=100 output=50 reasoning=150 verified"},
    {"openai", kAny, R"({"choices":[{"finish_reason":"length","message":{"content":"hel"}}],"usage":{"prompt_tokens":10,"completion_tokens":3,"total_tokens":13}})", "hel", FinishReason::kLength, "input=10 output=3 verified"},
    {"openai", kAny, R"({"choices":[{"finish_reason":"stop","message":{"content":"x"}}],"usage":{"prompt_tokens":10,"completion_tokens":3,"total_tokens":99}})", "x", FinishReason::kStop, "input=10 output=3 unverified"},
    {"openai", kAny, R"({"choices":[{"finish_reason":"stop","message":{"content":"x"}}],"usage":{"prompt_tokens":10,"completion_tokens":3}})", "x", FinishReason::kStop, "input=10 output=3 unverified"},
    {"openai", kAny, R"({"choices":[{"finish_reason":null,"message":{"content":"x"}}]})", "x", FinishReason::kOther, ""},
    {"openai", kAny, R"({"choices":[{"finish_reason":"eos","message":{"content":"x"}}],"usage":null})", "x", FinishReason::kStop, ""},
    {"openai", kAny, R"({"choices":[{"finish_reason":"novel","message":{"content":"x"}}]})", "x", FinishReason::kOther, ""},
    {"openai", kAny, R"({"choices":[{"finish_reason":"stop","message":{"content":[{"type":"thinking","thinking":[]},{"type":"text","text":"a"},{"type":"text","text":"b"}]}}]})", "ab", FinishReason::kStop, ""},
    // Cached tokens beyond the prompt cannot be right.
    {"openai", kAny, R"({"choices":[{"finish_reason":"stop","message":{"content":"x"}}],"usage":{"prompt_tokens":10,"completion_tokens":3,"total_tokens":13,"prompt_tokens_details":{"cached_tokens":11}}})", "x", FinishReason::kStop, "read=11 output=3 unverified"},
    // A published bill of xAI: reasoning beside the completion, 232,856,000 ticks of 10^-10 dollars.
    {"openai", "https://api.x.ai/v1", R"({"choices":[{"finish_reason":"stop","message":{"content":"x"}}],"usage":{"prompt_tokens":10120,"completion_tokens":1499,"total_tokens":14428,"prompt_tokens_details":{"cached_tokens":128},"completion_tokens_details":{"reasoning_tokens":2809},"cost_in_usd_ticks":232856000}})", "x", FinishReason::kStop, "input=9992 read=128 output=1499 reasoning=2809 cost=23285600000 verified"},
    // The total decides, not the name: the same from an unknown host, and xAI with reasoning inside.
    {"openai", kAny, R"({"choices":[{"finish_reason":"stop","message":{"content":"x"}}],"usage":{"prompt_tokens":100,"completion_tokens":20,"total_tokens":150,"completion_tokens_details":{"reasoning_tokens":30}}})", "x", FinishReason::kStop, "input=100 output=20 reasoning=30 verified"},
    {"openai", "https://api.x.ai/v1", R"({"choices":[{"finish_reason":"stop","message":{"content":"x"}}],"usage":{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,"completion_tokens_details":{"reasoning_tokens":30}}})", "x", FinishReason::kStop, "input=100 output=20 reasoning=30 verified"},
    {"openai", "https://api.x.ai/v1", R"({"choices":[{"finish_reason":"stop","message":{"content":"x"}}],"usage":{"prompt_tokens":100,"completion_tokens":50,"total_tokens":9,"completion_tokens_details":{"reasoning_tokens":30}}})", "x", FinishReason::kStop, "input=100 output=50 reasoning=30 unverified"},
    // DeepSeek: hits and misses are the prompt.
    {"openai", "https://api.deepseek.com", R"({"choices":[{"finish_reason":"stop","message":{"content":"x","reasoning_content":"hm"}}],"usage":{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,"prompt_cache_hit_tokens":64,"prompt_cache_miss_tokens":36,"completion_tokens_details":{"reasoning_tokens":40}}})", "x", FinishReason::kStop, "input=36 read=64 output=10 reasoning=40 verified"},
    {"openai", "https://api.deepseek.com", R"({"choices":[{"finish_reason":"stop","message":{"content":"x"}}],"usage":{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,"prompt_cache_hit_tokens":64,"prompt_cache_miss_tokens":30}})", "x", FinishReason::kStop, "input=36 read=64 output=50 unverified"},
    {"openai", "https://api.mistral.ai/v1", R"({"choices":[{"finish_reason":"stop","message":{"content":"x"}}],"usage":{"prompt_tokens":100,"completion_tokens":5,"total_tokens":105,"num_cached_tokens":64}})", "x", FinishReason::kStop, "input=36 read=64 output=5 verified"},
    {"openai", "https://api.deepseek.com", "\n\n\r\n  {\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":\"late\"}}]}", "late", FinishReason::kStop, ""},
    // Anthropic: reads and writes stand beside the input; thinking inside the output.
    {"anthropic", kAny, R"({"id":"msg_1","model":"claude-sonnet-5","content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"he"},{"type":"text","text":"llo"}],"stop_reason":"end_turn","usage":{"input_tokens":25,"cache_creation_input_tokens":300,"cache_read_input_tokens":4000,"cache_creation":{"ephemeral_5m_input_tokens":100,"ephemeral_1h_input_tokens":200},"output_tokens":50,"output_tokens_details":{"thinking_tokens":30}}})", "hello", FinishReason::kStop, "input=25 read=4000 write=100 long=200 output=20 reasoning=30 verified"},
    {"anthropic", kAny, R"({"content":[{"type":"text","text":"x"}],"stop_reason":"max_tokens","usage":{"input_tokens":25,"cache_creation_input_tokens":300,"output_tokens":50}})", "x", FinishReason::kLength, "input=25 write=300 output=50 verified"},
    {"anthropic", kAny, R"({"content":[{"type":"text","text":"x"}],"stop_reason":"stop_sequence","usage":{"input_tokens":25,"cache_creation_input_tokens":300,"cache_creation":{"ephemeral_5m_input_tokens":100,"ephemeral_1h_input_tokens":0},"output_tokens":50}})", "x", FinishReason::kStop, "input=25 write=100 output=50 unverified"},
    {"anthropic", kAny, R"({"content":[{"type":"text","text":"x"}],"stop_reason":"pause_turn","usage":{"input_tokens":2,"output_tokens":5}})", "x", FinishReason::kOther, "input=2 output=5 verified"},
    {"anthropic", kAny, R"({"content":[],"stop_reason":"end_turn","usage":{"input_tokens":2,"output_tokens":2}})", "", FinishReason::kStop, "input=2 output=2 verified"},
    {"anthropic", kAny, R"({"content":[{"type":"text","text":"x"}],"stop_reason":"end_turn","usage":{"input_tokens":7,"output_tokens":5,"iterations":[{"type":"message","model":"a","input_tokens":10,"output_tokens":1,"cache_read_input_tokens":3},{"type":"fallback_message","model":"b","input_tokens":20,"output_tokens":2}]}})", "x", FinishReason::kStop, "input=30 read=3 output=3 unverified"},
    {"anthropic", kAny, R"({"content":[{"type":"text","text":"x"}],"stop_reason":"end_turn","usage":{"input_tokens":7,"output_tokens":5,"iterations":[{"type":"compaction","input_tokens":10,"output_tokens":1},{"type":"message","input_tokens":7,"output_tokens":5}]}})", "x", FinishReason::kStop, "input=17 output=6 verified"},
    // Gemini: thoughts beside the candidates, tool prompts beside the prompt, cached inside it.
    {"google", kAny, R"({"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"hm","thought":true},{"text":"hel"},{"text":"lo"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":100,"cachedContentTokenCount":40,"candidatesTokenCount":20,"thoughtsTokenCount":500,"toolUsePromptTokenCount":7,"totalTokenCount":627},"modelVersion":"gemini-2.5-flash","responseId":"r"})", "hello", FinishReason::kStop, "input=67 read=40 output=20 reasoning=500 verified"},
    {"google", kAny, R"({"candidates":[{"content":{"role":"model"},"finishReason":"MAX_TOKENS"}],"usageMetadata":{"promptTokenCount":10,"thoughtsTokenCount":90,"totalTokenCount":100}})", "", FinishReason::kLength, "input=10 reasoning=90 verified"},
    {"google", kAny, R"({"candidates":[{"content":{"parts":[{"text":"x"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":5,"totalTokenCount":16}})", "x", FinishReason::kStop, "input=10 output=5 unverified"},
    // Ollama leaves out what is zero.
    {"ollama", kAny, R"({"model":"llama3.2","message":{"role":"assistant","content":"hello","thinking":"hm"},"done":true,"done_reason":"stop","prompt_eval_count":26,"eval_count":298})", "hello", FinishReason::kStop, "input=26 output=298 verified"},
    {"ollama", kAny, R"({"model":"llama3.2","message":{"role":"assistant","content":"hel"},"done":true,"done_reason":"length","eval_count":3})", "hel", FinishReason::kLength, "output=3 verified"},
    {"ollama", kAny, R"({"model":"llama3.2","message":{"role":"assistant","content":""},"done":true,"done_reason":""})", "", FinishReason::kOther, ""},
};
// clang-format on

BOOST_AUTO_TEST_CASE(successes) {
  for (const SuccessRow& row : kSuccesses) {
    const ProviderReply reply = ParseBody(row.protocol, row.body, row.url);
    BOOST_TEST_CONTEXT(row.body) {
      BOOST_TEST(mlp::ToString(reply.error_class) == "none", reply.rule);
      BOOST_TEST(reply.text == row.text);
      BOOST_TEST(mlp::ToString(reply.finish) == mlp::ToString(row.finish));
      BOOST_TEST(Show(reply.usage) == row.usage);
    }
  }
}

BOOST_AUTO_TEST_CASE(cut_successes) {
  for (const SuccessRow& row : kSuccesses) {
    for (std::size_t length = 0; length < row.body.size(); ++length) {
      const ProviderReply reply = ParseBody(row.protocol, row.body.substr(0, length), row.url);
      BOOST_TEST_REQUIRE(mlp::ToString(reply.error_class) == "malformed-response");
    }
  }
}

// Every byte changed into others that matter to JSON: any class, but no throw and no crash.
BOOST_AUTO_TEST_CASE(changed_answers) {
  for (const SuccessRow& row : kSuccesses) {
    std::string body(row.body);
    for (std::size_t i = 0; i < body.size(); ++i) {
      const char kept = body[i];
      for (const char other : {'"', '{', ']', '-', '9', '\\', '\xFF', '\0'}) {
        body[i] = other;
        const ProviderReply reply = ParseBody(row.protocol, body, row.url);
        BOOST_TEST_REQUIRE((reply.error_class == ErrorClass::kNone || !reply.rule.empty()));
        BOOST_TEST_REQUIRE(reply.usage.prompt() >= 0);
        BOOST_TEST_REQUIRE(reply.usage.completion() >= 0);
      }
      body[i] = kept;
    }
  }
}

BOOST_AUTO_TEST_CASE(deeply_nested_answers_are_malformed) {
  for (const char* protocol : {"openai", "anthropic", "google", "ollama"}) {
    for (const char open : {'[', '{'}) {
      const std::string body(1'000'000, open);
      BOOST_TEST(mlp::ToString(ParseBody(protocol, body).error_class) == "malformed-response");
    }
    std::string nested =
        R"({"message":{"content":"x","tool_calls":[{"function":{"name":"f","arguments":)";
    for (int i = 0; i < 100'000; ++i) nested += R"({"a":)";
    nested += "1" + std::string(100'000, '}') + "}}]},\"done\":true}";
    BOOST_TEST(mlp::ToString(ParseBody(protocol, nested).error_class) == "malformed-response");
  }
}

struct ToolRow {
  std::string_view protocol;
  std::string_view body;
  std::string_view calls;
};

constexpr ToolRow kToolRows[] = {
    {"openai",
     R"({"choices":[{"finish_reason":"tool_calls","message":{"content":null,"tool_calls":[)"
     R"({"id":"call_a","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},)"
     R"({"id":"call_b","type":"function","function":{"name":"g","arguments":""}}]}}]})",
     R"(call_a f {"a":1}; call_b g {}; )"},
    {"openai",
     R"({"choices":[{"finish_reason":"stop","message":{"tool_calls":[)"
     R"({"function":{"name":"f","arguments":{"a":1}}}]}}]})",
     R"(call_0 f {"a":1}; )"},
    {"anthropic",
     R"({"content":[{"type":"text","text":"so"},{"type":"tool_use","id":"toolu_1","name":"f",)"
     R"("input":{"a":1}}],"stop_reason":"tool_use"})",
     R"(toolu_1 f {"a":1}; )"},
    {"google",
     R"({"candidates":[{"finishReason":"STOP","content":{"parts":[{"functionCall":{"name":"f",)"
     R"("args":{"a":1}}},{"functionCall":{"id":"9","name":"g"}}]}}]})",
     R"(call_0 f {"a":1}; 9 g {}; )"},
    {"ollama",
     R"({"message":{"content":"","tool_calls":[{"function":{"name":"f","arguments":{"a":1}}}]},)"
     R"("done":true,"done_reason":"stop"})",
     R"(call_0 f {"a":1}; )"},
};

// Every member in turn as something else: any class, but no throw.
BOOST_AUTO_TEST_CASE(members_of_other_shapes) {
  const auto check = [](std::string_view protocol, std::string_view url, int status,
                        std::string_view body) {
    for (const std::string& other : mlp::transport_test::OtherShapes(body)) {
      const ProviderReply reply = Parse(protocol, url, Response(status, "", other));
      BOOST_REQUIRE_MESSAGE(reply.error_class == ErrorClass::kNone || !reply.rule.empty(), other);
      BOOST_REQUIRE(reply.usage.prompt() >= 0);
    }
  };
  for (const SuccessRow& row : kSuccesses) check(row.protocol, row.url, 200, row.body);
  for (const FailureRow& row : Failures()) check(row.protocol, row.url, row.status, row.body);
  for (const ToolRow& row : kToolRows) check(row.protocol, kAny, 200, row.body);
}

BOOST_AUTO_TEST_CASE(answers_of_very_many_members_are_malformed) {
  for (const std::string protocol : {"openai", "anthropic", "google", "ollama"}) {
    const ProviderReply reply = ParseBody(protocol, mlp::transport_test::ManyMembers(200'000));
    BOOST_TEST(reply.rule == protocol + "-not-json");
  }
}

BOOST_AUTO_TEST_CASE(tool_calls) {
  for (const ToolRow& row : kToolRows) {
    const ProviderReply reply = ParseBody(row.protocol, row.body);
    std::string calls;
    for (const mlp::ToolCall& call : reply.tool_calls) {
      calls += call.id + " " + call.name + " " + call.arguments + "; ";
    }
    BOOST_TEST_CONTEXT(row.body) {
      BOOST_TEST(mlp::ToString(reply.error_class) == "none");
      BOOST_TEST(mlp::ToString(reply.finish) == "tool-calls");
      BOOST_TEST(calls == row.calls);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_tool_call_cut_by_the_limit_is_dropped) {
  const ProviderReply reply = ParseBody(
      "openai", R"({"choices":[{"finish_reason":"length","message":{"content":"so","tool_calls":[)"
                R"({"id":"c","function":{"name":"f","arguments":"{\"a\":"}}]}}]})");
  BOOST_TEST(mlp::ToString(reply.error_class) == "none");
  BOOST_TEST(mlp::ToString(reply.finish) == "length");
  BOOST_TEST(reply.tool_calls.empty());
  // Nor are arguments whole of which none came; a call without parameters says `{}`.
  const auto calls = [](std::string_view protocol, std::string_view body) {
    const ProviderReply cut = ParseBody(protocol, body);
    BOOST_TEST(mlp::ToString(cut.error_class) == "none");
    return cut.tool_calls.size();
  };
  BOOST_TEST(calls("openai", R"({"choices":[{"finish_reason":"length","message":{"tool_calls":[)"
                             R"({"id":"c","function":{"name":"f","arguments":""}},)"
                             R"({"id":"d","function":{"name":"g","arguments":"{}"}}]}}]})") == 1U);
  // Anthropic writes both as an empty object.
  BOOST_TEST(calls("anthropic",
                   R"({"content":[{"type":"tool_use","id":"t","name":"f","input":{"a":1}},)"
                   R"({"type":"tool_use","id":"u","name":"g","input":{}}],)"
                   R"("stop_reason":"max_tokens"})") == 1U);
}

BOOST_AUTO_TEST_CASE(known_providers_say_why_they_ended) {
  constexpr std::string_view kBody =
      R"({"choices":[{"finish_reason":null,"message":{"content":"x"}}],)"
      R"("usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}})";
  for (const std::string_view url :
       {"https://api.openai.com", "https://r.openai.azure.com/openai/v1", "https://api.mistral.ai",
        "https://api.groq.com/openai/v1", "https://api.deepseek.com", "https://api.x.ai/v1"}) {
    const ProviderReply reply = ParseBody("openai", kBody, url);
    BOOST_TEST(reply.rule == "openai-no-finish-reason", url);
    BOOST_TEST(mlp::ToString(reply.error_class) == "malformed-response");
    BOOST_TEST(reply.usage.output == 2);
  }
}

BOOST_AUTO_TEST_CASE(structured_output_must_be_json) {
  Prompt prompt{.messages = {{"user", "hi"}}};
  prompt.response_schema = R"({"type":"object"})";
  const auto parse = [&prompt](std::string_view text, std::string_view finish) {
    const std::string body = R"({"choices":[{"finish_reason":")" + std::string(finish) +
                             R"(","message":{"content":")" + std::string(text) + R"("}}]})";
    return Parse("openai", "http://127.0.0.1:1", Response(200, "", body), prompt);
  };
  BOOST_TEST(mlp::ToString(parse(R"({\"a\":1})", "stop").error_class) == "none");
  BOOST_TEST(parse("sure: {}", "stop").rule == "structured-output-not-json");
  BOOST_TEST(mlp::ToString(parse(R"({\"a\":)", "stop").error_class) == "malformed-response");
  BOOST_TEST(mlp::ToString(parse(R"({\"a\":)", "length").error_class) == "none");
}

BOOST_AUTO_TEST_CASE(a_refusal_without_output_is_not_billed) {
  const char* const kBody =
      R"({"content":[],"stop_reason":"refusal","usage":{"input_tokens":900,"output_tokens":3}})";
  BOOST_TEST(Show(ParseBody("anthropic", kBody).usage) == "verified");
  const char* const kLater = R"({"content":[{"type":"text","text":"but"}],"stop_reason":"refusal",)"
                             R"("usage":{"input_tokens":900,"output_tokens":3}})";
  const ProviderReply reply = ParseBody("anthropic", kLater);
  BOOST_TEST(Show(reply.usage) == "input=900 output=3 verified");
  BOOST_TEST(reply.text == "");
}

BOOST_AUTO_TEST_CASE(a_picture_too_large_is_no_long_prompt) {
  Prompt prompt{.messages = {{"user", "hi"}}};
  prompt.messages[0].parts.push_back({mlp::PartKind::kImageData, "AAAA", "image/png"});
  const ProviderReply reply =
      Parse("anthropic", "https://api.anthropic.com", Response(413, "", "too large"), prompt);
  BOOST_TEST(mlp::ToString(reply.error_class) == "invalid-request");
}

BOOST_AUTO_TEST_CASE(identity) {
  ProviderReply reply =
      Parse("openai", "https://api.openai.com",
            Response(200, "x-request-id: req_011CSHoEeqs5C35K2UUqR7Fy", kSuccesses[0].body));
  BOOST_TEST(reply.model == "gpt-5.4-2026-03-05");
  BOOST_TEST(reply.response_id == "chatcmpl-9");
  BOOST_TEST(reply.request_id == "req_011CSHoEeqs5C35K2UUqR7Fy");
  reply = Parse("anthropic", "https://api.anthropic.com",
                Response(400, "", R"({"error":{"type":"x","message":"y"},"request_id":"req_2"})"));
  BOOST_TEST(reply.request_id == "req_2");
  BOOST_TEST(reply.error_type == "x");
  BOOST_TEST(reply.error_message == "y");
}

BOOST_AUTO_TEST_CASE(transport_failures) {
  struct Row {
    ErrorClass error_class;
    std::string_view rule;
  };
  for (const Row& row : {Row{ErrorClass::kConnection, "transport-connection"},
                         Row{ErrorClass::kTimeout, "transport-timeout"},
                         Row{ErrorClass::kCancelled, "transport-cancelled"},
                         Row{ErrorClass::kMalformedResponse, "transport-too-large"},
                         Row{ErrorClass::kInvalidRequest, "transport-unsendable"}}) {
    for (const char* protocol : {"openai", "anthropic", "google", "ollama"}) {
      HttpResponse response = Response(200, "", kSuccesses[0].body);
      response.error_class = row.error_class;
      response.error = "went wrong for sk-abcdefghijkl";
      const ProviderReply reply = Parse(protocol, "http://127.0.0.1:1", response);
      BOOST_TEST(mlp::ToString(reply.error_class) == mlp::ToString(row.error_class));
      BOOST_TEST(reply.rule == row.rule);
      BOOST_TEST(reply.text == "");
      BOOST_TEST(reply.error_message == "went wrong for [key]");
    }
  }
}

BOOST_AUTO_TEST_CASE(retry_hints) {
  struct Row {
    std::string_view headers;
    std::int64_t expected_ms;
  };
  for (const Row& row : {
           Row{"", -1},
           Row{"retry-after: 0", 0},
           Row{"retry-after: 7", 7'000},
           Row{"retry-after: 1.5", 1'500},
           Row{"retry-after: -1", -1},
           Row{"retry-after: soon", -1},
           Row{"retry-after: 1e99", -1},
           Row{"retry-after: nan", -1},
           Row{"retry-after-ms: 250", 250},
           Row{"retry-after-ms: bad\nretry-after: 3", 3'000},
           Row{"date: Sat, 21 Nov 2026 00:00:00 GMT\nretry-after: Sat, 21 Nov 2026 00:01:30 GMT",
               90'000},
           Row{"date: Sat, 21 Nov 2026 00:00:00 GMT\nretry-after: Fri, 20 Nov 2026 00:00:00 GMT",
               0},
           Row{"retry-after: Fri, 20 Nov 2020 00:00:00 GMT", 0},
           Row{"retry-after: Fri, 31 Dec 9999 23:59:59 GMT", -1},
           Row{"date: Sat, 21 Nov 2026 00:00:00 GMT\nretry-after: Wed, 21 Nov 2040 00:00:00 GMT",
               441'849'600'000},
           Row{"x-ratelimit-remaining-tokens: 0\nx-ratelimit-reset-tokens: 6m0s", 360'000},
           Row{"x-ratelimit-remaining-tokens: 0\nx-ratelimit-reset-tokens: 12ms\n"
               "x-ratelimit-remaining-requests: 0\nx-ratelimit-reset-requests: 1h2m3.5s",
               3'723'500},
           Row{"x-ratelimit-remaining-tokens: 5\nx-ratelimit-reset-tokens: 6m0s", -1},
           Row{"x-ratelimit-remaining-tokens: 0\nx-ratelimit-reset-tokens: 6 minutes", -1},
       }) {
    const ProviderReply reply =
        Parse("openai", "http://127.0.0.1:1", Response(429, row.headers, "{}"));
    BOOST_TEST_CONTEXT(row.headers) { BOOST_TEST(reply.retry_after_ms == row.expected_ms); }
  }
  BOOST_TEST(
      Parse("openai", kAny, Response(500, "x-should-retry: false", "")).should_retry.value() ==
      false);
  BOOST_TEST(Parse("openai", kAny, Response(400, "x-should-retry: true", "")).should_retry.value());
  BOOST_TEST(!Parse("openai", kAny, Response(400, "x-should-retry: maybe", "")).should_retry);
}

BOOST_AUTO_TEST_CASE(keys_stay_out_of_messages) {
  const auto message = [](std::string_view said) {
    const std::string body = R"({"error":{"message":")" + std::string(said) + R"("}})";
    return Parse("openai", kAny, Response(400, "", body)).error_message;
  };
  BOOST_TEST(message("Incorrect API key provided: sk-proj-abc***xyz. See docs.") ==
             "Incorrect API key provided: [key] See docs.");
  BOOST_TEST(message("bad key-of-the-test-1!") == "bad [key]!");
  BOOST_TEST(message("api_key=key-of-the-test-1") == "api_key=[key]");
  BOOST_TEST(message("Authorization: Bearer abc") == "Authorization: Bearer [key]");
  BOOST_TEST(message("token 0123456789abcdef0123456789abcdef") == "token [key]");
  BOOST_TEST(message("see https://x.test/p?key=abc&z=1 now") == "see https://x.test/p?[query] now");
  BOOST_TEST(message("model claude-sonnet-4-5-20250929 is retired") ==
             "model claude-sonnet-4-5-20250929 is retired");
  BOOST_TEST(message("a\\nb") == "a b");
  const std::string longest = message(std::string(299, 'x') + "\xC3\xA9 and more");
  BOOST_TEST(longest == std::string(299, 'x'));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
