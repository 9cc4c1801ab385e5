// The health of models without a network: what attempts report, what decisions then see.
#include "runtime/engine/health/health.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "runtime/core/split_mix.hpp"
#include "runtime/engine/health/fail_open.hpp"
#include "tests/unit/engine/test_policy.hpp"

namespace mlp::engine {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kStart = 1'000 * kSecond;

struct Fixture {
  TestPolicy policy;
  HealthOptions options;
  std::int64_t now = kStart;

  Health Make() { return Health(policy.policy(), options, 7, now); }
  bool Up(std::uint16_t model) { return policy.policy().live().model_up(model); }

  void Attempt(Health& health, std::uint16_t model, const Health::End& end) {
    const Health::Lease lease = health.Admit(model, now, 1'000);
    BOOST_REQUIRE(lease.ok());
    health.Report(lease, end, now);
  }
};

BOOST_FIXTURE_TEST_SUITE(health, Fixture)

BOOST_AUTO_TEST_CASE(a_trip_reaches_decisions_in_the_same_call) {
  Health health = Make();
  for (int i = 0; i < 5; ++i) {
    BOOST_TEST(Up(0));
    BOOST_TEST(!health.any_down());
    Attempt(health, 0, {.error_class = ErrorClass::kServerError});
  }
  BOOST_TEST(!Up(0));
  BOOST_TEST(Up(1));
  BOOST_TEST(health.any_down());
  const Health::Lease refused = health.Admit(0, now, 1'000);
  BOOST_TEST(!refused.ok());
  BOOST_TEST(DescribeRefusal(policy.policy().tables().models[0], refused) == "opus:breaker");
}

BOOST_AUTO_TEST_CASE(a_connection_that_fails_closes_off_all_models_of_the_provider) {
  policy.model(1).provider = 0;
  Health health = Make();
  for (int i = 0; i < 5; ++i) Attempt(health, 0, {.error_class = ErrorClass::kConnection});
  BOOST_TEST(!Up(0));
  BOOST_TEST(!Up(1));
  BOOST_TEST(Up(2));
}

BOOST_AUTO_TEST_CASE(an_overload_of_one_model_leaves_its_siblings) {
  policy.model(1).provider = 0;
  Health health = Make();
  for (int i = 0; i < 5; ++i) Attempt(health, 0, {.error_class = ErrorClass::kOverloaded});
  BOOST_TEST(!Up(0));
  BOOST_TEST(Up(1));
}

BOOST_AUTO_TEST_CASE(callers_faults_and_throttles_close_off_nothing) {
  Health health = Make();
  for (const ErrorClass end :
       {ErrorClass::kInvalidRequest, ErrorClass::kContextLength, ErrorClass::kContentFilter,
        ErrorClass::kRefused, ErrorClass::kCancelled, ErrorClass::kLowQuality}) {
    for (int i = 0; i < 50; ++i) Attempt(health, 0, {.error_class = end});
  }
  BOOST_TEST(Up(0));
  for (int i = 0; i < 5; ++i) {
    Attempt(health, 1, {.error_class = ErrorClass::kRateLimited, .never_fits = true});
    Attempt(health, 2, {.error_class = ErrorClass::kQuotaExhausted});
  }
  BOOST_TEST(Up(1));
  BOOST_TEST(Up(2));
}

BOOST_AUTO_TEST_CASE(a_retry_after_is_a_pause) {
  Health health = Make();
  Attempt(health, 0, {.error_class = ErrorClass::kRateLimited, .retry_after_ms = 20'000});
  BOOST_TEST(!Up(0));
  BOOST_TEST(!health.ClosedOff(0));
  now += 19 * kSecond;
  health.Tick(now, 0);
  BOOST_TEST(!Up(0));
  BOOST_TEST(!health.Admit(0, now, 1'000).ok());
  now += kSecond;
  BOOST_TEST(health.Admit(0, now, 1'000).ok());  // the loop need not have looked
  BOOST_TEST(Up(0));
  // Overload that names one, too, and it is no failure.
  for (int i = 0; i < 9; ++i) {
    Attempt(health, 1, {.error_class = ErrorClass::kOverloaded, .retry_after_ms = 1'000});
    now += kSecond;
  }
  health.Tick(now, 0);
  BOOST_TEST(Up(1));
}

BOOST_AUTO_TEST_CASE(too_many_is_held_back) {
  Health health = Make();
  int refused = 0;
  for (int i = 0; i < 200; ++i) {
    const Health::Lease lease = health.Admit(0, now, 1'000);
    if (!lease.ok()) {
      BOOST_TEST((lease.refusal == Health::Refusal::kThrottled));
      ++refused;
      continue;
    }
    health.Report(lease, {.error_class = ErrorClass::kRateLimited}, now);
  }
  BOOST_TEST(refused > 150);
  BOOST_TEST(Up(0));
}

BOOST_AUTO_TEST_CASE(one_probe_at_a_time_and_then_a_slow_start) {
  Health health = Make();
  for (int i = 0; i < 5; ++i) Attempt(health, 0, {.error_class = ErrorClass::kServerError});
  BOOST_TEST(!Up(0));
  now += 10 * kSecond;
  health.Tick(now, 0);
  BOOST_TEST(Up(0));  // half-open: somebody may try
  for (int i = 0; i < 3; ++i) {
    const Health::Lease probe = health.Admit(0, now, 1'000);
    BOOST_REQUIRE(probe.ok());
    BOOST_TEST(probe.of_model.probe);
    BOOST_TEST(!Up(0));
    BOOST_TEST(!health.Admit(0, now, 1'000).ok());
    health.Report(probe, {}, now);
    BOOST_TEST(Up(0));
  }
  int admitted = 0;
  for (int i = 0; i < 1'000; ++i) admitted += health.Admit(0, now, 1'000).ok() ? 1 : 0;
  BOOST_TEST(admitted > 50);
  BOOST_TEST(admitted < 160);  // a tenth
  now += 60 * kSecond;
  for (int i = 0; i < 100; ++i) BOOST_TEST(health.Admit(0, now, 1'000).ok());
}

BOOST_AUTO_TEST_CASE(a_probe_that_never_comes_back_opens_again) {
  Health health = Make();
  for (int i = 0; i < 5; ++i) Attempt(health, 0, {.error_class = ErrorClass::kServerError});
  now += 10 * kSecond;
  BOOST_REQUIRE(health.Admit(0, now, 1'000).ok());
  now += 6 * kSecond;  // a second and the grace
  health.Tick(now, 0);
  HealthReport report;
  health.Describe(report, now, 0);
  BOOST_TEST((report.models[0].breaker.state == BreakerState::kOpen));
  BOOST_TEST(report.models[0].breaker.why == "its probe did not come back");
  BOOST_TEST(!report.models[0].up);
}

BOOST_AUTO_TEST_CASE(what_an_operator_took_down_is_never_forced) {
  Health health = Make();
  for (const std::uint16_t model : {std::uint16_t{0}, std::uint16_t{1}, std::uint16_t{2}}) {
    for (int i = 0; i < 5; ++i) Attempt(health, model, {.error_class = ErrorClass::kTimeout});
  }
  const TestRequest request = TestPolicy::Request();
  const auto packed = request.Pack();
  const Decision none = Decide(policy.policy().tables(), policy.policy().live(), packed.view());
  BOOST_TEST((none.outcome == DecisionOutcome::kNoCandidate));
  BOOST_TEST(DescribeDown(policy.policy().tables(), none, health) ==
             "opus:breaker gpt:breaker llama:breaker");
  const auto decide = [&] {
    return Decide(policy.policy().tables(), *LiveUnlessTakenDown(policy.policy(), health),
                  packed.view());
  };
  Decision all = decide();
  BOOST_TEST(all.count == 3U);
  std::uint32_t first = 0;
  for (std::uint32_t i = 1; i < 3; ++i) {
    if (health.ClosedUntil(all.candidates[i].model, now) <
        health.ClosedUntil(all.candidates[first].model, now)) {
      first = i;
    }
  }
  BOOST_TEST(ReopensFirst(all, health, now).value() == first);

  health.SetProviderDown(0, DownReason::kOperator, true);
  all = decide();
  BOOST_TEST(all.count == 2U);
  BOOST_TEST(all.candidates[0].model == 1);
  BOOST_TEST(!health.MayForce(0));
  BOOST_TEST(DescribeDown(policy.policy().tables(), none, health) ==
             "opus:operator gpt:breaker llama:breaker");
  BOOST_TEST(health.Force(1, now).ok());
}

BOOST_AUTO_TEST_CASE(a_forced_success_is_the_first_of_those_that_close) {
  Health health = Make();
  for (int i = 0; i < 5; ++i) Attempt(health, 0, {.error_class = ErrorClass::kServerError});
  health.Report(health.Force(0, now), {.error_class = ErrorClass::kServerError}, now);
  BOOST_TEST(!Up(0));
  health.Report(health.Force(0, now), {}, now);
  BOOST_TEST(Up(0));
  HealthReport report;
  health.Describe(report, now, 0);
  BOOST_TEST((report.models[0].breaker.state == BreakerState::kHalfOpen));
}

BOOST_AUTO_TEST_CASE(facts_become_conditions_and_are_forgotten) {
  policy.TryOpusWhile({0, LiveFact::kLatencyP95, Comparison::kLessEqual, 60, 2'000'000});
  Health health = Make();
  LiveState& live = policy.policy().live();
  health.Tick(now, 0);
  BOOST_TEST(live.condition(0));  // unmeasured and without a prior
  for (int i = 0; i < 19; ++i) Attempt(health, 0, {.latency_us = 3'000'000});
  health.Tick(now, 0);
  BOOST_TEST(live.condition(0));  // too few for a p95
  Attempt(health, 0, {.latency_us = 3'000'000});
  health.Tick(now, 0);
  BOOST_TEST(!live.condition(0));
  now += 61 * kSecond;
  health.Tick(now, 0);
  BOOST_TEST(live.condition(0));
}

BOOST_AUTO_TEST_CASE(the_fastest_is_measured_and_until_then_a_prior) {
  policy.OrderBy(GroupKind::kFastest);
  policy.model(0).prior_p50_ms = 900;
  policy.model(1).prior_p50_ms = 800;
  policy.model(2).prior_p50_ms = 5'000;
  Health health = Make();
  LiveState& live = policy.policy().live();
  health.Tick(now, 0);
  BOOST_TEST(live.order(0) == 0x201U);
  for (int i = 0; i < 5; ++i) Attempt(health, 1, {.latency_us = 9'000'000});
  health.Tick(now, 0);
  BOOST_TEST(live.order(0) == 0x120U);
  HealthReport report;
  health.Describe(report, now, 0);
  BOOST_REQUIRE(report.orders.size() == 1U);
  BOOST_TEST(report.orders[0].members[0].model == "opus");
  BOOST_TEST(report.orders[0].members[0].score == -0.9, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(report.orders[0].members[2].score == -9.0, boost::test_tools::tolerance(0.011));
}

BOOST_AUTO_TEST_CASE(the_least_busy_is_known_at_every_start_and_end) {
  policy.OrderBy(GroupKind::kLeastBusy);
  Health health = Make();
  health.Tick(now, 0);
  LiveState& live = policy.policy().live();
  const Health::Lease opus = health.Admit(0, now, 1'000);
  BOOST_TEST((live.order(0) & 15) == 1U);
  const Health::Lease gpt = health.Admit(1, now, 1'000);
  BOOST_TEST((live.order(0) & 15) == 2U);
  const Health::Lease llama = health.Admit(2, now, 1'000);
  health.Report(gpt, {}, now);
  BOOST_TEST((live.order(0) & 15) == 1U);
  health.Report(opus, {}, now);
  health.Report(llama, {}, now);
  BOOST_TEST(health.Fact(0, LiveFact::kInFlight, 0, now).value() == 0);
}

BOOST_AUTO_TEST_CASE(threads_leave_the_bits_as_the_states_say) {
  options.breaker.open_base_ms = 0;
  options.breaker.slow_start_ms = 0;
  options.breaker.consecutive = 2;
  Health health = Make();
  std::vector<std::thread> threads;
  std::atomic<std::int64_t> clock{now};
  for (std::uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      SplitMix64 random(t);
      for (int i = 0; i < 20'000; ++i) {
        const auto model = static_cast<std::uint16_t>(random() % 3);
        const Health::Lease lease = health.Admit(model, clock.fetch_add(1), 1'000);
        if (!lease.ok()) continue;
        constexpr ErrorClass kEnds[] = {ErrorClass::kNone, ErrorClass::kServerError,
                                        ErrorClass::kConnection, ErrorClass::kCancelled};
        health.Report(lease, {.error_class = kEnds[random() % 4]}, clock.load());
        if (random() % 64 == 0) {
          health.SetProviderDown(model, DownReason::kOperator, random() % 2 == 0);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::uint16_t model : {std::uint16_t{0}, std::uint16_t{1}, std::uint16_t{2}}) {
    BOOST_TEST(Up(model) == (health.DownBits(model) == 0));
    BOOST_TEST(health.Fact(model, LiveFact::kInFlight, 0, now).value() == 0);
    health.SetProviderDown(model, DownReason::kOperator, false);
  }
  now = clock.load() + 100 * kSecond;
  health.Tick(now, 0);
  health.Tick(now + kSecond, 0);
  for (const std::uint16_t model : {std::uint16_t{0}, std::uint16_t{1}, std::uint16_t{2}}) {
    BOOST_TEST(Up(model));
  }
  BOOST_TEST(!health.any_down());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
