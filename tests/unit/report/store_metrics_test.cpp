// The metrics of a store of several processes' files, held against its records and its ledger.
#include "runtime/report/store_metrics.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <string>
#include <vector>

#include "mlp/money.hpp"
#include "mlp/store.hpp"
#include "runtime/store/ledger_file.hpp"
#include "tests/support/open_metrics_parser.hpp"
#include "tests/support/random_records.hpp"
#include "tests/support/scratch_folder.hpp"

namespace mlp {
namespace {

using test::Exposition;

constexpr std::int64_t kNow_s = 1'795'000'000;

Exposition Read(const std::string& path) {
  const Result<std::string> text = QueryMetrics(path, kNow_s);
  if (!text.ok()) BOOST_FAIL(text.error().context);
  return test::ParseOpenMetrics(*text);
}

BOOST_AUTO_TEST_SUITE(store_metrics)

BOOST_AUTO_TEST_CASE(all_files_are_counted_together) {
  const ScratchFolder folder;
  const std::string path = folder / "m.db";
  RandomRecords random(31);
  std::vector<CallRecord> calls;
  {
    auto first = Store::Open(path);
    auto second = Store::Open(path);  // FILE.2
    BOOST_REQUIRE(first.ok());
    BOOST_REQUIRE(second.ok());
    for (int i = 0; i < 600; ++i) {
      calls.push_back(random.Plausible());
      BOOST_TEST_REQUIRE((i % 2 == 0 ? *first : *second)->Append(calls.back()));
    }
    BOOST_TEST((*first)->Flush().ok());
    BOOST_TEST((*second)->Flush().ok());
  }
  const Exposition read = Read(path);
  BOOST_REQUIRE_EQUAL(read.error, "");
  BOOST_TEST(read.Value("mlp_store_calls_total", {{"result", "written"}}) == "600");
  BOOST_TEST(read.Value("mlp_store_calls_total", {{"result", "lost"}}) == "0");

  std::map<std::pair<std::string, std::string>, int> by_outcome;
  std::map<std::string, int> by_arm;
  std::map<std::string, std::int64_t> cost;
  std::map<std::string, std::int64_t> output;
  std::map<std::string, int> attempts;
  for (const CallRecord& call : calls) {
    ++by_outcome[{call.route, std::string(ToString(call.outcome))}];
    if (call.outcome == ErrorClass::kNone) ++by_arm[call.arms];
    for (const AttemptRecord& attempt : call.attempts) {
      cost[attempt.model] += attempt.cost_pico;
      if (attempt.usage.reported) output[attempt.model] += attempt.usage.output;
      ++attempts[attempt.model];
    }
  }
  for (const auto& [key, count] : by_outcome) {
    BOOST_TEST(read.Value("mlp_calls_total", {{"route", key.first}, {"outcome", key.second}}) ==
               std::to_string(count));
  }
  for (const auto& [arms, count] : by_arm) {
    const std::size_t colon = arms.find(':');
    BOOST_TEST(read.Value("mlp_rollout_calls_total", {{"rollout", arms.substr(0, colon)},
                                                      {"arm", arms.substr(colon + 1)},
                                                      {"outcome", "none"}}) ==
               std::to_string(count));
  }
  BOOST_TEST(cost.size() > 1U);
  for (const auto& [model, pico] : cost) {
    const auto shown = ParseMoney("$" + read.Value("mlp_cost_usd_total", {{"model", model}}));
    BOOST_REQUIRE(shown.has_value());
    BOOST_TEST(shown->pico_usd == pico);
    BOOST_TEST(read.Value("mlp_tokens_total", {{"model", model}, {"class", "output"}}) ==
               std::to_string(output[model]));
    int shown_attempts = 0;
    for (std::size_t i = 0; i < kErrorClassCount; ++i) {
      shown_attempts += std::stoi(read.Value(
          "mlp_attempts_total",
          {{"model", model}, {"outcome", std::string(ToString(static_cast<ErrorClass>(i)))}}));
    }
    BOOST_TEST(shown_attempts == attempts[model]);
  }
}

BOOST_AUTO_TEST_CASE(wild_names_stay_one_label) {
  const ScratchFolder folder;
  const std::string path = folder / "m.db";
  RandomRecords random(32);
  {
    auto store = Store::Open(path);
    BOOST_REQUIRE(store.ok());
    for (int i = 0; i < 200; ++i) BOOST_TEST_REQUIRE((*store)->Append(random.Wild()));
    BOOST_TEST((*store)->Flush().ok());
  }
  BOOST_TEST(Read(path).error == "");
}

BOOST_AUTO_TEST_CASE(budgets_are_the_ledgers_without_a_tenant) {
  const ScratchFolder folder;
  const std::string path = folder / "m.db";
  BOOST_REQUIRE(Store::Open(path).ok());
  {
    LedgerFile ledger;
    BOOST_REQUIRE(ledger.Open(path + ".ledger").ok());
    for (const char* tenant : {"acme", "globex"}) {
      const LedgerAccount account{.budget = "spend",
                                  .value = tenant,
                                  .per_day_pico = 5 * kPicoPerUsd,
                                  .per_month_pico = INT64_MAX};
      BOOST_REQUIRE(ledger.Begin().ok());
      const auto grant = ledger.Reserve({&account, 1}, 1'000'000'000'007, kNow_s, kNow_s + 60);
      const auto held = ledger.Reserve({&account, 1}, 20, kNow_s, kNow_s + 60);
      BOOST_REQUIRE(grant.ok());
      BOOST_REQUIRE(held.ok());
      BOOST_REQUIRE(ledger.Settle(grant->id, 1'000'000'000'001).ok());
      BOOST_REQUIRE(ledger.Commit().ok());
    }
  }
  const Exposition read = Read(path);
  BOOST_REQUIRE_EQUAL(read.error, "");
  const Exposition::Labels day = {{"budget", "spend"}, {"period", "day"}};
  BOOST_TEST(read.Value("mlp_budget_spent_usd", day) == "2.000000000002");
  BOOST_TEST(read.Value("mlp_budget_reserved_usd", day) == "0.00000000004");
  BOOST_TEST(read.Value("mlp_budget_limit_usd", day) == "5");
  BOOST_TEST(read.Value("mlp_budget_limit_usd", {{"period", "month"}}) ==
             "0 samples of mlp_budget_limit_usd");
  BOOST_TEST(QueryMetrics(path, kNow_s)->find("acme") == std::string::npos);
  const auto down = QueryMetrics(path, kNow_s, {{.name = "opus", .why = "too dear", .who = "ann"}});
  BOOST_REQUIRE(down.ok());
  BOOST_TEST(test::ParseOpenMetrics(*down).Value("mlp_taken_down", {{"name", "opus"}}) == "1");
  BOOST_TEST(down->find("ann") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(no_store_is_an_error_and_an_empty_one_is_zero) {
  const ScratchFolder folder;
  BOOST_TEST(!QueryMetrics(folder / "none.db", kNow_s).ok());
  const std::string path = folder / "m.db";
  BOOST_REQUIRE(Store::Open(path).ok());
  const Exposition read = Read(path);
  BOOST_TEST(read.error == "");
  BOOST_TEST(read.Value("mlp_store_calls_total", {{"result", "written"}}) == "0");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
