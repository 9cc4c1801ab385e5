// The vector of a text: what is asked of each provider that gives one, and what its answers and
// failures are taken for.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/http_client.hpp"
#include "mlp/protocol.hpp"
#include "runtime/tools/loopback/fake_providers.hpp"
#include "runtime/tools/loopback/wire_vector.hpp"

namespace {

using mlp::ErrorClass;
using mlp::HttpClient;
using mlp::HttpRequest;
using mlp::HttpResponse;
using mlp::Prompt;
using mlp::ProtocolRegistry;
using mlp::ProviderReply;
using mlp::WireCall;
using mlp::loopback::FakeProviders;

struct Fixture {
  ProtocolRegistry registry = ProtocolRegistry::BuiltIn();
  const Prompt prompt{.messages = {{"user", "not this"}}};
  const std::string text = "grüß \"dich\"";

  [[nodiscard]] WireCall Call(std::string_view url) const {
    WireCall call;
    call.url = url;
    call.key = "KEY-1-of-this-test";
    call.model_id = "m";
    call.max_output_tokens = 64;
    call.prompt = &prompt;
    call.embeds = &text;
    return call;
  }
  [[nodiscard]] ProviderReply Parse(std::string_view protocol, int status,
                                    std::string_view body) const {
    HttpResponse response;
    response.status = status;
    response.body = body;
    return registry.Find(protocol)->ParseResponse(Call("http://127.0.0.1:1"), response);
  }
};

BOOST_FIXTURE_TEST_SUITE(embeddings, Fixture)

BOOST_AUTO_TEST_CASE(the_text_alone_is_sent) {
  struct Row {
    std::string_view protocol, url, to, body;
  };
  constexpr Row kRows[] = {
      {"openai", "https://api.openai.com", "https://api.openai.com/v1/embeddings",
       R"({"model":"m","input":"grüß \"dich\"","encoding_format":"float"})"},
      {"ollama", "http://127.0.0.1:11434", "http://127.0.0.1:11434/api/embed",
       R"({"model":"m","input":"grüß \"dich\"","truncate":false})"},
      {"google", "https://generativelanguage.googleapis.com",
       "https://generativelanguage.googleapis.com/v1beta/models/m:embedContent",
       R"({"content":{"parts":[{"text":"grüß \"dich\""}]},"taskType":"SEMANTIC_SIMILARITY"})"},
  };
  for (const Row& row : kRows) {
    std::vector<std::string> left_out;
    const HttpRequest request = registry.Find(row.protocol)->BuildRequest(Call(row.url), left_out);
    BOOST_TEST_CONTEXT(row.protocol) {
      BOOST_TEST(registry.Find(row.protocol)->embeds());
      BOOST_TEST(request.url == row.to);
      BOOST_TEST(request.method == "POST");
      BOOST_TEST((nlohmann::json::parse(request.body) == nlohmann::json::parse(row.body)),
                 request.body);
      BOOST_TEST(left_out.empty());
    }
  }
  BOOST_TEST(!registry.Find("anthropic")->embeds());
}

BOOST_AUTO_TEST_CASE(vectors_and_their_tokens_are_read) {
  const ProviderReply openai =
      Parse("openai", 200,
            R"({"object":"list","model":"m-3","data":[{"object":"embedding","index":0,
                "embedding":[0.5,-1,2e-3]}],"usage":{"prompt_tokens":7,"total_tokens":7}})");
  BOOST_TEST((openai.error_class == ErrorClass::kNone));
  BOOST_TEST((openai.vector == std::vector<float>{0.5F, -1.0F, 2e-3F}));
  BOOST_TEST(openai.model == "m-3");
  BOOST_TEST(openai.usage.input == 7);
  BOOST_TEST(openai.usage.reported);
  const ProviderReply ollama =
      Parse("ollama", 200, R"({"model":"m","embeddings":[[1,2]],"prompt_eval_count":3})");
  BOOST_TEST((ollama.vector == std::vector<float>{1.0F, 2.0F}));
  BOOST_TEST(ollama.usage.input == 3);
  // Google states no tokens as a rule.
  const ProviderReply google = Parse("google", 200, R"({"embedding":{"values":[0.25]}})");
  BOOST_TEST((google.vector == std::vector<float>{0.25F}));
  BOOST_TEST(!google.usage.reported);
}

BOOST_AUTO_TEST_CASE(what_is_no_vector_is_a_failure) {
  for (const char* body :
       {"{}", "[]", "null", R"({"data":[]})", R"({"data":[{"embedding":[]}]})",
        R"({"data":[{"embedding":"AAAA"}]})", R"({"data":[{"embedding":[1,null]}]})",
        R"({"data":[{"embedding":[1,"2"]}]})", R"({"data":[{"embedding":[1e39]}]})",
        "{\"data\":"}) {
    const ProviderReply reply = Parse("openai", 200, body);
    BOOST_TEST_CONTEXT(body) {
      BOOST_TEST((reply.error_class == ErrorClass::kMalformedResponse));
      BOOST_TEST(reply.vector.empty());
    }
  }
  const std::string long_body =
      R"({"embeddings":[)" + nlohmann::json(std::vector<float>(65'537, 1.0F)).dump() + "]}";
  BOOST_TEST((Parse("ollama", 200, long_body).error_class == ErrorClass::kMalformedResponse));
  BOOST_TEST((
      Parse("google", 429, R"({"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}})").error_class ==
      ErrorClass::kRateLimited));
  BOOST_TEST((Parse("ollama", 404, R"({"error":"model 'm' not found"})").error_class ==
              ErrorClass::kModelNotFound));
  BOOST_TEST(
      (Parse("openai", 401, R"({"error":{"message":"no"}})").error_class == ErrorClass::kAuth));
}

BOOST_AUTO_TEST_CASE(over_the_wire) {
  FakeProviders fakes;
  HttpClient client;
  for (const std::string_view protocol : {"openai", "google", "ollama"}) {
    const std::string url = fakes.url(protocol);
    std::vector<std::string> left_out;
    HttpRequest request = registry.Find(protocol)->BuildRequest(Call(url), left_out);
    const ProviderReply reply =
        registry.Find(protocol)->ParseResponse(Call(url), client.Perform(std::move(request)));
    BOOST_TEST_CONTEXT(protocol) {
      BOOST_TEST((reply.error_class == ErrorClass::kNone), reply.error_message);
      BOOST_TEST((reply.vector == mlp::loopback::BagOfWords(text, 64)));
      BOOST_TEST(fakes.received().back().embeds);
      BOOST_TEST(fakes.received().back().model_id == "m");
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
