#include "compiler/prove/attempt.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/diagram/price_lines.hpp"
#include "runtime/core/pricing.hpp"

namespace mlp::compiler {

std::int64_t WorstAttemptPico(const PolicyModel& model, Index route, const CandidateEntry& row,
                              const LeafPoint& point, std::int64_t at_s) {
  const RouteModel& facts = model.routes[route];
  const CandidateModel& candidate = model.candidates[row.candidate];
  const std::int64_t output = std::min(point.output, facts.output_cap);
  const ProviderModel& provider = model.providers[candidate.provider];
  const std::int64_t factor =
      row.endpoint == kNoIndex ? 1'000'000 : provider.endpoints[row.endpoint].price_micro;
  std::int64_t worst = kNoPrice;
  for (const PriceTier& tier : PriceTiers(model, candidate, facts.caches_prompts, at_s)) {
    if (point.input < tier.min_prompt || tier.max_prompt < point.input) continue;
    for (const PriceLine& line : tier.lines) {
      if ((line.input < 0 && point.input > 0) || (line.output < 0 && output > 0)) return kNoPrice;
      const UInt128 cost =
          TokensTimesPrice(point.input, line.input) + TokensTimesPrice(output, line.output);
      worst = std::max(worst,
                       ApplyPriceFactor(cost, static_cast<std::uint32_t>(factor), Rounding::kUp));
    }
  }
  return worst;
}

std::set<std::int64_t> PriceDates(const CandidateModel& candidate, std::int64_t from_s,
                                  std::int64_t to_s) {
  std::set<std::int64_t> dates{from_s};
  for (const PriceModel& price : candidate.prices) {
    for (const std::int64_t at_s : {price.when.from_s, price.when.to_s}) {
      if (from_s < at_s && at_s < to_s) dates.insert(at_s);
    }
  }
  return dates;
}

std::int64_t LongestAttemptMs(const PolicyModel& model, const RouteModel& route, Index candidate) {
  const std::int64_t total_ms = model.providers[model.candidates[candidate].provider].total_ms;
  if (route.attempt_ms <= 0) return std::max<std::int64_t>(total_ms, 0);
  return total_ms > 0 ? std::min(total_ms, route.attempt_ms) : route.attempt_ms;
}

std::string MillisecondsWords(std::int64_t milliseconds) {
  if (milliseconds % 1'000 != 0) return fmt::format("{}ms", milliseconds);
  return fmt::format("{}s", milliseconds / 1'000);
}

}  // namespace mlp::compiler
