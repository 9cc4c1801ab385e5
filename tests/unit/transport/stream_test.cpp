// Streams read from bytes: the same reply as an answer in one piece, however the bytes are cut;
// every provider's way to fail in mid-stream; and no bytes that would harm.
#include "mlp/stream.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mlp/protocol.hpp"
#include "runtime/tools/loopback/wire_stream.hpp"
#include "tests/unit/transport/other_shapes.hpp"

namespace mlp {
namespace {

using loopback::FakeKind;
using loopback::FakeReply;
using loopback::WireFormat;
using loopback::WireStream;

constexpr std::pair<std::string_view, WireFormat> kFormats[] = {
    {"openai", WireFormat::kOpenAi},
    {"anthropic", WireFormat::kAnthropic},
    {"google", WireFormat::kGoogle},
    {"ollama", WireFormat::kOllama}};

const WireProtocol& Protocol(std::string_view name) {
  static const ProtocolRegistry registry = ProtocolRegistry::BuiltIn();
  return *registry.Find(name);
}

WireCall CallOf(const Prompt& prompt) {
  WireCall call;
  call.url = "http://127.0.0.1:1";
  call.key = "key-of-the-test-1";
  call.model_id = "m";
  call.prompt = &prompt;
  call.stream = true;
  return call;
}

const Prompt& Hi() {
  static const Prompt prompt{.messages = {{"user", "hi"}}};
  return prompt;
}

std::string Joined(const std::vector<std::string>& pieces) {
  std::string all;
  for (const std::string& piece : pieces) all += piece;
  return all;
}

std::string Show(const Usage& usage) {
  std::string text;
  for (const std::int64_t count : {usage.input, usage.cache_read, usage.cache_write,
                                   usage.cache_write_long, usage.output, usage.reasoning}) {
    text += std::to_string(count) + " ";
  }
  return text + (usage.reported ? "reported " : "") + (usage.verified ? "verified" : "");
}

std::string Show(const ProviderReply& reply) {
  std::string text = std::string(ToString(reply.error_class)) + " " + reply.rule + " \"" +
                     reply.text + "\" " + std::string(ToString(reply.finish)) + " " + reply.model +
                     " " + reply.response_id + " " + Show(reply.usage);
  for (const ToolCall& call : reply.tool_calls) {
    text += "\n  " + call.id + " " + call.name + " " + call.arguments + " " + call.signature;
  }
  return text + "\n" + reply.error_type + "|" + reply.error_code + "|" + reply.error_message;
}

/// Everything that a reader told: deltas one after the other, states aside, and the reply.
struct Told {
  std::string deltas;
  std::string text;
  std::string reply_shown;
  ProviderReply reply;
  StreamState state = StreamState::kOpen;
  friend bool operator==(const Told& a, const Told& b) {
    return a.deltas == b.deltas && a.reply_shown == b.reply_shown;
  }
};

Told Read(std::string_view protocol, const std::vector<std::string_view>& pieces,
          ErrorClass end = ErrorClass::kNone, const Prompt& prompt = Hi()) {
  const WireCall call = CallOf(prompt);
  const auto reader = Protocol(protocol).ReadStream(call);
  Told told;
  std::vector<StreamDelta> deltas;
  for (const std::string_view piece : pieces) told.state = reader->Feed(piece, deltas);
  HttpResponse response;
  response.status = 200;
  response.error_class = end;
  told.reply = reader->Finish(response, deltas);
  for (const StreamDelta& delta : deltas) {
    switch (delta.kind) {
      case StreamDelta::Kind::kText:
        told.text += delta.text;
        told.deltas += "text " + delta.text + "\n";
        break;
      case StreamDelta::Kind::kToolCall:
        told.deltas += "call " + std::to_string(delta.tool_call.index) + " " + delta.tool_call.id +
                       " " + delta.tool_call.name + " " + delta.tool_call.arguments + "\n";
        break;
      case StreamDelta::Kind::kThought:
        told.deltas += "thought\n";
        break;
      case StreamDelta::Kind::kUsage:
        told.deltas += "usage " + Show(delta.usage) + "\n";
        break;
      case StreamDelta::Kind::kFinish:
        told.deltas += "finish " + std::string(ToString(delta.finish)) + "\n";
        break;
    }
  }
  told.reply_shown = Show(told.reply);
  return told;
}

std::vector<std::string_view> Cut(std::string_view text, std::vector<std::size_t> at) {
  std::sort(at.begin(), at.end());
  std::vector<std::string_view> pieces;
  std::size_t from = 0;
  for (const std::size_t to : at) {
    pieces.push_back(text.substr(from, to - from));
    from = to;
  }
  pieces.push_back(text.substr(from));
  return pieces;
}

/// Every single cut, byte by byte, and random cuts.
void CheckCuts(std::string_view protocol, const std::string& bytes, std::mt19937& random) {
  const Told whole = Read(protocol, {bytes});
  std::vector<std::size_t> every;
  for (std::size_t i = 0; i <= bytes.size(); ++i) {
    every.push_back(i);
    const Told cut = Read(protocol, Cut(bytes, {i}));
    BOOST_REQUIRE_MESSAGE(cut == whole, protocol << " cut at " << i << ": " << cut.deltas << " "
                                                 << cut.reply_shown << " instead of "
                                                 << whole.deltas << " " << whole.reply_shown);
  }
  BOOST_TEST((Read(protocol, Cut(bytes, every)) == whole));
  for (int round = 0; round < 20; ++round) {
    std::vector<std::size_t> at;
    for (std::size_t n = 2 + random() % 8; n > 0; --n) at.push_back(random() % (bytes.size() + 1));
    BOOST_REQUIRE(Read(protocol, Cut(bytes, at)) == whole);
  }
}

std::vector<FakeReply> Answers() {
  const Usage usage{.input = 100, .cache_read = 40, .output = 20, .reasoning = 8};
  const std::vector<ToolCall> calls = {{"c1", "find", R"({"q":"grüß \"dich\"","n":[1,2]})"},
                                       {"c2", "stop", "{}"}};
  return {{.text = "grüß \"dich\"\n und mehr\t", .usage = usage, .model = "m-2026"},
          {.text = ""},
          {.kind = FakeKind::kToolCall, .usage = usage, .tool_calls = calls},
          {.kind = FakeKind::kLength, .text = "cut off"},
          {.kind = FakeKind::kRefusal, .text = "I will not"},
          {.kind = FakeKind::kPromptBlocked, .text = "no"},
          {.kind = FakeKind::kNoUsage, .text = "free of charge"}};
}

BOOST_AUTO_TEST_SUITE(streams)

BOOST_AUTO_TEST_CASE(as_an_answer_in_one_piece_however_it_is_cut) {
  std::mt19937 random(7);
  for (const auto& [name, format] : kFormats) {
    for (const FakeReply& fake : Answers()) {
      BOOST_TEST_CONTEXT(name << " kind " << static_cast<int>(fake.kind)) {
        HttpResponse response;
        response.status = 200;
        response.body = loopback::WriteAnswer(format, fake, "m").body;
        const ProviderReply one = Protocol(name).ParseResponse(CallOf(Hi()), response);
        const WireStream stream = loopback::WriteStream(format, fake, "m", true);
        const std::string bytes =
            Joined(stream.opening) + Joined(stream.pieces) + Joined(stream.closing);
        const Told told = Read(name, {bytes});
        BOOST_TEST(told.reply_shown == Show(one));
        if (one.error_class == ErrorClass::kNone) BOOST_TEST(told.text == one.text);
        BOOST_TEST((told.state == StreamState::kComplete) == (format != WireFormat::kGoogle));
        CheckCuts(name, bytes, random);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(pieces_of_a_call_make_its_arguments) {
  const FakeReply fake = Answers()[2];
  for (const auto& [name, format] : kFormats) {
    const WireStream stream = loopback::WriteStream(format, fake, "m", true);
    const auto reader = Protocol(name).ReadStream(CallOf(Hi()));
    std::vector<StreamDelta> deltas;
    reader->Feed(Joined(stream.opening) + Joined(stream.pieces) + Joined(stream.closing), deltas);
    HttpResponse response;
    response.status = 200;
    const ProviderReply reply = reader->Finish(response, deltas);
    std::vector<ToolCall> joined(reply.tool_calls.size());
    for (const StreamDelta& delta : deltas) {
      if (delta.kind != StreamDelta::Kind::kToolCall) continue;
      BOOST_REQUIRE(delta.tool_call.index < joined.size());
      ToolCall& call = joined[delta.tool_call.index];
      call.id += delta.tool_call.id;
      call.name += delta.tool_call.name;
      call.arguments += delta.tool_call.arguments;
    }
    BOOST_TEST(reply.tool_calls.size() == 2U);
    BOOST_TEST((joined == reply.tool_calls), name);
  }
}

BOOST_AUTO_TEST_CASE(errors_in_mid_stream) {
  std::mt19937 random(8);
  const ErrorClass classes[] = {ErrorClass::kOverloaded, ErrorClass::kOverloaded,
                                ErrorClass::kOverloaded, ErrorClass::kServerError};
  std::size_t i = 0;
  for (const auto& [name, format] : kFormats) {
    const WireStream stream = loopback::WriteStream(format, {.text = "one two"}, "m", true);
    for (const std::string& before :
         {Joined(stream.opening), Joined(stream.opening) + stream.pieces[0]}) {
      // Also where the connection breaks right behind it, or goes on.
      for (const ErrorClass end : {ErrorClass::kNone, ErrorClass::kConnection}) {
        const Told told = Read(name, {before + stream.error + Joined(stream.closing)}, end);
        BOOST_TEST_CONTEXT(name << " " << told.reply_shown) {
          BOOST_TEST(ToString(told.reply.error_class) == ToString(classes[i]));
          BOOST_TEST((told.state == StreamState::kFailed));
          BOOST_TEST(told.reply.http_status == 200);
          BOOST_TEST(told.reply.text == "");
        }
      }
      CheckCuts(name, before + stream.error, random);
    }
    ++i;
  }
}

BOOST_AUTO_TEST_CASE(streams_without_their_end) {
  std::mt19937 random(9);
  for (const auto& [name, format] : kFormats) {
    const FakeReply fake{.text = "one two three"};
    const WireStream stream = loopback::WriteStream(format, fake, "m", true);
    const std::string cut = Joined(stream.opening) + Joined(stream.pieces);
    Told told = Read(name, {cut});
    BOOST_TEST(told.text == "one two three");
    BOOST_TEST(ToString(told.reply.error_class) == "malformed-response");
    BOOST_TEST(told.reply.rule == std::string(name) + "-stream-truncated");
    BOOST_TEST(told.reply.model == "m");
    BOOST_TEST(!told.reply.usage.verified);
    BOOST_TEST(told.reply.usage.reported == (name == "anthropic"));
    told = Read(name, {cut}, ErrorClass::kConnection);
    BOOST_TEST(ToString(told.reply.error_class) == "connection");
    told = Read(name, {cut}, ErrorClass::kTimeout);
    BOOST_TEST(ToString(told.reply.error_class) == "timeout");
    told = Read(name, {});
    BOOST_TEST(ToString(told.reply.error_class) == "malformed-response");
    // What breaks after the provider's own end breaks nothing.
    told = Read(name, {cut + Joined(stream.closing)}, ErrorClass::kTimeout);
    BOOST_TEST(ToString(told.reply.error_class) == "none");
    BOOST_TEST(told.reply.usage.verified);
    // Any cut at all is never an answer, but where only the last line's end is missing.
    const std::string whole = cut + Joined(stream.closing);
    for (std::size_t length = 0; length < whole.size() - 2; ++length) {
      told = Read(name, {std::string_view(whole).substr(0, length)});
      BOOST_REQUIRE_MESSAGE(told.reply.error_class == ErrorClass::kMalformedResponse,
                            name << " of " << length << " bytes: " << told.reply_shown);
    }
    CheckCuts(name, cut, random);
  }
}

BOOST_AUTO_TEST_CASE(signs_of_life_are_no_content) {
  for (const auto& [name, format] : kFormats) {
    const WireStream stream = loopback::WriteStream(format, {.text = "one"}, "m", true);
    const auto reader = Protocol(name).ReadStream(CallOf(Hi()));
    std::vector<StreamDelta> deltas;
    reader->Feed(Joined(stream.opening), deltas);
    for (int i = 0; i < 100; ++i) {
      BOOST_TEST((reader->Feed(stream.keep_alive, deltas) == StreamState::kOpen));
    }
    BOOST_TEST(deltas.empty(), name);
    reader->Feed(stream.pieces[0], deltas);
    BOOST_TEST(deltas.size() == 1U, name);
  }
}

BOOST_AUTO_TEST_CASE(an_answer_in_one_piece_from_a_server_that_does_not_stream) {
  for (const auto& [name, format] : kFormats) {
    for (const FakeReply& fake : Answers()) {
      HttpResponse response;
      response.status = 200;
      const std::string body = loopback::WriteAnswer(format, fake, "m").body;
      response.body = body;
      const ProviderReply one = Protocol(name).ParseResponse(CallOf(Hi()), response);
      const Told told = Read(name, {body});
      BOOST_TEST(told.reply_shown == Show(one));
      if (one.error_class == ErrorClass::kNone) BOOST_TEST(told.text == one.text);
    }
    const Told page = Read(name, {"<html><body>\nBad gateway</body></html>\n"});
    BOOST_TEST(ToString(page.reply.error_class) == "malformed-response");
  }
}

BOOST_AUTO_TEST_CASE(dialects_of_openai) {
  const auto told = [](std::string_view bytes) { return Read("openai", {bytes}); };
  // Calls without numbers, ids and names in each piece.
  Told calls = told(
      R"(data: {"choices":[{"delta":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{\"x\""}}]}}]}

data: {"choices":[{"delta":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":":1}"}}]}}]}

data: {"choices":[{"delta":{"tool_calls":[{"id":"b","function":{"name":"g","arguments":{"y":2}}}]}}]}

data: [DONE]

)");
  BOOST_TEST(calls.reply.tool_calls.size() == 2U);
  BOOST_TEST((calls.reply.tool_calls[0] == ToolCall{"a", "f", R"({"x":1})"}));
  BOOST_TEST((calls.reply.tool_calls[1] == ToolCall{"b", "g", R"({"y":2})"}));
  // Reasoning is content, though not shown; usage of Groq; further choices were not asked for.
  Told groq = told(
      R"(data: {"choices":[{"delta":{"reasoning_content":"hm"}},{"index":1,"delta":{"content":"no"}}]}

data: {"choices":[{"delta":{"content":"yes"},"finish_reason":"stop"}],"x_groq":{"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}}

data: [DONE]
)");
  BOOST_TEST(groq.deltas ==
             "thought\ntext yes\nusage 3 0 0 0 2 0 reported verified\nfinish stop\n");
  // A content filter in mid-stream, and an error that a gateway put there.
  Told filtered = told(
      "data: {\"choices\":[{\"delta\":{\"content\":\"some\"}}]}\n\n"
      "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"content_filter\"}]}\n\n"
      "data: [DONE]\n\n");
  BOOST_TEST(ToString(filtered.reply.error_class) == "content-filter");
  Told limited = told("data: {\"error\":{\"message\":\"slow\",\"code\":429}}\n\n");
  BOOST_TEST(ToString(limited.reply.error_class) == "rate-limited");
  Told garbled = told("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: {]\n\n");
  BOOST_TEST(garbled.reply.rule == "openai-stream-not-json");
}

BOOST_AUTO_TEST_CASE(anthropic_thinks_and_counts) {
  const Told told = Read("anthropic", {R"(event: message_start
data: {"type":"message_start","message":{"id":"msg_1","model":"c","content":[],"usage":{"input_tokens":25,"cache_read_input_tokens":7,"output_tokens":1}}}

data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}

data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"let me"}}

data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"sig"}}

data: {"type":"content_block_stop","index":0}

data: {"type":"some_new_event","index":0}

data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t1","name":"f","input":{}}}

data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":""}}

data: {"type":"content_block_delta","index":1,"delta":{"type":"a_new_delta","x":""}}

data: {"type":"content_block_stop","index":1}

data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":11}}

data: {"type":"message_delta","delta":{},"usage":{"output_tokens":12}}

data: {"type":"message_stop"}

)"});
  BOOST_TEST(told.deltas ==
             "thought\ncall 0 t1 f \nusage 25 7 0 0 12 0 reported verified\nfinish tool-calls\n");
  BOOST_TEST(told.reply.tool_calls.size() == 1U);
  BOOST_TEST(told.reply.tool_calls[0].arguments == "{}");
  BOOST_TEST(told.reply.tool_calls[0].signature ==
             R"(anthropic:[{"type":"thinking","thinking":"let me","signature":"sig"}])");
  // A refusal in mid-stream is billed, one before any output is not.
  const std::string start =
      "data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":9,"
      "\"output_tokens\":1}}}\n\n";
  const std::string refusal =
      "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"refusal\"},"
      "\"usage\":{\"output_tokens\":3}}\n\ndata: {\"type\":\"message_stop\"}\n\n";
  const std::string text =
      "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\","
      "\"text\":\"par\"}}\n\n";
  Told refused = Read("anthropic", {start + text + refusal});
  BOOST_TEST(ToString(refused.reply.error_class) == "content-filter");
  BOOST_TEST(refused.reply.usage.input == 9);
  BOOST_TEST(refused.reply.usage.output == 3);
  refused = Read("anthropic", {start + refusal});
  BOOST_TEST(refused.reply.usage.reported);
  BOOST_TEST(refused.reply.usage.input == 0);
}

BOOST_AUTO_TEST_CASE(google_joins_its_chunks) {
  Told told = Read(
      "google",
      {R"(data: {"candidates":[{"content":{"parts":[{"text":"hm","thought":true}]}}],"usageMetadata":{"promptTokenCount":4,"totalTokenCount":4}}

data: {"candidates":[{"content":{"parts":[{"text":"a"},{"functionCall":{"name":"f","args":{"x":1}},"thoughtSignature":"s1"}]}}]}

data: {"candidates":[{"content":{"parts":[{"text":"b"}]},"finishReason":"STOP"}]}

data: {"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":4,"candidatesTokenCount":2,"thoughtsTokenCount":3,"totalTokenCount":9},"modelVersion":"g-1","responseId":"r"}
)"});
  BOOST_TEST(told.deltas ==
             "thought\ntext a\ncall 0 call_0 f {\"x\":1}\ntext b\n"
             "usage 4 0 0 0 2 3 reported verified\nfinish tool-calls\n");
  BOOST_TEST(told.reply.text == "ab");
  BOOST_TEST(told.reply.tool_calls[0].signature == "google:s1");
  BOOST_TEST(told.reply.model == "g-1");
  told = Read("google", {"data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\"}]}}]}\n\n"
                         "data: {\"candidates\":[{\"finishReason\":\"SAFETY\"}]}\n\n"});
  BOOST_TEST(ToString(told.reply.error_class) == "content-filter");
  told = Read("google", {"[{\n\"error\": {\"code\": 429, \"status\": \"RESOURCE_EXHAUSTED\",\n"
                         "\"message\": \"no capacity available\"}}\n]\n"});
  BOOST_TEST(ToString(told.reply.error_class) == "overloaded");
}

BOOST_AUTO_TEST_CASE(structured_output_is_checked_at_the_end) {
  Prompt prompt = Hi();
  prompt.response_schema = "{}";
  const WireStream stream =
      loopback::WriteStream(WireFormat::kOpenAi, {.text = "no json"}, "m", true);
  const Told told =
      Read("openai", {Joined(stream.opening) + Joined(stream.pieces) + Joined(stream.closing)},
           ErrorClass::kNone, prompt);
  BOOST_TEST(told.reply.rule == "structured-output-not-json");
}

BOOST_AUTO_TEST_CASE(requests_ask_for_a_stream) {
  std::vector<std::string> left_out;
  const auto request = [&](std::string_view protocol, std::string_view url, bool stream) {
    WireCall call = CallOf(Hi());
    call.url = url;
    call.stream = stream;
    return Protocol(protocol).BuildRequest(call, left_out);
  };
  const auto has = [](const HttpRequest& in, std::string_view part) {
    return in.body.find(part) != std::string::npos;
  };
  BOOST_TEST(has(request("openai", "https://api.openai.com", true),
                 R"("stream":true,"stream_options":{"include_usage":true})"));
  BOOST_TEST(!has(request("openai", "https://api.openai.com", false), "stream"));
  const HttpRequest mistral = request("openai", "https://api.mistral.ai", true);
  BOOST_TEST(has(mistral, R"("stream":true)"));
  BOOST_TEST(!has(mistral, "stream_options"));
  BOOST_TEST(has(request("anthropic", "https://a", true), R"("stream":true)"));
  BOOST_TEST(!has(request("anthropic", "https://a", false), "stream"));
  BOOST_TEST(has(request("ollama", "http://o", true), R"("stream":true)"));
  BOOST_TEST(has(request("ollama", "http://o", false), R"("stream":false)"));
  BOOST_TEST(request("google", "https://g", true).url ==
             "https://g/v1beta/models/m:streamGenerateContent?alt=sse");
  BOOST_TEST(request("google", "https://g/?a=b", true).url ==
             "https://g/v1beta/models/m:streamGenerateContent?a=b&alt=sse");
  BOOST_TEST(request("google", "https://g", false).url ==
             "https://g/v1beta/models/m:generateContent");
}

BOOST_AUTO_TEST_CASE(usage_of_another_shape_ends_nothing) {
  std::mt19937 random(12);
  CheckCuts("anthropic",
            "data: {\"type\":\"message_start\",\"message\":{\"usage\":[]}}\n\n"
            "data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":5}}\n\n",
            random);
}

// Every member of every event in turn as something else: any reply, but no throw, and cuts change
// nothing.
BOOST_AUTO_TEST_CASE(members_of_other_shapes) {
  for (const auto& [name, format] : kFormats) {
    for (const FakeReply& fake : Answers()) {
      const WireStream stream = loopback::WriteStream(format, fake, "m", true);
      const std::string bytes =
          Joined(stream.opening) + Joined(stream.pieces) + Joined(stream.closing);
      std::size_t variants = 0;
      for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t end = bytes.find('\n', at);
        const std::size_t open = bytes.find('{', at);
        if (open < end) {
          const std::string event = bytes.substr(open, end - open);
          for (const std::string& other : transport_test::OtherShapes(event)) {
            const std::string changed = bytes.substr(0, open) + other + bytes.substr(end);
            const Told whole = Read(name, {changed});
            BOOST_REQUIRE(Read(name, Cut(changed, {open + other.size() / 2})) == whole);
            ++variants;
          }
        }
        at = end + 1;
      }
      BOOST_TEST(variants > 20U);
    }
  }
}

BOOST_AUTO_TEST_CASE(events_of_very_many_members) {
  for (const auto& [name, format] : kFormats) {
    const std::string many = transport_test::ManyMembers(200'000);
    const std::string bytes =
        format == WireFormat::kOllama ? many + "\n" : "data: " + many + "\n\n";
    BOOST_TEST(Read(name, {bytes}).reply.rule == std::string(name) + "-stream-not-json");
  }
}

// What is kept is bounded, not what passes.
BOOST_AUTO_TEST_CASE(very_long_answers) {
  constexpr std::size_t kPart = std::size_t{1} << 20;
  for (const auto& [name, format] : kFormats) {
    const WireStream stream =
        loopback::WriteStream(format, {.text = std::string(kPart, 'x')}, "m", true);
    const std::string part = Joined(stream.pieces);
    const auto reader = Protocol(name).ReadStream(CallOf(Hi()));
    std::vector<StreamDelta> deltas;
    reader->Feed(Joined(stream.opening), deltas);
    int parts = 0;
    while (parts < 40 && reader->Feed(part, deltas) == StreamState::kOpen) {
      reader->Feed(stream.keep_alive, deltas);
      deltas.clear();
      ++parts;
    }
    BOOST_TEST(parts >= 31, name);
    BOOST_TEST(parts <= 32, name);
    HttpResponse response;
    response.status = 200;
    BOOST_TEST(reader->Finish(response, deltas).rule == std::string(name) + "-stream-too-large");

    const auto endless = Protocol(name).ReadStream(CallOf(Hi()));
    const std::string bytes(kPart, 'x');
    for (parts = 0; parts < 40 && endless->Feed(bytes, deltas) == StreamState::kOpen;) ++parts;
    BOOST_TEST(parts == 32, name);
  }
  // The frame of each token may well be a hundred times as long.
  const auto reader = Protocol("openai").ReadStream(CallOf(Hi()));
  const std::string chunk = "data: {\"obfuscation\":\"" + std::string(100'000, 'x') +
                            "\",\"choices\":[{\"delta\":{\"content\":\"y\"}}]}\n\n";
  std::vector<StreamDelta> deltas;
  for (int i = 0; i < 400; ++i) {
    BOOST_REQUIRE((reader->Feed(chunk, deltas) == StreamState::kOpen));
  }
}

BOOST_AUTO_TEST_CASE(a_call_that_was_cut_off_is_no_call) {
  const auto openai = [](std::string_view arguments) {
    return Read("openai",
                {"data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\","
                 "\"function\":{\"name\":\"delete_all\",\"arguments\":\"" +
                 std::string(arguments) +
                 "\"}}]}}]}\n\ndata: {\"choices\":[{\"delta\":{},\"finish_reason\":"
                 "\"length\"}]}\n\ndata: [DONE]\n\n"})
        .reply;
  };
  for (const std::string_view arguments : {"", "{", R"({\"a\":)"}) {
    BOOST_TEST(ToString(openai(arguments).error_class) == "none");
    BOOST_TEST(openai(arguments).tool_calls.empty(), arguments);
  }
  BOOST_TEST(openai("{}").tool_calls.size() == 1U);

  const auto anthropic = [](std::string_view middle) {
    return Read("anthropic", {R"(data: {"type":"message_start","message":{"content":[]}}

data: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"delete_all","input":{}}}

)" + std::string(middle) +
                              R"(data: {"type":"message_delta","delta":{"stop_reason":"max_tokens"}}

data: {"type":"message_stop"}

)"})
        .reply;
  };
  const std::string stop = "data: {\"type\":\"content_block_stop\",\"index\":0}\n\n";
  const std::string input =
      R"(data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"a\":1}"}}

)";
  for (const std::string& middle : {std::string(), stop, input}) {
    BOOST_TEST(ToString(anthropic(middle).error_class) == "none");
    BOOST_TEST(anthropic(middle).tool_calls.empty(), middle);
  }
  BOOST_TEST(anthropic(input + stop).tool_calls.size() == 1U);
}

BOOST_AUTO_TEST_CASE(calls_that_share_a_number) {
  const auto piece = [](std::string_view call) {
    return "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0," + std::string(call) +
           "}]}}]}\n\n";
  };
  const std::string end =
      "data: {\"choices\":[{\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n";
  Told told = Read("openai", {piece(R"("id":"a","function":{"name":"f","arguments":"{\"x\""})") +
                              piece(R"("id":"","function":{"arguments":":1}"})") +
                              piece(R"("id":"b","function":{"name":"f","arguments":""})") +
                              piece(R"("function":{"arguments":"{\"x\":2}"})") + end});
  BOOST_REQUIRE(told.reply.tool_calls.size() == 2U);
  BOOST_TEST((told.reply.tool_calls[0] == ToolCall{"a", "f", R"({"x":1})"}));
  BOOST_TEST((told.reply.tool_calls[1] == ToolCall{"b", "f", R"({"x":2})"}));
  BOOST_TEST(told.deltas.find("call 1 b f") != std::string::npos);
  // Some servers give each piece of a call an id of its own; only its first has the name.
  told = Read("openai", {piece(R"("id":"r1","function":{"name":"f","arguments":"{\"x\""})") +
                         piece(R"("id":"r2","function":{"arguments":":1}"})") + end});
  BOOST_REQUIRE(told.reply.tool_calls.size() == 1U);
  BOOST_TEST((told.reply.tool_calls[0] == ToolCall{"r1", "f", R"({"x":1})"}));
}

// What libFuzzer would do, replayed: streams with bytes changed, moved and doubled, and bytes at
// random. Nothing may crash, and cuts may change nothing.
BOOST_AUTO_TEST_CASE(no_bytes_harm) {
  std::mt19937 random(11);
  BOOST_TEST_MESSAGE("seed 11");
  constexpr std::string_view kSpice[] = {"data: ",    "\n\n", "[DONE]", "{",  "}",  "[",
                                         "]",         "null", "\"",     "\\", ":",  ",",
                                         "\"index\"", "-1",   "1e999",  "é",  "\r", "event: error"};
  for (const auto& [name, format] : kFormats) {
    std::vector<std::string> seeds;
    for (const FakeReply& fake : Answers()) {
      const WireStream stream = loopback::WriteStream(format, fake, "m", true);
      seeds.push_back(Joined(stream.opening) + Joined(stream.pieces) + Joined(stream.closing));
      seeds.push_back(Joined(stream.opening) + stream.error);
    }
    for (int round = 0; round < 1'500; ++round) {
      std::string bytes = seeds[random() % seeds.size()];
      for (std::size_t n = 1 + random() % 6; n > 0; --n) {
        const std::size_t at = random() % (bytes.size() + 1);
        switch (random() % 5) {
          case 0:
            bytes.insert(at, kSpice[random() % std::size(kSpice)]);
            break;
          case 1:
            bytes.erase(at, random() % 40);
            break;
          case 2:
            if (at < bytes.size()) bytes[at] = static_cast<char>(random() % 256);
            break;
          case 3:
            bytes.insert(at, bytes.substr(random() % (bytes.size() + 1), random() % 200));
            break;
          default:
            bytes.resize(at);
            break;
        }
      }
      std::vector<std::size_t> cuts;
      for (std::size_t n = random() % 6; n > 0; --n) cuts.push_back(random() % (bytes.size() + 1));
      const Told whole = Read(name, {bytes});
      BOOST_REQUIRE_MESSAGE(Read(name, Cut(bytes, cuts)) == whole, name << ": " << bytes);
    }
    for (int round = 0; round < 500; ++round) {
      std::string bytes;
      for (std::size_t n = random() % 300; n > 0; --n) bytes += static_cast<char>(random() % 256);
      const Told told = Read(name, {bytes});
      BOOST_TEST((told.reply.error_class == ErrorClass::kMalformedResponse));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
