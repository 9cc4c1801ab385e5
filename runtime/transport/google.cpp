#include "runtime/transport/google.hpp"

#include <algorithm>
#include <utility>

#include "runtime/transport/answer_fold.hpp"
#include "runtime/transport/google_parts.hpp"
#include "runtime/transport/wire.hpp"
#include "runtime/transport/wire_json.hpp"

namespace mlp::transport {
namespace {

class GoogleProtocol final : public WireProtocol {
 public:
  HttpRequest BuildRequest(const WireCall& call,
                           std::vector<std::string>& left_out) const override {
    std::string path(call.model_id.starts_with("models/") ? "/" : "/models/");
    if (call.embeds != nullptr) {
      path.append(call.model_id).append(":embedContent");
      const Json body = {{"content", {{"parts", Json::array({{{"text", *call.embeds}}})}}},
                         {"taskType", "SEMANTIC_SIMILARITY"}};
      HttpRequest request = JsonRequest(call, Url(call.url, path), Dump(body));
      Authorize(call.url, call.key, request);
      return request;
    }
    path.append(call.model_id).append(call.stream ? ":streamGenerateContent" : ":generateContent");
    std::string url = Url(call.url, path);
    // Without it the stream would be one JSON array.
    if (call.stream) AddParameter("alt=sse", url);
    HttpRequest request =
        JsonRequest(call, std::move(url), Dump(google::WriteBody(call, left_out)));
    Authorize(call.url, call.key, request);
    return request;
  }

  ProviderReply ParseResponse(const WireCall& call, const HttpResponse& response) const override {
    const Json body = ParseJson(response.body);
    const bool wrapped = body.is_array() && body.size() == 1;  // errors come so at times
    return google::ReadReply(call, response, wrapped ? body[0] : body);
  }

  std::unique_ptr<StreamReader> ReadStream(const WireCall& call) const override {
    return MakeStreamReader("google", call, Framing::kSse, google::MakeFold());
  }

  bool embeds() const noexcept override { return true; }

  HttpRequest BuildProbe(std::string_view url, std::string_view key) const override {
    HttpRequest request;
    request.method = "GET";
    request.url = Url(url, "/models");
    AddParameter("pageSize=1", request.url);
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

  static void AddParameter(std::string_view parameter, std::string& url) {
    url += url.find('?') == std::string::npos ? '?' : '&';
    url += parameter;
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
