// What the tables say of budgets, alerts and evaluators, against the policy's own words.
#include <string>

#include <boost/test/unit_test.hpp>

#include "mlp/budget_rules.hpp"
#include "tests/property/compiled.hpp"

namespace mlp::compiler {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kNewYear = 1'798'761'600;  // 2027-01-01

constexpr const char* kPolicy = R"(language 1
policy desk { version "1.0.0"; stage development; valid 2026-11-21 .. 2027-11-21 }
request {
  task    one of chat, code
  tier    one of free, pro
  tenant  text
  input   tokens up to 1K
  output  tokens up to 100
}
provider acme { protocol openai; endpoint us "https://us.acme.example" }
model dear {
  provider acme; pin exact "dear-1"; context 50K, output 8K; can text-input, text-output
  price from 2020-01-01 input $10/M, output $20/M
  price from 2027-01-01 input $1/M, output $2/M
  limit 60 requests per minute, 2M tokens per minute, slow at 90%
}
model small { provider acme; pin exact "small-1"; context 50K, output 8K; can text-input, text-output; price input $1/M, output $1/M }
route all otherwise { try dear; else small; quality at least 0.7 by answers }
budget purse when tier == free and (task == code or tenant starts-with "big-") {
  limit $1 per day, $20 per month
  per tenant
  at 95% deny
  at 50% alert oncall
  at 80% only price.output <= $5/M
  at 90% only request.input <= 500 and live.latency.p95 <= 2s
  at 60% prefer cheapest
}
budget everything { limit $9 per day }
evaluator answers { part completeness 40%; part tone 60%; window 50 calls; floor 0.6 }
alert oncall { log; webhook env "HOOK" sign env "SECRET"; webhook env "OTHER"; callback page-team
  when fallbacks > 3 over 1h and failures > 2% and latency.p95 > 5s }
alert spend { callback page-team; when calls > 100 or cost > $2 over 1d }
)";

struct Fixture {
  Fixture() : compiled(oracle::CompileText("desk", kPolicy)) {
    BOOST_REQUIRE_MESSAGE(compiled->tables.has_value(), compiled->errors());
  }
  [[nodiscard]] const Tables& tables() const { return compiled->tables->view(); }
  [[nodiscard]] static Candidate Named(const Tables& tables, std::string_view name) {
    Candidate candidate{};
    for (std::size_t i = 0; i < tables.models.size(); ++i) {
      if (tables.models[i].name == name) candidate.model = static_cast<std::uint16_t>(i);
    }
    return candidate;
  }
  std::unique_ptr<oracle::Compiled> compiled;
};

BOOST_AUTO_TEST_SUITE(budget_tables)

BOOST_AUTO_TEST_CASE(every_request_counts_against_the_budgets_whose_condition_holds) {
  const Fixture fixture;
  const Tables& tables = fixture.tables();
  BOOST_REQUIRE_EQUAL(tables.budgets.size(), 2U);
  for (const std::int32_t task : {0, 1}) {
    for (const std::int32_t tier : {0, 1}) {
      for (const std::string_view tenant : {"", "big", "big-", "big-x", "bih", "zoo"}) {
        const std::array<std::int32_t, 4> codes{task, tier, 7, 9};
        const RequestView request{codes, {&tenant, 1}, {}};
        const bool wanted = tier == 0 && (task == 1 || tenant.starts_with("big-"));
        BOOST_TEST(CountsAgainst(tables, tables.budgets[0], request) == wanted);
        BOOST_TEST(CountsAgainst(tables, tables.budgets[1], request));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(steps_ascend_and_only_leaves_what_its_condition_says_on_each_day) {
  const Fixture fixture;
  const Tables& tables = fixture.tables();
  const Budget& purse = tables.budgets[0];
  BOOST_TEST(tables.attributes[purse.per].name == "tenant");
  BOOST_TEST(tables.budgets[1].per == kNone16);
  BOOST_REQUIRE_EQUAL(purse.steps.size(), 5U);
  BOOST_TEST((purse.steps[0].action == BudgetAction::kAlert));
  BOOST_TEST(tables.alerts[purse.steps[0].alert].name == "oncall");
  BOOST_TEST((purse.steps[1].action == BudgetAction::kPreferCheapest));
  BOOST_TEST((purse.steps[2].action == BudgetAction::kOnly));
  BOOST_TEST((purse.steps[3].action == BudgetAction::kOnly));
  BOOST_TEST((purse.steps[4].action == BudgetAction::kDeny));
  BOOST_TEST(purse.steps[2].at_ppm == 800'000U);

  const std::string_view tenant = "t";
  LiveState live(tables);
  for (const std::int64_t at_s : {kNewYear - kDay, kNewYear - 1, kNewYear, kNewYear + kDay}) {
    for (const std::int32_t input : {0, 500, 501, 1'000}) {
      const std::array<std::int32_t, 4> codes{0, 0, input, 9};
      const RequestView request{codes, {&tenant, 1}, {}};
      for (const std::string_view name : {"dear", "small"}) {
        const Candidate candidate = Fixture::Named(tables, name);
        const auto passes = [&](std::size_t step) {
          return PassesOnly(tables, live, purse.steps[step], at_s, request, 9, candidate);
        };
        BOOST_TEST(passes(2) == (name == "small" || at_s >= kNewYear));
        for (const bool fast : {true, false}) {
          for (std::uint16_t i = 0; i < tables.live_conditions.size(); ++i) {
            live.set_condition(i, fast);
          }
          BOOST_TEST(passes(3) == (input <= 500 && fast));
        }
        BOOST_TEST(passes(0));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(alerts_evaluators_and_limits_are_as_written) {
  const Fixture fixture;
  const Tables& tables = fixture.tables();
  BOOST_REQUIRE_EQUAL(tables.alerts.size(), 2U);
  const Alert& alert = tables.alerts[0];
  BOOST_TEST(alert.logs);
  BOOST_TEST(!alert.any);
  BOOST_REQUIRE_EQUAL(alert.webhook_env.size(), 2U);
  BOOST_TEST(alert.webhook_env[0] == "HOOK");
  BOOST_TEST(alert.sign_env[0] == "SECRET");
  BOOST_TEST(alert.sign_env[1].empty());
  BOOST_TEST(alert.callbacks[0] == "page-team");
  BOOST_REQUIRE_EQUAL(alert.atoms.size(), 3U);
  BOOST_TEST((alert.atoms[0].measure == AlertMeasure::kFallbacks));
  BOOST_TEST(alert.atoms[0].threshold == 3);
  BOOST_TEST(alert.atoms[0].window_s == 3'600U);
  BOOST_TEST((alert.atoms[1].measure == AlertMeasure::kErrorRate));
  BOOST_TEST(alert.atoms[1].threshold == 20'000);
  BOOST_TEST((alert.atoms[2].measure == AlertMeasure::kLatencyP95));
  BOOST_TEST((alert.atoms[2].comparison == Comparison::kGreater));
  BOOST_TEST(alert.atoms[2].threshold == 5'000'000);

  const Alert& spend = tables.alerts[1];
  BOOST_TEST(spend.any);
  BOOST_REQUIRE_EQUAL(spend.atoms.size(), 2U);
  BOOST_TEST((spend.atoms[1].measure == AlertMeasure::kCost));
  BOOST_TEST(spend.atoms[1].threshold == 2 * kPicoPerUsd);
  BOOST_TEST(spend.atoms[1].window_s == 86'400U);

  const RoutePlan& route = tables.routes[0];
  BOOST_TEST(route.quality_floor_ppm == 700'000U);
  const Evaluator& evaluator = tables.evaluators[route.evaluator];
  BOOST_TEST(evaluator.name == "answers");
  BOOST_TEST(evaluator.parts[1].weight_ppm == 600'000U);
  BOOST_TEST(evaluator.window_calls == 50U);
  BOOST_TEST(evaluator.floor_ppm == 600'000U);
  BOOST_TEST(evaluator.judge_route == kNone16);

  const Model& dear = tables.models[Fixture::Named(tables, "dear").model];
  BOOST_TEST(dear.requests_per_minute == 60);
  BOOST_TEST(dear.tokens_per_minute == 2'000'000);
  BOOST_TEST(dear.slow_at_ppm == 900'000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
