// Totals, their growth over windows, and the measures of alerts, held against sums over lists.
#include "runtime/engine/observe/policy_totals.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <random>
#include <vector>

#include "runtime/engine/observe/alert_words.hpp"
#include "runtime/engine/observe/alerts.hpp"

namespace mlp::engine {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

CallRecord Ended(ErrorClass outcome, std::int64_t duration_us = 1'000, bool fell_back = false) {
  CallRecord call;
  call.outcome = outcome;
  call.duration_us = duration_us;
  call.cost_pico = 3'000'000'001;
  AttemptRecord attempt;
  attempt.first_byte_us = duration_us / 2;
  call.attempts.push_back(attempt);
  if (fell_back) {
    attempt.kind = AttemptKind::kFallback;
    call.attempts.push_back(attempt);
  }
  return call;
}

BOOST_AUTO_TEST_SUITE(policy_totals)

BOOST_AUTO_TEST_CASE(time_buckets_are_off_by_a_32nd_at_most) {
  std::mt19937_64 random(4);
  std::size_t last = 0;
  for (std::int64_t time = 0; time < 5'000; ++time) {
    const std::size_t bucket = TimeBucketOf(time);
    BOOST_TEST_REQUIRE((bucket == last || bucket == last + 1));
    last = bucket;
  }
  for (int i = 0; i < 20'000; ++i) {
    const auto time = static_cast<std::int64_t>(random() >> (22 + random() % 40));
    const auto middle = static_cast<double>(MiddleOfTimeBucket(TimeBucketOf(time)));
    BOOST_TEST_REQUIRE(std::abs(middle - static_cast<double>(time)) <=
                       static_cast<double>(time) / 32);
  }
  BOOST_TEST(TimeBucketOf(-5) == 0U);
  BOOST_TEST(TimeBucketOf(INT64_MAX) == kTimeBucketCount - 1);
}

BOOST_AUTO_TEST_CASE(a_window_forgets_what_lies_before_it_to_a_sixtieth) {
  std::mt19937_64 random(11);
  PolicyTotals totals(false);
  constexpr std::int64_t kWindow = 600 * kSecond;
  std::int64_t now = 5'000 * kSecond;
  GrowthWindow window(kWindow, now);
  std::vector<std::int64_t> calls;
  const auto since = [&](std::int64_t from) {
    return static_cast<std::uint64_t>(
        std::count_if(calls.begin(), calls.end(), [&](std::int64_t at) { return at > from; }));
  };
  for (int look = 0; look < 3'000; ++look) {
    now += kSecond;
    for (std::uint64_t n = random() % 4; n > 0; --n) {
      totals.Count(Ended(ErrorClass::kNone));
      calls.push_back(now);
    }
    const std::uint64_t grown = window.Advance(totals.Read(), now).counts.calls;
    BOOST_TEST_REQUIRE(grown >= since(now - kWindow));
    BOOST_TEST_REQUIRE(grown <= since(now - kWindow - kWindow / 60 - kSecond));
  }
}

BOOST_AUTO_TEST_CASE(every_end_counts_as_what_it_is) {
  PolicyTotals totals(true);
  for (int i = 0; i < 14; ++i) totals.Count(Ended(ErrorClass::kNone, 1'000'000, i < 5));
  for (int i = 0; i < 4; ++i) totals.Count(Ended(ErrorClass::kOverloaded));
  for (int i = 0; i < 2; ++i) totals.Count(Ended(ErrorClass::kInvalidRequest));
  for (int i = 0; i < 3; ++i) totals.Count(Ended(ErrorClass::kRefused));
  for (int i = 0; i < 6; ++i) totals.Count(Ended(ErrorClass::kCancelled));
  const Totals all = totals.Read();
  const auto of = [&](AlertMeasure measure) { return MeasureOf(measure, all, 9).value_or(-1); };
  BOOST_TEST(of(AlertMeasure::kCalls) == 29);
  BOOST_TEST(of(AlertMeasure::kFailures) == 6);
  BOOST_TEST(of(AlertMeasure::kFallbacks) == 5);
  BOOST_TEST(of(AlertMeasure::kRefusals) == 3);
  BOOST_TEST(of(AlertMeasure::kRetries) == 0);
  BOOST_TEST(of(AlertMeasure::kInFlight) == 9);
  BOOST_TEST(of(AlertMeasure::kErrorRate) == 300'000);
  BOOST_TEST(of(AlertMeasure::kSuccessRate) == 700'000);
  BOOST_TEST(of(AlertMeasure::kAvailability) == 800'000);
  BOOST_TEST(of(AlertMeasure::kCost) == 29 * std::int64_t{3'000'000'001});
  BOOST_TEST(std::abs(of(AlertMeasure::kLatencyP50) - 1'000'000) <= 1'000'000 / 32);
  BOOST_TEST(std::abs(of(AlertMeasure::kTtftP50) - 500'000) <= 500'000 / 32);
  BOOST_TEST(of(AlertMeasure::kLatencyP95) == -1);  // wants twenty
  BOOST_TEST(of(AlertMeasure::kQuality) == -1);
  BOOST_TEST(of(AlertMeasure::kRollbacks) == 0);
}

BOOST_AUTO_TEST_CASE(the_time_to_first_token_is_that_of_who_answered) {
  PolicyTotals totals(true);
  CallRecord call = Ended(ErrorClass::kNone, 1'000'000);
  call.attempts.push_back(call.attempts[0]);
  call.attempts[1].kind = AttemptKind::kHedge;
  call.attempts[1].error_class = ErrorClass::kCancelled;  // before its first byte
  call.attempts[1].first_byte_us = -1;
  for (int i = 0; i < 2; ++i) totals.Count(call);
  const auto ttft = MeasureOf(AlertMeasure::kTtftP50, totals.Read(), 0);
  BOOST_REQUIRE(ttft.has_value());
  BOOST_TEST(std::abs(*ttft - 500'000) <= 500'000 / 32);
}

BOOST_AUTO_TEST_CASE(quality_is_the_mean_of_ten_scores_and_more) {
  PolicyTotals totals(false);
  CallRecord call = Ended(ErrorClass::kNone);
  call.attempts.resize(2);
  call.attempts[0].quality_ppm = 400'000;
  call.attempts[1].quality_ppm = -1;  // nobody could say
  for (int i = 0; i < 9; ++i) totals.Count(call);
  const Totals nine = totals.Read();
  BOOST_TEST(!MeasureOf(AlertMeasure::kQuality, nine, 0));
  call.attempts[1].quality_ppm = 1'000'000;
  totals.Count(call);
  BOOST_TEST(MeasureOf(AlertMeasure::kQuality, totals.Read(), 0).value() == 5'000'000 / 11);
}

BOOST_AUTO_TEST_CASE(a_rate_of_fewer_than_ten_is_not_known_and_does_not_hold) {
  PolicyTotals totals(false);
  for (int i = 0; i < 9; ++i) totals.Count(Ended(ErrorClass::kTimeout));
  const AlertAtom atom{AlertMeasure::kErrorRate, Comparison::kGreater, 300, 20'000};
  auto value = MeasureOf(atom.measure, totals.Read(), 0);
  BOOST_TEST(!Holds(atom, value));
  BOOST_TEST(DescribeAtom(atom, value) == "error-rate unknown > 2% over 5m");
  totals.Count(Ended(ErrorClass::kTimeout));
  value = MeasureOf(atom.measure, totals.Read(), 0);
  BOOST_TEST(Holds(atom, value));
  BOOST_TEST(DescribeAtom(atom, value) == "error-rate 100% > 2% over 5m");
}

BOOST_AUTO_TEST_CASE(comparisons_are_told_in_the_words_of_the_policy) {
  using C = Comparison;
  struct Row {
    AlertAtom atom;
    std::int64_t value;
    bool holds;
    const char* words;
  };
  const Row rows[] = {
      {{AlertMeasure::kFallbacks, C::kGreater, 3'600, 3}, 4, true, "fallbacks 4 > 3 over 1h"},
      {{AlertMeasure::kFallbacks, C::kGreater, 3'600, 3}, 3, false, "fallbacks 3 > 3 over 1h"},
      {{AlertMeasure::kCost, C::kGreaterEqual, 86'400, 2 * kPicoPerUsd},
       2 * kPicoPerUsd,
       true,
       "cost $2.00 >= $2.00 over 1d"},
      {{AlertMeasure::kLatencyP95, C::kLess, 90, 1'500'000},
       1'499'999,
       true,
       "latency.p95 1499ms < 1500ms over 90s"},
      {{AlertMeasure::kSuccessRate, C::kLessEqual, 0, 995'000},
       995'001,
       false,
       "success-rate 99.5% <= 99.5%"},
      {{AlertMeasure::kInFlight, C::kEqual, 0, 0}, 0, true, "in-flight 0 == 0"},
      {{AlertMeasure::kCalls, C::kNotEqual, 60, 0}, 0, false, "calls 0 != 0 over 1m"},
  };
  for (const Row& row : rows) {
    BOOST_TEST(DescribeAtom(row.atom, row.value) == row.words);
    BOOST_TEST(Holds(row.atom, row.value) == row.holds, row.words);
  }
}

BOOST_AUTO_TEST_CASE(dates_have_four_steps) {
  constexpr std::int64_t kDay = 86'400;
  const std::int64_t date = 1'800'000'000;
  const std::pair<std::int64_t, int> rows[] = {
      {31 * kDay, 255}, {30 * kDay, 30}, {7 * kDay + 1, 30},
      {7 * kDay, 7},    {kDay + 1, 7},   {kDay, 1},
      {1, 1},           {0, 0},          {-400 * kDay, 0}};
  for (const auto& [before, step] : rows) {
    BOOST_TEST(int{DaysTold(date, (date - before) * kSecond)} == step, before);
  }
  BOOST_TEST(int{DaysTold(kForever, date * kSecond)} == 255);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
