#include "runtime/transport/anthropic.hpp"

#include <algorithm>

#include "runtime/transport/error_rules.hpp"
#include "runtime/transport/parameters.hpp"
#include "runtime/transport/wire.hpp"
#include "runtime/transport/wire_json.hpp"

namespace mlp::transport {
namespace {

using enum ErrorClass;

constexpr std::string_view kVersion = "2023-06-01";

/// The wire format demands a limit; this one every model takes.
constexpr std::int64_t kDefaultMaxTokens = 4096;

/// In front of the thinking blocks in ToolCall::signature: they have to come back unchanged ahead
/// of the call that they led to, and no other provider could read them.
constexpr std::string_view kSignaturePrefix = "anthropic:";

// One row a line, however long, so that the table can be read as one.
// clang-format off
constexpr ErrorRule kRules[] = {
    {.name = "anthropic-enforced-spend-limit", .error_class = kQuotaExhausted, .code = "enforced_spend_limit_reached"},
    {.name = "anthropic-billing-error", .error_class = kQuotaExhausted, .type = "billing_error"},
    {.name = "anthropic-402", .error_class = kQuotaExhausted, .status = 402},
    {.name = "anthropic-overloaded", .error_class = kOverloaded, .type = "overloaded_error"},
    {.name = "anthropic-529", .error_class = kOverloaded, .status = 529},
    {.name = "anthropic-says-prompt-too-long", .error_class = kContextLength, .status = 400, .says = "prompt is too long"},
    {.name = "anthropic-says-context-limit", .error_class = kContextLength, .status = 400, .says = "exceed context limit"},
    {.name = "anthropic-says-credit-balance", .error_class = kQuotaExhausted, .status = 400, .says = "credit balance is too low"},
    {.name = "anthropic-says-usage-limits", .error_class = kQuotaExhausted, .status = 400, .says = "api usage limits"},
    {.name = "anthropic-429-says-usage-limits", .error_class = kQuotaExhausted, .status = 429, .says = "api usage limits", .hint = Hint::kAbsent},
    {.name = "anthropic-authentication", .error_class = kAuth, .type = "authentication_error"},
    {.name = "anthropic-permission", .error_class = kAuth, .type = "permission_error"},
    {.name = "anthropic-model-not-found", .error_class = kModelNotFound, .status = 404, .type = "not_found_error", .says = "model"},
    {.name = "anthropic-rate-limit", .error_class = kRateLimited, .type = "rate_limit_error"},
    {.name = "anthropic-timeout", .error_class = kTimeout, .type = "timeout_error"},
    {.name = "anthropic-504", .error_class = kTimeout, .status = 504},
    {.name = "anthropic-413", .error_class = kInvalidRequest, .status = 413},
    {.name = "anthropic-422", .error_class = kInvalidRequest, .status = 422},
    {.name = "anthropic-conflict", .error_class = kServerError, .status = 409},
    {.name = "anthropic-api-error", .error_class = kServerError, .type = "api_error"},
    {.name = "anthropic-invalid-request", .error_class = kInvalidRequest, .type = "invalid_request_error"},
};
// clang-format on

// ------------------------------------------------------------------ requests

Json CacheControl() { return {{"type", "ephemeral"}}; }

Json WritePart(const Part& part) {
  const auto base64 = [&part]() -> Json {
    return {{"type", "base64"}, {"media_type", part.media_type}, {"data", part.data}};
  };
  switch (part.kind) {
    case PartKind::kText:
      return {{"type", "text"}, {"text", part.data}};
    case PartKind::kImageUrl:
      return {{"type", "image"}, {"source", {{"type", "url"}, {"url", part.data}}}};
    case PartKind::kImageData:
      return {{"type", "image"}, {"source", base64()}};
    case PartKind::kDocumentData:
      return {{"type", "document"}, {"source", base64()}};
  }
  return nullptr;
}

/// Blocks of text may not be empty here.
void WriteParts(const Message& message, Json& content) {
  for (const Part& part : message.parts) {
    if (part.kind != PartKind::kText || !part.data.empty()) content.push_back(WritePart(part));
  }
}

Json WriteContent(const Message& message) {
  Json content = Json::array();
  if (message.role == "tool") {
    Json result = {{"type", "tool_result"}, {"tool_use_id", message.tool_call_id}};
    if (HasOnlyText({.messages = {message}})) {
      result["content"] = JoinTexts(message);
    } else {
      result["content"] = Json::array();
      WriteParts(message, result["content"]);
    }
    if (message.tool_error) result["is_error"] = true;
    content.push_back(std::move(result));
    return content;
  }
  for (const ToolCall& call : message.tool_calls) {
    if (!call.signature.starts_with(kSignaturePrefix)) continue;
    Json thoughts = ParseJson(std::string_view(call.signature).substr(kSignaturePrefix.size()));
    if (!thoughts.is_array()) continue;
    for (Json& block : thoughts) content.push_back(std::move(block));
  }
  WriteParts(message, content);
  for (const ToolCall& call : message.tool_calls) {
    content.push_back({{"type", "tool_use"},
                       {"id", call.id},
                       {"name", call.name},
                       {"input", ObjectOrEmpty(call.arguments)}});
  }
  return content;
}

void WriteMessages(const WireCall& call, Json& body) {
  Json system = Json::array();
  Json messages = Json::array();
  for (const Message& message : call.prompt->messages) {
    if (message.role == "system") {
      WriteParts(message, system);
      continue;
    }
    const std::string_view role = message.role == "assistant" ? "assistant" : "user";
    Json content = WriteContent(message);
    // All results of one turn's tool calls have to stand in one turn.
    if (!messages.empty() && messages.back()["role"] == role) {
      for (Json& block : content) messages.back()["content"].push_back(std::move(block));
    } else {
      messages.push_back({{"role", role}, {"content", std::move(content)}});
    }
  }
  for (Json& message : messages) {
    Json& content = message["content"];
    if (content.size() == 1 && At(content[0], "type") == Json("text")) {
      content = Json(content[0]["text"]);
    }
  }
  if (!system.empty()) {
    if (call.caches_prompt) {
      system.back()["cache_control"] = CacheControl();
      body["system"] = std::move(system);
    } else if (system.size() == 1 && At(system[0], "type") == Json("text")) {
      body["system"] = system[0]["text"];
    } else {
      body["system"] = std::move(system);
    }
  }
  body["messages"] = std::move(messages);
}

void WriteTools(const WireCall& call, Json& body, std::vector<std::string>& left_out) {
  const Prompt& prompt = *call.prompt;
  if (prompt.tools.empty()) return;
  Json tools = Json::array();
  for (const Tool& tool : prompt.tools) {
    if (!IsObjectText(tool.parameters)) LeaveOut(left_out, "parameters of tool " + tool.name);
    Json written = {{"name", tool.name}};
    if (!tool.description.empty()) written["description"] = tool.description;
    written["input_schema"] = ObjectOrEmpty(tool.parameters);
    if (!written["input_schema"].contains("type")) written["input_schema"]["type"] = "object";
    tools.push_back(std::move(written));
  }
  if (call.caches_prompt) tools.back()["cache_control"] = CacheControl();
  body["tools"] = std::move(tools);
  const std::string& choice = prompt.tool_choice;
  if (choice == "auto" || choice == "none") {
    body["tool_choice"] = {{"type", choice}};
  } else if (choice == "required") {
    body["tool_choice"] = {{"type", "any"}};
  } else if (!choice.empty()) {
    body["tool_choice"] = {{"type", "tool"}, {"name", choice}};
  }
}

void WriteOutput(const Prompt& prompt, const Parameters& parameters, Json& body,
                 std::vector<std::string>& left_out) {
  Json output = Json::object();
  if (parameters.effort == "none") {
    body["thinking"] = {{"type", "disabled"}};
  } else if (!parameters.effort.empty()) {
    output["effort"] = parameters.effort == "minimal" ? "low" : parameters.effort;
  }
  if (!prompt.response_schema.empty()) {
    Json schema = ParseJson(prompt.response_schema);
    if (schema.is_object()) {
      output["format"] = {{"type", "json_schema"}, {"schema", std::move(schema)}};
    } else {
      LeaveOut(left_out, "response_schema");
    }
  }
  if (!output.empty()) body["output_config"] = std::move(output);
}

// ------------------------------------------------------------------ answers

/// One set of counts. The input stands beside what was read from and written to the cache.
Usage ReadCounts(const Json& usage) {
  Usage billed;
  const auto input = Count(At(usage, "input_tokens"));
  const auto output = Count(At(usage, "output_tokens"));
  if (!input || !output) return billed;
  billed.reported = true;
  billed.input = *input;
  billed.cache_read = CountOr0(At(usage, "cache_read_input_tokens"));
  const std::int64_t written = CountOr0(At(usage, "cache_creation_input_tokens"));
  const Json& creation = At(usage, "cache_creation");
  const std::int64_t brief = CountOr0(At(creation, "ephemeral_5m_input_tokens"));
  const std::int64_t hour = CountOr0(At(creation, "ephemeral_1h_input_tokens"));
  billed.cache_write_long = hour;
  billed.cache_write = creation.is_object() ? brief : written;
  billed.reasoning = CountOr0(At(At(usage, "output_tokens_details"), "thinking_tokens"));
  billed.output = std::max<std::int64_t>(*output - billed.reasoning, 0);
  // No total is stated; what can be checked is that the parts are those of their sums.
  billed.verified =
      (!creation.is_object() || brief + hour == written) && billed.reasoning <= *output;
  return billed;
}

Usage ReadUsage(const Json& usage) {
  const Json& iterations = At(usage, "iterations");
  if (!iterations.is_array() || iterations.empty()) return ReadCounts(usage);
  // One entry for each model run behind this answer, and the sums beside them need not hold all of
  // it.
  Usage sum;
  sum.reported = sum.verified = true;
  const std::string model = Text(At(iterations[0], "model"));
  for (const Json& iteration : iterations) {
    const Usage part = ReadCounts(iteration);
    sum.input += part.input;
    sum.cache_read += part.cache_read;
    sum.cache_write += part.cache_write;
    sum.cache_write_long += part.cache_write_long;
    sum.output += part.output;
    sum.reasoning += part.reasoning;
    sum.reported = sum.reported && part.reported;
    // Runs of several models have several prices, which one sum cannot carry.
    sum.verified = sum.verified && part.verified && Text(At(iteration, "model")) == model;
  }
  if (!sum.reported) return ReadCounts(usage);
  return sum;
}

struct StopRow {
  std::string_view word;
  FinishReason finish;
};
constexpr StopRow kStops[] = {{"end_turn", FinishReason::kStop},
                              {"stop_sequence", FinishReason::kStop},
                              {"max_tokens", FinishReason::kLength},
                              {"tool_use", FinishReason::kToolCalls},
                              {"pause_turn", FinishReason::kOther}};

void ReadAnswer(const Json& body, ProviderReply& reply) {
  reply.model = Text(At(body, "model"));
  reply.response_id = Text(At(body, "id"));
  reply.usage = ReadUsage(At(body, "usage"));
  const Json& content = At(body, "content");
  if (!content.is_array()) return Fail(reply, kMalformedResponse, "anthropic-no-content");
  const std::string stop = Text(At(body, "stop_reason"));
  if (stop == "refusal") {
    // A refusal before any output is not billed, although it is counted.
    if (content.empty() && reply.usage.reported) {
      reply.usage = Usage{.reported = true, .verified = true};
    }
    return Fail(reply, kContentFilter, "anthropic-refusal",
                Text(At(At(body, "stop_details"), "category")));
  }
  if (stop == "model_context_window_exceeded") {
    return Fail(reply, kContextLength, "anthropic-context-window-exceeded");
  }
  reply.finish = FinishReason::kOther;
  for (const StopRow& row : kStops) {
    if (row.word == stop) reply.finish = row.finish;
  }
  Json thoughts = Json::array();
  for (const Json& block : content) {
    const std::string type = Text(At(block, "type"));
    if (type == "thinking" || type == "redacted_thinking") thoughts.push_back(block);
    if (type == "text") reply.text += Text(At(block, "text"));
    if (type != "tool_use") continue;
    ToolCall call{Text(At(block, "id")), Text(At(block, "name")), {}};
    const Json& input = At(block, "input");
    if (!input.is_object() || call.name.empty()) {
      if (reply.finish == FinishReason::kLength) continue;  // cut off with the rest
      return Fail(reply, kMalformedResponse, "anthropic-tool-input-not-json");
    }
    call.arguments = Dump(input);
    reply.tool_calls.push_back(std::move(call));
  }
  if (!thoughts.empty() && !reply.tool_calls.empty()) {
    reply.tool_calls.front().signature = std::string(kSignaturePrefix) + Dump(thoughts);
  }
}

class AnthropicProtocol final : public WireProtocol {
 public:
  HttpRequest BuildRequest(const WireCall& call,
                           std::vector<std::string>& left_out) const override {
    Json body = {
        {"model", call.model_id},
        {"max_tokens", call.max_output_tokens > 0 ? call.max_output_tokens : kDefaultMaxTokens}};
    WriteMessages(call, body);
    const Parameters parameters = ReadParameters(call, left_out);
    if (!parameters.temperature.is_null()) body["temperature"] = parameters.temperature;
    if (!parameters.top_p.is_null()) body["top_p"] = parameters.top_p;
    if (!parameters.top_k.is_null()) body["top_k"] = parameters.top_k;
    if (!parameters.seed.is_null()) LeaveOut(left_out, "seed");
    if (!call.prompt->stop.empty()) body["stop_sequences"] = call.prompt->stop;
    WriteTools(call, body, left_out);
    WriteOutput(*call.prompt, parameters, body, left_out);
    AddRest(parameters.rest, body, left_out);
    HttpRequest request = JsonRequest(call, Url(call.url, "/messages"), Dump(body));
    Authorize(call.key, request);
    return request;
  }

  ProviderReply ParseResponse(const WireCall& call, const HttpResponse& response) const override {
    ProviderReply reply = BeginReply(call, response);
    if (reply.error_class != kNone) return reply;
    const Json body = ParseJson(response.body);
    const Json& error = At(body, "error");
    const bool failed = response.status < 200 || response.status >= 300;
    if (reply.request_id.empty()) reply.request_id = Text(At(body, "request_id"));
    if (failed || error.is_object()) {
      ErrorFacts facts;
      facts.status = response.status;
      facts.type = Text(At(error, "type"));
      facts.code = Text(At(At(error, "details"), "error_code"));
      facts.message = body.is_discarded() ? PlainBody(response.body) : Text(At(error, "message"));
      facts.hinted = reply.retry_after_ms >= 0;
      ApplyRules(kRules, facts, {}, call.key, reply);
      // Bytes of pictures say nothing about tokens; too many bytes of text are too many tokens.
      if (reply.rule == "anthropic-413" && HasOnlyText(*call.prompt)) {
        reply.error_class = kContextLength;
        reply.rule = "anthropic-413-text";
      }
      return reply;
    }
    if (!body.is_object()) {
      Fail(reply, kMalformedResponse, "anthropic-not-json");
      return reply;
    }
    ReadAnswer(body, reply);
    CheckStructured(call, reply);
    return reply;
  }

  HttpRequest BuildProbe(std::string_view url, std::string_view key) const override {
    HttpRequest request;
    request.method = "GET";
    request.url = Url(url, "/models");
    Authorize(key, request);
    return request;
  }

 private:
  static std::string Url(std::string_view base, std::string_view path) {
    return AppendPath(base, (PathOf(base).ends_with("/v1") ? "" : "/v1") + std::string(path));
  }

  static void Authorize(std::string_view key, HttpRequest& request) {
    request.headers.emplace_back("anthropic-version", kVersion);
    key = TrimKey(key);
    if (!key.empty()) request.headers.emplace_back("x-api-key", key);
  }
};

}  // namespace

std::unique_ptr<const WireProtocol> MakeAnthropicProtocol() {
  return std::make_unique<AnthropicProtocol>();
}

}  // namespace mlp::transport
