// A client's metrics after calls that went every way, held against its own records.
#include <boost/test/unit_test.hpp>
#include <string>
#include <thread>
#include <vector>

#include "mlp/money.hpp"
#include "runtime/report/store_metrics.hpp"
#include "runtime/store/reader.hpp"
#include "tests/support/open_metrics_parser.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/engine/observe/observe_fixture.hpp"

namespace mlp::engine {
namespace {

using loopback::FakeKind;
using test::Exposition;
using test::ParseOpenMetrics;

BOOST_FIXTURE_TEST_SUITE(client_metrics, EngineFixture)

BOOST_AUTO_TEST_CASE(a_client_that_made_no_call_has_every_series) {
  TestPolicy policy;
  policy.TakeTwoKeys();
  policy.Limit({kPicoPerUsd}, {{1'000'000, BudgetAction::kDeny, kNone16, {}}}, true);
  policy.model(0).requests_per_minute = 60;
  Client client(policy.policy(), Options());
  const Exposition read = ParseOpenMetrics(client.Metrics());
  BOOST_REQUIRE_EQUAL(read.error, "");
  for (const char* key : {"0", "1"}) {
    BOOST_TEST(read.Value("mlp_key_attempts_total",
                          {{"provider", "openai"}, {"key", key}, {"outcome", "auth"}}) == "0");
  }
  BOOST_TEST(read.Value("mlp_budget_limit_usd", {{"budget", "spend"}, {"period", "day"}}) == "1");
  BOOST_TEST(read.Value("mlp_budget_spent_usd", {{"budget", "spend"}, {"period", "month"}}) == "0");
  BOOST_TEST(read.Value("mlp_budget_denied_calls_total") == "0");
  BOOST_TEST(
      read.Value("mlp_breaker_state", {{"model", "opus"}, {"mlp_breaker_state", "closed"}}) == "1");
  BOOST_TEST(read.Value("mlp_breaker_state",
                        {{"provider", "openai"}, {"model", ""}, {"mlp_breaker_state", "open"}}) ==
             "0");
  BOOST_TEST(read.Value("mlp_model_up", {{"model", "llama"}}) == "1");
  BOOST_TEST(read.Value("mlp_model_limit", {{"model", "opus"}, {"of", "requests"}}) == "60");
  BOOST_TEST(read.Value("mlp_store_queued") == "0");
  BOOST_TEST(read.Value("mlp_calls_in_flight") == "0");
  BOOST_TEST(std::stod(read.Value("mlp_client_start_time_seconds")) > 1.7e9);
}

BOOST_AUTO_TEST_CASE(counts_are_those_of_the_records_and_of_the_store) {
  TestPolicy policy;
  policy.TakeTwoKeys();
  policy.route().retries = 1;
  servers.Script("opus-id", {{.usage = {.input = 100, .cache_read = 50, .output = 20}},
                             {.kind = FakeKind::kServerError},
                             {.kind = FakeKind::kQuota},
                             {.kind = FakeKind::kBadRequest},
                             {.kind = FakeKind::kUnauthorized},
                             {.usage = {.input = 7, .output = 3}}});
  const ScratchFolder folder;
  ClientOptions options = Options();
  options.store = folder / "m.db";
  options.health.breakers = false;
  options.health.throttles = false;
  Client client(policy.policy(), options);
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 10; ++k) static_cast<void>(Ask(client));
    });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_REQUIRE(client.Flush().ok());

  const Exposition read = ParseOpenMetrics(client.Metrics());
  BOOST_REQUIRE_EQUAL(read.error, "");
  std::size_t answered = 0;
  std::size_t attempts = 0;
  std::int64_t cost = 0;
  auto reader = StoreReader::Open(options.store);
  BOOST_REQUIRE(reader.ok());
  BOOST_REQUIRE(reader
                    ->ForEachCall(INT64_MIN, INT64_MAX,
                                  [&](const CallRecord& call) {
                                    answered += call.outcome == ErrorClass::kNone ? 1 : 0;
                                    attempts += call.attempts.size();
                                    cost += call.cost_pico;
                                    return true;
                                  })
                    .ok());
  BOOST_TEST(answered >= 27U);
  BOOST_TEST(read.Value("mlp_calls_total", {{"route", "all"}, {"outcome", "none"}}) ==
             std::to_string(answered));
  BOOST_TEST(read.Value("mlp_calls_total", {{"route", "all"}, {"outcome", "invalid-request"}}) ==
             "1");
  const auto route_cost =
      ParseMoney("$" + read.Value("mlp_route_cost_usd_total", {{"route", "all"}}));
  BOOST_REQUIRE(route_cost.has_value());
  BOOST_TEST(route_cost->pico_usd == cost);
  std::size_t by_key = 0;
  std::size_t by_model = 0;
  for (const test::MetricSample& sample : read.Find("mlp_key_attempts")->samples) {
    by_key += std::stoul(sample.value);
  }
  for (const test::MetricSample& sample : read.Find("mlp_attempts")->samples) {
    by_model += std::stoul(sample.value);
  }
  BOOST_TEST(by_key == attempts);
  BOOST_TEST(by_model == attempts);
  BOOST_TEST(
      read.Value("mlp_key_attempts_total",
                 {{"provider", "anthropic"}, {"key", "0"}, {"outcome", "quota-exhausted"}}) !=
      read.Value("mlp_key_attempts_total",
                 {{"provider", "anthropic"}, {"key", "1"}, {"outcome", "quota-exhausted"}}));
  BOOST_TEST(read.Value("mlp_store_calls_total", {{"result", "written"}}) == "30");

  // The store tells the same, wherever it has the series.
  const Result<std::string> text = QueryMetrics(options.store, 0);
  BOOST_REQUIRE(text.ok());
  const Exposition stored = ParseOpenMetrics(*text);
  BOOST_REQUIRE_EQUAL(stored.error, "");
  std::size_t compared = 0;
  for (const test::MetricFamily& family : stored.families) {
    if (family.name == "mlp_store_calls") continue;
    for (const test::MetricSample& sample : family.samples) {
      const Exposition::Labels labels(sample.labels.begin(), sample.labels.end());
      const bool failed = sample.labels.contains("error_type");
      Exposition::Labels exact = labels;
      if (family.name == "gen_ai_client_operation_duration_seconds" && !failed) {
        exact.emplace_back("error_type", "");
      }
      BOOST_TEST(read.Value(sample.name, exact) == sample.value, sample.name);
      ++compared;
    }
  }
  BOOST_TEST(compared > 100U);  // a store has the models that were asked
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
