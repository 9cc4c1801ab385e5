#include "runtime/engine/health/live_order.hpp"

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "runtime/core/split_mix.hpp"
#include "tests/unit/engine/test_policy.hpp"

namespace mlp::engine {
namespace {

struct Fixture {
  TestPolicy policy;

  std::vector<OrderMember> Order(std::span<const MemberFacts> facts, std::uint64_t& nibbles) {
    const Tables& tables = policy.policy().tables();
    const std::vector<LiveGroup> groups = FindLiveGroups(tables);
    BOOST_REQUIRE_EQUAL(groups.size(), 1U);
    return OrderLive(tables, groups[0], facts, 0, nibbles);
  }
  std::string Names(std::span<const MemberFacts> facts) {
    std::uint64_t nibbles = 0;
    std::string names;
    for (const OrderMember& member : Order(facts, nibbles)) {
      names += (names.empty() ? "" : " ") + member.model;
    }
    return names;
  }
};

BOOST_FIXTURE_TEST_SUITE(live_order, Fixture)

BOOST_AUTO_TEST_CASE(the_members_of_an_order_are_those_of_its_groups) {
  policy.OrderBy(GroupKind::kBalanced, {1, 2, 3, 4});
  const std::vector<LiveGroup> groups = FindLiveGroups(policy.policy().tables());
  const std::vector<std::uint16_t> models{0, 1, 2};
  BOOST_TEST(groups[0].models == models, boost::test_tools::per_element());
  BOOST_TEST(groups[0].endpoints == models, boost::test_tools::per_element());
  BOOST_TEST((groups[0].kind == GroupKind::kBalanced));
  BOOST_TEST(groups[0].weights_ppm[3] == 4U);
}

BOOST_AUTO_TEST_CASE(the_fastest_comes_first_and_failures_make_slow) {
  policy.OrderBy(GroupKind::kFastest);
  BOOST_TEST(Names(std::array<MemberFacts, 3>{{{.seconds = 2}, {.seconds = 1}, {.seconds = 3}}}) ==
             "gpt opus llama");
  BOOST_TEST(Names(std::array<MemberFacts, 3>{
                 {{.seconds = 2}, {.seconds = 1, .success = 0.3}, {.seconds = 3}}}) ==
             "opus llama gpt");
  BOOST_TEST(Names(std::array<MemberFacts, 3>{
                 {{.seconds = 2}, {.seconds = 0.1, .success = 0}, {.seconds = 3}}}) ==
             "opus llama gpt");  // fast errors attract nobody
}

BOOST_AUTO_TEST_CASE(the_unmeasured_is_tried_by_one_at_a_time) {
  policy.OrderBy(GroupKind::kFastest);
  BOOST_TEST(Names(std::array<MemberFacts, 3>{{{.seconds = 2}, {.seconds = 1}, {}}}) ==
             "llama gpt opus");
  BOOST_TEST(Names(std::array<MemberFacts, 3>{
                 {{.seconds = 2}, {.seconds = 1}, {.in_flight = 1}}}) == "gpt opus llama");
}

BOOST_AUTO_TEST_CASE(the_least_busy_comes_first_then_the_least_asked) {
  policy.OrderBy(GroupKind::kLeastBusy);
  const std::array<MemberFacts, 3> facts = {{{.in_flight = 2},
                                             {.in_flight = 1, .requests_per_minute = 9},
                                             {.in_flight = 1, .requests_per_minute = 3}}};
  std::uint64_t nibbles = 0;
  const std::vector<OrderMember> members = Order(facts, nibbles);
  BOOST_TEST(members[0].model == "llama");
  BOOST_TEST(members[1].model == "gpt");
  BOOST_TEST(members[2].score == -2.0);
  BOOST_TEST(nibbles == 0x012U);
  BOOST_TEST(LeastBusy(facts) == nibbles);
}

BOOST_AUTO_TEST_CASE(balanced_is_the_weighted_sum_of_its_parts) {
  policy.OrderBy(GroupKind::kBalanced, {300'000, 250'000, 250'000, 200'000});
  policy.model(0).capabilities = 0b1111;
  policy.model(1).capabilities = 0b0011;
  policy.model(2).capabilities = 0b0001;
  const std::array<MemberFacts, 3> facts = {
      {{.seconds = 4, .availability = 0.5}, {.seconds = 2, .success = 0.5}, {.seconds = 2}}};
  std::uint64_t nibbles = 0;
  const std::vector<OrderMember> members = Order(facts, nibbles);
  // Capability 4/4, 2/4, 1/4; seconds 4, 4 (half of them fail), 2; llama is free, so that no other
  // has a part of cost.
  const auto tolerance = boost::test_tools::tolerance(1e-12);
  BOOST_TEST(members[0].model == "llama");
  BOOST_TEST(members[0].score == 0.3 * 0.25 + 0.25 * 1 + 0.25 * 1 + 0.2 * 1, tolerance);
  BOOST_TEST(members[1].model == "opus");
  BOOST_TEST(members[1].score == 0.3 * 1 + 0 + 0.25 * 0.5 + 0.2 * 0.5, tolerance);
  BOOST_TEST(members[2].model == "gpt");
  BOOST_TEST(members[2].score == 0.3 * 0.5 + 0 + 0.25 * 0.5 + 0.2 * 0.5, tolerance);
  BOOST_TEST(members[2].capability == 0.5);
  BOOST_TEST(members[2].cost == 0.0);
  BOOST_TEST(members[2].performance == 0.5);
  BOOST_TEST(members[2].availability == 0.5);
  BOOST_TEST(nibbles == 0x102U);
}

BOOST_AUTO_TEST_CASE(cost_is_against_the_cheapest_at_three_tokens_in_for_one_out) {
  policy.OrderBy(GroupKind::kBalanced, {0, 1'000'000, 0, 0});
  policy.model(2).prices = {};  // without a price nothing is known to be cheap
  std::uint64_t nibbles = 0;
  const std::vector<OrderMember> members = Order(std::array<MemberFacts, 3>{}, nibbles);
  BOOST_TEST(members[0].model == "gpt");
  BOOST_TEST(members[0].score == 1.0);
  BOOST_TEST(members[1].model == "opus");  // 3 * 2 + 10 of 3 * 5 + 25
  BOOST_TEST(members[1].score == 16.0 / 40, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(members[2].score == 0.0);
}

BOOST_AUTO_TEST_CASE(a_model_is_not_slow_for_saying_more) {
  // Half a second and 10 ms a token, once with 100 tokens and once with 1,000 on average.
  SplitMix64 random(20'261'121);
  for (const double mean : {100.0, 1'000.0}) {
    LatencyLine line;
    std::vector<double> seconds;
    for (int i = 0; i < 101; ++i) {
      const double x = mean * (0.5 + static_cast<double>(i) / 100);
      const double y = 0.5 + 0.01 * x + 0.001 * (random.Uniform() - 0.5);
      seconds.push_back(y);
      line.count += 1;
      line.sum_x += x;
      line.sum_y += y;
      line.sum_xx += x * x;
      line.sum_xy += x * y;
    }
    line.median_s = seconds[50];
    BOOST_TEST(std::abs(SecondsAt(line, 500) - 5.5) < 0.02);
  }
}

BOOST_AUTO_TEST_CASE(without_a_line_the_median_speaks) {
  BOOST_TEST(SecondsAt({.median_s = 2, .count = 9, .sum_x = 900, .sum_y = 18}, 500) == 2.0);
  const LatencyLine level{.median_s = 2,
                          .count = 100,
                          .sum_x = 10'000,
                          .sum_y = 200,
                          .sum_xx = 1'000'000,
                          .sum_xy = 20'000};  // always the same length
  BOOST_TEST(SecondsAt(level, 500) == 2.0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
