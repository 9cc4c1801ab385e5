#include "runtime/transport/google.hpp"

#include <algorithm>

#include "runtime/transport/error_rules.hpp"
#include "runtime/transport/google_parts.hpp"
#include "runtime/transport/wire.hpp"
#include "runtime/transport/wire_json.hpp"

namespace mlp::transport {
namespace {

using enum ErrorClass;

// `type` is the error's status word; `detail` holds the ids of exceeded quotas and the reasons
// given. One row a line, however long, so that the table can be read as one.
// clang-format off
constexpr ErrorRule kRules[] = {
    {.name = "google-api-key-invalid", .error_class = kAuth, .status = 400, .detail = "api_key_invalid"},
    {.name = "google-unauthenticated", .error_class = kAuth, .type = "unauthenticated"},
    {.name = "google-permission-denied", .error_class = kAuth, .type = "permission_denied"},
    {.name = "google-not-found", .error_class = kModelNotFound, .status = 404},
    {.name = "google-deadline-exceeded", .error_class = kTimeout, .type = "deadline_exceeded"},
    {.name = "google-504", .error_class = kTimeout, .status = 504},
    {.name = "google-says-no-capacity", .error_class = kOverloaded, .status = 429, .says = "no capacity available"},
    {.name = "vertex-says-resource-exhausted", .error_class = kOverloaded, .status = 429, .says = "resource exhausted"},
    {.name = "google-quota-per-day", .error_class = kQuotaExhausted, .status = 429, .detail = "perday"},
    {.name = "google-quota-per-minute", .error_class = kRateLimited, .status = 429, .detail = "perminute"},
    {.name = "google-429-retry-info", .error_class = kRateLimited, .status = 429, .hint = Hint::kGiven},
    {.name = "google-says-current-quota", .error_class = kQuotaExhausted, .status = 429, .says = "exceeded your current quota", .hint = Hint::kAbsent},
    {.name = "google-429-no-details", .error_class = kRateLimited, .status = 429},
    {.name = "google-says-token-count", .error_class = kContextLength, .status = 400, .says = "input token count"},
    {.name = "google-says-api-key", .error_class = kAuth, .status = 400, .says = "api key not valid"},
    {.name = "google-says-billing", .error_class = kQuotaExhausted, .status = 400, .type = "failed_precondition", .says = "billing"},
    {.name = "google-failed-precondition", .error_class = kAuth, .status = 400, .type = "failed_precondition"},
    {.name = "google-invalid-argument", .error_class = kInvalidRequest, .type = "invalid_argument"},
    {.name = "google-unavailable", .error_class = kOverloaded, .type = "unavailable"},
    {.name = "google-internal", .error_class = kServerError, .type = "internal"},
    {.name = "google-cancelled", .error_class = kServerError, .status = 499},
};
// clang-format on

class GoogleProtocol final : public WireProtocol {
 public:
  HttpRequest BuildRequest(const WireCall& call,
                           std::vector<std::string>& left_out) const override {
    std::string path(call.model_id.starts_with("models/") ? "/" : "/models/");
    path.append(call.model_id).append(":generateContent");
    HttpRequest request =
        JsonRequest(call, Url(call.url, path), Dump(google::WriteBody(call, left_out)));
    Authorize(call.url, call.key, request);
    return request;
  }

  ProviderReply ParseResponse(const WireCall& call, const HttpResponse& response) const override {
    ProviderReply reply = BeginReply(call, response);
    if (reply.error_class != kNone) return reply;
    Json body = ParseJson(response.body);
    if (body.is_array() && body.size() == 1) body = Json(body[0]);  // errors come so at times
    if (response.status < 200 || response.status >= 300 || At(body, "error").is_object()) {
      const ErrorFacts facts = google::ReadError(body, response, reply);
      ApplyRules(kRules, facts, {}, call.key, reply);
      return reply;
    }
    if (!body.is_object()) {
      Fail(reply, kMalformedResponse, "google-not-json");
      return reply;
    }
    google::ReadAnswer(body, reply);
    CheckStructured(call, reply);
    return reply;
  }

  HttpRequest BuildProbe(std::string_view url, std::string_view key) const override {
    HttpRequest request;
    request.method = "GET";
    request.url = Url(url, "/models?pageSize=1");
    Authorize(url, key, request);
    return request;
  }

 private:
  /// A base URL may name the version (`.../v1`), or on Vertex the publisher.
  static std::string Url(std::string_view base, std::string_view path) {
    const std::string_view folder = PathOf(base);
    const std::string_view last = folder.substr(std::min(folder.rfind('/') + 1, folder.size()));
    const bool versioned = last.starts_with("v1") || folder.find("/publishers/") != folder.npos;
    return AppendPath(base, (versioned ? "" : "/v1beta") + std::string(path));
  }

  static void Authorize(std::string_view url, std::string_view key, HttpRequest& request) {
    key = TrimKey(key);
    if (key.empty()) return;
    if (HostOf(url).ends_with("aiplatform.googleapis.com")) {
      request.headers.emplace_back("Authorization", "Bearer " + std::string(key));
    } else {
      request.headers.emplace_back("x-goog-api-key", key);
    }
  }
};

}  // namespace

std::unique_ptr<const WireProtocol> MakeGoogleProtocol() {
  return std::make_unique<GoogleProtocol>();
}

}  // namespace mlp::transport
