#include "compiler/diagram/price_lines.hpp"

#include <algorithm>
#include <set>

#include "runtime/core/wide.hpp"

namespace mlp::compiler {
namespace {

std::int64_t PriceOf(const PriceModel& price, TokenClass token_class) {
  return price.per_token[static_cast<std::size_t>(token_class)];
}

bool InForce(const PriceModel& price, std::int64_t at_s) {
  return price.when.from_s <= at_s && at_s < price.when.to_s;
}

bool Dominates(const PriceLine& dear, const PriceLine& cheap) {
  return dear.input >= cheap.input && dear.output >= cheap.output && cheap.input >= 0 &&
         cheap.output >= 0;
}

void AddLine(std::vector<PriceLine>& lines, PriceLine line) {
  for (const PriceLine& other : lines) {
    if (other == line || Dominates(other, line)) return;
  }
  lines.erase(std::remove_if(lines.begin(), lines.end(),
                             [&](const PriceLine& other) { return Dominates(line, other); }),
              lines.end());
  lines.push_back(line);
}

}  // namespace

std::vector<PriceTier> PriceTiers(const PolicyModel& model, const CandidateModel& candidate,
                                  bool caches_prompts, std::int64_t at_s) {
  const bool bills_writes =
      caches_prompts || model.providers[candidate.provider].protocol == Protocol::kOpenAi;
  std::set<std::int64_t> begins{0};
  for (const PriceModel& price : candidate.prices) {
    if (!InForce(price, at_s)) continue;
    begins.insert(std::max<std::int64_t>(price.min_prompt, 0));
    if (price.max_prompt < kUnlimited) begins.insert(price.max_prompt + 1);
  }
  std::vector<PriceTier> tiers;
  for (const std::int64_t begin : begins) {
    std::vector<PriceLine> lines;
    for (const PriceModel& price : candidate.prices) {
      if (!InForce(price, at_s) || begin < price.min_prompt || price.max_prompt < begin) continue;
      PriceLine line{PriceOf(price, TokenClass::kInput), PriceOf(price, TokenClass::kOutput)};
      if (line.input >= 0 && bills_writes) {
        line.input = std::max(line.input, PriceOf(price, TokenClass::kCacheWrite));
      }
      if (line.output >= 0) {
        line.output = std::max(line.output, PriceOf(price, TokenClass::kReasoning));
      }
      AddLine(lines, line);
    }
    if (!tiers.empty() && tiers.back().lines == lines) continue;
    if (!tiers.empty()) tiers.back().max_prompt = begin - 1;
    tiers.push_back({begin, kUnlimited, std::move(lines)});
  }
  return tiers;
}

std::int64_t DearestPrice(const CandidateModel& candidate, TokenClass token_class,
                          std::int64_t at_s) {
  std::int64_t dearest = kNoPrice;
  for (const PriceModel& price : candidate.prices) {
    if (!InForce(price, at_s)) continue;
    std::int64_t own = PriceOf(price, token_class);
    if (own < 0 && token_class == TokenClass::kReasoning) {
      own = PriceOf(price, TokenClass::kOutput);
    }
    dearest = std::max(dearest, own);
  }
  return dearest;
}

std::vector<GuardSet> CostGuards(const std::vector<PriceTier>& tiers, std::int64_t price_micro,
                                 std::int64_t bound_pico, const GuardSet& limits) {
  constexpr std::int64_t kMicro = 1'000'000;
  // ceil(sum * micro / 10^6) <= bound exactly where sum <= floor(bound * 10^6 / micro).
  std::int64_t bound = kUnlimited;
  if (price_micro > 0) {
    const UInt128 quotient = UInt128{static_cast<std::uint64_t>(bound_pico)} *
                             static_cast<std::uint64_t>(kMicro) /
                             static_cast<std::uint64_t>(price_micro);
    if (quotient < UInt128{static_cast<std::uint64_t>(kUnlimited)}) {
      bound = static_cast<std::int64_t>(quotient);
    }
  }
  std::vector<GuardSet> result;
  for (const PriceTier& tier : tiers) {
    if (tier.lines.empty()) continue;
    GuardSet set = limits;
    if (tier.min_prompt > 0) set.Add(-1, 0, -tier.min_prompt);
    if (tier.max_prompt < kUnlimited) set.Add(1, 0, tier.max_prompt);
    for (const PriceLine& line : tier.lines) {
      if (line.input < 0) set.Add(1, 0, 0);
      if (line.output < 0) set.Add(0, 1, 0);
      set.Add(std::max<std::int64_t>(line.input, 0), std::max<std::int64_t>(line.output, 0), bound);
    }
    if (set.possible()) result.push_back(std::move(set));
  }
  return result;
}

}  // namespace mlp::compiler
