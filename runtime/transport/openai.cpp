#include "runtime/transport/openai.hpp"

#include <charconv>
#include <limits>
#include <optional>

#include "runtime/transport/error_rules.hpp"
#include "runtime/transport/openai_rules.hpp"
#include "runtime/transport/parameters.hpp"
#include "runtime/transport/wire.hpp"
#include "runtime/transport/wire_json.hpp"

namespace mlp::transport {
namespace {

/// What sets the providers of this wire format apart. `name` is empty for those that are not known.
struct Dialect {
  std::string_view name;
  std::string_view domain;
  bool old_max_tokens = false;  ///< knows only `max_tokens`
  bool takes_documents = true;
  bool takes_schema = true;     ///< else only "some JSON object"
  bool adds_reasoning = false;  ///< reasoning tokens stand beside the completion tokens
  std::string_view seed = "seed";
};

constexpr Dialect kDialects[] = {
    {.name = "openai", .domain = "openai.com"},
    {.name = "azure", .domain = "azure.com"},
    {.name = "mistral",
     .domain = "mistral.ai",
     .old_max_tokens = true,
     .takes_documents = false,
     .seed = "random_seed"},
    {.name = "groq", .domain = "groq.com", .old_max_tokens = true, .takes_documents = false},
    {.name = "deepseek",
     .domain = "deepseek.com",
     .old_max_tokens = true,
     .takes_documents = false,
     .takes_schema = false},
    {.name = "xai", .domain = "x.ai", .takes_documents = false, .adds_reasoning = true},
};
constexpr Dialect kGeneric{};

constexpr std::size_t kMostStops = 4;

/// One tick of xAI's `cost_in_usd_ticks` is 10^-10 dollars.
constexpr std::int64_t kPicoPerTick = 100;

const Dialect& DialectOf(std::string_view url) noexcept {
  const std::string_view host = HostOf(url);
  for (const Dialect& dialect : kDialects) {
    if (IsUnder(host, dialect.domain)) return dialect;
  }
  return kGeneric;
}

// ------------------------------------------------------------------ requests

Json WritePart(const Part& part, const Dialect& dialect, std::vector<std::string>& left_out) {
  const auto data_url = [&part] { return "data:" + part.media_type + ";base64," + part.data; };
  switch (part.kind) {
    case PartKind::kText:
      return {{"type", "text"}, {"text", part.data}};
    case PartKind::kImageUrl:
      return {{"type", "image_url"}, {"image_url", {{"url", part.data}}}};
    case PartKind::kImageData:
      return {{"type", "image_url"}, {"image_url", {{"url", data_url()}}}};
    case PartKind::kDocumentData:
      if (!dialect.takes_documents) break;
      return {{"type", "file"}, {"file", {{"filename", "document"}, {"file_data", data_url()}}}};
  }
  LeaveOut(left_out, "document");
  return nullptr;
}

Json WriteContent(const Message& message, const Dialect& dialect,
                  std::vector<std::string>& left_out) {
  if (message.parts.empty()) return message.tool_calls.empty() ? Json("") : Json(nullptr);
  if (message.parts.size() == 1 && message.parts.front().kind == PartKind::kText) {
    return message.parts.front().data;
  }
  Json parts = Json::array();
  for (const Part& part : message.parts) {
    Json written = WritePart(part, dialect, left_out);
    if (!written.is_null()) parts.push_back(std::move(written));
  }
  return parts;
}

Json WriteMessage(const Message& message, const Dialect& dialect,
                  std::vector<std::string>& left_out) {
  Json out = {{"role", message.role}};
  if (message.role == "tool") {
    out["tool_call_id"] = message.tool_call_id;
    // Only text comes back from a tool here, and no mark that it failed: the text has to say so.
    out["content"] = (message.tool_error ? "Error: " : "") + JoinTexts(message);
    for (const Part& part : message.parts) {
      if (part.kind != PartKind::kText) LeaveOut(left_out, "tool result image");
    }
    return out;
  }
  out["content"] = WriteContent(message, dialect, left_out);
  if (!message.tool_calls.empty()) {
    Json calls = Json::array();
    for (const ToolCall& call : message.tool_calls) {
      calls.push_back({{"id", call.id},
                       {"type", "function"},
                       {"function", {{"name", call.name}, {"arguments", call.arguments}}}});
    }
    out["tool_calls"] = std::move(calls);
  }
  return out;
}

void WriteTools(const Prompt& prompt, Json& body, std::vector<std::string>& left_out) {
  if (prompt.tools.empty()) return;
  Json tools = Json::array();
  for (const Tool& tool : prompt.tools) {
    if (!IsObjectText(tool.parameters)) LeaveOut(left_out, "parameters of tool " + tool.name);
    Json function = {{"name", tool.name}};
    if (!tool.description.empty()) function["description"] = tool.description;
    function["parameters"] = ObjectOrEmpty(tool.parameters);
    tools.push_back({{"type", "function"}, {"function", std::move(function)}});
  }
  body["tools"] = std::move(tools);
  const std::string& choice = prompt.tool_choice;
  if (choice == "auto" || choice == "none" || choice == "required") {
    body["tool_choice"] = choice;
  } else if (!choice.empty()) {
    body["tool_choice"] = {{"type", "function"}, {"function", {{"name", choice}}}};
  }
}

void WriteSchema(const Prompt& prompt, const Dialect& dialect, Json& body,
                 std::vector<std::string>& left_out) {
  if (prompt.response_schema.empty()) return;
  Json schema = ParseJson(prompt.response_schema);
  if (!schema.is_object() || !dialect.takes_schema) {
    LeaveOut(left_out, "response_schema");
    body["response_format"] = {{"type", "json_object"}};
    return;
  }
  // A schema that leaves further members open is refused in strict mode.
  const bool strict = At(schema, "additionalProperties") == Json(false);
  Json format = {{"name", prompt.response_schema_name}, {"schema", std::move(schema)}};
  if (strict) format["strict"] = true;
  body["response_format"] = {{"type", "json_schema"}, {"json_schema", std::move(format)}};
}

void WriteEffort(const std::string& effort, const Dialect& dialect, Json& body) {
  if (effort.empty()) return;
  if (dialect.name == "mistral") {
    const bool off = effort == "none" || effort == "minimal" || effort == "low";
    body["reasoning_effort"] = off ? "none" : "high";
    return;
  }
  body["reasoning_effort"] = effort;
}

// ------------------------------------------------------------------ answers

Usage ReadUsage(const Json& usage, const Dialect& dialect) {
  Usage billed;
  const auto prompt = Count(At(usage, "prompt_tokens"));
  const auto completion = Count(At(usage, "completion_tokens"));
  if (!prompt || !completion) return billed;
  billed.reported = true;
  const Json& prompt_details = At(usage, "prompt_tokens_details");
  const Json& completion_details = At(usage, "completion_tokens_details");

  const auto hit = Count(At(usage, "prompt_cache_hit_tokens"));
  std::optional<std::int64_t> cached = Count(At(prompt_details, "cached_tokens"));
  if (!cached) cached = hit;
  if (!cached) cached = Count(At(usage, "num_cached_tokens"));
  billed.cache_read = cached.value_or(0);
  billed.cache_write = CountOr0(At(prompt_details, "cache_write_tokens"));
  billed.reasoning = CountOr0(At(completion_details, "reasoning_tokens"));
  if (billed.reasoning == 0) billed.reasoning = CountOr0(At(usage, "reasoning_tokens"));

  const auto total = Count(At(usage, "total_tokens"));
  const std::int64_t sum = *prompt + *completion;
  const bool inside = total == sum && billed.reasoning <= *completion;
  const bool beside = total == sum + billed.reasoning;
  const bool split_holds =
      billed.cache_read + billed.cache_write <= *prompt &&
      (!hit || *hit + CountOr0(At(usage, "prompt_cache_miss_tokens")) == *prompt);
  billed.verified = (inside || beside) && split_holds;
  billed.input = std::max<std::int64_t>(*prompt - billed.cache_read - billed.cache_write, 0);
  // Where the total decides neither way, what the provider is known for, or what is possible at
  // all.
  const bool adds =
      inside ? false : beside || dialect.adds_reasoning || billed.reasoning > *completion;
  billed.output = adds ? *completion : *completion - billed.reasoning;

  const auto ticks = Count(At(usage, "cost_in_usd_ticks"));
  if (ticks) billed.stated_cost_pico = *ticks * kPicoPerTick;
  return billed;
}

/// False where a call cannot be used.
bool ReadToolCalls(const Json& message, FinishReason finish, ProviderReply& reply) {
  for (const Json& call : At(message, "tool_calls")) {
    const Json& function = At(call, "function");
    ToolCall read{Text(At(call, "id")), Text(At(function, "name")), {}};
    const Json& arguments = At(function, "arguments");
    read.arguments = arguments.is_object() ? Dump(arguments) : Text(arguments);
    if (read.arguments.empty()) read.arguments = "{}";
    if (read.id.empty()) read.id = "call_" + std::to_string(reply.tool_calls.size());
    if (read.name.empty() || !IsObjectText(read.arguments)) {
      if (finish == FinishReason::kLength) continue;  // cut off with the rest
      return false;
    }
    reply.tool_calls.push_back(std::move(read));
  }
  return true;
}

struct FinishRow {
  std::string_view word;
  FinishReason finish;
  ErrorClass error_class;
  std::string_view rule;
};

constexpr FinishRow kFinishes[] = {
    {"stop", FinishReason::kStop, ErrorClass::kNone, {}},
    {"eos", FinishReason::kStop, ErrorClass::kNone, {}},
    {"", FinishReason::kStop, ErrorClass::kNone, {}},
    {"length", FinishReason::kLength, ErrorClass::kNone, {}},
    {"tool_calls", FinishReason::kToolCalls, ErrorClass::kNone, {}},
    {"function_call", FinishReason::kToolCalls, ErrorClass::kNone, {}},
    {"content_filter", FinishReason::kOther, ErrorClass::kContentFilter,
     "openai-finish-content-filter"},
    {"model_length", FinishReason::kLength, ErrorClass::kContextLength,
     "mistral-finish-model-length"},
    {"error", FinishReason::kOther, ErrorClass::kMalformedResponse, "mistral-finish-error"},
    {"insufficient_system_resource", FinishReason::kOther, ErrorClass::kOverloaded,
     "deepseek-finish-insufficient-system-resource"},
};

void ReadAnswer(const Json& body, const Dialect& dialect, ProviderReply& reply) {
  reply.model = Text(At(body, "model"));
  reply.response_id = Text(At(body, "id"));
  reply.usage = ReadUsage(At(body, "usage"), dialect);
  const Json& choice = At(At(body, "choices"), std::size_t{0});
  const Json& message = At(choice, "message");
  if (!message.is_object()) {
    return Fail(reply, ErrorClass::kMalformedResponse, "openai-no-choice");
  }
  reply.text = Text(At(message, "content"));
  if (const Json& parts = At(message, "content"); parts.is_array()) {
    for (const Json& part : parts) {  // Mistral's reasoning models answer in parts
      if (At(part, "type") == Json("text")) reply.text += Text(At(part, "text"));
    }
  }
  const std::string finish = Text(At(choice, "finish_reason"));
  reply.finish = FinishReason::kOther;
  for (const FinishRow& row : kFinishes) {
    if (row.word != finish) continue;
    reply.finish = row.finish;
    if (row.error_class != ErrorClass::kNone) return Fail(reply, row.error_class, row.rule);
  }
  if (const Json& refusal = At(message, "refusal"); refusal.is_string() && !Text(refusal).empty()) {
    return Fail(reply, ErrorClass::kContentFilter, "openai-refusal");
  }
  if (!ReadToolCalls(message, reply.finish, reply)) {
    return Fail(reply, ErrorClass::kMalformedResponse, "openai-tool-arguments-not-json");
  }
  if (!reply.tool_calls.empty() && reply.finish != FinishReason::kLength) {
    reply.finish = FinishReason::kToolCalls;
  }
}

/// The number behind `word` in a message such as `Limit 30000, Requested 41200.`
std::optional<std::int64_t> NumberAfter(std::string_view message, std::string_view word) {
  const std::size_t at = message.find(word);
  if (at == std::string_view::npos) return std::nullopt;
  message.remove_prefix(at + word.size());
  while (message.starts_with(' ') || message.starts_with(':')) message.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(message.data(), message.data() + message.size(), value);
  if (error != std::errc{}) return std::nullopt;
  return value;
}

ErrorFacts ReadError(const Json& body, const HttpResponse& response) {
  ErrorFacts facts;
  facts.status = response.status;
  const Json& error = At(body, "error");
  // OpenAI nests; Mistral does not; some answer only a text, or FastAPI's `detail`.
  const Json& fields = error.is_object() ? error : body;
  facts.type = Text(At(fields, "type"));
  facts.code = Text(At(fields, "code"));
  facts.message = Text(At(fields, "message"));
  facts.detail = Text(At(At(fields, "innererror"), "code"));
  if (facts.message.empty() && error.is_string()) facts.message = Text(error);
  if (facts.message.empty()) {
    const Json& detail = At(body, "detail");
    facts.message = detail.is_array() ? Text(At(At(detail, std::size_t{0}), "msg")) : Text(detail);
  }
  if (facts.message.empty() && body.is_discarded()) facts.message = PlainBody(response.body);
  if (facts.status < 300) {
    // Gateways put the status that they saw into the code.
    int status = 0;
    const std::string& code = facts.code;
    const auto [end, parsed] = std::from_chars(code.data(), code.data() + code.size(), status);
    if (parsed == std::errc{} && status >= 400 && status <= 599) facts.status = status;
  }
  return facts;
}

class OpenAiProtocol final : public WireProtocol {
 public:
  HttpRequest BuildRequest(const WireCall& call,
                           std::vector<std::string>& left_out) const override {
    const Dialect& dialect = DialectOf(call.url);
    const Prompt& prompt = *call.prompt;
    Json body = {{"model", call.model_id}, {"messages", Json::array()}};
    for (const Message& message : prompt.messages) {
      body["messages"].push_back(WriteMessage(message, dialect, left_out));
    }
    if (call.max_output_tokens > 0) {
      body[dialect.old_max_tokens ? "max_tokens" : "max_completion_tokens"] =
          call.max_output_tokens;
    }
    const Parameters parameters = ReadParameters(call, left_out);
    if (!parameters.temperature.is_null()) body["temperature"] = parameters.temperature;
    if (!parameters.top_p.is_null()) body["top_p"] = parameters.top_p;
    if (!parameters.top_k.is_null()) LeaveOut(left_out, "top_k");
    if (!parameters.seed.is_null()) body[std::string(dialect.seed)] = parameters.seed;
    WriteEffort(parameters.effort, dialect, body);
    if (!prompt.stop.empty()) {
      Json stop = Json::array();
      for (const std::string& word : prompt.stop) {
        if (stop.size() < kMostStops) {
          stop.push_back(word);
        } else {
          LeaveOut(left_out, "stop beyond 4");
        }
      }
      body["stop"] = std::move(stop);
    }
    WriteTools(prompt, body, left_out);
    WriteSchema(prompt, dialect, body, left_out);
    AddRest(parameters.rest, body, left_out);

    HttpRequest request = JsonRequest(call, Url(call.url, "/chat/completions"), Dump(body));
    Authorize(dialect, call.key, request);
    return request;
  }

  ProviderReply ParseResponse(const WireCall& call, const HttpResponse& response) const override {
    ProviderReply reply = BeginReply(call, response);
    if (reply.error_class != ErrorClass::kNone) return reply;
    const Dialect& dialect = DialectOf(call.url);
    Json body = ParseJson(response.body);
    if (body.is_array() && body.size() == 1) body = Json(body[0]);  // Google's compatible endpoint
    const Json& error = At(body, "error");
    const bool failed = response.status < 200 || response.status >= 300;
    if (!failed && (body.is_discarded() || (!body.is_object()))) {
      Fail(reply, ErrorClass::kMalformedResponse, "openai-not-json");
      return reply;
    }
    if (failed || (!error.is_null() && At(body, "choices").is_null()) ||
        At(body, "object") == Json("error")) {
      ErrorFacts facts = ReadError(body, response);
      facts.hinted = reply.retry_after_ms >= 0;
      ApplyRules(kOpenAiRules, facts, dialect.name, call.key, reply);
      if (reply.error_class == ErrorClass::kRateLimited) {
        const auto limit = NumberAfter(facts.message, "Limit ");
        const auto requested = NumberAfter(facts.message, "Requested ");
        if (limit && requested && *requested > *limit) reply.never_fits = true;
      }
      return reply;
    }
    ReadAnswer(body, dialect, reply);
    CheckStructured(call, reply);
    return reply;
  }

  HttpRequest BuildProbe(std::string_view url, std::string_view key) const override {
    HttpRequest request;
    request.method = "GET";
    request.url = Url(url, "/models");
    Authorize(DialectOf(url), key, request);
    return request;
  }

 private:
  static std::string Url(std::string_view base, std::string_view path) {
    return AppendPath(base, (PathOf(base).empty() ? "/v1" : "") + std::string(path));
  }

  static void Authorize(const Dialect& dialect, std::string_view key, HttpRequest& request) {
    key = TrimKey(key);
    if (key.empty()) return;
    // Azure takes its own keys in a header of theirs, and tokens of Entra (JSON web tokens) as
    // usual.
    if (dialect.name == "azure" && !key.starts_with("eyJ")) {
      request.headers.emplace_back("api-key", key);
    } else {
      request.headers.emplace_back("Authorization", "Bearer " + std::string(key));
    }
  }
};

}  // namespace

std::unique_ptr<const WireProtocol> MakeOpenAiProtocol() {
  return std::make_unique<OpenAiProtocol>();
}

}  // namespace mlp::transport
