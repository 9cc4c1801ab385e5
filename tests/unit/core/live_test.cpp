#include "mlp/live.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

namespace mlp {
namespace {

BOOST_AUTO_TEST_SUITE(live)

BOOST_AUTO_TEST_CASE(a_fresh_state_excludes_nothing) {
  const std::vector<Model> models(70);
  const std::vector<LiveCondition> conditions(65);
  const std::vector<RampStep> ramp = {{10'000, 60, 0, false}, {1'000'000, 0, 0, false}};
  std::vector<Rollout> rollouts(2);
  rollouts[0].steps = ramp;
  Tables tables{};
  tables.models = models;
  tables.live_conditions = conditions;
  tables.live_order_count = 1;
  tables.rollouts = rollouts;

  LiveState state(tables);
  BOOST_TEST(state.root() == 0U);
  for (std::uint16_t i = 0; i < 70; ++i) BOOST_TEST(state.model_up(i));
  for (std::uint16_t i = 0; i < 65; ++i) BOOST_TEST(state.condition(i));
  BOOST_TEST(state.order(0) == 0xFEDCBA9876543210U);
  BOOST_TEST(state.share_ppm(0) == 10'000U);
  BOOST_TEST(state.share_ppm(1) == 0U);

  state.set_model_up(64, false);
  state.set_condition(63, false);
  for (std::uint16_t i = 0; i < 70; ++i) BOOST_TEST(state.model_up(i) == (i != 64));
  for (std::uint16_t i = 0; i < 65; ++i) BOOST_TEST(state.condition(i) == (i != 63));
  state.set_model_up(64, true);
  BOOST_TEST(state.model_up(64));
}

BOOST_AUTO_TEST_CASE(the_root_in_force) {
  const std::vector<Root> roots = {{100, 0}, {200, 0}, {300, 0}};
  Tables tables{};
  tables.roots = roots;
  struct Row {
    std::int64_t at_s;
    std::uint32_t root;
  };
  for (const Row& row : {Row{INT64_MIN, 0}, Row{0, 0}, Row{99, 0}, Row{100, 0}, Row{199, 0},
                         Row{200, 1}, Row{299, 1}, Row{300, 2}, Row{INT64_MAX, 2}}) {
    BOOST_TEST(RootAt(tables, row.at_s) == row.root);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
