#include "runtime/tools/loopback/wire_vector.hpp"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "runtime/core/sha256.hpp"

namespace mlp::loopback {
namespace {

using Json = nlohmann::json;

bool IsOfWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

}  // namespace

std::vector<float> BagOfWords(std::string_view text, std::size_t dimension) {
  std::vector<float> vector(dimension, 0.0F);
  for (auto from = text.begin(); from != text.end();) {
    from = std::find_if(from, text.end(), IsOfWord);
    const auto to = std::find_if_not(from, text.end(), IsOfWord);
    if (from == to) break;
    const Sha256Digest digest = Sha256(std::string(from, to));
    vector[static_cast<std::size_t>(digest[0] << 8 | digest[1]) % dimension] += 1;
    from = to;
  }
  if (std::all_of(vector.begin(), vector.end(), [](float x) { return x == 0; })) vector[0] = 1;
  return vector;
}

std::string TextToEmbed(WireFormat format, const std::string& body) {
  const Json read = Json::parse(body, nullptr, false);
  const Json::json_pointer at(format == WireFormat::kGoogle ? "/content/parts/0/text" : "/input");
  if (!read.is_object() || !read.contains(at) || !read[at].is_string()) return {};
  return read[at].get<std::string>();
}

Json VectorAnswer(WireFormat format, const FakeReply& reply, const std::string& model) {
  switch (format) {
    case WireFormat::kOpenAi:
      return {{"object", "list"},
              {"model", model},
              {"data",
               Json::array({{{"object", "embedding"}, {"index", 0}, {"embedding", reply.vector}}})},
              {"usage",
               {{"prompt_tokens", reply.usage.prompt()}, {"total_tokens", reply.usage.prompt()}}}};
    case WireFormat::kAnthropic:
      break;
    case WireFormat::kGoogle:
      return {{"embedding", {{"values", reply.vector}}},
              {"usageMetadata", {{"promptTokenCount", reply.usage.prompt()}}}};
    case WireFormat::kOllama:
      return {{"model", model},
              {"embeddings", Json::array({reply.vector})},
              {"prompt_eval_count", reply.usage.prompt()}};
  }
  return Json::object();
}

}  // namespace mlp::loopback
