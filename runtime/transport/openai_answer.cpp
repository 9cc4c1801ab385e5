#include <algorithm>
#include <charconv>
#include <optional>

#include "runtime/transport/embedding.hpp"
#include "runtime/transport/error_rules.hpp"
#include "runtime/transport/openai_parts.hpp"
#include "runtime/transport/openai_rules.hpp"
#include "runtime/transport/wire.hpp"

namespace mlp::transport::openai {
namespace {

/// One tick of xAI's `cost_in_usd_ticks` is 10^-10 dollars.
constexpr std::int64_t kPicoPerTick = 100;

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
    if (read.arguments.empty()) {
      if (finish == FinishReason::kLength) continue;  // cut off before the first of them
      read.arguments = "{}";
    }
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

/// An answer that is no failure as a whole; a part of it may still be one.
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
  // Those that are known always say why; of others it cannot be told whether this is all.
  if (finish.empty() && !dialect.name.empty()) {
    return Fail(reply, ErrorClass::kMalformedResponse, "openai-no-finish-reason");
  }
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

}  // namespace

ProviderReply ReadReply(const WireCall& call, const HttpResponse& response, const Json& body) {
  ProviderReply reply = BeginReply(call, response);
  if (reply.error_class != ErrorClass::kNone) return reply;
  const Dialect& dialect = DialectOf(call.url);
  const Json& error = At(body, "error");
  const bool failed = response.status < 200 || response.status >= 300;
  if (!failed && !body.is_object()) {
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
  if (call.embeds != nullptr) {
    reply.model = Text(At(body, "model"));
    TakeVector(At(At(At(body, "data"), std::size_t{0}), "embedding"),
               Count(At(At(body, "usage"), "prompt_tokens")), reply);
    return reply;
  }
  ReadAnswer(body, dialect, reply);
  CheckStructured(call, reply);
  return reply;
}

}  // namespace mlp::transport::openai
