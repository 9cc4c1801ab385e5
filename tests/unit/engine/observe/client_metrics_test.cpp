// A client's metrics after calls that went every way, held against its own records.
#include <boost/test/unit_test.hpp>
#include <chrono>
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

BOOST_AUTO_TEST_CASE(rollouts_and_experiments_have_every_series_from_the_start) {
  TestPolicy rolling;
  rolling.RollOut({{500'000, 3'600, 0, false}, {1'000'000, 0, 0, false}});
  Client client(rolling.policy(), Options());
  const auto value = [](const Exposition& read, const char* name, Exposition::Labels labels) {
    labels.emplace_back("rollout", "next");
    return read.Value(name, labels);
  };
  Exposition read = ParseOpenMetrics(client.Metrics());
  BOOST_REQUIRE_EQUAL(read.error, "");
  BOOST_TEST(value(read, "mlp_rollout_state", {{"mlp_rollout_state", "running"}}) == "1");
  for (const char* stage : {"holding-back", "done", "rolled-back"}) {
    BOOST_TEST(value(read, "mlp_rollout_state", {{"mlp_rollout_state", stage}}) == "0");
  }
  BOOST_TEST(value(read, "mlp_rollout_share_ratio", {}) == "0.5");
  BOOST_TEST(value(read, "mlp_rollout_step", {}) == "1");
  BOOST_TEST(value(read, "mlp_rollout_outage", {}) == "0");
  for (const char* reason : {"operator", "shares", "undecided"}) {
    BOOST_TEST(value(read, "mlp_rollout_held", {{"reason", reason}}) == "0");
  }
  for (const char* arm : {"canary", "stable"}) {
    BOOST_TEST(value(read, "mlp_rollout_users", {{"arm", arm}}) == "0");
  }
  for (const char* change : {"advanced", "rolled-back", "done", "held", "resumed", "restarted",
                             "outage", "outage-ended", "edited"}) {
    BOOST_TEST(value(read, "mlp_rollout_changes_total", {{"change", change}}) == "0", change);
  }

  TestPolicy trying;
  trying.TryTone();
  Client other(trying.policy(), Options());
  read = ParseOpenMetrics(other.Metrics());
  BOOST_REQUIRE_EQUAL(read.error, "");
  BOOST_TEST(read.Value("mlp_experiment_running", {{"experiment", "tone"}}) == "1");
  for (const char* arm : {"plain", "warm"}) {
    BOOST_TEST(read.Value("mlp_experiment_users", {{"experiment", "tone"}, {"arm", arm}}) == "0");
  }
}

BOOST_AUTO_TEST_CASE(rollouts_and_experiments_are_counted_as_they_go) {
  TestPolicy rolling;
  rolling.RollOut({{500'000, 0, 5, false}, {1'000'000, 0, 0, false}});
  ClientOptions options = Options();
  options.rollouts = {.look_ms = 5, .write_ms = 5, .block_s = 0};
  Client client(rolling.policy(), options);
  TestPolicy trying;
  trying.TryTone(2);
  Client other(trying.policy(), options);
  const auto after = [](Client& asked, const char* name, const Exposition::Labels& labels,
                        const std::string& value) {
    for (int user = 0; user < 400; ++user) {
      static_cast<void>(
          Ask(asked, TestPolicy::Request(1'000, 100, "user-" + std::to_string(user))));
      const Exposition read = ParseOpenMetrics(asked.Metrics());
      BOOST_REQUIRE_EQUAL(read.error, "");
      if (read.Value(name, labels) == value) return read;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return Exposition();
  };
  const Exposition done = after(client, "mlp_rollout_state", {{"mlp_rollout_state", "done"}}, "1");
  BOOST_TEST(done.Value("mlp_rollout_share_ratio") == "1");
  const Exposition ended = after(other, "mlp_experiment_running", {}, "0");
  for (const char* arm : {"plain", "warm"}) {
    const std::string users = ended.Value("mlp_experiment_users", {{"arm", arm}});
    BOOST_TEST((!users.empty() && std::stoi(users) >= 2), arm << " " << users);
  }
  // Told by the thread of callbacks, so perhaps a little later.
  BOOST_TEST(after(client, "mlp_rollout_changes_total", {{"change", "done"}}, "1").error == "");
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
