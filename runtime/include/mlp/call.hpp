// What a program says to a model and what it hears back, the same for all providers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mlp/error_class.hpp"
#include "mlp/money.hpp"

namespace mlp {

enum class PartKind : std::uint8_t { kText, kImageUrl, kImageData, kDocumentData };

/// A piece of a turn. `data` is the text, the URL, or the base64 of the bytes; `media_type` as in
/// `image/png`.
struct Part {
  PartKind kind = PartKind::kText;
  std::string data;
  std::string media_type;
};

/// A call of a function that the model asks for. `arguments` is a JSON object as text. `signature`
/// is the provider's own and has to come back with the call, in the assistant's turn of the next
/// prompt.
struct ToolCall {
  std::string id;
  std::string name;
  std::string arguments;
  std::string signature = {};
  friend bool operator==(const ToolCall&, const ToolCall&) = default;
};

/// A turn. `role` is system, user, assistant or tool (the answer to the tool call named by
/// tool_call_id).
struct Message {
  Message() = default;
  Message(std::string role_name, std::string text) : role(std::move(role_name)) {
    parts.push_back({PartKind::kText, std::move(text), {}});
  }
  Message(std::string role_name, std::vector<Part> content)
      : role(std::move(role_name)), parts(std::move(content)) {}

  std::string role;
  std::vector<Part> parts;
  std::vector<ToolCall> tool_calls;  ///< of an assistant's turn
  std::string tool_call_id;
  bool tool_error = false;
};

/// A function that the model may call; `parameters` is a JSON Schema object as text.
struct Tool {
  std::string name;
  std::string description;
  std::string parameters;
};

/// The content of one call. What is left out is the provider's default; most tokens come from the
/// request.
struct Prompt {
  std::vector<Message> messages = {};
  std::vector<Tool> tools = {};
  std::string tool_choice = {};      ///< empty, auto, none, required, or a tool's name
  std::string response_schema = {};  ///< JSON Schema as text: structured output
  std::string response_schema_name = "answer";
  std::optional<double> temperature = {};
  std::vector<std::string> stop = {};
  std::vector<std::pair<std::string, std::string>> trace_headers =
      {};  ///< passed on as they are, e.g. traceparent
};

/// Tokens by the class in which they are billed: disjoint, so that the cost is a plain sum of
/// products.
struct Usage {
  std::int64_t input = 0;  ///< neither read from nor written to a cache
  std::int64_t cache_read = 0;
  std::int64_t cache_write = 0;
  std::int64_t cache_write_long = 0;  ///< written for an hour
  std::int64_t output = 0;            ///< without reasoning
  std::int64_t reasoning = 0;
  bool reported = false;  ///< the provider stated usage at all
  bool verified = false;  ///< the stated total is the sum that the provider's rule predicts
  std::int64_t stated_cost_pico = -1;  ///< where the provider states a cost
  [[nodiscard]] std::int64_t prompt() const noexcept {
    return input + cache_read + cache_write + cache_write_long;
  }
  [[nodiscard]] std::int64_t completion() const noexcept { return output + reasoning; }
  friend bool operator==(const Usage&, const Usage&) = default;
};

enum class FinishReason : std::uint8_t { kStop, kLength, kToolCalls, kOther };
[[nodiscard]] std::string_view ToString(FinishReason reason) noexcept;

/// What one provider answered, or why it did not.
struct ProviderReply {
  ErrorClass error_class = ErrorClass::kNone;
  std::string text;
  std::vector<ToolCall> tool_calls;
  FinishReason finish = FinishReason::kStop;
  Usage usage;
  std::vector<float> vector;  ///< of a text, where it was asked for instead of an answer
  std::string model;          ///< the snapshot that the provider says answered
  std::string response_id;

  // Of a failure. Never the prompt, the reply, or a key.
  int http_status = 0;
  std::string error_type;  ///< the provider's own words
  std::string error_code;
  std::string error_message;         ///< at most 300 bytes, keys redacted
  std::string rule;                  ///< the mapping rule that chose error_class, for the record
  std::string request_id;            ///< the provider's
  std::int64_t retry_after_ms = -1;  ///< -1: not stated
  std::optional<bool> should_retry;  ///< x-should-retry
  bool never_fits = false;  ///< a rate limit smaller than this one request: retrying is useless
  std::vector<std::string>
      left_out;  ///< what the model cannot take and was not sent, e.g. temperature
};

}  // namespace mlp
