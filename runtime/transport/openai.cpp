#include "runtime/transport/openai.hpp"

#include <algorithm>

#include "runtime/transport/answer_fold.hpp"
#include "runtime/transport/openai_parts.hpp"
#include "runtime/transport/wire.hpp"
#include "runtime/transport/wire_json.hpp"

namespace mlp::transport {
namespace {

class OpenAiProtocol final : public WireProtocol {
 public:
  HttpRequest BuildRequest(const WireCall& call,
                           std::vector<std::string>& left_out) const override {
    HttpRequest request = call.embeds != nullptr
                              ? JsonRequest(call, Url(call.url, "/embeddings"),
                                            Dump({{"model", call.model_id},
                                                  {"input", *call.embeds},
                                                  {"encoding_format", "float"}}))
                              : JsonRequest(call, Url(call.url, "/chat/completions"),
                                            Dump(openai::WriteBody(call, left_out)));
    Authorize(openai::DialectOf(call.url), call.key, request);
    return request;
  }

  ProviderReply ParseResponse(const WireCall& call, const HttpResponse& response) const override {
    const Json body = ParseJson(response.body);
    const bool wrapped = body.is_array() && body.size() == 1;  // Google's compatible endpoint
    return openai::ReadReply(call, response, wrapped ? body[0] : body);
  }

  std::unique_ptr<StreamReader> ReadStream(const WireCall& call) const override {
    return MakeStreamReader("openai", call, Framing::kSse, openai::MakeFold());
  }

  bool embeds() const noexcept override { return true; }

  HttpRequest BuildProbe(std::string_view url, std::string_view key) const override {
    HttpRequest request;
    request.method = "GET";
    request.url = Url(ProbedBase(url), "/models");
    Authorize(openai::DialectOf(url), key, request);
    return request;
  }

 private:
  /// Azure lists models beside its deployments, not below one.
  static std::string ProbedBase(std::string_view url) {
    const std::size_t query = std::min(url.find('?'), url.size());
    const std::size_t deployment = url.substr(0, query).find("/deployments/");
    if (openai::DialectOf(url).name != "azure" || deployment == std::string_view::npos) {
      return std::string(url);
    }
    return std::string(url.substr(0, deployment)).append(url.substr(query));
  }

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
