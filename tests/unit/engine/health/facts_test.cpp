// Histograms and windows against lists of everything that was added.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "runtime/core/histogram.hpp"
#include "runtime/core/split_mix.hpp"
#include "runtime/engine/health/fact_window.hpp"

namespace mlp::engine {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr double kError = 0.01084;  // (g - 1) / (g + 1) = 0.0108299, and half a microsecond

std::int64_t NearestRank(std::vector<std::int64_t> values, double share) {
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
  return values[std::max<std::size_t>(rank, 1) - 1];
}

/// Log-uniform between 100 us and an hour.
std::int64_t AnyTime(SplitMix64& random) {
  return static_cast<std::int64_t>(100 * std::pow(3.6e7, random.Uniform()));
}

BOOST_AUTO_TEST_SUITE(facts)

BOOST_AUTO_TEST_CASE(buckets_are_those_of_opentelemetry_at_scale_5) {
  // (base^i, base^(i+1)], base 2^(1/32): the powers of two end buckets 31, 63, ...
  BOOST_TEST(Histogram::BucketOf(0) == -1);
  BOOST_TEST(Histogram::BucketOf(1) == -1);
  BOOST_TEST(Histogram::BucketOf(2) == 31);
  BOOST_TEST(Histogram::BucketOf(3) == 50);  // log2(3) * 32 = 50.72
  BOOST_TEST(Histogram::BucketOf(1'024) == 319);
  BOOST_TEST(Histogram::BucketOf(1'025) == 320);
  BOOST_TEST(Histogram::BucketOf(std::int64_t{1} << 40) == 1'279);
  for (std::int64_t value = 2; value < 100'000; ++value) {
    const std::int32_t bucket = Histogram::BucketOf(value);
    const auto exact = static_cast<long double>(value);
    BOOST_REQUIRE(exact > std::exp2(static_cast<long double>(bucket) / 32) * (1 - 1e-15L));
    BOOST_REQUIRE(exact <= std::exp2(static_cast<long double>(bucket + 1) / 32) * (1 + 1e-15L));
  }
}

BOOST_AUTO_TEST_CASE(a_bucket_speaks_for_its_values_within_the_stated_error) {
  double worst = 0;
  SplitMix64 random(20'261'121);
  for (int i = 0; i < 200'000; ++i) {
    const std::int64_t value = AnyTime(random);
    const double said = Histogram::MiddleOf(Histogram::BucketOf(value));
    worst = std::max(worst, std::abs(said / static_cast<double>(value) - 1));
  }
  BOOST_TEST(worst < 0.0108301);
  BOOST_TEST(worst > 0.0107);  // the statement is not loose
}

BOOST_AUTO_TEST_CASE(quantiles_are_near_the_exact_ones_however_parts_are_merged) {
  SplitMix64 random(20'261'122);
  for (int round = 0; round < 50; ++round) {
    Histogram whole;
    std::vector<Histogram> parts(1 + random() % 5);
    std::vector<std::int64_t> values;
    const std::size_t count = 1 + random() % 500;
    for (std::size_t i = 0; i < count; ++i) {
      values.push_back(AnyTime(random));
      whole.Add(values.back());
      parts[random() % parts.size()].Add(values.back());
    }
    Histogram merged;
    for (const Histogram& part : parts) merged.Merge(part);
    BOOST_TEST((merged.buckets() == whole.buckets()));
    BOOST_TEST(merged.count() == count);
    for (const double share : {0.01, 0.5, 0.95, 0.99, 1.0}) {
      const auto exact = static_cast<double>(NearestRank(values, share));
      const auto said = static_cast<double>(whole.Quantile(share).value());
      BOOST_TEST(std::abs(said - exact) <= exact * kError);
    }
    for (std::size_t i = 1; i < parts.size(); ++i) merged.Subtract(parts[i]);
    BOOST_TEST((merged.buckets() == parts[0].buckets()));
    BOOST_TEST(merged.count() == parts[0].count());
  }
  BOOST_TEST(!Histogram().Quantile(0.5).has_value());
}

struct Ended {
  std::int64_t at_us;
  MeasuredAttempt attempt;
};

BOOST_AUTO_TEST_CASE(a_window_says_what_a_list_of_its_last_minute_says) {
  SplitMix64 random(20'261'123);
  FactWindow window(60 * kSecond, 0);
  std::vector<Ended> all;
  std::vector<std::int64_t> begun;
  std::int64_t now = 0;
  for (int i = 0; i < 6'000; ++i) {
    now += static_cast<std::int64_t>(random() % (random() % 50 == 0 ? 40 * kSecond : kSecond));
    window.Begin(now);
    begun.push_back(now);
    MeasuredAttempt attempt;
    attempt.answered = random() % 4 != 0;
    attempt.providers_fault = !attempt.answered && random() % 2 == 0;
    attempt.latency_us = AnyTime(random);
    attempt.first_byte_us = random() % 3 == 0 ? -1 : attempt.latency_us / 2;
    attempt.prompt_tokens = static_cast<std::int64_t>(random() % 1'000);
    attempt.output_tokens = static_cast<std::int64_t>(random() % 100);
    window.End(now, attempt);
    all.push_back({now, attempt});

    std::uint64_t starts = 0;
    for (const std::int64_t at : begun) starts += at / kSecond > now / kSecond - 60 ? 1 : 0;
    std::uint64_t ended = 0;
    std::uint64_t answered = 0;
    std::uint64_t faults = 0;
    std::uint64_t tokens = 0;
    std::vector<std::int64_t> latency;
    for (const Ended& one : all) {
      if (one.at_us / kSecond <= now / kSecond - 60) continue;
      ++ended;
      answered += one.attempt.answered ? 1 : 0;
      faults += one.attempt.providers_fault ? 1 : 0;
      tokens += static_cast<std::uint64_t>(one.attempt.prompt_tokens + one.attempt.output_tokens);
      if (one.attempt.answered) latency.push_back(one.attempt.latency_us);
    }
    const FactCounts& total = window.Total(now);
    BOOST_REQUIRE_EQUAL(total.begun, starts);
    BOOST_REQUIRE_EQUAL(total.ended, ended);
    BOOST_REQUIRE_EQUAL(total.answered, answered);
    BOOST_REQUIRE_EQUAL(total.faults, faults);
    BOOST_REQUIRE_EQUAL(total.tokens, tokens);
    BOOST_REQUIRE_EQUAL(total.latency.count(), latency.size());
    const std::optional<std::int64_t> p95 = window.Value(LiveFact::kLatencyP95, now);
    BOOST_REQUIRE_EQUAL(p95.has_value(), latency.size() >= 20);
    if (p95) {
      const auto exact = static_cast<double>(NearestRank(latency, 0.95));
      BOOST_REQUIRE(std::abs(static_cast<double>(*p95) - exact) <= exact * kError);
    }
    const std::optional<std::int64_t> errors = window.Value(LiveFact::kErrorRate, now);
    BOOST_REQUIRE_EQUAL(errors.has_value(), ended >= 10);
    if (errors) BOOST_REQUIRE_EQUAL(*errors, static_cast<std::int64_t>(faults * 1'000'000 / ended));
    if (now >= 60 * kSecond) {
      BOOST_REQUIRE_EQUAL(*window.Value(LiveFact::kRequestsPerMinute, now),
                          static_cast<std::int64_t>(starts));
      BOOST_REQUIRE_EQUAL(*window.Value(LiveFact::kTokensPerMinute, now),
                          static_cast<std::int64_t>(tokens));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_silent_window_forgets) {
  FactWindow window(10 * kSecond, 0);
  for (int i = 0; i < 30; ++i) window.End(kSecond, {.answered = true, .latency_us = 500'000});
  BOOST_TEST(window.Value(LiveFact::kLatencyP95, 10 * kSecond).has_value());
  BOOST_TEST(!window.Value(LiveFact::kLatencyP95, 12 * kSecond).has_value());
  BOOST_TEST(!window.Value(LiveFact::kSuccessRate, 12 * kSecond).has_value());
  BOOST_TEST(window.Total(12 * kSecond).sum_y == 0.0);
}

BOOST_AUTO_TEST_CASE(availability_is_the_share_of_time_that_a_model_was_up) {
  FactWindow window(60 * kSecond, 0);
  BOOST_TEST(!window.Value(LiveFact::kAvailability, 0).has_value());
  for (int i = 0; i < 40; ++i) window.Look(i * kSecond, i >= 10);
  BOOST_TEST(*window.Value(LiveFact::kAvailability, 40 * kSecond) == 750'000);
}

BOOST_AUTO_TEST_CASE(a_minute_s_rate_needs_no_full_window) {
  FactWindow window(600 * kSecond, 0);
  for (int i = 0; i < 120; ++i) window.Begin(i * kSecond);
  BOOST_TEST(*window.Value(LiveFact::kRequestsPerMinute, 120 * kSecond) == 60);
  FactWindow fresh(600 * kSecond, 0);
  for (int i = 0; i < 6; ++i) fresh.Begin(i * kSecond);
  BOOST_TEST(*fresh.Value(LiveFact::kRequestsPerMinute, 6 * kSecond) == 6);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
