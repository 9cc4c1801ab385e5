#include "runtime/transport/error_rules.hpp"

#include <algorithm>

#include "runtime/transport/redact.hpp"

namespace mlp::transport {
namespace {

// What is left when neither a code nor a message told more. A 429 gets here only without either.
constexpr ErrorRule kByStatus[] = {
    {.name = "status-3xx-redirect",
     .error_class = ErrorClass::kMalformedResponse,
     .status = 300,
     .status_to = 399},
    {.name = "status-400", .error_class = ErrorClass::kInvalidRequest, .status = 400},
    {.name = "status-401", .error_class = ErrorClass::kAuth, .status = 401},
    {.name = "status-402", .error_class = ErrorClass::kQuotaExhausted, .status = 402},
    {.name = "status-403", .error_class = ErrorClass::kAuth, .status = 403},
    {.name = "status-404", .error_class = ErrorClass::kInvalidRequest, .status = 404},
    {.name = "status-408", .error_class = ErrorClass::kTimeout, .status = 408},
    {.name = "status-409", .error_class = ErrorClass::kServerError, .status = 409},
    {.name = "status-429-no-code", .error_class = ErrorClass::kRateLimited, .status = 429},
    {.name = "status-499", .error_class = ErrorClass::kServerError, .status = 499},
    {.name = "status-4xx",
     .error_class = ErrorClass::kInvalidRequest,
     .status = 400,
     .status_to = 499},
    {.name = "status-503", .error_class = ErrorClass::kOverloaded, .status = 503},
    {.name = "status-529", .error_class = ErrorClass::kOverloaded, .status = 529},
    {.name = "status-5xx",
     .error_class = ErrorClass::kServerError,
     .status = 500,
     .status_to = 599},
    {.name = "error-in-answer",
     .error_class = ErrorClass::kServerError,
     .status = 200,
     .status_to = 299},
    {.name = "status-unknown", .error_class = ErrorClass::kMalformedResponse},
};

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

/// `pattern` is in lower case.
bool IsWord(std::string_view lower_word, std::string_view pattern) noexcept {
  if (pattern.empty()) return true;
  if (pattern == "*") return !lower_word.empty();
  if (pattern.front() == '*') return lower_word.ends_with(pattern.substr(1));
  return lower_word == pattern;
}

bool Holds(std::string_view lower_text, std::string_view part) noexcept {
  return part.empty() || lower_text.find(part) != std::string_view::npos;
}

}  // namespace

const ErrorRule* FindRule(std::span<const ErrorRule> rules, const ErrorFacts& facts,
                          std::string_view dialect) {
  const std::string type = LowerCase(facts.type);
  const std::string code = LowerCase(facts.code);
  const std::string detail = LowerCase(facts.detail);
  const std::string message = LowerCase(facts.message);
  for (const ErrorRule& rule : rules) {
    const int last = rule.status_to == 0 ? rule.status : rule.status_to;
    if (rule.status != 0 && (facts.status < rule.status || facts.status > last)) continue;
    if (!rule.dialect.empty() && rule.dialect != dialect) continue;
    if (rule.hint != Hint::kAny && (rule.hint == Hint::kGiven) != facts.hinted) continue;
    if (IsWord(type, rule.type) && IsWord(code, rule.code) && Holds(detail, rule.detail) &&
        Holds(message, rule.says)) {
      return &rule;
    }
  }
  return nullptr;
}

void ApplyRules(std::span<const ErrorRule> rules, const ErrorFacts& facts, std::string_view dialect,
                std::string_view key, ProviderReply& reply) {
  const ErrorRule* rule = FindRule(rules, facts, dialect);
  if (rule == nullptr) rule = FindRule(kByStatus, facts);
  reply.error_class = rule->error_class;
  reply.rule = rule->name;
  reply.never_fits = rule->never_fits;
  reply.error_type = Redact(facts.type, key, 100);
  reply.error_code = Redact(facts.code, key, 100);
  reply.error_message = Redact(facts.message, key);
}

void Fail(ProviderReply& reply, ErrorClass error_class, std::string_view rule,
          std::string_view message) {
  reply.error_class = error_class;
  reply.rule = rule;
  reply.error_message = Redact(message);
}

}  // namespace mlp::transport
