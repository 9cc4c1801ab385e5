#include "runtime/transport/google.hpp"

#include <algorithm>

#include "runtime/transport/error_rules.hpp"
#include "runtime/transport/parameters.hpp"
#include "runtime/transport/wire.hpp"
#include "runtime/transport/wire_json.hpp"

namespace mlp::transport {
namespace {

using enum ErrorClass;

constexpr std::size_t kMostStops = 5;

/// In front of a thought signature in ToolCall::signature, since no other provider could read it.
constexpr std::string_view kSignaturePrefix = "google:";

/// From Gemini 3 on, a turn with function calls is refused without a signature; this one is
/// documented for calls that another model made.
constexpr std::string_view kNoSignature = "skip_thought_signature_validator";

// `type` is the error's status word; `detail` holds the ids of exceeded quotas and the reasons
// given. One row a line, however long, so that the table can be read as one.
// clang-format off
constexpr ErrorRule kRules[] = {
    {.name = "google-api-key-invalid", .error_class = kAuth, .status = 400, .detail = "api_key_invalid"},
    {.name = "google-unauthenticated", .error_class = kAuth, .type = "unauthenticated"},
    {.name = "google-permission-denied", .error_class = kAuth, .type = "permission_denied"},
    {.name = "google-not-found", .error_class = kModelNotFound, .status = 404},
    {.name = "google-deadline-exceeded", .error_class = kTimeout, .type = "deadline_exceeded"},
    {.name = "google-504", .error_class = kTimeout, .status = 504},
    {.name = "google-says-no-capacity", .error_class = kOverloaded, .status = 429, .says = "no capacity available"},
    {.name = "vertex-says-resource-exhausted", .error_class = kOverloaded, .status = 429, .says = "resource exhausted"},
    {.name = "google-quota-per-day", .error_class = kQuotaExhausted, .status = 429, .detail = "perday"},
    {.name = "google-quota-per-minute", .error_class = kRateLimited, .status = 429, .detail = "perminute"},
    {.name = "google-429-retry-info", .error_class = kRateLimited, .status = 429, .hint = Hint::kGiven},
    {.name = "google-says-current-quota", .error_class = kQuotaExhausted, .status = 429, .says = "exceeded your current quota", .hint = Hint::kAbsent},
    {.name = "google-429-no-details", .error_class = kRateLimited, .status = 429},
    {.name = "google-says-token-count", .error_class = kContextLength, .status = 400, .says = "input token count"},
    {.name = "google-says-api-key", .error_class = kAuth, .status = 400, .says = "api key not valid"},
    {.name = "google-says-billing", .error_class = kQuotaExhausted, .status = 400, .type = "failed_precondition", .says = "billing"},
    {.name = "google-failed-precondition", .error_class = kAuth, .status = 400, .type = "failed_precondition"},
    {.name = "google-invalid-argument", .error_class = kInvalidRequest, .type = "invalid_argument"},
    {.name = "google-unavailable", .error_class = kOverloaded, .type = "unavailable"},
    {.name = "google-internal", .error_class = kServerError, .type = "internal"},
    {.name = "google-cancelled", .error_class = kServerError, .status = 499},
};
// clang-format on

struct FinishRow {
  std::string_view word;
  FinishReason finish;
  ErrorClass error_class;
  std::string_view rule;
};

constexpr FinishRow kFinishes[] = {
    {"STOP", FinishReason::kStop, kNone, {}},
    {"MAX_TOKENS", FinishReason::kLength, kNone, {}},
    {"SAFETY", FinishReason::kOther, kContentFilter, "google-finish-safety"},
    {"BLOCKLIST", FinishReason::kOther, kContentFilter, "google-finish-blocklist"},
    {"PROHIBITED_CONTENT", FinishReason::kOther, kContentFilter, "google-finish-prohibited"},
    {"SPII", FinishReason::kOther, kContentFilter, "google-finish-spii"},
    {"RECITATION", FinishReason::kOther, kContentFilter, "google-finish-recitation"},
    {"IMAGE_SAFETY", FinishReason::kOther, kContentFilter, "google-finish-image"},
    {"IMAGE_PROHIBITED_CONTENT", FinishReason::kOther, kContentFilter, "google-finish-image"},
    {"IMAGE_RECITATION", FinishReason::kOther, kContentFilter, "google-finish-image"},
    {"IMAGE_OTHER", FinishReason::kOther, kContentFilter, "google-finish-image"},
    {"MALFORMED_FUNCTION_CALL", FinishReason::kOther, kMalformedResponse,
     "google-finish-malformed-call"},
    {"UNEXPECTED_TOOL_CALL", FinishReason::kOther, kMalformedResponse,
     "google-finish-unexpected-call"},
    {"TOO_MANY_TOOL_CALLS", FinishReason::kOther, kMalformedResponse,
     "google-finish-too-many-calls"},
    {"NO_IMAGE", FinishReason::kOther, kMalformedResponse, "google-finish-no-image"},
    {"OTHER", FinishReason::kOther, kMalformedResponse, "google-finish-other"},
    {"LANGUAGE", FinishReason::kOther, kInvalidRequest, "google-finish-language"},
};

// ------------------------------------------------------------------ requests

Json WritePart(const Part& part) {
  switch (part.kind) {
    case PartKind::kText:
      return {{"text", part.data}};
    case PartKind::kImageUrl: {
      Json file = Json::object();
      if (!part.media_type.empty()) file["mimeType"] = part.media_type;
      file["fileUri"] = part.data;
      return {{"fileData", std::move(file)}};
    }
    case PartKind::kImageData:
    case PartKind::kDocumentData:
      return {{"inlineData", {{"mimeType", part.media_type}, {"data", part.data}}}};
  }
  return nullptr;
}

Json WriteToolResult(const Prompt& prompt, const Message& message) {
  const std::string text = JoinTexts(message);
  Json response = ParseJson(text);
  if (message.tool_error) {
    response = {{"error", text}};
  } else if (!response.is_object()) {
    response = {{"output", text}};
  }
  Json result = Json::object();
  if (!message.tool_call_id.empty()) result["id"] = message.tool_call_id;
  result["name"] = ToolNameOf(prompt, message.tool_call_id);
  result["response"] = std::move(response);
  return {{"functionResponse", std::move(result)}};
}

/// Gemini 1 and 2 know neither thinking levels nor checks of signatures.
bool IsOlder(std::string_view model_id) noexcept {
  return model_id.find("gemini-2") != std::string_view::npos ||
         model_id.find("gemini-1") != std::string_view::npos;
}

void WriteContents(const WireCall& call_of, Json& body, std::vector<std::string>& left_out) {
  const Prompt& prompt = *call_of.prompt;
  const bool older = IsOlder(call_of.model_id);
  Json system = Json::array();
  Json contents = Json::array();
  for (const Message& message : prompt.messages) {
    Json parts = Json::array();
    if (message.role == "tool") {
      parts.push_back(WriteToolResult(prompt, message));
      for (const Part& part : message.parts) {
        if (part.kind != PartKind::kText) LeaveOut(left_out, "tool result image");
      }
    } else {
      for (const Part& part : message.parts) parts.push_back(WritePart(part));
    }
    for (const ToolCall& call : message.tool_calls) {
      Json written = Json::object();
      if (!call.id.empty()) written["id"] = call.id;
      written["name"] = call.name;
      written["args"] = ObjectOrEmpty(call.arguments);
      Json part = {{"functionCall", std::move(written)}};
      if (call.signature.starts_with(kSignaturePrefix)) {
        part["thoughtSignature"] = call.signature.substr(kSignaturePrefix.size());
      } else if (!older && &call == &message.tool_calls.front()) {
        part["thoughtSignature"] = kNoSignature;
      }
      parts.push_back(std::move(part));
    }
    if (message.role == "system") {
      for (Json& part : parts) system.push_back(std::move(part));
      continue;
    }
    const std::string_view role = message.role == "assistant" ? "model" : "user";
    if (!contents.empty() && contents.back()["role"] == role) {
      for (Json& part : parts) contents.back()["parts"].push_back(std::move(part));
    } else {
      contents.push_back({{"role", role}, {"parts", std::move(parts)}});
    }
  }
  if (!system.empty()) body["systemInstruction"] = {{"parts", std::move(system)}};
  body["contents"] = std::move(contents);
}

/// Gemini 3 takes a level, Gemini 2.5 a number of tokens (those that Google's own OpenAI-compatible
/// endpoint puts in place of the words).
Json WriteThinking(std::string_view effort, std::string_view model_id) {
  if (IsOlder(model_id)) {
    std::int64_t budget = 24'576;
    if (effort == "none") budget = 0;
    if (effort == "minimal" || effort == "low") budget = 1'024;
    if (effort == "medium") budget = 8'192;
    return {{"thinkingBudget", budget}};
  }
  std::string_view level = "HIGH";
  if (effort == "none" || effort == "minimal") level = "MINIMAL";
  if (effort == "low") level = "LOW";
  if (effort == "medium") level = "MEDIUM";
  return {{"thinkingLevel", level}};
}

Json WriteConfig(const WireCall& call, std::vector<std::string>& left_out) {
  const Prompt& prompt = *call.prompt;
  Json config = Json::object();
  if (call.max_output_tokens > 0) config["maxOutputTokens"] = call.max_output_tokens;
  const Parameters parameters = ReadParameters(call, left_out);
  if (!parameters.temperature.is_null()) config["temperature"] = parameters.temperature;
  if (!parameters.top_p.is_null()) config["topP"] = parameters.top_p;
  if (!parameters.top_k.is_null()) config["topK"] = parameters.top_k;
  if (!parameters.seed.is_null()) config["seed"] = parameters.seed;
  if (!prompt.stop.empty()) {
    Json stop = Json::array();
    for (const std::string& word : prompt.stop) {
      if (stop.size() < kMostStops) {
        stop.push_back(word);
      } else {
        LeaveOut(left_out, "stop beyond 5");
      }
    }
    config["stopSequences"] = std::move(stop);
  }
  if (!prompt.response_schema.empty()) {
    config["responseMimeType"] = "application/json";
    Json schema = ParseJson(prompt.response_schema);
    if (schema.is_object()) {
      config["responseJsonSchema"] = std::move(schema);
    } else {
      LeaveOut(left_out, "response_schema");
    }
  }
  if (!parameters.effort.empty()) {
    config["thinkingConfig"] = WriteThinking(parameters.effort, call.model_id);
  }
  AddRest(parameters.rest, config, left_out);
  return config;
}

void WriteTools(const Prompt& prompt, Json& body, std::vector<std::string>& left_out) {
  if (prompt.tools.empty()) return;
  Json functions = Json::array();
  for (const Tool& tool : prompt.tools) {
    if (!IsObjectText(tool.parameters)) LeaveOut(left_out, "parameters of tool " + tool.name);
    Json written = {{"name", tool.name}};
    if (!tool.description.empty()) written["description"] = tool.description;
    Json schema = ObjectOrEmpty(tool.parameters);
    if (!schema.empty()) written["parametersJsonSchema"] = std::move(schema);
    functions.push_back(std::move(written));
  }
  body["tools"] = Json::array({Json{{"functionDeclarations", std::move(functions)}}});
  const std::string& choice = prompt.tool_choice;
  if (choice.empty()) return;
  Json config = Json::object();
  if (choice == "auto") {
    config["mode"] = "AUTO";
  } else if (choice == "none") {
    config["mode"] = "NONE";
  } else {
    config["mode"] = "ANY";
    if (choice != "required") config["allowedFunctionNames"] = Json::array({choice});
  }
  body["toolConfig"] = {{"functionCallingConfig", std::move(config)}};
}

// ------------------------------------------------------------------ answers

/// Cached tokens stand inside the prompt's; thoughts and tool prompts beside their neighbours.
Usage ReadUsage(const Json& usage) {
  Usage billed;
  const auto prompt = Count(At(usage, "promptTokenCount"));
  if (!prompt) return billed;
  billed.reported = true;
  billed.cache_read = CountOr0(At(usage, "cachedContentTokenCount"));
  billed.output = CountOr0(At(usage, "candidatesTokenCount"));
  billed.reasoning = CountOr0(At(usage, "thoughtsTokenCount"));
  const std::int64_t tools = CountOr0(At(usage, "toolUsePromptTokenCount"));
  billed.input = std::max<std::int64_t>(*prompt - billed.cache_read, 0) + tools;
  billed.verified =
      billed.cache_read <= *prompt &&
      Count(At(usage, "totalTokenCount")) == *prompt + tools + billed.output + billed.reasoning;
  return billed;
}

void ReadParts(const Json& parts, ProviderReply& reply) {
  for (const Json& part : parts) {
    if (At(part, "thought") == Json(true)) continue;
    reply.text += Text(At(part, "text"));
    const Json& call = At(part, "functionCall");
    if (!call.is_object()) continue;
    ToolCall read{Text(At(call, "id")), Text(At(call, "name")), "{}"};
    if (read.id.empty()) read.id = "call_" + std::to_string(reply.tool_calls.size());
    if (const Json& arguments = At(call, "args"); arguments.is_object()) {
      read.arguments = Dump(arguments);
    }
    if (const std::string signature = Text(At(part, "thoughtSignature")); !signature.empty()) {
      read.signature.append(kSignaturePrefix).append(signature);
    }
    reply.tool_calls.push_back(std::move(read));
  }
}

void ReadAnswer(const Json& body, ProviderReply& reply) {
  reply.model = Text(At(body, "modelVersion"));
  reply.response_id = Text(At(body, "responseId"));
  reply.usage = ReadUsage(At(body, "usageMetadata"));
  const std::string blocked = Text(At(At(body, "promptFeedback"), "blockReason"));
  if (!blocked.empty()) return Fail(reply, kContentFilter, "google-prompt-blocked", blocked);
  const Json& candidate = At(At(body, "candidates"), std::size_t{0});
  if (!candidate.is_object()) return Fail(reply, kMalformedResponse, "google-no-candidates");
  const std::string finish = Text(At(candidate, "finishReason"));
  reply.finish = FinishReason::kOther;
  for (const FinishRow& row : kFinishes) {
    if (row.word != finish) continue;
    reply.finish = row.finish;
    if (row.error_class != kNone) return Fail(reply, row.error_class, row.rule);
  }
  const Json& parts = At(At(candidate, "content"), "parts");
  // Thinking may use up the whole limit; otherwise an answer has parts.
  if (!parts.is_array() && reply.finish != FinishReason::kLength) {
    return Fail(reply, kMalformedResponse, "google-no-parts");
  }
  ReadParts(parts, reply);
  if (!reply.tool_calls.empty() && reply.finish == FinishReason::kStop) {
    reply.finish = FinishReason::kToolCalls;
  }
}

ErrorFacts ReadError(const Json& body, const HttpResponse& response, ProviderReply& reply) {
  const Json& error = At(body, "error");
  ErrorFacts facts;
  facts.status = response.status;
  if (facts.status < 300) {
    const std::int64_t code = CountOr0(At(error, "code"));
    if (code >= 400 && code <= 599) facts.status = static_cast<int>(code);
  }
  facts.type = Text(At(error, "status"));
  facts.code = Text(At(error, "code"));
  facts.message = body.is_discarded() ? PlainBody(response.body) : Text(At(error, "message"));
  for (const Json& detail : At(error, "details")) {
    const auto add = [&facts](const std::string& word) {
      if (!word.empty()) facts.detail += word + " ";
    };
    add(Text(At(detail, "reason")));
    for (const Json& violation : At(detail, "violations")) add(Text(At(violation, "quotaId")));
    if (const auto delay = ParseDurationMs(Text(At(detail, "retryDelay")))) {
      reply.retry_after_ms = *delay;
    }
  }
  facts.hinted = reply.retry_after_ms >= 0;
  return facts;
}

class GoogleProtocol final : public WireProtocol {
 public:
  HttpRequest BuildRequest(const WireCall& call,
                           std::vector<std::string>& left_out) const override {
    Json body = Json::object();
    WriteContents(call, body, left_out);
    WriteTools(*call.prompt, body, left_out);
    Json config = WriteConfig(call, left_out);
    if (!config.empty()) body["generationConfig"] = std::move(config);
    std::string path(call.model_id.starts_with("models/") ? "/" : "/models/");
    path.append(call.model_id).append(":generateContent");
    HttpRequest request = JsonRequest(call, Url(call.url, path), Dump(body));
    Authorize(call.url, call.key, request);
    return request;
  }

  ProviderReply ParseResponse(const WireCall& call, const HttpResponse& response) const override {
    ProviderReply reply = BeginReply(call, response);
    if (reply.error_class != kNone) return reply;
    Json body = ParseJson(response.body);
    if (body.is_array() && body.size() == 1) body = Json(body[0]);  // errors come so at times
    if (response.status < 200 || response.status >= 300 || At(body, "error").is_object()) {
      const ErrorFacts facts = ReadError(body, response, reply);
      ApplyRules(kRules, facts, {}, call.key, reply);
      return reply;
    }
    if (!body.is_object()) {
      Fail(reply, kMalformedResponse, "google-not-json");
      return reply;
    }
    ReadAnswer(body, reply);
    CheckStructured(call, reply);
    return reply;
  }

  HttpRequest BuildProbe(std::string_view url, std::string_view key) const override {
    HttpRequest request;
    request.method = "GET";
    request.url = Url(url, "/models?pageSize=1");
    Authorize(url, key, request);
    return request;
  }

 private:
  /// A base URL may name the version (`.../v1`), or on Vertex the publisher.
  static std::string Url(std::string_view base, std::string_view path) {
    const std::string_view folder = PathOf(base);
    const std::string_view last = folder.substr(std::min(folder.rfind('/') + 1, folder.size()));
    const bool versioned = last.starts_with("v1") || folder.find("/publishers/") != folder.npos;
    return AppendPath(base, (versioned ? "" : "/v1beta") + std::string(path));
  }

  static void Authorize(std::string_view url, std::string_view key, HttpRequest& request) {
    key = TrimKey(key);
    if (key.empty()) return;
    if (HostOf(url).ends_with("aiplatform.googleapis.com")) {
      request.headers.emplace_back("Authorization", "Bearer " + std::string(key));
    } else {
      request.headers.emplace_back("x-goog-api-key", key);
    }
  }
};

}  // namespace

std::unique_ptr<const WireProtocol> MakeGoogleProtocol() {
  return std::make_unique<GoogleProtocol>();
}

}  // namespace mlp::transport
