#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

#include "compiler/diagram/dates.hpp"
#include "compiler/diagram/fact_words.hpp"
#include "compiler/diagram/unit_words.hpp"
#include "compiler/diagram/where.hpp"
#include "compiler/diff/declared.hpp"
#include "compiler/model/capabilities.hpp"
#include "compiler/model/dump.hpp"

namespace mlp::compiler {
namespace {

std::string Joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string Date(std::int64_t at_s) {
  constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();
  return at_s == kForever || at_s == kNever ? std::string() : FormatInstant(at_s);
}

std::string Tokens(std::int64_t tokens) {
  return tokens == kUnlimited ? std::string() : TokenWords(tokens);
}

std::string Milliseconds(std::int64_t ms) { return ms == 0 ? std::string() : DurationWords(ms); }

std::string NameOf(ProviderModel const* provider) {
  return provider == nullptr ? std::string() : provider->name;
}

/// Where and when a price holds: ` from 2027-01-01 when prompt >= 200001`.
std::string WhenWords(const PriceModel& price) {
  std::string text;
  // A price without a date holds always, which is from 1970 on.
  const std::string from = price.when.from_s == 0 ? std::string() : Date(price.when.from_s);
  if (!from.empty()) text += " from " + from;
  if (price.min_prompt > 0) text += " when prompt >= " + TokenWords(price.min_prompt);
  if (price.max_prompt != kUnlimited) text += " when prompt <= " + TokenWords(price.max_prompt);
  if (price.days != 0) {
    constexpr std::uint16_t kDaily = 0b1111111;
    constexpr std::uint16_t kWeekdays = 0b0011111;
    text += price.days == kDaily ? " daily" : price.days == kWeekdays ? " weekdays" : " weekends";
    text += fmt::format(" {:02}:{:02} .. {:02}:{:02}", price.from_minute / 60,
                        price.from_minute % 60, price.to_minute / 60, price.to_minute % 60);
  }
  return text;
}

/// A field for each sheet, by where and when it begins to hold.
void Prices(const CandidateModel& candidate, Declared& to) {
  constexpr std::array<const char*, kTokenClassCount> kClasses{
      "input",  "cache-read", "cache-write", "cache-write 1h",
      "output", "reasoning",  "batch-input", "batch-output"};
  for (const PriceModel& price : candidate.prices) {
    std::vector<std::string> rates;
    for (std::size_t i = 0; i < kTokenClassCount; ++i) {
      if (price.per_token[i] == kNoPrice) continue;
      rates.push_back(fmt::format("{} {}", kClasses[i], PriceWords(price.per_token[i])));
    }
    // An end that is the beginning of the next sheet is told there.
    const bool goes_on =
        std::any_of(candidate.prices.begin(), candidate.prices.end(),
                    [&](const PriceModel& other) { return other.when.from_s == price.when.to_s; });
    const std::string end = goes_on ? std::string() : Date(price.when.to_s);
    to.Add("price" + WhenWords(price), Joined(rates) + (end.empty() ? "" : " to " + end));
  }
}

std::string PinWords(const CandidateModel& candidate) {
  constexpr std::array<const char*, 4> kKinds{"exact", "family", "tier", "alias"};
  return fmt::format("{} \"{}\"{}", kKinds[static_cast<std::size_t>(candidate.pin_kind)],
                     candidate.id, candidate.pin_gated ? " gated" : "");
}

Declared OfProvider(const ProviderModel& provider) {
  Declared to{"provider", provider.name, provider.span, {}};
  to.Add("protocol", provider.protocol_name);
  to.Add("alias", Joined(provider.aliases));
  for (std::size_t i = 0; i < provider.endpoints.size(); ++i) {
    const EndpointModel& endpoint = provider.endpoints[i];
    const std::string number = i == 0 ? "endpoint" : fmt::format("endpoint {}", i + 1);
    to.Add(number, fmt::format("{}{}\"{}\"{}", Joined(endpoint.places),
                               endpoint.places.empty() ? "" : " ", endpoint.url,
                               endpoint.price_micro == 1'000'000
                                   ? std::string()
                                   : " price " + RatioWords(endpoint.price_micro) + "x"));
  }
  to.Add("key", Joined(provider.key_env));
  to.Add("header", Joined(provider.headers));
  to.Add("timeout connect", DurationWords(provider.connect_ms));
  to.Add("timeout first-token", DurationWords(provider.first_token_ms));
  to.Add("timeout between-tokens", DurationWords(provider.between_tokens_ms));
  to.Add("timeout total", DurationWords(provider.total_ms));
  if (provider.probe_every_ms != 0) {
    to.Add("probe", fmt::format("every {}, down after {}, up after {}, backoff {}x to {}",
                                DurationWords(provider.probe_every_ms), provider.probe_down_after,
                                provider.probe_up_after, RatioWords(provider.probe_backoff_micro),
                                DurationWords(provider.probe_max_ms)));
  }
  return to;
}

Declared OfModel(const PolicyModel& model, const CandidateModel& candidate) {
  const bool variant = candidate.variant_of != kNoIndex;
  Declared to{variant ? "variant" : "model", candidate.name, candidate.span, {}};
  if (variant) to.Add("of", model.candidates[candidate.variant_of].name);
  to.Add("provider",
         NameOf(candidate.provider == kNoIndex ? nullptr : &model.providers[candidate.provider]));
  to.Add("pin", PinWords(candidate));
  if (candidate.kind == ModelKind::kEmbedding) to.Add("kind", "embedding");
  if (candidate.dimension != 0) to.Add("dimension", fmt::format("{}", candidate.dimension));
  to.Add("alias", Joined(candidate.aliases));
  to.Add("set", candidate.parameters);
  to.Add("context", Tokens(candidate.context));
  to.Add("input", Tokens(candidate.max_input));
  to.Add("output", Tokens(candidate.max_output));
  std::vector<std::string> can;
  // What follows from the context size is told by the context.
  const std::uint64_t declared = candidate.capabilities & ~DerivedCapabilities(kUnlimited - 1);
  for (std::size_t bit = 0; bit < model.capability_names.size(); ++bit) {
    if (((declared >> bit) & 1) != 0) can.push_back(model.capability_names[bit]);
  }
  std::sort(can.begin(), can.end());
  to.Add("can", Joined(can));
  Prices(candidate, to);
  for (const ScoreModel& score : candidate.quality) {
    to.Add("quality " + score.name, RatioWords(score.micro));
  }
  to.Add("prior latency.p50", Milliseconds(candidate.prior_p50_ms));
  to.Add("prior latency.p95", Milliseconds(candidate.prior_p95_ms));
  if (candidate.requests_per_minute != 0) {
    to.Add("limit requests per minute", fmt::format("{}", candidate.requests_per_minute));
  }
  if (candidate.tokens_per_minute != 0) {
    to.Add("limit tokens per minute", TokenWords(candidate.tokens_per_minute));
  }
  if (candidate.slow_at_ppm != 1'000'000) to.Add("slow at", ShareWords(candidate.slow_at_ppm));
  to.Add("status", std::string(NameOf(candidate.status)));
  to.Add("released", Date(candidate.released_s));
  to.Add("deprecated", Date(candidate.deprecated_s));
  to.Add("retires", Date(candidate.retires_s));
  to.Add("successor", candidate.successor);
  to.Add("breaking", Joined(candidate.breaking));
  to.Add("migration", candidate.migration);
  to.Add("owner", candidate.owner);
  to.Add("purpose", candidate.purpose);
  to.Add("display", candidate.display);
  return to;
}

}  // namespace

void DeclareCatalog(const PolicyModel& model, std::vector<Declared>& all) {
  for (const ProviderModel& provider : model.providers) all.push_back(OfProvider(provider));
  for (const CandidateModel& candidate : model.candidates) {
    all.push_back(OfModel(model, candidate));
  }
  for (const CapabilityModel& capability : model.declared_capabilities) {
    all.push_back({"capability", capability.name, capability.span, {}});
  }
  for (const PoolModel& pool : model.pools) {
    Declared to{"pool", pool.name, pool.span, {}};
    std::vector<std::string> members;
    for (const Index member : pool.members) members.push_back(model.candidates[member].name);
    to.Add("members", pool.listed ? Joined(members) : "all models");
    if (!pool.where.always()) {
      to.Add("where", DumpCondition(model, pool.where), pool.where.nodes[pool.where.root].span);
    }
    all.push_back(std::move(to));
  }
}

}  // namespace mlp::compiler
