// Which units change arms between two versions: against a count over every bucket, and over many
// units hashed as the runtime hashes them.
#include "compiler/diff/arm_shifts.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "mlp/decide.hpp"
#include "runtime/core/bucket.hpp"
#include "runtime/core/rollout/machine.hpp"

namespace mlp::compiler {
namespace {

constexpr std::uint32_t kUnits = 100'000;

PolicyModel Empty(std::string version) {
  PolicyModel model;
  model.version = std::move(version);
  for (const char* name : {"user", "tenant"}) {
    AttributeModel attribute;
    attribute.name = name;
    attribute.type = AttributeType::kKey;
    model.attributes.push_back(attribute);
  }
  return model;
}

RolloutModel Ramp(std::string salt, const std::vector<std::uint32_t>& shares, Index key = 0) {
  RolloutModel rollout;
  rollout.name = "next";
  rollout.salt = std::move(salt);
  rollout.key = key;
  for (const std::uint32_t share : shares) rollout.steps.emplace_back().share_ppm = share;
  return rollout;
}

ExperimentModel Arms(std::string salt, const std::vector<std::uint32_t>& shares) {
  ExperimentModel experiment;
  experiment.name = "tone";
  experiment.salt = std::move(salt);
  experiment.key = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    experiment.arms.push_back(
        {std::string(1, static_cast<char>('a' + i)), static_cast<Index>(i), shares[i], {}});
  }
  return experiment;
}

/// Where a running rollout at a share goes on under another ramp: the machine itself says.
std::uint32_t Machine(const RolloutModel& before, const RolloutModel& after, std::size_t step) {
  const auto plan = [](const RolloutModel& model) {
    mlp::RolloutPlan made;
    for (const auto& one : model.steps) made.steps.emplace_back().share_ppm = one.share_ppm;
    return made;
  };
  RolloutState state = StartRollout(plan(before), 0);
  for (std::size_t i = 0; i < step; ++i) {
    RolloutInput advance;
    advance.at_s = 1;
    advance.move = RolloutMove::kAdvance;
    state = Next(plan(before), state, advance).state;
  }
  return Edit(plan(before), plan(after), state, 2).state.share_ppm;
}

/// The arm of a bucket; empty for the control.
std::string ArmAt(const ExperimentModel& experiment, std::uint32_t bucket) {
  std::uint32_t end = 0;
  for (const auto& arm : experiment.arms) {
    end += arm.share_ppm;
    if (bucket < end) return arm.candidate == experiment.Replaced() ? "" : arm.name;
  }
  return "";
}

std::vector<ArmShift> Between(const std::vector<RolloutModel>& before,
                              const std::vector<RolloutModel>& after,
                              const char* version = "2.0.0") {
  PolicyModel older = Empty("1.0.0");
  PolicyModel newer = Empty(version);
  older.rollouts = before;
  newer.rollouts = after;
  return CompareArms(older, newer);
}

BOOST_AUTO_TEST_SUITE(arm_shifts)

BOOST_AUTO_TEST_CASE(a_ramp_moves_as_many_as_the_machine_and_the_buckets_say) {
  const std::vector<std::vector<std::uint32_t>> ramps = {
      {10'000, 50'000, 250'000, 1'000'000},
      {10'000, 50'000, 250'000, 500'000, 1'000'000},
      {20'000, 40'000, 1'000'000},
      {1, 999'999, 1'000'000},
      {500'000, 1'000'000}};
  for (const auto& one : ramps) {
    for (const auto& two : ramps) {
      const RolloutModel before = Ramp("s", one);
      const RolloutModel after = Ramp("s", two);
      const auto shifts = Between({before}, {after});
      BOOST_REQUIRE(shifts.size() == 1U);
      BOOST_TEST(!shifts[0].drawn_anew);
      BOOST_REQUIRE(shifts[0].steps.size() == one.size());
      std::uint32_t most = 0;
      for (std::size_t i = 0; i < one.size(); ++i) {
        const ArmShift::Step& step = shifts[0].steps[i];
        const std::uint32_t now = Machine(before, after, i);
        BOOST_TEST(step.older_ppm == one[i]);
        BOOST_TEST(step.newer_ppm == now);
        std::uint32_t moved = 0;
        for (std::uint32_t bucket = 0; bucket < kBucketCount; ++bucket) {
          moved += (bucket < one[i]) != (bucket < now) ? 1 : 0;
        }
        BOOST_TEST(step.moved_ppm == moved);
        most = std::max(most, moved);
      }
      BOOST_TEST(shifts[0].moved_ppm == most);
      BOOST_TEST(shifts[0].because.empty() == (most == 0));
    }
  }
}

BOOST_AUTO_TEST_CASE(nothing_moves_unless_salt_shares_or_key_do) {
  const RolloutModel ramp = Ramp("s", {10'000, 250'000, 1'000'000});
  RolloutModel other = ramp;
  other.to = 3;
  other.units_per_day = 5;
  other.steps[0].dwell_s = 60;
  for (const ArmShift& shift : Between({ramp}, {other})) BOOST_TEST(shift.moved_ppm == 0U);
  RolloutModel renamed = ramp;
  renamed.name = "later";
  const auto shifts = Between({ramp}, {renamed});
  BOOST_REQUIRE(shifts.size() == 1U);
  BOOST_TEST(shifts[0].moved_ppm == 0U);
  BOOST_TEST(ShiftWords(shifts[0]) == "every unit keeps its arm");
}

BOOST_AUTO_TEST_CASE(units_that_are_drawn_anew_move_as_often_as_chance_has_it) {
  const RolloutModel ramp = Ramp("s", {250'000, 1'000'000});
  RolloutModel anew = ramp;
  anew.reshuffle = true;
  RolloutModel keyed = ramp;
  keyed.key = 1;
  const auto salted = Between({ramp}, {Ramp("t", {250'000, 1'000'000})});
  BOOST_TEST(salted[0].drawn_anew);
  BOOST_TEST(salted[0].steps[0].moved_ppm == 375'000U);
  // At its end: a new rollout begins.
  BOOST_TEST(salted[0].steps[1].newer_ppm == 250'000U);
  BOOST_TEST(ShiftWords(salted[0]) ==
             "at most about 75% of the units change arms, at its 100%: its salt is another");
  BOOST_TEST(Between({ramp}, {anew})[0].steps[0].moved_ppm == 375'000U);
  BOOST_TEST(Between({anew}, {anew})[0].steps[0].moved_ppm == 375'000U);  // another version
  BOOST_TEST(Between({anew}, {anew}, "1.0.0")[0].moved_ppm == 0U);
  BOOST_TEST(Between({ramp}, {keyed})[0].steps[0].moved_ppm == 375'000U);
  std::uint32_t moved = 0;
  for (std::uint32_t i = 0; i < kUnits; ++i) {
    const std::string unit = "user-" + std::to_string(i);
    moved += (Bucket("s", unit) < 250'000) != (Bucket("t", unit) < 250'000) ? 1 : 0;
  }
  // Four standard errors: 0.61 points.
  BOOST_TEST(std::abs(static_cast<double>(moved) / kUnits - 0.375) < 0.0062);
}

BOOST_AUTO_TEST_CASE(what_is_new_or_gone_says_so) {
  const RolloutModel ramp = Ramp("s", {10'000, 1'000'000});
  const auto added = Between({}, {ramp});
  BOOST_TEST(added[0].moved_ppm == 10'000U);
  BOOST_TEST(ShiftWords(added[0]) == "1% of the units change arms: it is new");
  const auto gone = Between({ramp}, {});
  BOOST_TEST(gone[0].moved_ppm == 1'000'000U);
  BOOST_TEST(gone[0].because == "it is gone");
}

BOOST_AUTO_TEST_CASE(arms_of_an_experiment_are_counted_bucket_by_bucket) {
  const std::vector<std::vector<std::uint32_t>> layouts = {{500'000, 500'000},
                                                           {400'000, 600'000},
                                                           {100'000, 450'000, 450'000},
                                                           {500'000, 250'000, 250'000},
                                                           {1, 1, 999'998}};
  for (const auto& one : layouts) {
    for (const auto& two : layouts) {
      PolicyModel older = Empty("1.0.0");
      PolicyModel newer = Empty("2.0.0");
      older.experiments = {Arms("s", one)};
      newer.experiments = {Arms("s", two)};
      const auto shifts = CompareArms(older, newer);
      BOOST_REQUIRE(shifts.size() == 1U);
      std::uint32_t moved = 0;
      for (std::uint32_t bucket = 0; bucket < kBucketCount; ++bucket) {
        moved += ArmAt(older.experiments[0], bucket) != ArmAt(newer.experiments[0], bucket) ? 1 : 0;
      }
      BOOST_TEST(shifts[0].moved_ppm == moved);
    }
  }
}

BOOST_AUTO_TEST_CASE(arms_under_another_salt_are_those_that_the_runtime_draws) {
  PolicyModel older = Empty("1.0.0");
  PolicyModel newer = Empty("2.0.0");
  older.experiments = {Arms("s", {200'000, 300'000, 500'000})};
  newer.experiments = {Arms("t", {200'000, 300'000, 500'000})};
  const auto shifts = CompareArms(older, newer);
  BOOST_TEST(shifts[0].drawn_anew);
  std::uint32_t moved = 0;
  for (std::uint32_t i = 0; i < kUnits; ++i) {
    const std::string unit = "user-" + std::to_string(i);
    moved += ArmAt(older.experiments[0], BucketOfPieces({"s", kSplit}, unit)) !=
                     ArmAt(newer.experiments[0], BucketOfPieces({"t", kSplit}, unit))
                 ? 1
                 : 0;
  }
  BOOST_TEST(std::abs(static_cast<double>(moved) / kUnits - shifts[0].moved_ppm / 1e6) < 0.0064);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
