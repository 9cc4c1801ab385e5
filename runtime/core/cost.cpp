#include "mlp/cost.hpp"

#include <algorithm>

#include "mlp/decide.hpp"
#include "runtime/core/pricing.hpp"

namespace mlp {
namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::int64_t kDaysPerWeek = 7;
// 1970-01-01 was a Thursday: day 3 of a week that begins on Monday.
constexpr std::int64_t kEpochWeekday = 3;

std::int64_t PriceOf(const Price& price, TokenClass token_class) noexcept {
  return price.per_token[static_cast<std::size_t>(token_class)];
}

bool HoldsOnDateForPrompt(const Price& price, std::int64_t at_s,
                          std::int64_t prompt_tokens) noexcept {
  return price.from_s <= at_s && at_s < price.to_s && price.min_prompt <= prompt_tokens &&
         prompt_tokens <= price.max_prompt;
}

bool HoldsAtHour(const Price& price, std::int64_t at_s) noexcept {
  if (price.days == 0) return true;
  const std::int64_t second = ((at_s % kSecondsPerDay) + kSecondsPerDay) % kSecondsPerDay;
  const std::int64_t day = (at_s - second) / kSecondsPerDay;
  const std::int64_t weekday =
      (((day + kEpochWeekday) % kDaysPerWeek) + kDaysPerWeek) % kDaysPerWeek;
  const std::int64_t minute = second / 60;
  const auto scheduled = [&](std::int64_t on) { return ((price.days >> on) & 1) != 0; };
  if (price.from_minute <= price.to_minute) {
    return scheduled(weekday) && price.from_minute <= minute && minute < price.to_minute;
  }
  const std::int64_t day_before = (weekday + kDaysPerWeek - 1) % kDaysPerWeek;
  return (scheduled(weekday) && price.from_minute <= minute) ||
         (scheduled(day_before) && minute < price.to_minute);
}

/// Adds up one bill and remembers whether a price was missing.
class Bill {
 public:
  void Add(std::int64_t tokens, std::int64_t price) noexcept {
    if (tokens > 0 && price < 0) priced_ = false;
    const UInt128 amount = TokensTimesPrice(tokens, price);
    // Six products of 126 bits may pass 128: stop at the top, which the caller cuts to 64 bits
    // anyway.
    sum_ = sum_ + amount < sum_ ? ~UInt128{0} : sum_ + amount;
  }
  [[nodiscard]] UInt128 sum() const noexcept { return sum_; }
  [[nodiscard]] bool priced() const noexcept { return priced_; }

 private:
  UInt128 sum_ = 0;
  bool priced_ = true;
};

std::int64_t FirstPrice(std::int64_t own, std::int64_t instead) noexcept {
  return own >= 0 ? own : instead;
}

}  // namespace

std::int64_t ApplyPriceFactor(UInt128 pico_usd, std::uint32_t price_ppm,
                              Rounding rounding) noexcept {
  if (price_ppm == 0) return 0;
  // Past 2^96 even a millionth passes 2^63, and below it the product cannot overflow.
  if (pico_usd >> 96 != 0) return INT64_MAX;
  const std::uint32_t bias = rounding == Rounding::kUp ? kListPrice_ppm - 1 : kListPrice_ppm / 2;
  const UInt128 result = (pico_usd * price_ppm + bias) / kListPrice_ppm;
  return result > UInt128{INT64_MAX} ? INT64_MAX : static_cast<std::int64_t>(result);
}

bool PriceHolds(const Price& price, std::int64_t at_s, std::int64_t prompt_tokens) noexcept {
  return HoldsOnDateForPrompt(price, at_s, prompt_tokens) && HoldsAtHour(price, at_s);
}

Money SettleCost(const Tables& tables, std::uint16_t model, std::uint16_t endpoint,
                 std::int64_t at_s, const Usage& usage, bool& priced) noexcept {
  const std::span<const Price> prices = tables.models[model].prices;
  const auto price = std::find_if(prices.begin(), prices.end(), [&](const Price& candidate) {
    return PriceHolds(candidate, at_s, usage.prompt());
  });
  if (price == prices.end()) {
    priced = false;
    return Money{0};
  }
  const std::int64_t input = PriceOf(*price, TokenClass::kInput);
  const std::int64_t output = PriceOf(*price, TokenClass::kOutput);
  const std::int64_t cache_write = FirstPrice(PriceOf(*price, TokenClass::kCacheWrite), input);
  Bill bill;
  bill.Add(usage.input, input);
  bill.Add(usage.cache_read, FirstPrice(PriceOf(*price, TokenClass::kCacheRead), input));
  bill.Add(usage.cache_write, cache_write);
  bill.Add(usage.cache_write_long,
           FirstPrice(PriceOf(*price, TokenClass::kCacheWriteLong), cache_write));
  bill.Add(usage.output, output);
  bill.Add(usage.reasoning, FirstPrice(PriceOf(*price, TokenClass::kReasoning), output));
  priced = bill.priced();
  return Money{
      ApplyPriceFactor(bill.sum(), tables.endpoints[endpoint].price_ppm, Rounding::kHalfUp)};
}

std::int64_t AttemptCostPico(const Tables& tables, const Row& row, std::int64_t at_s,
                             std::int64_t input_tokens, std::int64_t output_tokens,
                             bool caches_prompts) noexcept {
  const Model& model = tables.models[row.model];
  const bool bills_cache_writes =
      caches_prompts || tables.providers[model.provider].protocol == Protocol::kOpenAi;
  UInt128 dearest = 0;
  bool found = false;
  for (const Price& price : model.prices) {
    if (!HoldsOnDateForPrompt(price, at_s, input_tokens)) continue;
    std::int64_t input = PriceOf(price, TokenClass::kInput);
    std::int64_t output = PriceOf(price, TokenClass::kOutput);
    if ((input < 0 && input_tokens > 0) || (output < 0 && output_tokens > 0)) return kNoPrice;
    if (bills_cache_writes) input = std::max(input, PriceOf(price, TokenClass::kCacheWrite));
    output = std::max(output, PriceOf(price, TokenClass::kReasoning));
    const UInt128 cost =
        TokensTimesPrice(input_tokens, input) + TokensTimesPrice(output_tokens, output);
    dearest = std::max(dearest, cost);
    found = true;
  }
  if (!found) return kNoPrice;
  return ApplyPriceFactor(dearest, tables.endpoints[row.endpoint].price_ppm, Rounding::kUp);
}

}  // namespace mlp
