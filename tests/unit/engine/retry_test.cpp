#include "runtime/engine/retry.hpp"

#include <boost/test/unit_test.hpp>

namespace mlp::engine {
namespace {

RoutePlan Route() {
  RoutePlan route{};
  route.retries = 1;
  route.attempts = 4;
  route.backoff_base_ms = 500;
  route.backoff_cap_ms = 8'000;
  route.actions = DefaultActions();
  return route;
}

ProviderReply Failure(ErrorClass error_class, std::int64_t retry_after_ms = -1) {
  ProviderReply reply;
  reply.error_class = error_class;
  reply.retry_after_ms = retry_after_ms;
  return reply;
}

using Kind = NextStep::Kind;

BOOST_AUTO_TEST_SUITE(retry)

BOOST_AUTO_TEST_CASE(backoff_is_uniform_under_a_doubling_ceiling) {
  BOOST_TEST(BackoffMs(500, 8'000, 0, 0.0) == 0);
  BOOST_TEST(BackoffMs(500, 8'000, 0, 0.5) == 250);
  BOOST_TEST(BackoffMs(500, 8'000, 3, 0.5) == 2'000);
  BOOST_TEST(BackoffMs(500, 8'000, 4, 0.999'999) == 7'999);
  BOOST_TEST(BackoffMs(500, 8'000, 200, 0.5) == 4'000);
}

BOOST_AUTO_TEST_CASE(each_class_takes_its_action) {
  const ChainState state{.attempts_made = 1, .later_candidates = 1};
  for (std::size_t i = 1; i < kErrorClassCount; ++i) {
    const auto error_class = static_cast<ErrorClass>(i);
    const NextStep next = AfterFailure(Route(), Failure(error_class), state, 0.5);
    const Action action = DefaultAction(error_class);
    const Kind expected = action == Action::kRetry  ? Kind::kRetry
                          : action == Action::kNext ? Kind::kNextCandidate
                                                    : Kind::kStop;
    BOOST_TEST(static_cast<int>(next.kind) == static_cast<int>(expected), ToString(error_class));
  }
}

BOOST_AUTO_TEST_CASE(an_override_of_the_route_wins) {
  RoutePlan route = Route();
  route.actions[static_cast<std::size_t>(ErrorClass::kRateLimited)] = Action::kNext;
  route.actions[static_cast<std::size_t>(ErrorClass::kContentFilter)] = Action::kNext;
  const ChainState state{.attempts_made = 1, .later_candidates = 1};
  BOOST_TEST((AfterFailure(route, Failure(ErrorClass::kRateLimited), state, 0.5).kind ==
              Kind::kNextCandidate));
  BOOST_TEST((AfterFailure(route, Failure(ErrorClass::kContentFilter), state, 0.5).kind ==
              Kind::kNextCandidate));
}

BOOST_AUTO_TEST_CASE(retry_after_is_a_floor_and_a_long_one_means_the_next) {
  const ChainState state{.attempts_made = 1, .later_candidates = 1};
  NextStep next = AfterFailure(Route(), Failure(ErrorClass::kRateLimited, 3'000), state, 0.5);
  BOOST_TEST((next.kind == Kind::kRetry));
  BOOST_TEST(next.wait_ms == 3'000);
  next = AfterFailure(Route(), Failure(ErrorClass::kRateLimited, 100), state, 0.5);
  BOOST_TEST(next.wait_ms == 250);
  next = AfterFailure(Route(), Failure(ErrorClass::kRateLimited, kMostRetryAfterMs), state, 0.5);
  BOOST_TEST(next.wait_ms == kMostRetryAfterMs);
  next =
      AfterFailure(Route(), Failure(ErrorClass::kRateLimited, kMostRetryAfterMs + 1), state, 0.5);
  BOOST_TEST((next.kind == Kind::kNextCandidate));
}

BOOST_AUTO_TEST_CASE(another_key_is_a_retry_at_once) {
  ChainState state{.attempts_made = 1, .later_candidates = 1, .other_key = true};
  for (const ErrorClass refused :
       {ErrorClass::kAuth, ErrorClass::kRateLimited, ErrorClass::kQuotaExhausted}) {
    const NextStep next = AfterFailure(Route(), Failure(refused, 600'000), state, 0.5);
    BOOST_TEST((next.kind == Kind::kRetry));
    BOOST_TEST(next.wait_ms == 0);
  }
  RoutePlan stops = Route();
  stops.actions[static_cast<std::size_t>(ErrorClass::kAuth)] = Action::kStop;
  BOOST_TEST((AfterFailure(stops, Failure(ErrorClass::kAuth), state, 0.5).kind == Kind::kStop));
  state.retries_made = 1;
  BOOST_TEST(
      (AfterFailure(Route(), Failure(ErrorClass::kAuth), state, 0.5).kind == Kind::kNextCandidate));
}

BOOST_AUTO_TEST_CASE(an_own_limit_is_waited_for_where_everything_fits) {
  RoutePlan route = Route();
  const ChainState roomy{.later_candidates = 1, .remaining_ms = 60'000, .attempt_ms = 10'000};
  NextStep next = AfterLimit(route, {.wait_ms = 40'000}, roomy);
  BOOST_TEST((next.kind == Kind::kRetry));
  BOOST_TEST(next.wait_ms == 40'000);
  BOOST_TEST((AfterLimit(route, {.wait_ms = 40'001}, roomy).kind == Kind::kNextCandidate));
  BOOST_TEST(
      (AfterLimit(route, {.wait_ms = 1, .waits = false}, roomy).kind == Kind::kNextCandidate));
  const ChainState last{.later_candidates = 0};
  BOOST_TEST((AfterLimit(route, {.wait_ms = INT64_MAX}, last).kind == Kind::kStop));
  BOOST_TEST((AfterLimit(route, {.wait_ms = kMostRetryAfterMs}, last).kind == Kind::kRetry));
  BOOST_TEST((AfterLimit(route, {.wait_ms = kMostRetryAfterMs, .waited_ms = 1}, last).kind ==
              Kind::kStop));
  const std::size_t limited = static_cast<std::size_t>(ErrorClass::kRateLimited);
  route.actions[limited] = Action::kNext;
  BOOST_TEST((AfterLimit(route, {.wait_ms = 1}, roomy).kind == Kind::kNextCandidate));
  BOOST_TEST((AfterLimit(route, {.wait_ms = 1}, last).kind == Kind::kStop));
  route.actions[limited] = Action::kStop;
  BOOST_TEST((AfterLimit(route, {.wait_ms = 1}, roomy).kind == Kind::kStop));
}

BOOST_AUTO_TEST_CASE(retries_end_with_the_route_s_number) {
  ChainState state{.attempts_made = 2, .retries_made = 1, .later_candidates = 1};
  BOOST_TEST((AfterFailure(Route(), Failure(ErrorClass::kOverloaded), state, 0.5).kind ==
              Kind::kNextCandidate));
  state.later_candidates = 0;
  BOOST_TEST(
      (AfterFailure(Route(), Failure(ErrorClass::kOverloaded), state, 0.5).kind == Kind::kStop));
}

BOOST_AUTO_TEST_CASE(attempts_are_kept_for_later_candidates) {
  // Four attempts in all, one made: with three candidates to come none is left for a retry, with
  // two there is.
  ChainState state{.attempts_made = 1, .later_candidates = 3};
  BOOST_TEST((AfterFailure(Route(), Failure(ErrorClass::kOverloaded), state, 0.5).kind ==
              Kind::kNextCandidate));
  state.later_candidates = 2;
  BOOST_TEST(
      (AfterFailure(Route(), Failure(ErrorClass::kOverloaded), state, 0.5).kind == Kind::kRetry));
  state.attempts_made = 4;
  BOOST_TEST(
      (AfterFailure(Route(), Failure(ErrorClass::kTimeout), state, 0.5).kind == Kind::kStop));
}

BOOST_AUTO_TEST_CASE(time_is_kept_for_later_candidates) {
  ChainState state{
      .attempts_made = 1, .later_candidates = 1, .remaining_ms = 50'250, .attempt_ms = 25'000};
  NextStep next =
      AfterFailure(Route(), Failure(ErrorClass::kOverloaded), state, 0.5);  // waits 250 ms
  BOOST_TEST((next.kind == Kind::kRetry));
  state.remaining_ms = 50'249;
  next = AfterFailure(Route(), Failure(ErrorClass::kOverloaded), state, 0.5);
  BOOST_TEST((next.kind == Kind::kNextCandidate));
}

BOOST_AUTO_TEST_CASE(the_provider_s_word_forbids_a_retry) {
  const ChainState state{.attempts_made = 1, .later_candidates = 1};
  ProviderReply failure = Failure(ErrorClass::kServerError);
  failure.should_retry = false;
  BOOST_TEST((AfterFailure(Route(), failure, state, 0.5).kind == Kind::kNextCandidate));
  failure.should_retry = true;
  BOOST_TEST((AfterFailure(Route(), failure, state, 0.5).kind == Kind::kRetry));
  failure.never_fits = true;
  BOOST_TEST((AfterFailure(Route(), failure, state, 0.5).kind == Kind::kNextCandidate));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
