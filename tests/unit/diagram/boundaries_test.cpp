// Where decisions turn: instants that cut the horizon, ties of prices, the order of prices.
#include <vector>

#include <boost/test/unit_test.hpp>

#include "compiler/diagram/axes.hpp"
#include "compiler/diagram/dates.hpp"
#include "compiler/diagram/dump.hpp"
#include "compiler/diagram/price_lines.hpp"
#include "tests/support/model_builder.hpp"
#include "tests/unit/diagram/decision_support.hpp"

namespace mlp::test {
namespace {

using compiler::Index;
using compiler::ObjectiveKind;
using Instants = std::vector<std::int64_t>;

BOOST_AUTO_TEST_SUITE(boundaries)

/// One candidate `m` that every request is served by, in a horizon of [1,000, 9,000).
struct OneCandidate {
  ModelBuilder build;
  compiler::CandidateModel& candidate = build.Candidate("m", build.Provider("p"));
  compiler::RouteModel& route = build.Route("all");
  OneCandidate() {
    build.model.valid = {1'000, 9'000};
    route.steps = {ModelBuilder::List({0})};
  }
  [[nodiscard]] Instants Cuts() const { return compiler::CutPoints(build.model); }
};

BOOST_FIXTURE_TEST_CASE(each_date_within_the_horizon_cuts_it, OneCandidate) {
  BOOST_TEST(Cuts() == Instants{1'000}, boost::test_tools::per_element());
  candidate.released_s = 1'001;
  candidate.deprecated_s = 5'000;
  candidate.retires_s = 8'999;  // the last instant
  const Instants expected{1'000, 1'001, 5'000, 8'999};
  BOOST_TEST(Cuts() == expected, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(dates_at_its_ends_and_outside_do_not, OneCandidate) {
  candidate.released_s = 999;
  candidate.deprecated_s = 1'000;
  candidate.retires_s = 9'000;
  BOOST_TEST(Cuts() == Instants{1'000}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_price_cuts_where_it_begins_and_where_it_ends, OneCandidate) {
  candidate.prices = {ModelBuilder::Price(1, 1, {2'000, 3'000})};
  const Instants expected{1'000, 2'000, 3'000};
  BOOST_TEST(Cuts() == expected, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_time_to_the_retirement_cuts_before_and_behind_its_instant, OneCandidate) {
  candidate.retires_s = 8'000;
  compiler::CandidateAtom atom;
  atom.fact = compiler::FactKind::kRetiresIn;
  atom.value = 3'000;
  route.steps[0].where.atoms = {atom};
  route.steps[0].where.nodes.push_back({compiler::ConditionKind::kAtom, 0, {}, {}});
  const Instants expected{1'000, 5'000, 5'001, 8'000};
  BOOST_TEST(Cuts() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_prefix_ends_with_the_last_text_that_begins_so) {
  BOOST_TEST(compiler::AfterPrefix("ab") == "ac");
  BOOST_TEST(compiler::AfterPrefix("a\xFF") == "b");
  BOOST_TEST(compiler::AfterPrefix("\xFF\xFF").empty());
}

BOOST_AUTO_TEST_CASE(equal_costs_of_the_mix_go_by_output_price_and_then_by_name) {
  ModelBuilder build;
  const Index provider = build.Provider("p");
  build.Candidate("a", provider, 4, 7);
  build.Candidate("b", provider, 4, 5);
  build.Candidate("c", provider, 4, 5);
  build.Candidate("d", provider, 3, 9);
  auto& route = build.Route("all");
  route.has_mix = true;
  route.mix_input = 1'000;
  route.mix_output = 0;
  route.steps = {
      ModelBuilder::Objective(ObjectiveKind::kCheapest, build.Pool("pool", {0, 1, 2, 3}))};
  const compiler::OwnedTables owned = CompileSample(build.model);
  std::string order;
  for (const Row& row : owned.view().rows) order += owned.view().models[row.model].name;
  BOOST_TEST(order == "dbca");
}

BOOST_AUTO_TEST_CASE(a_scheduled_price_stands_before_the_plain_one_that_it_replaces) {
  ModelBuilder build;
  auto& candidate = build.Candidate("m", build.Provider("p"), 2, 2);
  compiler::PriceModel night = ModelBuilder::Price(1, 1);
  night.days = 0b1111111;
  night.to_minute = 60;
  candidate.prices.push_back(night);
  build.Route("all").steps = {ModelBuilder::List({0})};
  const compiler::OwnedTables owned = CompileSample(build.model);
  const auto prices = owned.view().models[0].prices;
  BOOST_TEST_REQUIRE(prices.size() == 2U);
  BOOST_TEST(prices[0].days != 0);
  BOOST_TEST(prices[1].days == 0);
}

BOOST_AUTO_TEST_CASE(what_is_cut_to_the_cap_counts_as_the_cap) {
  ModelBuilder build;
  const Index output = build.Tokens("output", 4'000);
  build.Candidate("m", build.Provider("p"));
  auto& route = build.Route("all");
  route.steps = {ModelBuilder::List({0})};
  route.output_cap = 1'000;
  route.cache_ttl_ms = 60'000;
  const auto leaves = [&](std::int64_t first, std::int64_t last) {
    route.cache_when = When::Codes(output, first, last);
    compiler::Diagnostics diagnostics;
    return compiler::DumpDiagram(build.model, compiler::BuildDiagram(build.model, {}, diagnostics));
  };
  // Requests for 1,001 to 4,000 tokens are seen with the 1,000 that they get.
  BOOST_TEST(leaves(0, 1'000) ==
             "axis output of 4001\n"
             "from 1970-01-01\n"
             "  leaf 0\n"
             "leaf 0: route all, cached 60000ms\n"
             "  m step 1 endpoint 0\n");
  BOOST_TEST(leaves(1'001, 4'000) ==
             "axis output of 4001\n"
             "from 1970-01-01\n"
             "  leaf 0\n"
             "leaf 0: route all\n"
             "  m step 1 endpoint 0\n");
}

BOOST_AUTO_TEST_CASE(a_price_of_short_prompts_ends_with_the_longest_of_them) {
  ModelBuilder build;
  auto& candidate = build.Candidate("m", build.Provider("p"), 2, 2);
  candidate.prices[0].max_prompt = 200;
  const auto tiers = compiler::PriceTiers(build.model, candidate, false, 0);
  BOOST_TEST_REQUIRE(tiers.size() == 2U);
  BOOST_TEST(tiers[0].max_prompt == 200);
  BOOST_TEST(tiers[0].lines.size() == 1U);
  BOOST_TEST(tiers[1].min_prompt == 201);
  BOOST_TEST(tiers[1].lines.empty());
}

BOOST_AUTO_TEST_CASE(a_cost_bound_is_kept_to_the_last_token) {
  ModelBuilder build;
  const Index input = build.Tokens("input", 2'000'000);
  build.Candidate("m", build.Provider("p"), 1'000'000, 0);  // a dollar per million tokens
  auto& route = build.Route("all");
  route.steps = {ModelBuilder::List({0})};
  route.cost_pico = 1'000'000'000'000;
  const compiler::OwnedTables owned = CompileSample(build.model);
  const auto outcome = [&](std::int32_t tokens) {
    ReferenceRequest request{{0}, {""}, {0}};
    request.codes[input] = tokens;
    return TablesDecide(build.model, owned.view(), request, {}).outcome;
  };
  BOOST_TEST((outcome(1'000'000) == DecisionOutcome::kServe));
  BOOST_TEST((outcome(1'000'001) == DecisionOutcome::kNoCandidate));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::test
