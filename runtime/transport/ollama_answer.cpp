#include <string>

#include "runtime/transport/embedding.hpp"
#include "runtime/transport/error_rules.hpp"
#include "runtime/transport/ollama_parts.hpp"
#include "runtime/transport/wire.hpp"

namespace mlp::transport::ollama {
namespace {

using enum ErrorClass;

// One row a line, however long, so that the table can be read as one.
// clang-format off
constexpr ErrorRule kRules[] = {
    {.name = "ollama-not-found", .error_class = kModelNotFound, .status = 404},
    {.name = "ollama-says-context-length", .error_class = kContextLength, .status = 400, .says = "context length"},
    {.name = "ollama-bad-request", .error_class = kInvalidRequest, .status = 400},
    {.name = "ollama-unauthorized", .error_class = kAuth, .status = 401},
    {.name = "ollama-forbidden", .error_class = kAuth, .status = 403},
    {.name = "ollama-says-usage-limit", .error_class = kQuotaExhausted, .status = 429, .says = "usage limit"},
    {.name = "ollama-rate-limited", .error_class = kRateLimited, .status = 429},
    {.name = "ollama-server-error", .error_class = kServerError, .status = 500},
    {.name = "ollama-cloud-unreachable", .error_class = kServerError, .status = 502},
    {.name = "ollama-busy", .error_class = kOverloaded, .status = 503},
};
// clang-format on

/// Both counts are left out where they are zero, so that only a finished answer without any is
/// silent.
Usage ReadUsage(const Json& body) {
  Usage billed;
  const auto prompt = Count(At(body, "prompt_eval_count"));
  const auto output = Count(At(body, "eval_count"));
  billed.reported = prompt || output;
  billed.verified = billed.reported;  // no total is stated that could contradict
  billed.input = prompt.value_or(0);
  billed.output = output.value_or(0);
  return billed;
}

void ReadAnswer(const Json& body, ProviderReply& reply) {
  reply.model = Text(At(body, "model"));
  reply.usage = ReadUsage(body);
  const Json& message = At(body, "message");
  if (!message.is_object() || At(body, "done") != Json(true)) {
    return Fail(reply, kMalformedResponse, "ollama-not-done");
  }
  reply.text = Text(At(message, "content"));
  const std::string reason = Text(At(body, "done_reason"));
  reply.finish = FinishReason::kOther;
  if (reason == "stop") reply.finish = FinishReason::kStop;
  if (reason == "length") reply.finish = FinishReason::kLength;
  for (const Json& call : At(message, "tool_calls")) {
    const Json& function = At(call, "function");
    const Json& arguments = At(function, "arguments");
    ToolCall read{Text(At(call, "id")), Text(At(function, "name")), "{}"};
    if (read.id.empty()) read.id = "call_" + std::to_string(reply.tool_calls.size());
    if (read.name.empty() || !(arguments.is_object() || arguments.is_null())) {
      return Fail(reply, kMalformedResponse, "ollama-tool-arguments-not-json");
    }
    if (arguments.is_object()) read.arguments = Dump(arguments);
    reply.tool_calls.push_back(std::move(read));
  }
  if (!reply.tool_calls.empty() && reply.finish == FinishReason::kStop) {
    reply.finish = FinishReason::kToolCalls;
  }
}

/// The lines of a stream: each holds the next piece of the message, the last one also what a whole
/// answer says beside its message.
class Fold final : public AnswerFold {
 public:
  void Take(const Json& chunk, std::vector<StreamDelta>& deltas) override {
    const Json& message = At(chunk, "message");
    std::string text = Text(At(message, "content"));
    text_ += text;
    Hold(text.size());
    AddText(std::move(text), deltas);
    AddThought(!Text(At(message, "thinking")).empty(), deltas);
    for (const Json& call : At(message, "tool_calls")) {
      const Json& function = At(call, "function");
      const Json& arguments = At(function, "arguments");
      ToolCallPiece piece{.index = static_cast<std::uint32_t>(calls_.size()),
                          .id = Text(At(call, "id")),
                          .name = Text(At(function, "name")),
                          .arguments = arguments.is_object() ? Dump(arguments) : "{}"};
      if (piece.id.empty()) piece.id = "call_" + std::to_string(piece.index);
      AddToolCall(std::move(piece), deltas);
      Hold(Dump(call).size());
      calls_.push_back(call);
    }
    last_ = chunk;
  }

  bool complete() const override { return At(last_, "done") == Json(true); }

  Json Answer() override {
    last_["message"] = {{"content", std::move(text_)}, {"tool_calls", std::move(calls_)}};
    return std::move(last_);
  }

  ProviderReply Read(const WireCall& call, const HttpResponse& response,
                     const Json& body) const override {
    return ReadReply(call, response, body);
  }

 private:
  std::string text_;
  Json calls_ = Json::array();
  Json last_ = Json::object();
};

}  // namespace

ProviderReply ReadReply(const WireCall& call, const HttpResponse& response, const Json& body) {
  ProviderReply reply = BeginReply(call, response);
  if (reply.error_class != kNone) return reply;
  const Json& error = At(body, "error");
  if (response.status < 200 || response.status >= 300 || !error.is_null()) {
    ErrorFacts facts;
    facts.status = response.status;
    facts.message = body.is_discarded() ? PlainBody(response.body) : Text(error);
    facts.hinted = reply.retry_after_ms >= 0;
    ApplyRules(kRules, facts, {}, call.key, reply);
    return reply;
  }
  if (!body.is_object()) {
    Fail(reply, kMalformedResponse, "ollama-not-json");
    return reply;
  }
  if (call.embeds != nullptr) {
    reply.model = Text(At(body, "model"));
    TakeVector(At(At(body, "embeddings"), std::size_t{0}), Count(At(body, "prompt_eval_count")),
               reply);
    return reply;
  }
  ReadAnswer(body, reply);
  CheckStructured(call, reply);
  return reply;
}

std::unique_ptr<AnswerFold> MakeFold() { return std::make_unique<Fold>(); }

}  // namespace mlp::transport::ollama
