#include "compiler/import/models_dev.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "compiler/import/declarations.hpp"
#include "compiler/import/facts.hpp"
#include "compiler/import/json_view.hpp"
#include "compiler/import/names.hpp"

namespace mlp::compiler {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array<Pair, 5> kPrices{{{"input", "input"},
                                       {"output", "output"},
                                       {"cache_read", "cache-read"},
                                       {"cache_write", "cache-write"},
                                       {"reasoning", "reasoning"}}};

constexpr std::array<std::string_view, 7> kMakers{"anthropic", "cohere", "deepseek", "google",
                                                  "mistral",   "openai", "xai"};

bool IsMaker(std::string_view provider) {
  return std::find(kMakers.begin(), kMakers.end(), provider) != kMakers.end();
}

bool EndsIn(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

class Reader {
 public:
  explicit Reader(const nlohmann::json& list) : root_(&list, "", &result_.conflicts) {}

  ImportResult Read();

 private:
  void ReadProvider(const std::string& id, const JsonView& provider);
  [[nodiscard]] ModelFacts ReadModel(const std::string& id, const JsonView& model);
  void ReadCost(const JsonView& cost, ModelFacts& facts);
  [[nodiscard]] PriceFacts ReadRates(const JsonView& cost, const std::string& prompt);
  void ReadCapabilities(const JsonView& model, ModelFacts& facts);
  [[nodiscard]] std::string Date(const JsonView& view, std::string_view what, ModelFacts& facts);

  ImportResult result_;
  JsonView root_;
  Namer namer_;
  std::vector<ModelFacts> models_;
  std::vector<std::string> provider_remarks_;
};

PriceFacts Reader::ReadRates(const JsonView& cost, const std::string& prompt) {
  PriceFacts price;
  price.prompt = prompt;
  for (const Pair& key : kPrices) {
    const JsonView value = cost[key.first];
    const std::optional<double> dollars = value.Number();
    if (!dollars) continue;
    const std::optional<RoundedRate> rate = RateFromDollarsPerMillion(*dollars);
    if (!rate) {
      result_.conflicts.push_back(
          fmt::format("{}: {} is no price; left out", value.path(), *dollars));
      continue;
    }
    if (!rate->exact) {
      result_.conflicts.push_back(fmt::format("{}: {} rounded to {}", value.path(), *dollars,
                                              WriteRate(rate->pico_per_token)));
    }
    price.rates.emplace_back(key.second, rate->pico_per_token);
  }
  return price;
}

void Reader::ReadCost(const JsonView& cost, ModelFacts& facts) {
  if (!cost.present()) return;
  const auto add = [&facts](const PriceFacts& price) {
    if (!price.rates.empty()) facts.prices.push_back(price);
  };
  add(ReadRates(cost, ""));
  std::set<std::int64_t> seen;
  for (const JsonView& tier : cost["tiers"].Items()) {
    const JsonView kind = tier["tier"];
    const std::optional<std::int64_t> size = kind["size"].Count();
    if (kind["type"].Text() == "context" && size) {
      seen.insert(*size);
      add(ReadRates(tier, "> " + WriteTokens(*size)));
    } else {
      result_.conflicts.push_back(fmt::format("{}: a tier of another kind; left out", tier.path()));
    }
  }
  constexpr std::int64_t kLong = 200'000;
  if (seen.count(kLong) == 0 && cost["context_over_200k"].present()) {
    add(ReadRates(cost["context_over_200k"], "> " + WriteTokens(kLong)));
  }
  std::string others;
  for (const std::string_view key : {"input_audio", "output_audio", "per_minute"}) {
    if (cost[key].present()) others += fmt::format(" {} {}", key, cost[key].Show());
  }
  if (!others.empty()) facts.docs.push_back("prices left out:" + others);
}

void Reader::ReadCapabilities(const JsonView& model, ModelFacts& facts) {
  std::vector<std::string>& can = facts.capabilities;
  const JsonView modalities = model["modalities"];
  for (const std::string& kind : modalities["input"].Texts()) {
    can.push_back(kind == "pdf" ? "document-input" : kind + "-input");
  }
  for (const std::string& kind : modalities["output"].Texts()) can.push_back(kind + "-output");
  if (std::find(can.begin(), can.end(), "text-output") != can.end()) can.emplace_back("streaming");
  const JsonView tools = model["tool_call"];
  if (tools.is_object() ? tools["supported"].Truth() : tools.Truth()) {
    can.emplace_back("function-calling");
  }
  if (model["structured_output"].Truth()) can.emplace_back("structured-output");
  if (model["reasoning"].Truth()) can.emplace_back("extended-thinking");
  if (model["temperature"].Truth()) can.emplace_back("sampling-parameters");
  if (model["cost"]["cache_read"].present()) can.emplace_back("prompt-caching");
  for (const std::string& capability : can) {
    if (IsCapability(capability)) continue;
    result_.conflicts.push_back(
        fmt::format("{}: no such capability: {}; left out", model.path(), capability));
  }
}

std::string Reader::Date(const JsonView& view, std::string_view what, ModelFacts& facts) {
  const std::string text = view.Text();
  if (text.empty()) return {};
  const std::optional<DateFact> date = ReadDateFact(text);
  if (!date) {
    result_.conflicts.push_back(fmt::format("{}: `{}` is no date; left out", view.path(), text));
    return {};
  }
  if (date->unknown_day) {
    facts.docs.push_back(fmt::format("day not known, taken as the first: {} {}", what, text));
  }
  return date->text;
}

ModelFacts Reader::ReadModel(const std::string& id, const JsonView& model) {
  ModelFacts facts;
  facts.id = id;
  facts.display = model["name"].Text();
  const std::string status = model["status"].Text();
  const std::string updated = model["last_updated"].Text();
  facts.docs.push_back(id + (status.empty() ? "" : ": " + status) +
                       (updated.empty() ? "" : fmt::format("; models.dev, updated {}", updated)));
  facts.status = status == "deprecated" ? "deprecated" : "active";
  facts.context = model["limit"]["context"].Count();
  facts.input = model["limit"]["input"].Count();
  facts.output = model["limit"]["output"].Count();
  ReadCost(model["cost"], facts);
  ReadCapabilities(model, facts);
  facts.released = Date(model["release_date"], "released", facts);
  facts.cutoff = Date(model["knowledge"], "cutoff", facts);
  return facts;
}

void Reader::ReadProvider(const std::string& id, const JsonView& provider) {
  const auto members = provider["models"].Members();
  if (members.empty()) return;
  std::string keys;
  for (const std::string& key : provider["env"].Texts()) keys += (keys.empty() ? "" : ", ") + key;
  const std::string api = provider["api"].Text();
  provider_remarks_.push_back(fmt::format("{}: {}; key in {}{}", NameFromText(id),
                                          provider["name"].Text(), keys.empty() ? "-" : keys,
                                          api.empty() ? "" : "; " + api));
  std::set<std::string> dateless;
  for (const auto& [model_id, model] : members) {
    const std::string_view rest = WithoutBuild(model_id);
    if (rest != model_id) dateless.emplace(rest);
  }
  for (const auto& [model_id, model] : members) {
    if (!model.is_object()) {
      result_.conflicts.push_back(model.path() + ": no object; left out");
      continue;
    }
    ModelFacts facts = ReadModel(model_id, model);
    facts.provider = NameFromText(id);
    facts.floating = dateless.count(model_id) != 0 || EndsIn(model_id, "latest");
    facts.name = namer_.Add(facts.provider, model_id, {}, result_.conflicts);
    models_.push_back(std::move(facts));
  }
}

ImportResult Reader::Read() {
  std::vector<std::pair<std::string, JsonView>> providers;
  if (root_.is_object()) providers = root_.Members();
  std::stable_sort(providers.begin(), providers.end(), [](const auto& a, const auto& b) {
    return IsMaker(a.first) > IsMaker(b.first);
  });
  for (const auto& [id, provider] : providers) {
    if (provider.is_object()) ReadProvider(id, provider);
  }
  if (models_.empty()) {
    result_.error = "no provider with `models`: not the api.json of models.dev";
    return std::move(result_);
  }
  std::vector<std::string> remarks{
      "Models from models.dev, written by `mlpc import models.dev`: a snapshot without dates. "
      "Declare their providers by hand:"};
  remarks.insert(remarks.end(), provider_remarks_.begin(), provider_remarks_.end());
  result_.text = WriteFile(remarks, std::move(models_));
  result_.files["models-dev.mlp"] = result_.text;
  return std::move(result_);
}

}  // namespace

ImportResult ImportModelsDev(const nlohmann::json& list) { return Reader(list).Read(); }

}  // namespace mlp::compiler
