// The generic cell rate algorithm against redis-cell's vector and a list of everything taken.
#include "runtime/engine/rate_limiter.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <ostream>
#include <random>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "runtime/core/wide.hpp"
#include "runtime/engine/rate_window.hpp"

namespace mlp::engine {
namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kMinuteUs = 60 * kSecondUs;

BOOST_AUTO_TEST_SUITE(rate_limiter)

// redis-cell's README: `CL.THROTTLE user123 15 30 60` (a burst of 15 after the first, 30 in 60 s)
// answers 0, 16, 15, -1, 2: allowed, limit 16, 15 left, no retry, all back in 2 s.
BOOST_AUTO_TEST_CASE(redis_cell_s_vector) {
  RateLimiter limiter({.count = 30, .period_us = kMinuteUs, .burst = 16});
  const std::int64_t now_us = 1'000 * kSecondUs;
  BOOST_TEST(limiter.Look(now_us).remaining == 16);
  const RateLimiter::Answer answer = limiter.Take(1, now_us);
  BOOST_TEST(answer.allowed);
  BOOST_TEST(answer.remaining == 15);
  BOOST_TEST(answer.retry_after_us == 0);
  BOOST_TEST(answer.reset_after_us == 2 * kSecondUs);

  BOOST_TEST(limiter.Take(15, now_us).allowed);
  const RateLimiter::Answer full = limiter.Take(1, now_us);
  BOOST_TEST(!full.allowed);
  BOOST_TEST(full.remaining == 0);
  BOOST_TEST(full.retry_after_us == 2 * kSecondUs);
  BOOST_TEST(full.reset_after_us == 32 * kSecondUs);
  BOOST_TEST(!limiter.Take(1, now_us + 2 * kSecondUs - 1).allowed);
  BOOST_TEST(limiter.Take(1, now_us + 2 * kSecondUs).allowed);
}

/// What a token bucket admits, by definition: in each span that ends now, no more than the burst
/// and what flows in meanwhile. Remembers everything.
class Oracle {
 public:
  explicit Oracle(RateLimit limit) : limit_(limit) {}
  bool Take(std::int64_t units, std::int64_t now_us) {
    std::int64_t sum = units;
    if (!Fits(sum, 0)) return false;
    for (auto at = taken_.rbegin(); at != taken_.rend(); ++at) {
      sum += at->units;
      if (!Fits(sum, now_us - at->at_us)) return false;
    }
    taken_.push_back({units, now_us});
    return true;
  }

 private:
  struct Taken {
    std::int64_t units;
    std::int64_t at_us;
  };
  bool Fits(std::int64_t units, std::int64_t span_us) const {
    const auto wide = [](std::int64_t value) { return UInt128{static_cast<std::uint64_t>(value)}; };
    return wide(units) * wide(limit_.period_us) <=
           wide(limit_.burst) * wide(limit_.period_us) + wide(limit_.count) * wide(span_us);
  }
  RateLimit limit_;
  std::vector<Taken> taken_;
};

BOOST_AUTO_TEST_CASE(agrees_with_the_definition) {
  constexpr std::uint64_t kSeed = 20261121;
  std::mt19937_64 random(kSeed);
  const auto below = [&](std::int64_t bound) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(bound));
  };
  int allowed = 0;
  int refused = 0;
  for (int run = 0; run < 200; ++run) {
    // Counts that divide the minute in nanoseconds: then nothing is rounded.
    constexpr std::int64_t kCounts[] = {1, 30, 60, 500, 4'000, 2'000'000};
    const std::int64_t count = kCounts[below(6)];
    const RateLimit limit{count, kMinuteUs, 1 + below(count + 5)};
    RateLimiter limiter(limit);
    Oracle oracle(limit);
    std::int64_t now_us = below(kMinuteUs);
    for (int i = 0; i < 150; ++i) {
      now_us += below(1 + 3 * kMinuteUs / count);
      const std::int64_t units = below(1 + limit.burst + limit.burst / 8);
      const RateLimiter::Answer answer = limiter.Take(units, now_us);
      BOOST_REQUIRE_MESSAGE(answer.allowed == oracle.Take(units, now_us),
                            "seed " << kSeed << " run " << run << " step " << i << ": " << units
                                    << " of " << count << " at " << now_us);
      ++(answer.allowed ? allowed : refused);
      if (answer.allowed) continue;
      BOOST_REQUIRE((units > limit.burst) == (answer.retry_after_us == INT64_MAX));
      if (units > limit.burst) continue;
      // Not a microsecond before the wait is over, and then at once.
      Oracle early = oracle;
      BOOST_REQUIRE(!early.Take(units, now_us + answer.retry_after_us - 1));
      now_us += answer.retry_after_us;
      BOOST_REQUIRE(oracle.Take(units, now_us));
      BOOST_REQUIRE(limiter.Take(units, now_us).allowed);
    }
  }
  BOOST_TEST(allowed > 1'000);
  BOOST_TEST(refused > 1'000);
}

BOOST_AUTO_TEST_CASE(is_never_looser_where_nanoseconds_are_rounded) {
  std::mt19937_64 random(7);
  for (const std::int64_t count : {7, 333, 3'999, 1'234'567}) {
    const RateLimit limit{count, kMinuteUs, count};
    RateLimiter limiter(limit);
    Oracle oracle(limit);
    std::int64_t now_us = 0;
    for (int i = 0; i < 2'000; ++i) {
      now_us += static_cast<std::int64_t>(random() % (2 * kMinuteUs / 100));
      const auto units =
          static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(count / 20 + 2));
      if (limiter.Take(units, now_us).allowed) BOOST_REQUIRE(oracle.Take(units, now_us));
    }
  }
}

BOOST_AUTO_TEST_CASE(what_was_not_used_comes_back) {
  RateLimiter limiter({.count = 60'000, .period_us = kMinuteUs, .burst = 0});
  std::int64_t now_us = 5 * kSecondUs;
  BOOST_TEST(limiter.Take(60'000, now_us).allowed);
  BOOST_TEST(limiter.Look(now_us).remaining == 0);
  limiter.GiveBack(45'000);
  BOOST_TEST(limiter.Look(now_us).remaining == 45'000);

  // What recovered meanwhile is not given twice: the bucket is full and no fuller.
  now_us += 10 * kMinuteUs;
  limiter.GiveBack(15'000);
  BOOST_TEST(limiter.Look(now_us).remaining == 60'000);
  BOOST_TEST(limiter.Take(60'000, now_us).allowed);
  BOOST_TEST(!limiter.Take(1, now_us).allowed);

  // And what was used beyond what was taken is charged, refusing nothing.
  limiter.Charge(30'000, now_us);
  BOOST_TEST(limiter.Take(1, now_us).retry_after_us == 30 * kSecondUs + kSecondUs / 1'000);
}

BOOST_AUTO_TEST_CASE(what_can_never_pass_is_said_to) {
  RateLimiter limiter({.count = 100, .period_us = kMinuteUs, .burst = 10});
  const RateLimiter::Answer answer = limiter.Take(11, 0);
  BOOST_TEST(!answer.allowed);
  BOOST_TEST(answer.retry_after_us == INT64_MAX);
  BOOST_TEST(limiter.Take(10, 0).allowed);
}

BOOST_AUTO_TEST_CASE(without_a_limit_everything_passes) {
  RateLimiter limiter(RateLimit{});
  BOOST_TEST(limiter.Take(INT64_MAX, 0).allowed);
  limiter.GiveBack(5);
  limiter.Charge(5, 0);
  limiter.AtMost(0, 0);
  limiter.NotBefore(kMinuteUs);
  BOOST_TEST(limiter.Take(INT64_MAX, 0).allowed);
}

BOOST_AUTO_TEST_CASE(the_provider_s_word_clamps_and_never_loosens) {
  RateLimiter limiter({.count = 60, .period_us = kMinuteUs, .burst = 0});
  limiter.AtMost(5, 0);
  BOOST_TEST(limiter.Look(0).remaining == 5);
  limiter.AtMost(50, 0);
  BOOST_TEST(limiter.Look(0).remaining == 5);
  limiter.NotBefore(20 * kSecondUs);
  BOOST_TEST(!limiter.Take(1, 20 * kSecondUs - 1).allowed);
  BOOST_TEST(limiter.Take(1, 20 * kSecondUs).allowed);
  BOOST_TEST(!limiter.Take(1, 20 * kSecondUs).allowed);
  limiter.NotBefore(INT64_MAX);
  BOOST_TEST(!limiter.Take(1, 1'000'000 * kMinuteUs).allowed);
}

BOOST_AUTO_TEST_CASE(threads_share_one_limit) {
  RateLimiter limiter({.count = 1'000, .period_us = kMinuteUs, .burst = 0});
  std::atomic<std::int64_t> taken{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 2'000; ++i) {
        const std::int64_t units = 1 + (i + t) % 3;
        // All at one instant: whatever the order, no more than the burst passes.
        if (limiter.Take(units, kSecondUs).allowed) taken += units;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(taken == 1'000);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(rate_window)

BOOST_AUTO_TEST_CASE(weighs_the_window_before_by_what_is_left_of_it) {
  RateWindow window(60);
  window.Add(40, 30);
  BOOST_TEST(window.Sum(59) == 40);
  BOOST_TEST(window.Sum(60) == 40);
  BOOST_TEST(window.Sum(75) == 30);
  window.Add(10, 75);
  BOOST_TEST(window.Sum(75) == 40);
  BOOST_TEST(window.Sum(119) == 10);
  BOOST_TEST(window.Sum(150) == 5);
  BOOST_TEST(window.Sum(180) == 0);
  window.Add(-3, 185);
  BOOST_TEST(window.Sum(185) == 0);
}

BOOST_AUTO_TEST_CASE(follows_its_formula_on_random_events) {
  std::mt19937_64 random(11);
  constexpr std::int64_t kWindow = 1'000;
  RateWindow window(kWindow);
  std::vector<std::int64_t> counts(1'000);
  std::int64_t now = 0;
  for (int i = 0; i < 5'000; ++i) {
    now += static_cast<std::int64_t>(random() % (random() % 50 == 0 ? 4 * kWindow : 100));
    if (now / kWindow >= 999) break;
    const auto units = static_cast<std::int64_t>(random() % 100);
    window.Add(units, now);
    const auto turn = static_cast<std::size_t>(now / kWindow);
    counts[turn] += units;
    const std::int64_t before = turn == 0 ? 0 : counts[turn - 1];
    BOOST_REQUIRE(window.Sum(now) == counts[turn] + before * (kWindow - now % kWindow) / kWindow);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
