#include "runtime/transport/openai_rules.hpp"

namespace mlp::transport {
namespace {

using enum ErrorClass;

// One row a line, however long, so that the table can be read as one.
// clang-format off
constexpr ErrorRule kRules[] = {
    // Structured codes.
    {.name = "openai-context-length-exceeded", .error_class = kContextLength, .code = "context_length_exceeded"},
    {.name = "llamacpp-exceed-context-size", .error_class = kContextLength, .type = "exceed_context_size_error"},
    {.name = "openai-invalid-prompt", .error_class = kContentFilter, .code = "invalid_prompt"},
    {.name = "openai-cyber-policy", .error_class = kContentFilter, .code = "cyber_policy"},
    {.name = "openai-bio-policy", .error_class = kContentFilter, .code = "bio_policy"},
    {.name = "openai-content-policy-violation", .error_class = kContentFilter, .code = "content_policy_violation"},
    {.name = "azure-content-filter", .error_class = kContentFilter, .code = "content_filter"},
    {.name = "azure-responsible-ai", .error_class = kContentFilter, .detail = "responsibleaipolicyviolation"},
    {.name = "openai-insufficient-quota", .error_class = kQuotaExhausted, .type = "insufficient_quota"},
    {.name = "openai-insufficient-quota", .error_class = kQuotaExhausted, .code = "insufficient_quota"},
    {.name = "openai-credit-balance-exhausted", .error_class = kQuotaExhausted, .code = "credit_balance_exhausted"},
    {.name = "openai-spend-limit-exceeded", .error_class = kQuotaExhausted, .code = "*_spend_limit_exceeded"},
    {.name = "openai-usage-limit-exceeded", .error_class = kQuotaExhausted, .code = "organization_usage_limit_exceeded"},
    {.name = "openai-billing-hard-limit", .error_class = kQuotaExhausted, .code = "billing_hard_limit_reached"},
    {.name = "openai-model-not-found", .error_class = kModelNotFound, .code = "model_not_found"},
    {.name = "azure-deployment-not-found", .error_class = kModelNotFound, .code = "deploymentnotfound"},
    {.name = "openai-invalid-api-key", .error_class = kAuth, .code = "invalid_api_key"},
    {.name = "openai-server-is-overloaded", .error_class = kOverloaded, .code = "server_is_overloaded"},
    {.name = "openai-service-unavailable", .error_class = kOverloaded, .type = "service_unavailable_error"},
    {.name = "groq-capacity-exceeded", .error_class = kOverloaded, .code = "capacity_exceeded"},
    {.name = "groq-498", .error_class = kOverloaded, .status = 498},
    {.name = "deepseek-402", .error_class = kQuotaExhausted, .status = 402},
    {.name = "azure-429-high-demand", .error_class = kOverloaded, .status = 429, .says = "high demand"},
    {.name = "mistral-capacity-exceeded", .error_class = kOverloaded, .status = 429, .says = "capacity exceeded"},
    {.name = "mistral-capacity-exceeded", .error_class = kOverloaded, .status = 503, .says = "capacity exceeded"},
    {.name = "openai-request-too-large", .error_class = kRateLimited, .status = 429, .code = "rate_limit_exceeded", .says = "request too large", .never_fits = true},
    {.name = "openai-rate-limit-exceeded", .error_class = kRateLimited, .code = "rate_limit_exceeded"},
    {.name = "openai-slow-down", .error_class = kRateLimited, .status = 429, .code = "slow_down"},
    {.name = "mistral-rate-limited", .error_class = kRateLimited, .status = 429, .code = "1300"},
    {.name = "mistral-rate-limited", .error_class = kRateLimited, .type = "rate_limited"},
    {.name = "groq-422", .error_class = kMalformedResponse, .status = 422, .dialect = "groq"},

    // Words of the message.
    {.name = "openai-says-maximum-context", .error_class = kContextLength, .status = 400, .status_to = 422, .says = "maximum context length"},
    {.name = "openai-says-context-window", .error_class = kContextLength, .status = 400, .status_to = 422, .says = "exceeds the context window"},
    {.name = "openai-says-configured-limit", .error_class = kContextLength, .status = 400, .status_to = 422, .says = "exceed the configured limit"},
    {.name = "generic-says-context-size", .error_class = kContextLength, .status = 400, .status_to = 500, .says = "exceeds the available context size"},
    {.name = "generic-says-context-length", .error_class = kContextLength, .status = 400, .status_to = 422, .says = "longer than the model's context length"},
    {.name = "generic-says-prompt-too-long", .error_class = kContextLength, .status = 400, .status_to = 422, .says = "prompt is too long"},
    {.name = "xai-says-incorrect-key", .error_class = kAuth, .status = 400, .says = "incorrect api key"},
    {.name = "xai-says-credits-used", .error_class = kQuotaExhausted, .status = 400, .status_to = 499, .says = "used all available credits"},
    {.name = "deepseek-says-balance", .error_class = kQuotaExhausted, .status = 400, .status_to = 499, .says = "insufficient balance"},
    {.name = "openai-says-quota", .error_class = kQuotaExhausted, .status = 429, .says = "exceeded your current quota", .hint = Hint::kAbsent},
    {.name = "groq-413-rate", .error_class = kRateLimited, .status = 413, .says = "tokens per minute", .never_fits = true},
    {.name = "groq-413-rate", .error_class = kRateLimited, .status = 413, .says = "rate limit", .never_fits = true},
    {.name = "groq-413", .error_class = kContextLength, .status = 413},
    {.name = "openai-says-deprecated", .error_class = kModelNotFound, .status = 404, .says = "deprecated"},
    {.name = "generic-404-model", .error_class = kModelNotFound, .status = 404, .says = "model"},
    {.name = "openai-says-slow-down", .error_class = kOverloaded, .status = 503, .says = "slow down"},

    // The status with some code that is not in this list, and statuses that mean something of their own here.
    {.name = "openai-403", .error_class = kAuth, .status = 403},
    {.name = "openai-404", .error_class = kInvalidRequest, .status = 404},
    {.name = "openai-422", .error_class = kInvalidRequest, .status = 422},
    {.name = "groq-424", .error_class = kServerError, .status = 424},
    {.name = "openai-429-unknown-code", .error_class = kRateLimited, .status = 429, .code = "*"},
    {.name = "openai-server-error", .error_class = kServerError, .type = "server_error"},
};
// clang-format on

}  // namespace

const std::span<const ErrorRule> kOpenAiRules = kRules;

}  // namespace mlp::transport
