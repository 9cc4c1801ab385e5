// Decisions on the sample policy: each reason for which a candidate is taken or left.
#include "mlp/decide.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "tests/support/sample_tables.hpp"

namespace mlp {
namespace {

using test::kLocal;
using test::kMini;
using test::kNext;
using test::kSonnet;
using test::SampleRequest;

struct Fixture {
  const Tables& tables = test::SampleTables();
  LiveState live{tables};
  SampleRequest request;
  DecideOptions options;

  Decision Run() { return Decide(tables, live, request.View(), options); }
  /// Names of the candidates in order, a canary's with `*`.
  std::string Names() {
    const Decision decision = Run();
    std::string text;
    for (const Candidate& candidate : decision.list()) {
      if (!text.empty()) text += ' ';
      text += tables.models[candidate.model].name;
      if (candidate.rollout != kNone16) text += '*';
    }
    return text;
  }
};

BOOST_FIXTURE_TEST_SUITE(decide, Fixture)

BOOST_AUTO_TEST_CASE(routes_and_outcomes) {
  Decision decision = Run();
  BOOST_CHECK(decision.outcome == DecisionOutcome::kServe);
  BOOST_TEST(decision.route == test::kRouteElse);
  BOOST_TEST(decision.cache_ttl_s == 3'600U);
  BOOST_TEST(decision.output_tokens == 500U);

  request.task = 1;
  decision = Run();
  BOOST_TEST(decision.route == test::kRouteCode);
  BOOST_TEST(decision.cache_ttl_s == 0U);

  request.input = 100'001;
  decision = Run();
  BOOST_CHECK(decision.outcome == DecisionOutcome::kRefused);
  BOOST_TEST(decision.route == test::kRouteTooLong);
  BOOST_TEST(decision.list().size() == 0U);
  request.input = 100'000;
  BOOST_CHECK(Run().outcome == DecisionOutcome::kServe);
}

BOOST_AUTO_TEST_CASE(no_route_at_a_leaf_that_has_none) {
  std::vector<Leaf> leaves(tables.leaves.begin(), tables.leaves.end());
  leaves[2].kind = LeafKind::kNoRoute;
  leaves[2].route = kNone16;
  Tables varied = tables;
  varied.leaves = leaves;
  const Decision decision = Decide(varied, live, request.View());
  BOOST_CHECK(decision.outcome == DecisionOutcome::kNoRoute);
  BOOST_TEST(decision.route == kNone16);
}

BOOST_AUTO_TEST_CASE(the_root_in_force_answers) {
  request.task = 1;
  live.set_share_ppm(0, 0);
  BOOST_TEST(Names() == "sonnet mini");
  live.set_root(RootAt(tables, test::kSampleSecondRoot_s));
  BOOST_TEST(Names() == "sonnet local");
  BOOST_TEST(Run().root == 1U);
}

BOOST_AUTO_TEST_CASE(codes_outside_of_the_domain) {
  const auto outside = [&] { return Run().outcome == DecisionOutcome::kOutOfDomain; };
  request.task = 3;
  BOOST_TEST(outside());
  request.task = -1;
  BOOST_TEST(outside());
  request.task = 2;
  BOOST_TEST(!outside());
  request.input = 400'001;
  BOOST_TEST(outside());
  request.input = 400'000;
  BOOST_TEST(!outside());
  request.output = -1;
  BOOST_TEST(outside());
  request.output = 16'000;
  BOOST_TEST(!outside());
  request.asks = 8;
  BOOST_TEST(outside());
  request.asks = 7;
  BOOST_TEST(!outside());
  // Fewer values than the tables ask for.
  RequestView view = request.View();
  view.codes = view.codes.first(3);
  BOOST_CHECK(Decide(tables, live, view).outcome == DecisionOutcome::kOutOfDomain);
}

BOOST_AUTO_TEST_CASE(asks_choose_by_capability) {
  request.asks = 1;
  BOOST_TEST(Names() == "mini local");
  request.asks = 2;
  BOOST_TEST(Names() == "mini");
  request.asks = 4;
  BOOST_TEST(Names() == "");
  BOOST_CHECK(Run().outcome == DecisionOutcome::kNoCandidate);
  BOOST_TEST(Run().route == test::kRouteElse);
}

BOOST_AUTO_TEST_CASE(guards_at_their_edge) {
  live.set_share_ppm(0, 0);
  // input + output <= 32,000 for local, with the output after the cap of 1,000.
  request.output = 16'000;
  for (const int over : {-1, 0, 1}) {
    request.input = 31'000 + over;
    BOOST_TEST(Names() == (over > 0 ? "mini" : "mini local"));
    BOOST_TEST(Run().output_tokens == 1'000U);
  }
  // $3/M of input and $15/M of output within $0.50: beside 16,000 of output, 86,666 of input.
  request.task = 1;
  request.output = 16'000;
  for (const int over : {-1, 0, 1}) {
    request.input = 86'666 + over;
    BOOST_TEST(Names() == (over > 0 ? "mini" : "sonnet mini"));
  }
}

BOOST_AUTO_TEST_CASE(a_policy_without_token_attributes_has_no_tokens) {
  Tables varied = tables;
  varied.input_code = kNone16;
  varied.output_code = kNone16;
  request.input = 99'999;
  const Decision decision = Decide(varied, live, request.View());
  BOOST_TEST(decision.count == 2);
  BOOST_TEST(decision.output_tokens == 0U);
}

BOOST_AUTO_TEST_CASE(models_that_are_down_and_conditions_that_fail) {
  request.task = 1;
  live.set_share_ppm(0, 0);
  live.set_model_up(kSonnet, false);
  BOOST_TEST(Names() == "mini");
  live.set_condition(0, false);
  BOOST_TEST(Names() == "");
  live.set_model_up(kSonnet, true);
  BOOST_TEST(Names() == "sonnet");
  live.set_condition(0, true);
  BOOST_TEST(Names() == "sonnet mini");
}

BOOST_AUTO_TEST_CASE(a_canary_unit_gets_new_then_old) {
  request.task = 1;
  const std::uint32_t bucket = Bucket("sonnet-next", "user-1");
  live.set_share_ppm(0, bucket);
  BOOST_TEST(Names() == "sonnet mini");
  live.set_share_ppm(0, bucket + 1);
  BOOST_TEST(Names() == "next* sonnet mini");
  live.set_share_ppm(0, 1'000'000);
  BOOST_TEST(Names() == "next* sonnet mini");
  live.set_model_up(kNext, false);
  BOOST_TEST(Names() == "sonnet mini");
  live.set_model_up(kNext, true);
  request.user = "";
  BOOST_TEST(Names() == "sonnet mini");
}

BOOST_AUTO_TEST_CASE(ramps_are_monotone_and_hit_their_share) {
  request.task = 1;
  std::vector<std::string> users;
  for (int i = 0; i < 20'000; ++i) users.push_back("user-" + std::to_string(i));
  std::vector<bool> before(users.size(), false);
  for (const std::uint32_t share : {10'000U, 50'000U, 250'000U, 1'000'000U}) {
    live.set_share_ppm(0, share);
    std::size_t canaries = 0;
    for (std::size_t i = 0; i < users.size(); ++i) {
      request.user = users[i];
      const bool canary = Run().candidates[0].rollout == 0;
      BOOST_REQUIRE(canary || !before[i]);
      before[i] = canary;
      canaries += canary ? 1 : 0;
    }
    // Within five standard deviations of a binomial.
    const double p = share / 1e6;
    const double deviation = std::sqrt(20'000 * p * (1 - p));
    BOOST_TEST(std::abs(static_cast<double>(canaries) - 20'000 * p) <= 5 * deviation);
  }
}

BOOST_AUTO_TEST_CASE(cheapest_order_ignores_groups) {
  options.prefer_cheapest = true;
  BOOST_TEST(Names() == "local mini");
  request.task = 1;
  live.set_share_ppm(0, 1'000'000);
  BOOST_TEST(Names() == "mini next* sonnet");
  std::vector<Leaf> leaves(tables.leaves.begin(), tables.leaves.end());
  for (Leaf& leaf : leaves) leaf.first_cheapest = kNone32;
  Tables varied = tables;
  varied.leaves = leaves;
  BOOST_TEST(Decide(varied, live, request.View(), options).candidates[0].model == kNext);
}

BOOST_AUTO_TEST_CASE(candidates_tell_where_they_come_from) {
  request.task = 1;
  live.set_share_ppm(0, 1'000'000);
  const Decision decision = Run();
  BOOST_TEST(decision.count == 3);
  BOOST_TEST(decision.candidates[0].model == kNext);
  BOOST_TEST(decision.candidates[0].row == 0U);
  BOOST_TEST(decision.candidates[0].rollout == 0);
  BOOST_TEST(decision.candidates[2].model == kMini);
  BOOST_TEST(decision.candidates[2].endpoint == 1);
  BOOST_TEST(decision.candidates[2].step == 1);
  BOOST_TEST(decision.candidates[2].rollout == kNone16);
}

BOOST_AUTO_TEST_CASE(no_more_than_the_most_candidates) {
  std::vector<Model> models(40, tables.models[kLocal]);
  std::vector<Row> rows;
  for (std::uint16_t i = 0; i < 40; ++i) {
    Row row = tables.rows[3];
    row.model = i;
    row.group = 0;
    rows.push_back(row);
    rows.push_back(row);  // a second row of a model that is taken is skipped
  }
  std::vector<Leaf> leaves(tables.leaves.begin(), tables.leaves.end());
  leaves[2].first_row = 0;
  leaves[2].row_count = static_cast<std::uint16_t>(rows.size());
  Tables varied = tables;
  varied.models = models;
  varied.rows = rows;
  varied.leaves = leaves;
  const LiveState all_up(varied);
  const Decision decision = Decide(varied, all_up, request.View());
  BOOST_TEST(decision.count == kMaxCandidates);
  for (std::size_t i = 0; i < decision.count; ++i) BOOST_TEST(decision.candidates[i].model == i);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
