// The orders of groups: drawn by share, set by the control loop, and through Decide.
#include "runtime/core/member_order.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "mlp/decide.hpp"
#include "tests/support/sample_tables.hpp"

namespace mlp {
namespace {

std::string Text(const MemberOrder& order, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += std::to_string(order[i]) + " ";
  return text;
}

std::string ByShare(const std::vector<std::uint32_t>& shares, std::uint64_t point) {
  MemberOrder order{};
  OrderByShare(shares, point, order);
  return Text(order, shares.size());
}

std::string ByNibbles(std::uint64_t nibbles, std::uint32_t count) {
  MemberOrder order{};
  OrderByNibbles(nibbles, count, order);
  return Text(order, count);
}

BOOST_AUTO_TEST_SUITE(member_order)

BOOST_AUTO_TEST_CASE(drawn_first_then_by_falling_share) {
  const std::vector<std::uint32_t> shares = {200'000, 500'000, 200'000, 100'000};
  BOOST_TEST(ByShare(shares, 0) == "0 1 2 3 ");
  BOOST_TEST(ByShare(shares, 199'999) == "0 1 2 3 ");
  BOOST_TEST(ByShare(shares, 200'000) == "1 0 2 3 ");
  BOOST_TEST(ByShare(shares, 699'999) == "1 0 2 3 ");
  BOOST_TEST(ByShare(shares, 700'000) == "2 1 0 3 ");
  BOOST_TEST(ByShare(shares, 900'000) == "3 1 0 2 ");
  BOOST_TEST(ByShare(shares, 999'999) == "3 1 0 2 ");
  BOOST_TEST(ByShare({1'000'000}, 999'999) == "0 ");
}

BOOST_AUTO_TEST_CASE(published_order_and_what_it_leaves_out) {
  BOOST_TEST(ByNibbles(0xFEDCBA9876543210, 3) == "0 1 2 ");
  BOOST_TEST(ByNibbles(0x012, 3) == "2 1 0 ");
  BOOST_TEST(ByNibbles(0x0123456789ABCDEF, 16) == "15 14 13 12 11 10 9 8 7 6 5 4 3 2 1 0 ");
  // Members 7 and 9 do not exist here, and 1 is named by nobody.
  BOOST_TEST(ByNibbles(0x0000000000000972, 3) == "2 0 1 ");
  BOOST_TEST(ByNibbles(0x2222222222222222, 4) == "2 0 1 3 ");
}

BOOST_AUTO_TEST_CASE(points_lie_below_the_total_and_follow_the_unit) {
  Group group{};
  group.step = 12;
  for (const std::uint64_t total : {std::uint64_t{1}, std::uint64_t{3}, std::uint64_t{1'000'000}}) {
    BOOST_TEST(DrawPoint("r", group, 1, "", 0, total) == 0U);
    BOOST_TEST(DrawPoint("r", group, 1, "", UINT64_MAX, total) == total - 1);
    BOOST_TEST(DrawPoint("r", group, 2, "", UINT64_MAX, total) < total);
  }
  BOOST_TEST(DrawPoint("r", group, 1, "unit", 77, 1'000'000) == Bucket("r/12", "unit"));
}

std::map<std::string, double> FirstOf(const Tables& tables, const std::vector<std::string>& users,
                                      int count) {
  const LiveState live(tables);
  std::mt19937_64 random(7);
  std::map<std::string, double> firsts;
  for (int i = 0; i < count; ++i) {
    test::SampleRequest request;
    request.user =
        users.empty() ? std::string_view() : std::string_view(users[static_cast<std::size_t>(i)]);
    const Decision decision = Decide(tables, live, request.View(), {random(), false});
    firsts[std::string(tables.models[decision.candidates[0].model].name)] += 1.0 / count;
  }
  return firsts;
}

BOOST_AUTO_TEST_CASE(a_spread_has_its_shares) {
  const Tables& tables = test::SampleTables();
  constexpr int kDraws = 40'000;
  const double tolerance = 5 * std::sqrt(0.7 * 0.3 / kDraws);
  std::vector<std::string> users;
  for (int i = 0; i < kDraws; ++i) users.push_back("tenant-" + std::to_string(i));

  auto sticky = FirstOf(tables, users, kDraws);
  BOOST_TEST(std::abs(sticky["mini"] - 0.7) < tolerance);
  BOOST_TEST(std::abs(sticky["local"] - 0.3) < tolerance);
  auto by_chance = FirstOf(tables, {}, kDraws);
  BOOST_TEST(std::abs(by_chance["mini"] - 0.7) < tolerance);
  BOOST_TEST(std::abs(by_chance["local"] - 0.3) < tolerance);
}

BOOST_AUTO_TEST_CASE(a_unit_stays_where_it_is_whatever_is_drawn) {
  const Tables& tables = test::SampleTables();
  const LiveState live(tables);
  test::SampleRequest request;
  const std::uint16_t first = Decide(tables, live, request.View(), {0, false}).candidates[0].model;
  const bool in_local = Bucket("everything-else/0", request.user) >= 700'000;
  BOOST_TEST(first == (in_local ? test::kLocal : test::kMini));
  for (const std::uint64_t draw : {std::uint64_t{1} << 63, UINT64_MAX}) {
    BOOST_TEST(Decide(tables, live, request.View(), {draw, false}).candidates[0].model == first);
  }
}

/// A leaf whose rows are one live group of three members: a with two price tiers, b with a canary,
/// c.
BOOST_AUTO_TEST_CASE(a_live_group_moves_members_with_all_their_rows) {
  const Tables& sample = test::SampleTables();
  std::vector<Model> models(4, sample.models[test::kLocal]);
  enum : std::uint16_t { kA, kB, kC, kCanaryOfB };
  const Guard guards[] = {{1, 0, 999}};  // the cheap tier of a: less than 1,000 of input
  const auto row = [](std::uint16_t model, std::uint16_t endpoint, std::uint16_t rollout,
                      std::uint32_t gate) {
    Row made{};
    made.gate = gate;
    made.model = model;
    made.endpoint = endpoint;
    made.rollout = rollout;
    made.group = 1;
    return made;
  };
  const Gate gates[] = {{UINT64_MAX, 0, 0, 0, 0}, {UINT64_MAX, 0, 0, 1, 0}};  // 1: guarded
  const Row rows[] = {row(kA, 0, kNone16, 1), row(kA, 1, kNone16, 0), row(kCanaryOfB, 0, 0, 0),
                      row(kB, 0, kNone16, 0), row(kC, 0, kNone16, 0)};
  Group group{};
  group.kind = GroupKind::kFastest;
  group.member_count = 3;
  Leaf leaf{};
  leaf.row_count = 5;
  leaf.route = 2;
  leaf.group_count = 1;
  leaf.kind = LeafKind::kServe;
  const Leaf leaves[] = {leaf, leaf, leaf, leaf};

  Tables tables = sample;
  tables.models = models;
  tables.guards = guards;
  tables.rows = rows;
  tables.gates = gates;
  tables.groups = {&group, 1};
  tables.leaves = leaves;
  tables.live_order_count = 1;
  LiveState live(tables);
  live.set_share_ppm(0, 1'000'000);
  test::SampleRequest request;
  const auto candidates = [&] {
    std::string text;
    const Decision decision = Decide(tables, live, request.View());
    for (const Candidate& candidate : decision.list()) {
      text += "abcB"[candidate.model];
      text += std::to_string(candidate.endpoint);
    }
    return text;
  };
  BOOST_TEST(candidates() == "a1B0b0c0");
  request.input = 999;
  BOOST_TEST(candidates() == "a0B0b0c0");
  live.set_order(0, 0x021);
  BOOST_TEST(candidates() == "B0b0c0a0");
  live.set_share_ppm(0, 0);
  BOOST_TEST(candidates() == "b0c0a0");
  live.set_order(0, 0x102);
  live.set_model_up(kC, false);
  BOOST_TEST(candidates() == "a0b0");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
