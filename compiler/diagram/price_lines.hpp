// What an attempt may cost by the price sheet of an instant: per range of prompt lengths the prices
// that may hold at some hour.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/diagram/guards.hpp"
#include "compiler/model/policy.hpp"

namespace mlp::compiler {

/// Picodollars per token at the dearest class that AttemptCostPico (mlp/decide.hpp) takes;
/// kNoPrice where missing.
struct PriceLine {
  std::int64_t input = kNoPrice;
  std::int64_t output = kNoPrice;
  friend bool operator==(const PriceLine&, const PriceLine&) = default;
};

/// Prompts of min_prompt .. max_prompt tokens; no lines: no price holds.
struct PriceTier {
  std::int64_t min_prompt = 0;
  std::int64_t max_prompt = kUnlimited;
  std::vector<PriceLine> lines;
};

/// Ascending, joined where equal, together every prompt from 0 on.
[[nodiscard]] std::vector<PriceTier> PriceTiers(const PolicyModel& model,
                                                const CandidateModel& candidate,
                                                bool caches_prompts, std::int64_t at_s);

/// The dearest price of a class on the instant over all tiers and hours, or kNoPrice; reasoning
/// without a price of its own is output.
[[nodiscard]] std::int64_t DearestPrice(const CandidateModel& candidate, TokenClass token_class,
                                        std::int64_t at_s);

/// `limits` under the bound: one set per tier, none where no request can keep it. Exactly the
/// requests with 0 <= AttemptCostPico <= bound.
[[nodiscard]] std::vector<GuardSet> CostGuards(const std::vector<PriceTier>& tiers,
                                               std::int64_t price_micro, std::int64_t bound_pico,
                                               const GuardSet& limits);

}  // namespace mlp::compiler
