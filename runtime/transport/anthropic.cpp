#include "runtime/transport/anthropic.hpp"

#include "runtime/transport/answer_fold.hpp"
#include "runtime/transport/anthropic_parts.hpp"
#include "runtime/transport/wire.hpp"
#include "runtime/transport/wire_json.hpp"

namespace mlp::transport {
namespace {

constexpr std::string_view kVersion = "2023-06-01";

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
    return anthropic::ReadReply(call, response, ParseJson(response.body));
  }

  std::unique_ptr<StreamReader> ReadStream(const WireCall& call) const override {
    return MakeStreamReader("anthropic", call, Framing::kSse, anthropic::MakeFold());
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
