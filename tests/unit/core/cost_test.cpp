#include "mlp/cost.hpp"

#include <boost/test/unit_test.hpp>
#include <random>
#include <vector>

#include "mlp/decide.hpp"
#include "runtime/core/pricing.hpp"
#include "tests/support/sample_tables.hpp"

namespace mlp {
namespace {

constexpr std::int64_t kDay_s = 86'400;
constexpr std::int64_t kMonday_s = 1'795'996'800;  // 2026-11-30, a Monday
constexpr std::int64_t kHour_s = 3'600;

/// One model whose prices and factor each test sets.
struct Fixture {
  std::vector<Price> prices;
  std::vector<Model> models{test::SampleTables().models[test::kSonnet]};
  std::vector<Endpoint> endpoints{test::SampleTables().endpoints[0]};
  std::vector<Provider> providers{test::SampleTables().providers[0]};
  Row row{};
  bool priced = true;

  static Price Plain(std::int64_t input, std::int64_t output) {
    Price price{};
    price.from_s = INT64_MIN;
    price.to_s = kForever;
    price.max_prompt = kForever;
    for (std::int64_t& per_token : price.per_token) per_token = kNoPrice;
    Set(price, TokenClass::kInput, input);
    Set(price, TokenClass::kOutput, output);
    return price;
  }
  static void Set(Price& price, TokenClass token_class, std::int64_t per_token) {
    price.per_token[static_cast<std::size_t>(token_class)] = per_token;
  }
  Tables Make() {
    models[0].prices = prices;
    models[0].provider = 0;
    Tables tables = test::SampleTables();
    tables.models = models;
    tables.endpoints = endpoints;
    tables.providers = providers;
    return tables;
  }
  std::int64_t Settle(const Usage& usage, std::int64_t at_s = kMonday_s) {
    return SettleCost(Make(), 0, 0, at_s, usage, priced).pico_usd;
  }
  std::int64_t Worst(std::int64_t input, std::int64_t output, bool caches = false,
                     std::int64_t at_s = kMonday_s) {
    return AttemptCostPico(Make(), row, at_s, input, output, caches);
  }
};

BOOST_FIXTURE_TEST_SUITE(cost, Fixture)

BOOST_AUTO_TEST_CASE(a_bill_is_a_sum_of_products) {
  prices = {Plain(3'000'000, 15'000'000)};
  Set(prices[0], TokenClass::kCacheRead, 300'000);
  Set(prices[0], TokenClass::kCacheWrite, 3'750'000);
  Set(prices[0], TokenClass::kCacheWriteLong, 6'000'000);
  Set(prices[0], TokenClass::kReasoning, 20'000'000);
  Usage usage;
  usage.input = 1'000;
  usage.cache_read = 200;
  usage.cache_write = 30;
  usage.cache_write_long = 4;
  usage.output = 500;
  usage.reasoning = 60;
  BOOST_TEST(Settle(usage) ==
             3'000'000'000 + 60'000'000 + 112'500'000 + 24'000'000 + 7'500'000'000 + 1'200'000'000);
  BOOST_TEST(priced);
  BOOST_TEST(Settle({}) == 0);
}

BOOST_AUTO_TEST_CASE(classes_without_a_price_take_the_one_they_replace) {
  prices = {Plain(3, 7)};
  Usage usage;
  usage.cache_read = 1'000;
  usage.cache_write = 100;
  usage.cache_write_long = 10;
  usage.reasoning = 1;
  BOOST_TEST(Settle(usage) == 3'000 + 300 + 30 + 7);
  BOOST_TEST(priced);
  Set(prices[0], TokenClass::kCacheWrite, 5);
  BOOST_TEST(Settle(usage) == 3'000 + 500 + 50 + 7);
  BOOST_TEST(priced);
}

BOOST_AUTO_TEST_CASE(what_is_not_priced_says_so) {
  Usage usage;
  usage.input = 10;
  usage.output = 10;
  BOOST_TEST(Settle(usage) == 0);
  BOOST_TEST(!priced);
  prices = {Plain(3, kNoPrice)};
  BOOST_TEST(Settle(usage) == 30);
  BOOST_TEST(!priced);
  usage.output = 0;
  BOOST_TEST(Settle(usage) == 30);
  BOOST_TEST(priced);
  prices[0].to_s = kMonday_s;
  BOOST_TEST(Settle(usage) == 0);
  BOOST_TEST(!priced);
  BOOST_TEST(Settle(usage, kMonday_s - 1) == 30);
  BOOST_TEST(priced);
}

BOOST_AUTO_TEST_CASE(a_new_price_holds_from_its_first_second_on) {
  prices = {Plain(1, 0), Plain(2, 0)};
  prices[0].to_s = prices[1].from_s = kMonday_s;
  Usage usage;
  usage.input = 1;
  BOOST_TEST(Settle(usage, kMonday_s - 1) == 1);
  BOOST_TEST(Settle(usage, kMonday_s) == 2);
  BOOST_TEST(priced);
  BOOST_TEST(Worst(1, 0, false, kMonday_s) == 2);
}

BOOST_AUTO_TEST_CASE(tiers_by_the_whole_prompt) {
  prices = {Plain(1, 0), Plain(2, 0)};
  prices[0].max_prompt = 200;
  prices[1].min_prompt = 201;
  Usage usage;
  usage.cache_read = 100;
  usage.input = 100;
  BOOST_TEST(Settle(usage) == 200);
  usage.input = 101;
  BOOST_TEST(Settle(usage) == 402);
  BOOST_TEST(Worst(200, 0) == 200);
  BOOST_TEST(Worst(201, 0) == 402);
}

BOOST_AUTO_TEST_CASE(peak_hours_hold_in_their_minutes_only) {
  // Monday to Friday 22:30 to 02:00 of the next day.
  Price peak = Plain(4, 8);
  peak.days = 0b0011111;
  peak.from_minute = 22 * 60 + 30;
  peak.to_minute = 2 * 60;
  prices = {peak, Plain(1, 2)};
  Usage usage;
  usage.input = 1;
  struct Instant {
    int day;  // 0 Monday .. 6 Sunday
    std::int64_t hour_s;
    bool is_peak;
  };
  for (const Instant& instant :
       {Instant{0, 0, false},  // the night belongs to Sunday
        Instant{0, 22 * kHour_s + 1'799, false}, Instant{0, 22 * kHour_s + 1'800, true},
        Instant{1, 0, true}, Instant{1, 2 * kHour_s - 1, true}, Instant{1, 2 * kHour_s, false},
        Instant{4, 23 * kHour_s, true}, Instant{5, kHour_s, true},  // the night of Friday
        Instant{5, 23 * kHour_s, false}, Instant{6, kHour_s, false}}) {
    const std::int64_t at_s = kMonday_s + instant.day * kDay_s + instant.hour_s;
    BOOST_TEST(Settle(usage, at_s) == (instant.is_peak ? 4 : 1),
               "day " << instant.day << " " << instant.hour_s);
    // Decisions assume the dearest hour, whichever it is now.
    BOOST_TEST(Worst(1, 1, false, at_s) == 12);
    // The same week long before 1970.
    const std::int64_t long_ago_s = at_s - 3'000 * 7 * kDay_s;
    BOOST_TEST(long_ago_s < 0);
    BOOST_TEST(Settle(usage, long_ago_s) == (instant.is_peak ? 4 : 1));
  }
}

BOOST_AUTO_TEST_CASE(hours_of_one_day) {
  Price peak = Plain(4, 8);
  peak.days = 1;
  peak.from_minute = 60;
  peak.to_minute = 1'440;
  BOOST_TEST(!PriceHolds(peak, kMonday_s + kHour_s - 1, 1));
  BOOST_TEST(PriceHolds(peak, kMonday_s + kHour_s, 1));
  BOOST_TEST(PriceHolds(peak, kMonday_s + kDay_s - 1, 1));
  BOOST_TEST(!PriceHolds(peak, kMonday_s + kDay_s + kHour_s, 1));
}

BOOST_AUTO_TEST_CASE(the_worst_case_takes_the_dearest_class) {
  prices = {Plain(3, 15)};
  Set(prices[0], TokenClass::kCacheWrite, 4);
  Set(prices[0], TokenClass::kReasoning, 20);
  BOOST_TEST(Worst(100, 10) == 300 + 200);
  BOOST_TEST(Worst(100, 10, true) == 400 + 200);
  providers[0].protocol = Protocol::kOpenAi;
  BOOST_TEST(Worst(100, 10) == 400 + 200);
  Set(prices[0], TokenClass::kCacheWrite, 2);
  Set(prices[0], TokenClass::kReasoning, 1);
  BOOST_TEST(Worst(100, 10) == 300 + 150);
}

BOOST_AUTO_TEST_CASE(a_missing_price_has_no_worst_case) {
  BOOST_TEST(Worst(1, 1) == -1);
  prices = {Plain(3, kNoPrice)};
  BOOST_TEST(Worst(1, 1) == -1);
  BOOST_TEST(Worst(1, 0) == 3);
  prices = {Plain(kNoPrice, 3)};
  BOOST_TEST(Worst(1, 1) == -1);
  prices = {Plain(0, 0)};
  BOOST_TEST(Worst(1, 1) == 0);
}

BOOST_AUTO_TEST_CASE(factors_round_up_before_and_half_up_after) {
  prices = {Plain(1, 0)};
  Usage usage;
  struct Case {
    std::int64_t tokens;
    std::uint32_t price_ppm;
    std::int64_t worst;
    std::int64_t settled;
  };
  for (const Case& wanted :
       {Case{10, 1'000'000, 10, 10}, Case{10, 1'100'000, 11, 11}, Case{5, 1'100'000, 6, 6},
        Case{4, 1'100'000, 5, 4}, Case{1, 499'999, 1, 0}, Case{1, 500'000, 1, 1}, Case{7, 0, 0, 0},
        Case{1, 1'000'001, 2, 1}}) {
    endpoints[0].price_ppm = wanted.price_ppm;
    usage.input = wanted.tokens;
    BOOST_TEST(Worst(wanted.tokens, 0) == wanted.worst);
    BOOST_TEST(Settle(usage) == wanted.settled);
  }
}

BOOST_AUTO_TEST_CASE(sums_that_leave_64_bits_saturate) {
  prices = {Plain(INT64_MAX, INT64_MAX)};
  Usage usage;
  usage.input = 1;
  BOOST_TEST(Settle(usage) == INT64_MAX);
  usage.input = usage.cache_read = usage.cache_write = usage.output = usage.reasoning =
      INT64_MAX / 4;
  BOOST_TEST(Settle(usage) == INT64_MAX);
  BOOST_TEST(Worst(INT64_MAX, INT64_MAX) == INT64_MAX);
  BOOST_TEST(Worst(1, 0) == INT64_MAX);
  BOOST_TEST(Worst(1, 1) == INT64_MAX);
  endpoints[0].price_ppm = 500'000;
  BOOST_TEST(Worst(2, 0) == INT64_MAX);
  BOOST_TEST(Worst(1, 0) == INT64_MAX / 2 + 1);
  BOOST_TEST(ApplyPriceFactor(~UInt128{0}, 1, Rounding::kUp) == INT64_MAX);
  BOOST_TEST(ApplyPriceFactor(UInt128{1} << 96, UINT32_MAX, Rounding::kHalfUp) == INT64_MAX);
}

BOOST_AUTO_TEST_CASE(a_bill_never_passes_its_worst_case) {
  std::mt19937 random(20261121);
  const auto price = [&] { return static_cast<std::int64_t>(random() % 20'000'000); };
  for (int round = 0; round < 3'000; ++round) {
    prices.clear();
    for (int i = 0; i < 2; ++i) {
      Price made = Plain(price(), price());
      if (random() % 2 == 0) Set(made, TokenClass::kReasoning, price());
      const auto cache_write = price();
      if (random() % 2 == 0) Set(made, TokenClass::kCacheWrite, cache_write);
      if (random() % 2 == 0) {
        Set(made, TokenClass::kCacheRead, made.per_token[0] / 10);
      }
      if (i == 0) {
        made.days = static_cast<std::uint16_t>(random() % 128);
        made.from_minute = static_cast<std::uint16_t>(random() % 1'440);
        made.to_minute = static_cast<std::uint16_t>(random() % 1'441);
      }
      prices.push_back(made);
    }
    endpoints[0].price_ppm = static_cast<std::uint32_t>(500'000 + random() % 1'000'000);
    Usage usage;
    usage.input = random() % 10'000;
    usage.cache_read = random() % 10'000;
    usage.cache_write = random() % 10'000;
    usage.output = random() % 10'000;
    usage.reasoning = random() % 10'000;
    const std::int64_t at_s = kMonday_s + static_cast<std::int64_t>(random() % (7 * kDay_s));
    BOOST_REQUIRE_LE(Settle(usage, at_s), Worst(usage.prompt(), usage.completion(), true, at_s));
    BOOST_REQUIRE(priced);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
