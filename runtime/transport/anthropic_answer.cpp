#include <algorithm>

#include "runtime/transport/anthropic_parts.hpp"
#include "runtime/transport/error_rules.hpp"
#include "runtime/transport/wire.hpp"

namespace mlp::transport::anthropic {
namespace {

using enum ErrorClass;

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

}  // namespace

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

}  // namespace mlp::transport::anthropic
