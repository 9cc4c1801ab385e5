// What a client counts, held against sums over the same records, through the text and its reader.
#include "runtime/engine/observe/call_counters.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "mlp/money.hpp"
#include "tests/support/open_metrics_parser.hpp"
#include "tests/support/random_records.hpp"
#include "tests/unit/engine/test_policy.hpp"

namespace mlp::engine {
namespace {

using test::Exposition;
using test::ParseOpenMetrics;

Exposition Read(const CallCounters& counters) {
  OpenMetricsWriter out;
  WriteCallMetrics(counters.Metrics(), out);
  return ParseOpenMetrics(out.Finish());
}

/// Records as services make them, in the names of the test policy.
std::vector<CallRecord> Records(std::uint64_t seed, std::size_t count) {
  BOOST_TEST_MESSAGE("seed " << seed);
  RandomRecords random(seed);
  const std::string models[] = {"opus", "gpt", "llama"};
  std::vector<CallRecord> records;
  for (std::size_t i = 0; i < count; ++i) {
    CallRecord call = random.Plausible();
    call.route = random.Number(8) == 0 ? "" : "all";
    call.outcome = static_cast<ErrorClass>(random.Number(kErrorClassCount));
    for (AttemptRecord& attempt : call.attempts) {
      attempt.model = models[random.Number(3)];
      attempt.error_class = static_cast<ErrorClass>(random.Number(kErrorClassCount));
      attempt.kind = static_cast<AttemptKind>(random.Number(3));
    }
    records.push_back(std::move(call));
  }
  return records;
}

BOOST_AUTO_TEST_SUITE(call_counters)

BOOST_AUTO_TEST_CASE(all_series_are_there_at_zero) {
  TestPolicy policy;
  const CallCounters counters(policy.policy().tables());
  const Exposition read = Read(counters);
  BOOST_REQUIRE_EQUAL(read.error, "");
  BOOST_TEST(
      read.Value("mlp_policy_info", {{"policy", "test"}, {"version", "1"}, {"hash", "00"}}) == "1");
  for (std::size_t i = 0; i < kErrorClassCount; ++i) {
    const std::string outcome(ToString(static_cast<ErrorClass>(i)));
    for (const char* route : {"all", ""}) {
      BOOST_TEST(read.Value("mlp_calls_total", {{"route", route}, {"outcome", outcome}}) == "0");
    }
    for (const char* model : {"opus", "gpt", "llama"}) {
      BOOST_TEST(read.Value("mlp_attempts_total", {{"model", model}, {"outcome", outcome}}) == "0");
    }
  }
  BOOST_TEST(read.Value("gen_ai_client_token_usage_count",
                        {{"gen_ai_request_model", "gpt"}, {"gen_ai_token_type", "output"}}) == "0");
  BOOST_TEST(read.Value("mlp_cost_usd_total", {{"model", "llama"}}) == "0");
  std::size_t samples = 0;
  for (const auto& family : read.families) samples += family.samples.size();

  CallCounters later(policy.policy().tables());
  for (const CallRecord& call : Records(3, 200)) later.Count(call);
  std::size_t later_samples = 0;
  for (const auto& family : Read(later).families) later_samples += family.samples.size();
  BOOST_TEST(samples == later_samples);
}

BOOST_AUTO_TEST_CASE(counts_are_the_sums_over_the_records) {
  TestPolicy policy;
  CallCounters counters(policy.policy().tables());
  const std::vector<CallRecord> records = Records(20261121, 3'000);
  for (const CallRecord& call : records) counters.Count(call);
  const Exposition read = Read(counters);
  BOOST_REQUIRE_EQUAL(read.error, "");

  const auto count_calls = [&](const std::function<bool(const CallRecord&)>& counts) {
    return std::to_string(std::count_if(records.begin(), records.end(), counts));
  };
  for (const std::string route : {"all", ""}) {
    for (std::size_t i = 0; i < kErrorClassCount; ++i) {
      const auto outcome = static_cast<ErrorClass>(i);
      BOOST_TEST(read.Value("mlp_calls_total",
                            {{"route", route}, {"outcome", std::string(ToString(outcome))}}) ==
                 count_calls([&](const CallRecord& call) {
                   return call.route == route && call.outcome == outcome;
                 }));
    }
    BOOST_TEST(read.Value("mlp_fallbacks_total", {{"route", route}}) ==
               count_calls([&](const CallRecord& call) {
                 bool fell_back = false;
                 for (const auto& attempt : call.attempts)
                   fell_back = fell_back || attempt.kind == AttemptKind::kFallback;
                 return call.route == route && fell_back;
               }));
    BOOST_TEST(read.Value("mlp_call_duration_seconds_bucket", {{"route", route}, {"le", "1.28"}}) ==
               count_calls([&](const CallRecord& call) {
                 return call.route == route && call.duration_us <= 1'280'000;
               }));
    BOOST_TEST(read.Value("mlp_call_duration_seconds_count", {{"route", route}}) ==
               count_calls([&](const CallRecord& call) { return call.route == route; }));
  }
  for (const std::string model : {"opus", "gpt", "llama"}) {
    std::int64_t cost = 0;
    std::int64_t cached = 0;
    std::int64_t retries = 0;
    std::int64_t small_prompts = 0;
    std::int64_t reported = 0;
    for (const CallRecord& call : records) {
      for (const AttemptRecord& attempt : call.attempts) {
        if (attempt.model != model) continue;
        cost += std::max<std::int64_t>(attempt.cost_pico, 0);
        retries += attempt.kind == AttemptKind::kRetry ? 1 : 0;
        if (!attempt.usage.reported) continue;
        ++reported;
        cached += attempt.usage.cache_read;
        small_prompts += attempt.usage.prompt() <= 1'024 ? 1 : 0;
      }
    }
    // ToString has cents at least, the metric no zeros at its end.
    const auto read_cost = ParseMoney("$" + read.Value("mlp_cost_usd_total", {{"model", model}}));
    BOOST_REQUIRE(read_cost.has_value());
    BOOST_TEST(read_cost->pico_usd == cost);
    BOOST_TEST(read.Value("mlp_retries_total", {{"model", model}}) == std::to_string(retries));
    BOOST_TEST(read.Value("mlp_tokens_total", {{"model", model}, {"class", "cache-read"}}) ==
               std::to_string(cached));
    const Exposition::Labels prompts = {{"gen_ai_request_model", model},
                                        {"gen_ai_token_type", "input"}};
    BOOST_TEST(read.Value("gen_ai_client_token_usage_count", prompts) == std::to_string(reported));
    Exposition::Labels small = prompts;
    small.emplace_back("le", "1024.0");
    BOOST_TEST(read.Value("gen_ai_client_token_usage_bucket", small) ==
               std::to_string(small_prompts));
  }
}

BOOST_AUTO_TEST_CASE(threads_lose_no_count) {
  TestPolicy policy;
  CallCounters counters(policy.policy().tables());
  const std::vector<CallRecord> records = Records(9, 500);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (const CallRecord& call : records) counters.Count(call);
    });
  }
  for (std::thread& thread : threads) thread.join();
  CallCounters once(policy.policy().tables());
  for (const CallRecord& call : records) once.Count(call);
  const Exposition all = Read(counters);
  const Exposition one = Read(once);
  BOOST_REQUIRE_EQUAL(all.error, "");
  const Exposition::Labels labels = {{"route", "all"}};
  BOOST_TEST(std::stoull(all.Value("mlp_call_duration_seconds_count", labels)) ==
             4 * std::stoull(one.Value("mlp_call_duration_seconds_count", labels)));
  BOOST_TEST(
      std::stoull(all.Value("mlp_tokens_total", {{"model", "gpt"}, {"class", "output"}})) ==
      4 * std::stoull(one.Value("mlp_tokens_total", {{"model", "gpt"}, {"class", "output"}})));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
