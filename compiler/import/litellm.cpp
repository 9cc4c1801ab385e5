#include "compiler/import/litellm.hpp"

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

constexpr std::array<Pair, 8> kPrices{{
    {"input_cost_per_token", "input"},
    {"output_cost_per_token", "output"},
    {"cache_read_input_token_cost", "cache-read"},
    {"cache_creation_input_token_cost", "cache-write"},
    {"cache_creation_input_token_cost_above_1hr", "cache-write 1h"},
    {"output_cost_per_reasoning_token", "reasoning"},
    {"input_cost_per_token_batches", "batch-input"},
    {"output_cost_per_token_batches", "batch-output"},
}};

constexpr std::array<Pair, 11> kCapabilities{{
    {"supports_vision", "image-input"},
    {"supports_audio_input", "audio-input"},
    {"supports_audio_output", "audio-output"},
    {"supports_video_input", "video-input"},
    {"supports_pdf_input", "document-input"},
    {"supports_function_calling", "function-calling"},
    {"supports_response_schema", "structured-output"},
    {"supports_prompt_caching", "prompt-caching"},
    {"supports_reasoning", "extended-thinking"},
    {"supports_system_messages", "system-messages"},
    {"supports_image_output", "image-output"},
}};

/// `input_cost_per_token_above_200k_tokens` as its plain key and 200,000; nothing for other keys.
std::optional<std::pair<std::string, std::int64_t>> TierKey(std::string_view key) {
  constexpr std::string_view kAbove = "_above_";
  constexpr std::string_view kEnd = "k_tokens";
  const std::size_t above = key.rfind(kAbove);
  if (above == std::string_view::npos || key.size() < kEnd.size()) return std::nullopt;
  const std::size_t first = above + kAbove.size();
  const std::size_t last = key.size() - kEnd.size();
  if (last <= first || last - first > 6 || key.substr(last) != kEnd) return std::nullopt;
  const std::string digits(key.substr(first, last - first));
  if (digits.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  return std::pair(std::string(key.substr(0, above)), std::stoll(digits) * 1000);
}

std::string_view ItemOf(std::string_view key) {
  for (const Pair& price : kPrices) {
    if (price.first == key) return price.second;
  }
  return {};
}

bool IsCost(std::string_view key) {
  return key.find("_cost") != std::string_view::npos ||
         key.find("cost_per") != std::string_view::npos;
}

struct Entry {
  std::string key;
  std::string provider;  ///< LiteLLM's own word
  std::string id;
  JsonView facts;
};

class Reader {
 public:
  explicit Reader(const nlohmann::json& list) : root_(&list, "", &result_.conflicts) {}

  ImportResult Read();

 private:
  void CollectEntries();
  [[nodiscard]] ModelFacts ReadFacts(const Entry& entry);
  void ReadPrices(const Entry& entry, ModelFacts& facts);
  void ReadCapabilities(const Entry& entry, bool embedding, ModelFacts& facts) const;
  void AddRate(const Entry& entry, std::string_view key, std::string_view item, PriceFacts& price);
  [[nodiscard]] bool IsFloating(const std::string& id) const;
  void ReportDifferences(const ModelFacts& kept, const ModelFacts& other, const std::string& key);

  ImportResult result_;
  JsonView root_;
  std::vector<Entry> entries_;
  std::set<std::string> dateless_;  ///< ids of entries without their date
};

void Reader::CollectEntries() {
  std::map<std::string, int> skipped;
  for (const auto& [key, value] : root_.Members()) {
    if (key == "sample_spec") continue;
    const std::string provider = value["litellm_provider"].Text();
    const std::string mode = value["mode"].Text();
    if (mode != "chat" && mode != "responses" && mode != "completion" && mode != "embedding") {
      ++skipped[mode.empty() ? "none" : mode];
      continue;
    }
    if (provider.empty()) {
      result_.conflicts.push_back(fmt::format("{}: no litellm_provider; left out", key));
      continue;
    }
    const bool prefixed = key.size() > provider.size() + 1 &&
                          key.compare(0, provider.size(), provider) == 0 &&
                          key[provider.size()] == '/';
    entries_.push_back({key, provider, prefixed ? key.substr(provider.size() + 1) : key, value});
  }
  std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return (a.id == a.key) > (b.id == b.key);
  });
  for (const Entry& entry : entries_) {
    const std::string_view rest = WithoutBuild(entry.id);
    if (rest != entry.id) dateless_.emplace(rest);
  }
  for (const auto& [mode, count] : skipped) {
    result_.conflicts.push_back(fmt::format("{} entries of mode {} left out", count, mode));
  }
}

bool Reader::IsFloating(const std::string& id) const {
  constexpr std::string_view kLatest = "latest";
  const bool latest = id.size() >= kLatest.size() &&
                      id.compare(id.size() - kLatest.size(), kLatest.size(), kLatest) == 0;
  return latest || dateless_.count(id) != 0;
}

void Reader::AddRate(const Entry& entry, std::string_view key, std::string_view item,
                     PriceFacts& price) {
  const std::optional<double> dollars = entry.facts[key].Number();
  if (!dollars) return;
  const std::optional<RoundedRate> rate = RateFromDollarsPerToken(*dollars);
  if (!rate) {
    result_.conflicts.push_back(
        fmt::format("{}: {} {} is no price; left out", entry.key, key, *dollars));
    return;
  }
  if (!rate->exact) {
    result_.conflicts.push_back(fmt::format("{}: {} {} rounded to {}", entry.key, key, *dollars,
                                            WriteRate(rate->pico_per_token)));
  }
  price.rates.emplace_back(item, rate->pico_per_token);
}

void Reader::ReadPrices(const Entry& entry, ModelFacts& facts) {
  PriceFacts base;
  for (const Pair& price : kPrices) AddRate(entry, price.first, price.second, base);
  if (!base.rates.empty()) facts.prices.push_back(base);
  std::set<std::int64_t> thresholds;
  std::vector<std::string> others;
  for (const auto& [key, value] : entry.facts.Members()) {
    const auto tier = TierKey(key);
    if (tier && !ItemOf(tier->first).empty()) {
      thresholds.insert(tier->second);
    } else if (IsCost(key) && ItemOf(key).empty() && value.present()) {
      others.push_back(key);
    }
  }
  for (const std::int64_t threshold : thresholds) {
    PriceFacts tier;
    tier.prompt = "> " + WriteTokens(threshold);
    for (const Pair& price : kPrices) {
      const std::string key = fmt::format("{}_above_{}k_tokens", price.first, threshold / 1000);
      AddRate(entry, entry.facts[key].present() ? key : price.first, price.second, tier);
    }
    facts.prices.push_back(tier);
  }
  if (others.empty()) return;
  std::string doc = "prices left out:";
  for (const std::string& key : others) doc += fmt::format(" {} {}", key, entry.facts[key].Show());
  facts.docs.push_back(doc);
}

void Reader::ReadCapabilities(const Entry& entry, bool embedding, ModelFacts& facts) const {
  std::vector<std::string>& can = facts.capabilities;
  can = {"text-input", embedding ? "embeddings" : "text-output"};
  for (const Pair& capability : kCapabilities) {
    if (entry.facts[capability.first].Truth()) can.emplace_back(capability.second);
  }
  if (embedding) return;
  can.emplace_back("streaming");
  if (!entry.facts["supports_reasoning"].Truth()) can.emplace_back("sampling-parameters");
  for (const PriceFacts& price : facts.prices) {
    for (const auto& rate : price.rates) {
      if (rate.first.substr(0, 5) == "batch") can.emplace_back("batch-api");
    }
  }
}

ModelFacts Reader::ReadFacts(const Entry& entry) {
  ModelFacts facts;
  facts.id = entry.id;
  facts.provider = NameFromText(entry.provider);
  facts.docs.push_back(entry.key);
  const bool embedding = entry.facts["mode"].Text() == "embedding";
  facts.embedding = embedding;
  facts.floating = IsFloating(entry.id);
  const bool has_input = entry.facts["max_input_tokens"].present();
  facts.context = entry.facts[has_input ? "max_input_tokens" : "max_tokens"].Count();
  if (!embedding) facts.output = entry.facts["max_output_tokens"].Count();
  if (embedding) facts.dimension = entry.facts["output_vector_size"].Count();
  ReadPrices(entry, facts);
  ReadCapabilities(entry, embedding, facts);
  facts.status = "active";
  const std::string end = entry.facts["deprecation_date"].Text();
  const std::optional<DateFact> date = ReadDateFact(end);
  if (date) {
    facts.retires = date->text;
    facts.docs.emplace_back("retires: LiteLLM's deprecation_date");
  } else if (!end.empty()) {
    result_.conflicts.push_back(
        fmt::format("{}: deprecation_date `{}` is no date; left out", entry.key, end));
  }
  const std::string source = entry.facts["source"].Text();
  if (!source.empty()) facts.docs.push_back("source: " + source);
  return facts;
}

void Reader::ReportDifferences(const ModelFacts& kept, const ModelFacts& other,
                               const std::string& key) {
  ModelFacts plain = other;
  plain.name = kept.name;
  plain.docs = kept.docs;
  if (WriteModel(plain) == WriteModel(kept)) return;
  const auto rates = [](const ModelFacts& facts) {
    return facts.prices.empty() ? std::string("no price") : WriteRates(facts.prices.front().rates);
  };
  const auto tokens = [](const std::optional<std::int64_t>& count) {
    return count ? WriteTokens(*count) : std::string("not known");
  };
  std::string line = fmt::format("{} {}: {} differs and is left out:", kept.provider, kept.id, key);
  const std::size_t bare = line.size();
  const auto compare = [&line](std::string_view what, const std::string& a, const std::string& b) {
    if (a != b) line += fmt::format(" {} {} (used {});", what, b, a);
  };
  compare("price", rates(kept), rates(other));
  compare("context", tokens(kept.context), tokens(other.context));
  compare("output", tokens(kept.output), tokens(other.output));
  compare("retires", kept.retires, other.retires);
  if (line.size() == bare) line += " in capabilities or tiers;";
  line.pop_back();
  result_.conflicts.push_back(line);
}

ImportResult Reader::Read() {
  if (!root_.is_object()) {
    result_.error = "no object of models: not LiteLLM's price list";
    return std::move(result_);
  }
  CollectEntries();
  if (entries_.empty()) {
    result_.error = "no entry with a litellm_provider and a mode: not LiteLLM's price list";
    return std::move(result_);
  }
  Namer namer;
  std::vector<ModelFacts> models;
  std::map<std::pair<std::string, std::string>, std::size_t> index_of;
  std::set<std::string> providers;
  for (const Entry& entry : entries_) {
    ModelFacts facts = ReadFacts(entry);
    if (facts.embedding && !facts.dimension) {
      result_.conflicts.push_back(entry.key +
                                  ": an embedding model without output_vector_size; left out");
      continue;
    }
    const auto [known, fresh] =
        index_of.emplace(std::pair(facts.provider, facts.id), models.size());
    if (!fresh) {
      ReportDifferences(models[known->second], facts, entry.key);
      continue;
    }
    facts.name = namer.Add(facts.provider, facts.id, {}, result_.conflicts);
    providers.insert(facts.provider);
    models.push_back(std::move(facts));
  }
  std::string list;
  for (const std::string& provider : providers) list += (list.empty() ? "" : ", ") + provider;
  result_.text = WriteFile(
      {"Models from LiteLLM's price and context list, written by `mlpc import litellm`: a snapshot "
       "without dates. Chat models are taken to stream, those that do not reason to take sampling "
       "parameters.",
       "Declare or import their providers by hand: " + list + "."},
      std::move(models));
  result_.files["litellm.mlp"] = result_.text;
  return std::move(result_);
}

}  // namespace

ImportResult ImportLiteLlm(const nlohmann::json& list) { return Reader(list).Read(); }

}  // namespace mlp::compiler
