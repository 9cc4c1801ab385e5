#include <algorithm>

#include "runtime/transport/embedding.hpp"
#include "runtime/transport/error_rules.hpp"
#include "runtime/transport/google_parts.hpp"
#include "runtime/transport/wire.hpp"

namespace mlp::transport::google {
namespace {

using enum ErrorClass;

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

/// An answer that is no failure as a whole; a part of it may still be one.
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

/// Also takes up when the provider says to come back.
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

}  // namespace

ProviderReply ReadReply(const WireCall& call, const HttpResponse& response, const Json& body) {
  ProviderReply reply = BeginReply(call, response);
  if (reply.error_class != kNone) return reply;
  if (response.status < 200 || response.status >= 300 || At(body, "error").is_object()) {
    const ErrorFacts facts = ReadError(body, response, reply);
    ApplyRules(kRules, facts, {}, call.key, reply);
    return reply;
  }
  if (!body.is_object()) {
    Fail(reply, kMalformedResponse, "google-not-json");
    return reply;
  }
  if (call.embeds != nullptr) {
    TakeVector(At(At(body, "embedding"), "values"),
               Count(At(At(body, "usageMetadata"), "promptTokenCount")), reply);
    return reply;
  }
  ReadAnswer(body, reply);
  CheckStructured(call, reply);
  return reply;
}

}  // namespace mlp::transport::google
