#include "runtime/engine/health/probe_state.hpp"

#include <vector>

#include <boost/test/unit_test.hpp>

namespace mlp::engine {
namespace {

Provider Asked(std::uint8_t down_after, std::uint8_t up_after) {
  Provider provider{};
  provider.probe_every_ms = 60'000;
  provider.probe_max_ms = 600'000;
  provider.probe_backoff_ppm = 2'000'000;
  provider.probe_down_after = down_after;
  provider.probe_up_after = up_after;
  return provider;
}

BOOST_AUTO_TEST_SUITE(probe_state)

BOOST_AUTO_TEST_CASE(it_goes_down_after_failures_in_a_row_and_asks_ever_less_often) {
  ProbeState state(Asked(3, 1));
  BOOST_TEST(state.Report(false) == 60'000);
  BOOST_TEST(state.Report(false) == 60'000);
  BOOST_TEST(state.Report(true) == 60'000);  // not in a row
  BOOST_TEST(state.Report(false) == 60'000);
  BOOST_TEST(state.Report(false) == 60'000);
  BOOST_TEST(state.up());
  BOOST_TEST(state.Report(false) == 60'000);
  BOOST_TEST(!state.up());
  std::vector<std::int64_t> waits;
  for (int i = 0; i < 5; ++i) waits.push_back(state.Report(false) / 1'000);
  const std::vector<std::int64_t> expected{120, 240, 480, 600, 600};
  BOOST_TEST(waits == expected, boost::test_tools::per_element());
  BOOST_TEST(!state.up());
  BOOST_TEST(state.Report(true) == 60'000);
  BOOST_TEST(state.up());
}

BOOST_AUTO_TEST_CASE(it_comes_up_after_successes_in_a_row) {
  ProbeState state(Asked(1, 2));
  state.Report(false);
  BOOST_TEST(!state.up());
  state.Report(true);
  BOOST_TEST(!state.up());
  state.Report(false);
  state.Report(true);
  BOOST_TEST(!state.up());
  state.Report(true);
  BOOST_TEST(state.up());
}

BOOST_AUTO_TEST_CASE(a_longest_wait_below_the_interval_is_the_interval) {
  Provider provider = Asked(1, 1);
  provider.probe_max_ms = 1'000;
  ProbeState state(provider);
  state.Report(false);
  BOOST_TEST(state.Report(false) == 60'000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
