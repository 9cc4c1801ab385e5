#include "runtime/tools/loopback/wire_answer.hpp"

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "runtime/tools/loopback/wire_error.hpp"
#include "runtime/tools/loopback/wire_vector.hpp"

namespace mlp::loopback {
namespace {

using Json = nlohmann::ordered_json;

Json ParseOrText(const std::string& text) {
  Json value = Json::parse(text, nullptr, false);
  return value.is_discarded() ? Json(text) : value;
}

/// The calls of a reply, each as `write` has it.
template <typename Write>
Json CallsOf(const FakeReply& reply, const Write& write) {
  Json calls = Json::array();
  for (const ToolCall& call : reply.tool_calls) calls.push_back(write(call));
  return calls;
}

Json OpenAiUsage(const Usage& usage) {
  return {{"prompt_tokens", usage.prompt()},
          {"completion_tokens", usage.completion()},
          {"total_tokens", usage.prompt() + usage.completion()},
          {"prompt_tokens_details",
           {{"cached_tokens", usage.cache_read},
            {"cache_write_tokens", usage.cache_write + usage.cache_write_long}}},
          {"completion_tokens_details", {{"reasoning_tokens", usage.reasoning}}}};
}

Json OpenAiAnswer(const FakeReply& reply, const std::string& model) {
  Json message = {{"role", "assistant"}, {"content", reply.text}, {"refusal", nullptr}};
  std::string_view finish = "stop";
  if (reply.kind == FakeKind::kRefusal) {
    message["content"] = nullptr;
    message["refusal"] = reply.text;
  }
  if (reply.kind == FakeKind::kPromptBlocked) finish = "content_filter";
  if (reply.kind == FakeKind::kLength) finish = "length";
  if (reply.kind == FakeKind::kToolCall) {
    finish = "tool_calls";
    message["content"] = nullptr;
    message["tool_calls"] = CallsOf(reply, [](const ToolCall& call) -> Json {
      return {{"id", call.id},
              {"type", "function"},
              {"function", {{"name", call.name}, {"arguments", call.arguments}}}};
    });
  }
  Json choice = {{"index", 0}, {"finish_reason", finish}, {"message", std::move(message)}};
  return {{"id", "chatcmpl-1"},
          {"object", "chat.completion"},
          {"created", 1700000000},
          {"model", model},
          {"choices", Json::array({std::move(choice)})},
          {"usage", OpenAiUsage(reply.usage)}};
}

Json AnthropicAnswer(const FakeReply& reply, const std::string& model) {
  Json content = Json::array();
  Json details = nullptr;
  std::string_view stop = "end_turn";
  if (reply.kind == FakeKind::kToolCall) {
    stop = "tool_use";
    content = CallsOf(reply, [](const ToolCall& call) -> Json {
      return {{"type", "tool_use"},
              {"id", call.id},
              {"name", call.name},
              {"input", ParseOrText(call.arguments)}};
    });
  } else if (reply.kind == FakeKind::kRefusal || reply.kind == FakeKind::kPromptBlocked) {
    stop = "refusal";
    details = {{"type", "refusal"}, {"category", nullptr}, {"explanation", reply.text}};
  } else {
    content.push_back({{"type", "text"}, {"text", reply.text}});
  }
  if (reply.kind == FakeKind::kLength) stop = "max_tokens";
  const Usage& usage = reply.usage;
  Json billed = {{"input_tokens", usage.input},
                 {"cache_creation_input_tokens", usage.cache_write + usage.cache_write_long},
                 {"cache_read_input_tokens", usage.cache_read},
                 {"cache_creation",
                  {{"ephemeral_5m_input_tokens", usage.cache_write},
                   {"ephemeral_1h_input_tokens", usage.cache_write_long}}},
                 {"output_tokens", usage.completion()},
                 {"output_tokens_details", {{"thinking_tokens", usage.reasoning}}}};
  return {{"id", "msg_1"},
          {"type", "message"},
          {"role", "assistant"},
          {"model", model},
          {"content", content},
          {"stop_reason", stop},
          {"stop_sequence", nullptr},
          {"stop_details", details},
          {"usage", std::move(billed)}};
}

Json GoogleAnswer(const FakeReply& reply, const std::string& model) {
  Json answer = Json::object();
  if (reply.kind == FakeKind::kPromptBlocked) {
    answer["promptFeedback"] = {{"blockReason", "SAFETY"}};
  } else {
    Json parts = Json::array();
    std::string_view finish = "STOP";
    if (reply.kind == FakeKind::kToolCall) {
      parts = CallsOf(reply, [](const ToolCall& call) -> Json {
        return {{"functionCall",
                 {{"id", call.id}, {"name", call.name}, {"args", ParseOrText(call.arguments)}}}};
      });
    } else if (reply.kind == FakeKind::kRefusal) {
      finish = "SAFETY";
    } else {
      parts.push_back({{"text", reply.text}});
    }
    if (reply.kind == FakeKind::kLength) finish = "MAX_TOKENS";
    Json content = {{"role", "model"}, {"parts", std::move(parts)}};
    answer["candidates"] = Json::array(
        {Json{{"index", 0}, {"content", std::move(content)}, {"finishReason", finish}}});
  }
  const Usage& usage = reply.usage;
  answer["usageMetadata"] = {{"promptTokenCount", usage.prompt()},
                             {"cachedContentTokenCount", usage.cache_read},
                             {"candidatesTokenCount", usage.output},
                             {"thoughtsTokenCount", usage.reasoning},
                             {"totalTokenCount", usage.prompt() + usage.completion()}};
  answer["modelVersion"] = model;
  answer["responseId"] = "resp-1";
  return answer;
}

Json OllamaAnswer(const FakeReply& reply, const std::string& model) {
  Json message = {{"role", "assistant"}, {"content", reply.text}};
  if (reply.kind == FakeKind::kToolCall) {
    message["content"] = "";
    message["tool_calls"] = CallsOf(reply, [](const ToolCall& call) -> Json {
      return {{"function", {{"name", call.name}, {"arguments", ParseOrText(call.arguments)}}}};
    });
  }
  return {{"model", model},
          {"created_at", "2026-11-21T00:00:00Z"},
          {"message", std::move(message)},
          {"done", true},
          {"done_reason", reply.kind == FakeKind::kLength ? "length" : "stop"},
          {"total_duration", 1000000},
          {"prompt_eval_count", reply.usage.prompt()},
          {"eval_count", reply.usage.completion()}};
}

Json Answer(WireFormat format, const FakeReply& reply, const std::string& model) {
  if (!reply.vector.empty()) return VectorAnswer(format, reply, model);
  switch (format) {
    case WireFormat::kOpenAi:
      return OpenAiAnswer(reply, model);
    case WireFormat::kAnthropic:
      return AnthropicAnswer(reply, model);
    case WireFormat::kGoogle:
      return GoogleAnswer(reply, model);
    case WireFormat::kOllama:
      return OllamaAnswer(reply, model);
  }
  return nullptr;
}

}  // namespace

WireAnswer WriteAnswer(WireFormat format, const FakeReply& reply, const std::string& model_id) {
  WireAnswer answer;
  if (std::optional<WireAnswer> error = WriteError(format, reply)) {
    answer = *std::move(error);
  } else if (reply.kind == FakeKind::kRaw) {
    answer.status = reply.status;
    answer.body = reply.body;
  } else if (reply.kind == FakeKind::kNotJson) {
    answer.headers.emplace_back("Content-Type", "text/html");
    answer.body = "<html><body>Bad gateway</body></html>";
  } else {
    Json body = Answer(format, reply, reply.model.empty() ? model_id : reply.model);
    if (reply.kind == FakeKind::kNoUsage) {
      for (const char* name : {"usage", "usageMetadata", "prompt_eval_count", "eval_count"}) {
        body.erase(name);
      }
    }
    answer.body = body.dump();
    if (reply.kind == FakeKind::kMalformed) answer.body.resize(answer.body.size() / 2);
  }
  if (reply.kind != FakeKind::kNotJson && reply.kind != FakeKind::kRaw) {
    answer.headers.emplace_back("Content-Type", "application/json");
  }
  answer.headers.insert(answer.headers.end(), reply.headers.begin(), reply.headers.end());
  return answer;
}

}  // namespace mlp::loopback
