// Rollouts take as long as is said beforehand: against the real machine, fed with units that come
// by chance.
#include "compiler/prove/rollouts_duration.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "compiler/diagram/build.hpp"
#include "runtime/core/rollout/machine.hpp"
#include "tests/property/compiled.hpp"

namespace mlp::compiler {
namespace {

constexpr std::uint64_t kSeed = 20261121;
constexpr int kRuns = 400;
constexpr std::int64_t kBlockS = 60;
/// Of the average: what is predicted is a closed form that leaves out that evidence overshoots,
/// that harm which is found by chance at an early step spares the later ones, and that a good
/// canary is rolled back in one rollout of twenty.
constexpr double kTolerance = 0.25;

std::unique_ptr<oracle::Compiled> RolloutOf(const std::string& body) {
  auto compiled = oracle::CompileText("p", fmt::format(R"(language 1
policy p {{ version "1.0.0"; stage development; valid 2026-11-21 .. 2027-11-21 }}
request {{ user key; input tokens up to 1K; output tokens up to 1K }}
provider one {{ protocol openai; endpoint us "https://a.example" }}
model a {{ provider one; pin exact "a"; can text-output; price input $1/M, output $1/M }}
model b {{ provider one; pin exact "b"; can text-output; price input $1/M, output $1/M }}
route all otherwise {{ try a }}
rollout r {{
  move a -> b
  by user
{}
}}
)",
                                                       body));
  BOOST_REQUIRE_MESSAGE(compiled->tables.has_value(), compiled->errors());
  return compiled;
}

ArmCounts Arm(std::int64_t units, double rate, std::mt19937_64& random) {
  ArmCounts arm;
  arm.newcomers = arm.arrived = units;
  arm.signals = {{units, std::binomial_distribution<std::int64_t>(units, rate)(random)}};
  return arm;
}

/// Seconds until it is done, rolled back, or held.
double SimulateOnce(const mlp::RolloutPlan& plan, double rate, double ratio,
                    std::mt19937_64& random) {
  const double units_per_s = static_cast<double>(plan.units_per_day) / 86'400;
  RolloutState state = StartRollout(plan, 0);
  std::int64_t at_s = 0;
  RolloutBlock pending;
  std::int64_t since_s = 0;
  while (state.stage == RolloutStage::kStep && state.hold == RolloutHold::kNone) {
    at_s += kBlockS;
    const double units = units_per_s * static_cast<double>(kBlockS);
    const double share = state.share_ppm / 1e6;
    const auto come = [&](double mean) {
      return std::poisson_distribution<std::int64_t>(mean)(random);
    };
    RolloutBlock block{Arm(come(units * share), rate * ratio, random),
                       Arm(come(units * (1 - share)), rate, random)};
    pending.Add(block);
    if (!MayClose(pending, since_s, at_s, kBlockS)) continue;
    RolloutInput input;
    input.at_s = at_s;
    input.block = pending;
    state = Next(plan, state, input).state;
    pending = {};
    since_s = at_s;
  }
  return static_cast<double>(at_s);
}

struct Average {
  double seconds = 0;
  double most = 0;
};
Average Simulate(const oracle::Compiled& policy, double ratio) {
  const Tables& tables = policy.tables->view();
  const mlp::RolloutPlan plan = mlp::PlanOf(tables, tables.rollouts[0]);
  std::mt19937_64 random(kSeed);
  Average average;
  for (int run = 0; run < kRuns; ++run) {
    const double seconds = SimulateOnce(plan, 0.02, ratio, random);
    average.seconds += seconds / kRuns;
    average.most = std::max(average.most, seconds);
  }
  return average;
}

constexpr const char* kBodies[] = {
    // Ramps alone: their time is stated.
    "  traffic 6000 users per hour, failures 2%\n  ramp 5%, 25% for at least 2h\n  then 100%\n"
    "  rollback when failures > baseline",
    // By users.
    "  traffic 3000 users per hour, failures 2%\n  ramp 10%, 25% for at least 2000 users\n"
    "  then 100%\n  rollback when failures > baseline",
    // By evidence.
    "  traffic 6000 users per hour, failures 2%\n  ramp 5%, 25% for at least 1h\n"
    "  prove 50% failures <= 2x baseline\n  then 100%\n  rollback when failures > baseline\n"
    "  undecided hold at most 3d then hold",
};

BOOST_AUTO_TEST_SUITE(rollouts_duration)

BOOST_AUTO_TEST_CASE(averages_are_those_of_the_machine_and_no_run_is_longer_than_the_longest) {
  for (const char* body : kBodies) {
    const auto policy = RolloutOf(body);
    const RolloutDuration said = DurationOf(policy->model.rollouts[0]);
    BOOST_TEST_CONTEXT(body) {
      BOOST_REQUIRE(said.known);
      const Average same = Simulate(*policy, 1);
      BOOST_TEST_MESSAGE("seed " << kSeed << ": no difference: said " << said.expected_s
                                 << " s, simulated " << same.seconds << " s, the longest "
                                 << same.most << " of at most " << said.longest_s << " s");
      BOOST_TEST(std::abs(same.seconds / said.expected_s - 1) <= kTolerance);
      BOOST_REQUIRE(said.harm_s.has_value());
      const Average harmed = Simulate(*policy, 2);
      BOOST_TEST_MESSAGE("2x: said " << *said.harm_s << " s, simulated " << harmed.seconds << " s");
      BOOST_TEST(std::abs(harmed.seconds / *said.harm_s - 1) <= kTolerance);
      // Users who come by chance may come a little later than at the declared rate.
      constexpr double kChance = 1.15;
      BOOST_TEST(std::max(same.most, harmed.most) <= kChance * said.longest_s + kBlockS);
    }
  }
}

BOOST_AUTO_TEST_CASE(words_say_what_is_known) {
  const auto words = [](const std::string& body) {
    return RolloutDurationWords(DurationOf(RolloutOf(body)->model.rollouts[0]));
  };
  BOOST_TEST(words("  ramp 5% for at least 2h\n  then 100%") ==
             "duration not known: no traffic is declared");
  BOOST_TEST(words("  traffic 6000 users per hour\n  ramp 5%, 25% for at least 2h\n  then 100%") ==
             "ends within 4h");
  BOOST_TEST(words("  traffic 6000 users per hour\n  ramp 5%, 25% for at least 2h\n  then 100%\n"
                   "  holdback 1% for 24h") == "ends within 4h; then holds back for 1d");
  const std::string all = words(kBodies[2]);
  BOOST_TEST(all.find("ends within 4d or waits for a person, after ") == 0U, all);
  BOOST_TEST(all.find(" on average if nothing differs, after ") != std::string::npos, all);
  BOOST_TEST(all.find(" at 2x the failures") != std::string::npos, all);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
