#include "runtime/transport/openai.hpp"

#include <charconv>
#include <optional>

#include "runtime/transport/error_rules.hpp"
#include "runtime/transport/openai_parts.hpp"
#include "runtime/transport/openai_rules.hpp"
#include "runtime/transport/wire.hpp"
#include "runtime/transport/wire_json.hpp"

namespace mlp::transport {
namespace {

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

class OpenAiProtocol final : public WireProtocol {
 public:
  HttpRequest BuildRequest(const WireCall& call,
                           std::vector<std::string>& left_out) const override {
    HttpRequest request = JsonRequest(call, Url(call.url, "/chat/completions"),
                                      Dump(openai::WriteBody(call, left_out)));
    Authorize(openai::DialectOf(call.url), call.key, request);
    return request;
  }

  ProviderReply ParseResponse(const WireCall& call, const HttpResponse& response) const override {
    ProviderReply reply = BeginReply(call, response);
    if (reply.error_class != ErrorClass::kNone) return reply;
    const openai::Dialect& dialect = openai::DialectOf(call.url);
    Json body = ParseJson(response.body);
    if (body.is_array() && body.size() == 1) body = Json(body[0]);  // Google's compatible endpoint
    const Json& error = At(body, "error");
    const bool failed = response.status < 200 || response.status >= 300;
    if (!failed && (body.is_discarded() || (!body.is_object()))) {
      Fail(reply, ErrorClass::kMalformedResponse, "openai-not-json");
      return reply;
    }
    if (failed || (!error.is_null() && At(body, "choices").is_null()) ||
        At(body, "object") == Json("error")) {
      ErrorFacts facts = openai::ReadError(body, response);
      facts.hinted = reply.retry_after_ms >= 0;
      ApplyRules(kOpenAiRules, facts, dialect.name, call.key, reply);
      if (reply.error_class == ErrorClass::kRateLimited) {
        const auto limit = NumberAfter(facts.message, "Limit ");
        const auto requested = NumberAfter(facts.message, "Requested ");
        if (limit && requested && *requested > *limit) reply.never_fits = true;
      }
      return reply;
    }
    openai::ReadAnswer(body, dialect, reply);
    CheckStructured(call, reply);
    return reply;
  }

  HttpRequest BuildProbe(std::string_view url, std::string_view key) const override {
    HttpRequest request;
    request.method = "GET";
    request.url = Url(url, "/models");
    Authorize(openai::DialectOf(url), key, request);
    return request;
  }

 private:
  static std::string Url(std::string_view base, std::string_view path) {
    return AppendPath(base, (PathOf(base).empty() ? "/v1" : "") + std::string(path));
  }

  static void Authorize(const openai::Dialect& dialect, std::string_view key,
                        HttpRequest& request) {
    key = TrimKey(key);
    if (key.empty()) return;
    // Azure takes its own keys in a header of theirs, and tokens of Entra (JSON web tokens) as
    // usual.
    if (dialect.name == "azure" && !key.starts_with("eyJ")) {
      request.headers.emplace_back("api-key", key);
    } else {
      request.headers.emplace_back("Authorization", "Bearer " + std::string(key));
    }
  }
};

}  // namespace

std::unique_ptr<const WireProtocol> MakeOpenAiProtocol() {
  return std::make_unique<OpenAiProtocol>();
}

}  // namespace mlp::transport
