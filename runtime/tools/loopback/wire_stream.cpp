#include "runtime/tools/loopback/wire_stream.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace mlp::loopback {
namespace {

using Json = nlohmann::ordered_json;

/// `text` in words, each with the blanks behind it.
std::vector<std::string> Words(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t blank = std::min(text.find(' ', at), text.size());
    const std::size_t end = std::min(text.find_first_not_of(' ', blank), text.size());
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

/// In three pieces of whole characters.
std::vector<std::string> Thirds(const std::string& text) {
  const auto boundary = [&text](std::size_t at) {
    while (at < text.size() && (text[at] & 0xC0) == 0x80) ++at;
    return at;
  };
  const std::size_t first = boundary(text.size() / 3);
  const std::size_t second = boundary(2 * text.size() / 3);
  return {text.substr(0, first), text.substr(first, second - first), text.substr(second)};
}

std::string Event(const Json& data) { return "data: " + data.dump() + "\n\n"; }

std::string NamedEvent(const Json& data) {
  return "event: " + data["type"].get<std::string>() + "\n" + Event(data);
}

WireStream OpenAiStream(const Json& answer, bool with_usage) {
  WireStream stream;
  const auto chunk = [&answer](Json choices) {
    return Json{{"id", answer["id"]},
                {"object", "chat.completion.chunk"},
                {"model", answer["model"]},
                {"choices", std::move(choices)}};
  };
  const auto delta = [&chunk](Json content, const Json& finish = nullptr) {
    Json choice = {{"index", 0}, {"delta", std::move(content)}, {"finish_reason", finish}};
    return Event(chunk(Json::array({std::move(choice)})));
  };
  const Json& choice = answer["choices"][0];
  const Json& message = choice["message"];
  stream.opening = {delta({{"role", "assistant"}, {"content", ""}})};
  for (const char* name : {"content", "refusal"}) {
    if (!message[name].is_string()) continue;
    for (const std::string& word : Words(message[name])) {
      stream.pieces.push_back(delta({{name, word}}));
    }
  }
  std::size_t index = 0;
  for (const Json& call : message.value("tool_calls", Json::array())) {
    Json begun = call;
    begun["index"] = index;
    begun["function"]["arguments"] = "";
    stream.pieces.push_back(delta({{"tool_calls", Json::array({begun})}}));
    for (const std::string& piece : Thirds(call["function"]["arguments"])) {
      Json next = {{"index", index}, {"function", {{"arguments", piece}}}};
      stream.pieces.push_back(delta({{"tool_calls", Json::array({std::move(next)})}}));
    }
    ++index;
  }
  stream.closing = {delta(Json::object(), choice["finish_reason"])};
  if (with_usage && answer.contains("usage")) {
    Json usage = chunk(Json::array());
    usage["usage"] = answer["usage"];
    stream.closing.push_back(Event(usage));
  }
  stream.closing.emplace_back("data: [DONE]\n\n");
  stream.keep_alive = ": keep-alive\n\n";
  stream.error = Event({{"error",
                         {{"message", "The server is overloaded."},
                          {"type", "service_unavailable_error"},
                          {"param", nullptr},
                          {"code", "server_is_overloaded"}}}});
  return stream;
}

WireStream AnthropicStream(const Json& answer) {
  WireStream stream;
  Json message = answer;
  message["content"] = Json::array();
  message["stop_reason"] = nullptr;
  if (message.contains("usage")) message["usage"]["output_tokens"] = 1;
  stream.keep_alive = NamedEvent({{"type", "ping"}});
  stream.opening = {NamedEvent({{"type", "message_start"}, {"message", message}}),
                    stream.keep_alive};
  std::size_t index = 0;
  for (const Json& block : answer["content"]) {
    Json empty = block;
    std::vector<Json> deltas;
    if (block["type"] == "text") {
      empty["text"] = "";
      for (const std::string& word : Words(block["text"])) {
        deltas.push_back({{"type", "text_delta"}, {"text", word}});
      }
    } else {
      empty["input"] = Json::object();
      for (const std::string& piece : Thirds(block["input"].dump())) {
        deltas.push_back({{"type", "input_json_delta"}, {"partial_json", piece}});
      }
    }
    std::string start = NamedEvent(
        {{"type", "content_block_start"}, {"index", index}, {"content_block", std::move(empty)}});
    for (Json& delta : deltas) {
      stream.pieces.push_back(
          std::exchange(start, {}) +
          NamedEvent(
              {{"type", "content_block_delta"}, {"index", index}, {"delta", std::move(delta)}}));
    }
    const std::string stop = NamedEvent({{"type", "content_block_stop"}, {"index", index}});
    stream.closing.push_back(start + stop);
    ++index;
  }
  Json last = {{"type", "message_delta"},
               {"delta",
                {{"stop_reason", answer["stop_reason"]},
                 {"stop_sequence", nullptr},
                 {"stop_details", answer["stop_details"]}}}};
  if (answer.contains("usage")) last["usage"] = answer["usage"];
  stream.closing.push_back(NamedEvent(last));
  stream.closing.push_back(NamedEvent({{"type", "message_stop"}}));
  stream.error = NamedEvent(
      {{"type", "error"}, {"error", {{"type", "overloaded_error"}, {"message", "Overloaded"}}}});
  return stream;
}

WireStream GoogleStream(const Json& answer) {
  WireStream stream;
  const auto chunk = [&answer](Json parts, const Json& finish = nullptr) {
    Json candidate = {{"index", 0}, {"content", {{"role", "model"}, {"parts", std::move(parts)}}}};
    if (!finish.is_null()) candidate["finishReason"] = finish;
    Json whole = {{"candidates", Json::array({std::move(candidate)})},
                  {"modelVersion", answer["modelVersion"]},
                  {"responseId", answer["responseId"]}};
    if (!finish.is_null() && answer.contains("usageMetadata")) {
      whole["usageMetadata"] = answer["usageMetadata"];
    }
    return Event(whole);
  };
  stream.keep_alive = ": keep-alive\n\n";
  stream.error =
      "{\n  \"error\": {\n    \"code\": 503,\n    \"message\": \"The model is overloaded.\",\n"
      "    \"status\": \"UNAVAILABLE\"\n  }\n}\n";
  if (!answer.contains("candidates")) {
    stream.closing = {Event(answer)};
    return stream;
  }
  const Json& candidate = answer["candidates"][0];
  for (const Json& part : candidate["content"]["parts"]) {
    if (part.contains("text")) {
      for (const std::string& word : Words(part["text"])) {
        stream.pieces.push_back(chunk(Json::array({Json{{"text", word}}})));
      }
    } else {
      stream.pieces.push_back(chunk(Json::array({part})));
    }
  }
  stream.closing = {chunk(Json::array({Json{{"text", ""}}}), candidate["finishReason"])};
  return stream;
}

WireStream OllamaStream(const Json& answer) {
  WireStream stream;
  const auto line = [&answer](Json message) {
    return Json{{"model", answer["model"]}, {"message", std::move(message)}, {"done", false}}
               .dump() +
           "\n";
  };
  const Json& message = answer["message"];
  for (const std::string& word : Words(message["content"])) {
    stream.pieces.push_back(line({{"role", "assistant"}, {"content", word}}));
  }
  for (const Json& call : message.value("tool_calls", Json::array())) {
    stream.pieces.push_back(
        line({{"role", "assistant"}, {"content", ""}, {"tool_calls", Json::array({call})}}));
  }
  Json last = answer;
  last["message"] = {{"role", "assistant"}, {"content", ""}};
  stream.closing = {last.dump() + "\n"};
  stream.keep_alive = "\n";
  stream.error = Json{{"error", "the server is overloaded"}}.dump() + "\n";
  return stream;
}

}  // namespace

WireStream WriteStream(WireFormat format, const FakeReply& reply, const std::string& model_id,
                       bool with_usage) {
  FakeReply whole = reply;
  // Faults that come in mid-stream have no answer in one piece.
  if (reply.kind == FakeKind::kStreamError || reply.kind == FakeKind::kMalformed) {
    whole.kind = FakeKind::kText;
  }
  const Json answer = Json::parse(WriteAnswer(format, whole, model_id).body);
  WireStream stream;
  switch (format) {
    case WireFormat::kOpenAi:
      stream = OpenAiStream(answer, with_usage);
      break;
    case WireFormat::kAnthropic:
      stream = AnthropicStream(answer);
      break;
    case WireFormat::kGoogle:
      stream = GoogleStream(answer);
      break;
    case WireFormat::kOllama:
      stream = OllamaStream(answer);
      break;
  }
  stream.headers = {{"Content-Type",
                     format == WireFormat::kOllama ? "application/x-ndjson" : "text/event-stream"}};
  stream.headers.insert(stream.headers.end(), reply.headers.begin(), reply.headers.end());
  return stream;
}

}  // namespace mlp::loopback
