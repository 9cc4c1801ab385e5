#include <algorithm>

#include "runtime/transport/google_parts.hpp"
#include "runtime/transport/wire.hpp"

namespace mlp::transport::google {
namespace {

using enum ErrorClass;

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

}  // namespace

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

}  // namespace mlp::transport::google
