#include "runtime/transport/anthropic.hpp"

#include "runtime/transport/anthropic_parts.hpp"
#include "runtime/transport/error_rules.hpp"
#include "runtime/transport/wire.hpp"
#include "runtime/transport/wire_json.hpp"

namespace mlp::transport {
namespace {

using enum ErrorClass;

constexpr std::string_view kVersion = "2023-06-01";

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

class AnthropicProtocol final : public WireProtocol {
 public:
  HttpRequest BuildRequest(const WireCall& call,
                           std::vector<std::string>& left_out) const override {
    HttpRequest request =
        JsonRequest(call, Url(call.url, "/messages"), Dump(anthropic::WriteBody(call, left_out)));
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
    anthropic::ReadAnswer(body, reply);
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
