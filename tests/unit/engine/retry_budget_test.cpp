// How often a client repeats attempts.
#include "runtime/engine/retry_budget.hpp"

#include <boost/test/unit_test.hpp>
#include <random>

#include "tests/unit/engine/engine_fixture.hpp"

namespace mlp::engine {
namespace {

using loopback::FakeKind;

constexpr std::int64_t kSecondUs = 1'000'000;

BOOST_AUTO_TEST_SUITE(retry_budget)

BOOST_AUTO_TEST_CASE(it_holds_what_was_saved_up_and_no_more) {
  RetryBudget budget({.share_ppm = 100'000, .per_second = 0, .at_once = 2}, 0);
  BOOST_TEST(budget.Take(0));
  BOOST_TEST(budget.Take(0));
  BOOST_TEST(!budget.Take(0));
  for (int i = 0; i < 9; ++i) budget.CountCall();
  BOOST_TEST(!budget.Take(0));
  budget.CountCall();
  BOOST_TEST(budget.Take(0));
  for (int i = 0; i < 1'000; ++i) budget.CountCall();
  BOOST_TEST(budget.Take(0));
  BOOST_TEST(budget.Take(0));
  BOOST_TEST(!budget.Take(0));
  BOOST_TEST(budget.granted() == 5U);
  BOOST_TEST(budget.refused() == 3U);
}

BOOST_AUTO_TEST_CASE(a_quiet_service_may_retry_once_a_second) {
  RetryBudget budget({.share_ppm = 0, .per_second = 1, .at_once = 1}, 0);
  BOOST_TEST(budget.Take(0));
  BOOST_TEST(!budget.Take(kSecondUs / 2));
  BOOST_TEST(budget.Take(kSecondUs));
  BOOST_TEST(!budget.Take(2 * kSecondUs - 1));
  BOOST_TEST(budget.Take(INT64_MAX / 2));
  BOOST_TEST(!budget.Take(INT64_MAX / 2));
}

BOOST_AUTO_TEST_CASE(over_any_stretch_it_keeps_its_bound) {
  constexpr std::uint64_t kSeed = 20261121;
  BOOST_TEST_MESSAGE("seed " << kSeed);
  std::mt19937_64 random(kSeed);
  const RetryRules rules;
  RetryBudget budget(rules, 0);
  std::vector<std::pair<std::int64_t, int>> taken = {{0, 0}};  // calls so far at each retry
  std::int64_t now_us = 0;
  int calls = 0;
  for (int i = 0; i < 20'000; ++i) {
    now_us += static_cast<std::int64_t>(random() % (i % 2'000 < 1'000 ? 2'000 : 200'000));
    if (random() % 4 != 0) {
      budget.CountCall();
      ++calls;
    } else if (budget.Take(now_us)) {
      taken.emplace_back(now_us, calls);
    }
  }
  BOOST_TEST(taken.size() > 500U);
  for (std::size_t from = 1; from < taken.size(); from += 7) {
    for (std::size_t to = from; to < taken.size(); to += 11) {
      const double seconds = static_cast<double>(taken[to].first - taken[from].first) * 1e-6;
      const int between = taken[to].second - taken[from].second;
      BOOST_REQUIRE(static_cast<double>(to - from + 1) <= 10 + seconds + 0.1 * between + 1e-3);
    }
  }
}

BOOST_FIXTURE_TEST_CASE(without_any_left_the_next_candidate_is_asked_at_once, EngineFixture) {
  servers.Script("opus-id", {{.kind = FakeKind::kServerError}});
  TestPolicy policy;
  ClientOptions options = Options();
  options.health.breakers = false;
  options.retries = {.share_ppm = 0, .per_second = 0, .at_once = 1};
  Client client(policy.policy(), options);
  BOOST_TEST(Story(Ask(client)) == "opus server-error, opus server-error, gpt none");
  BOOST_TEST(Story(Ask(client)) == "opus server-error, gpt none");
  BOOST_TEST(Story(Ask(client)) == "opus server-error, gpt none");
  const std::string metrics = client.Metrics();
  BOOST_TEST(metrics.find("mlp_retry_budget_total{policy=\"test\",result=\"granted\"} 1\n") !=
             std::string::npos);
  BOOST_TEST(metrics.find("mlp_retry_budget_total{policy=\"test\",result=\"refused\"} 2\n") !=
             std::string::npos);

  TestPolicy alone;
  alone.KeepCandidates(1);
  Client other(alone.policy(), options);
  BOOST_TEST(!Ask(other).ok());
  const Result<Reply> last = Ask(other);
  BOOST_REQUIRE(!last.ok());
  BOOST_TEST((last.error().error_class == ErrorClass::kServerError));
  BOOST_TEST(last.error().context.find("has used up its retries") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
