#include <algorithm>

#include "runtime/core/usage_sums.hpp"
#include "runtime/transport/anthropic_parts.hpp"
#include "runtime/transport/error_rules.hpp"
#include "runtime/transport/wire.hpp"

namespace mlp::transport::anthropic {
namespace {

using enum ErrorClass;

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
    AddTokens(part, sum);
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

/// An answer that is no failure as a whole; a part of it may still be one.
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
    const bool usable = input.is_object() && !call.name.empty();
    // Cut off with the rest, and so may be one whose input is still empty.
    if (reply.finish == FinishReason::kLength && (!usable || input.empty())) continue;
    if (!usable) return Fail(reply, kMalformedResponse, "anthropic-tool-input-not-json");
    call.arguments = Dump(input);
    reply.tool_calls.push_back(std::move(call));
  }
  if (!thoughts.empty() && !reply.tool_calls.empty()) {
    reply.tool_calls.front().signature = std::string(kSignaturePrefix) + Dump(thoughts);
  }
}

}  // namespace

ProviderReply ReadReply(const WireCall& call, const HttpResponse& response, const Json& body) {
  ProviderReply reply = BeginReply(call, response);
  if (reply.error_class != kNone) return reply;
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

}  // namespace mlp::transport::anthropic
