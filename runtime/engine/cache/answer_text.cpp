#include "runtime/engine/cache/answer_text.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <exception>
#include <utility>

namespace mlp::engine {
namespace {

using nlohmann::json;

// By billed class, as in Usage.
std::array<std::int64_t, 6> Counts(const Usage& usage) {
  return {usage.input,  usage.cache_read, usage.cache_write, usage.cache_write_long,
          usage.output, usage.reasoning};
}

}  // namespace

std::string WriteAnswer(const CachedAnswer& answer) {
  json calls = json::array();
  for (const ToolCall& call : answer.tool_calls) {
    calls.push_back({call.id, call.name, call.arguments, call.signature});
  }
  const json all = {{"text", answer.text},
                    {"calls", std::move(calls)},
                    {"finish", static_cast<int>(answer.finish)},
                    {"usage", Counts(answer.usage)},
                    {"model", answer.response_model},
                    {"leftOut", answer.left_out},
                    {"cost", answer.cost_pico}};
  return all.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::shared_ptr<const CachedAnswer> ReadAnswer(std::string_view text) {
  try {
    const json all = json::parse(text);
    auto answer = std::make_shared<CachedAnswer>();
    answer->text = all.at("text").get<std::string>();
    for (const json& call : all.at("calls")) {
      answer->tool_calls.push_back({call.at(0).get<std::string>(), call.at(1).get<std::string>(),
                                    call.at(2).get<std::string>(), call.at(3).get<std::string>()});
    }
    const int finish = all.at("finish").get<int>();
    if (finish < 0 || finish > static_cast<int>(FinishReason::kOther)) return nullptr;
    answer->finish = static_cast<FinishReason>(finish);
    const auto counts = all.at("usage").get<std::array<std::int64_t, 6>>();
    answer->usage = {.input = counts[0],
                     .cache_read = counts[1],
                     .cache_write = counts[2],
                     .cache_write_long = counts[3],
                     .output = counts[4],
                     .reasoning = counts[5],
                     .reported = true,
                     .verified = false};
    answer->response_model = all.at("model").get<std::string>();
    answer->left_out = all.at("leftOut").get<std::vector<std::string>>();
    answer->cost_pico = all.at("cost").get<std::int64_t>();
    return answer;
  } catch (const std::exception&) {
    return nullptr;  // kept by another version, or broken
  }
}

}  // namespace mlp::engine
