#include "runtime/transport/wire.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ctime>

#include "runtime/transport/error_rules.hpp"
#include "runtime/transport/redact.hpp"
#include "runtime/transport/wire_json.hpp"

namespace mlp::transport {
namespace {

constexpr std::int64_t kLongestHintMs =
    1'000'000'000'000;  // some thirty years: further is a fault of the sender

constexpr std::string_view kRequestIdHeaders[] = {"x-request-id", "request-id", "apim-request-id",
                                                  "x-amzn-requestid"};

std::optional<std::int64_t> Milliseconds(std::string_view text, double unit_ms) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  if (!(value >= 0) || value * unit_ms > static_cast<double>(kLongestHintMs)) return std::nullopt;
  return static_cast<std::int64_t>(std::ceil(value * unit_ms));
}

std::optional<std::int64_t> UntilDateMs(std::string_view date, std::string_view server_date) {
  const std::time_t at = curl_getdate(std::string(date).c_str(), nullptr);
  if (at == -1) return std::nullopt;
  std::time_t now =
      server_date.empty() ? -1 : curl_getdate(std::string(server_date).c_str(), nullptr);
  if (now == -1) now = std::time(nullptr);
  const std::int64_t wait_s = static_cast<std::int64_t>(at) - static_cast<std::int64_t>(now);
  if (wait_s > kLongestHintMs / 1000) return std::nullopt;
  return std::max<std::int64_t>(wait_s, 0) * 1000;
}

std::string_view TransportRule(ErrorClass error_class) noexcept {
  switch (error_class) {
    case ErrorClass::kTimeout:
      return "transport-timeout";
    case ErrorClass::kCancelled:
      return "transport-cancelled";
    case ErrorClass::kMalformedResponse:
      return "transport-too-large";
    case ErrorClass::kInvalidRequest:
      return "transport-unsendable";
    default:
      return "transport-connection";
  }
}

}  // namespace

ProviderReply BeginReply(const WireCall& call, const HttpResponse& response) {
  ProviderReply reply;
  reply.http_status = response.status;
  for (const std::string_view name : kRequestIdHeaders) {
    if (const std::string_view id = response.header(name); !id.empty()) {
      reply.request_id = id.substr(0, 100);
      break;
    }
  }
  const std::string_view should_retry = response.header("x-should-retry");
  if (should_retry == "true") reply.should_retry = true;
  if (should_retry == "false") reply.should_retry = false;
  if (response.error_class != ErrorClass::kNone) {
    reply.error_class = response.error_class;
    reply.rule = TransportRule(response.error_class);
    reply.error_message = Redact(response.error, call.key);
    return reply;
  }
  if (response.status >= 300) reply.retry_after_ms = RetryAfterMs(response).value_or(-1);
  return reply;
}

std::optional<std::int64_t> RetryAfterMs(const HttpResponse& response) {
  if (const std::string_view value = response.header("retry-after-ms"); !value.empty()) {
    if (const auto parsed = Milliseconds(value, 1)) return parsed;
  }
  if (const std::string_view value = response.header("retry-after"); !value.empty()) {
    if (const auto parsed = Milliseconds(value, 1000)) return parsed;
    // A negative number is no date, though a lenient reader might find one in it.
    if (value.front() != '-' && value.front() != '+') {
      if (const auto parsed = UntilDateMs(value, response.header("date"))) return parsed;
    }
  }
  std::optional<std::int64_t> longest;
  if (response.status != 429) return longest;
  for (const std::string_view of : {"requests", "tokens"}) {
    const std::string suffix(of);
    if (response.header("x-ratelimit-remaining-" + suffix) != "0") continue;
    const auto reset = ParseDurationMs(response.header("x-ratelimit-reset-" + suffix));
    if (reset && (!longest || *reset > *longest)) longest = reset;
  }
  return longest;
}

std::optional<std::int64_t> ParseDurationMs(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::int64_t total = 0;
  while (!text.empty()) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
    const std::string_view number = text.substr(0, digits);
    text.remove_prefix(digits);
    const std::size_t letters = std::min(text.find_first_of("0123456789."), text.size());
    const std::string_view unit = text.substr(0, letters);
    text.remove_prefix(letters);
    double unit_ms = 0;
    if (unit == "ms") unit_ms = 1;
    if (unit == "s") unit_ms = 1000;
    if (unit == "m") unit_ms = 60'000;
    if (unit == "h") unit_ms = 3'600'000;
    if (unit == "d") unit_ms = 86'400'000;
    const auto part = Milliseconds(number, unit_ms);
    if (unit_ms == 0 || !part) return std::nullopt;
    total += *part;
  }
  return total;
}

std::string PlainBody(std::string_view body) {
  const std::size_t start = body.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return "(empty body)";
  if (body[start] == '<') return "(a page of HTML)";
  return std::string(body.substr(start, 1000));
}

void CheckStructured(const WireCall& call, ProviderReply& reply) {
  if (reply.error_class != ErrorClass::kNone || call.prompt->response_schema.empty()) return;
  if (reply.finish != FinishReason::kStop) return;
  if (ParseJson(reply.text).is_discarded()) {
    Fail(reply, ErrorClass::kMalformedResponse, "structured-output-not-json");
  }
}

std::string AppendPath(std::string_view base, std::string_view path) {
  const std::size_t query = std::min(base.find('?'), base.size());
  std::string_view before = base.substr(0, query);
  while (before.ends_with('/')) before.remove_suffix(1);
  std::string url(before);
  url += path;
  url += base.substr(query);
  return url;
}

std::string_view PathOf(std::string_view url) noexcept {
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find('?'));
  const std::size_t slash = url.find('/');
  if (slash == std::string_view::npos) return {};
  url.remove_prefix(slash);
  while (url.ends_with('/')) url.remove_suffix(1);
  return url;
}

std::string_view HostOf(std::string_view url) noexcept {
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?"));
  if (const std::size_t user = url.rfind('@'); user != std::string_view::npos) {
    url.remove_prefix(user + 1);
  }
  if (url.starts_with('[')) return url.substr(0, url.find(']') + 1);
  return url.substr(0, url.find(':'));
}

bool IsUnder(std::string_view host, std::string_view domain) noexcept {
  if (host == domain) return true;
  return host.size() > domain.size() && host.ends_with(domain) &&
         host[host.size() - domain.size() - 1] == '.';
}

HttpRequest JsonRequest(const WireCall& call, std::string url, std::string body) {
  HttpRequest request;
  request.url = std::move(url);
  request.body = std::move(body);
  request.headers.emplace_back("Content-Type", "application/json");
  for (const auto& header : call.prompt->trace_headers) request.headers.push_back(header);
  return request;
}

std::string_view TrimKey(std::string_view key) noexcept {
  while (!key.empty() && std::string_view(" \t\r\n").find(key.back()) != std::string_view::npos) {
    key.remove_suffix(1);
  }
  while (!key.empty() && std::string_view(" \t\r\n").find(key.front()) != std::string_view::npos) {
    key.remove_prefix(1);
  }
  return key;
}

std::string JoinTexts(const Message& message) {
  std::string joined;
  bool first = true;
  for (const Part& part : message.parts) {
    if (part.kind != PartKind::kText) continue;
    if (!first) joined += '\n';
    first = false;
    joined += part.data;
  }
  return joined;
}

bool HasOnlyText(const Prompt& prompt) noexcept {
  return std::all_of(prompt.messages.begin(), prompt.messages.end(), [](const Message& message) {
    return std::all_of(message.parts.begin(), message.parts.end(),
                       [](const Part& part) { return part.kind == PartKind::kText; });
  });
}

std::string_view ToolNameOf(const Prompt& prompt, std::string_view tool_call_id) noexcept {
  for (const Message& message : prompt.messages) {
    for (const ToolCall& call : message.tool_calls) {
      if (call.id == tool_call_id) return call.name;
    }
  }
  return {};
}

void LeaveOut(std::vector<std::string>& left_out, std::string_view what) {
  if (std::find(left_out.begin(), left_out.end(), what) == left_out.end()) {
    left_out.emplace_back(what);
  }
}

}  // namespace mlp::transport
