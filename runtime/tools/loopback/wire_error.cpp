#include "runtime/tools/loopback/wire_error.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace mlp::loopback {
namespace {

using Json = nlohmann::ordered_json;

struct ErrorRow {
  FakeKind kind;
  int status;
  std::string_view type;  // anthropic: type; openai: type; google: status; ollama: unused
  std::string_view code;  // openai only
  std::string_view message;
};

constexpr ErrorRow kOpenAiErrors[] = {
    {FakeKind::kRateLimited, 429, "requests", "rate_limit_exceeded",
     "Rate limit reached for requests per min (RPM): Limit 3, Used 3, Requested 1."},
    {FakeKind::kQuota, 429, "insufficient_quota", "insufficient_quota",
     "You exceeded your current quota, please check your plan and billing details."},
    {FakeKind::kCapacity, 429, "invalid_request_error", "",
     "Service tier capacity exceeded for this model."},
    {FakeKind::kOverloaded, 503, "service_unavailable_error", "server_is_overloaded",
     "Our servers are currently overloaded. Please try again later."},
    {FakeKind::kServerError, 500, "server_error", "",
     "The server had an error while processing your request."},
    {FakeKind::kUnauthorized, 401, "invalid_request_error", "invalid_api_key",
     "Incorrect API key provided: sk-abcd****wxyz."},
    {FakeKind::kForbidden, 403, "request_forbidden", "unsupported_country_region_territory",
     "Country, region, or territory not supported"},
    {FakeKind::kBadRequest, 400, "invalid_request_error", "invalid_value", "Invalid value."},
    {FakeKind::kContextLength, 400, "invalid_request_error", "context_length_exceeded",
     "This model's maximum context length is 128000 tokens."},
    {FakeKind::kModelNotFound, 404, "invalid_request_error", "model_not_found",
     "The model does not exist or you do not have access to it."},
};

constexpr ErrorRow kAnthropicErrors[] = {
    {FakeKind::kRateLimited, 429, "rate_limit_error", "",
     "This request would exceed your organization's rate limit."},
    {FakeKind::kQuota, 400, "invalid_request_error", "",
     "Your credit balance is too low to access the Anthropic API."},
    {FakeKind::kCapacity, 529, "overloaded_error", "", "Overloaded"},
    {FakeKind::kOverloaded, 529, "overloaded_error", "", "Overloaded"},
    {FakeKind::kServerError, 500, "api_error", "", "Internal server error"},
    {FakeKind::kUnauthorized, 401, "authentication_error", "", "invalid x-api-key"},
    {FakeKind::kForbidden, 403, "permission_error", "", "not permitted"},
    {FakeKind::kBadRequest, 400, "invalid_request_error", "", "messages: field required"},
    {FakeKind::kContextLength, 400, "invalid_request_error", "",
     "prompt is too long: 215000 tokens > 200000 maximum"},
    {FakeKind::kModelNotFound, 404, "not_found_error", "", "model: no-such-model"},
};

constexpr ErrorRow kGoogleErrors[] = {
    {FakeKind::kRateLimited, 429, "RESOURCE_EXHAUSTED", "",
     "You exceeded your current quota, please check your plan."},
    {FakeKind::kQuota, 429, "RESOURCE_EXHAUSTED", "",
     "You exceeded your current quota, please check your plan."},
    {FakeKind::kCapacity, 429, "RESOURCE_EXHAUSTED", "",
     "No capacity available for model on the server"},
    {FakeKind::kOverloaded, 503, "UNAVAILABLE", "",
     "The model is overloaded. Please try again later."},
    {FakeKind::kServerError, 500, "INTERNAL", "", "An internal error has occurred."},
    {FakeKind::kUnauthorized, 401, "UNAUTHENTICATED", "", "Request had invalid credentials."},
    {FakeKind::kForbidden, 403, "PERMISSION_DENIED", "", "The caller does not have permission"},
    {FakeKind::kBadRequest, 400, "INVALID_ARGUMENT", "", "Invalid JSON payload received."},
    {FakeKind::kContextLength, 400, "INVALID_ARGUMENT", "",
     "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."},
    {FakeKind::kModelNotFound, 404, "NOT_FOUND", "",
     "models/x is not found for API version v1beta"},
};

constexpr ErrorRow kOllamaErrors[] = {
    {FakeKind::kRateLimited, 429, "", "", "too many requests"},
    {FakeKind::kQuota, 429, "", "", "you have reached your usage limit"},
    {FakeKind::kCapacity, 503, "", "",
     "server busy, please try again.  maximum pending requests exceeded"},
    {FakeKind::kOverloaded, 503, "", "",
     "server busy, please try again.  maximum pending requests exceeded"},
    {FakeKind::kServerError, 500, "", "", "llama runner process has terminated"},
    {FakeKind::kUnauthorized, 401, "", "", "unauthorized"},
    {FakeKind::kForbidden, 403, "", "", "remote inference is unavailable"},
    {FakeKind::kBadRequest, 400, "", "", "model is required"},
    {FakeKind::kContextLength, 400, "", "", "the input length exceeds the context length"},
    {FakeKind::kModelNotFound, 404, "", "", "model 'x' not found"},
};

template <std::size_t kCount>
const ErrorRow* FindRow(const ErrorRow (&rows)[kCount], FakeKind kind) {
  for (const ErrorRow& row : rows) {
    if (row.kind == kind) return &row;
  }
  return nullptr;
}

const ErrorRow* FindError(WireFormat format, FakeKind kind) {
  switch (format) {
    case WireFormat::kOpenAi:
      return FindRow(kOpenAiErrors, kind);
    case WireFormat::kAnthropic:
      return FindRow(kAnthropicErrors, kind);
    case WireFormat::kGoogle:
      return FindRow(kGoogleErrors, kind);
    case WireFormat::kOllama:
      return FindRow(kOllamaErrors, kind);
  }
  return nullptr;
}

std::string Seconds(std::int64_t milliseconds) {
  if (milliseconds % 1000 == 0) return std::to_string(milliseconds / 1000);
  std::string fraction = std::to_string(milliseconds % 1000);
  fraction.insert(0, 3 - fraction.size(), '0');
  return std::to_string(milliseconds / 1000) + "." + fraction;
}

Json GoogleDetails(const FakeReply& reply) {
  Json details = Json::array();
  if (reply.kind == FakeKind::kRateLimited || reply.kind == FakeKind::kQuota) {
    const std::string_view period = reply.kind == FakeKind::kQuota ? "PerDay" : "PerMinute";
    const std::string quota = "GenerateRequests" + std::string(period) + "PerProjectPerModel";
    details.push_back({{"@type", "type.googleapis.com/google.rpc.QuotaFailure"},
                       {"violations", Json::array({Json{{"quotaId", quota}}})}});
  }
  if (reply.retry_after_ms >= 0) {
    details.push_back({{"@type", "type.googleapis.com/google.rpc.RetryInfo"},
                       {"retryDelay", Seconds(reply.retry_after_ms) + "s"}});
  }
  return details;
}

}  // namespace

std::optional<WireAnswer> WriteError(WireFormat format, const FakeReply& reply) {
  const bool in_mid_stream = reply.kind == FakeKind::kStreamError;
  const ErrorRow* const found =
      FindError(format, in_mid_stream ? FakeKind::kOverloaded : reply.kind);
  if (found == nullptr) return std::nullopt;
  const ErrorRow& row = *found;
  WireAnswer answer{row.status, {}, {}};
  Json body;
  switch (format) {
    case WireFormat::kOpenAi:
      body["error"] = {{"message", row.message},
                       {"type", row.type},
                       {"param", nullptr},
                       {"code", row.code.empty() ? Json(nullptr) : Json(row.code)}};
      break;
    case WireFormat::kAnthropic:
      body = {{"type", "error"},
              {"error", {{"type", row.type}, {"message", row.message}}},
              {"request_id", "req_1"}};
      break;
    case WireFormat::kGoogle:
      body["error"] = {{"code", row.status},
                       {"message", row.message},
                       {"status", row.type},
                       {"details", GoogleDetails(reply)}};
      break;
    case WireFormat::kOllama:
      body["error"] = row.message;
      break;
  }
  answer.body = body.dump();
  if (reply.retry_after_ms >= 0 && format != WireFormat::kGoogle) {
    answer.headers.emplace_back("Retry-After", Seconds(reply.retry_after_ms));
  }
  return answer;
}

}  // namespace mlp::loopback
