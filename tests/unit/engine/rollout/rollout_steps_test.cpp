// What becomes of a rollout's row in one transaction: moves, clocks that were ahead, blocks of
// little traffic, and rows that a former version wrote.
#include "runtime/engine/rollout/rollout_steps.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

#include "runtime/store/rollout_rederive.hpp"
#include "runtime/store/sqlite.hpp"
#include "tests/support/scratch_folder.hpp"

namespace mlp::engine {
namespace {

constexpr std::int64_t kNow = 1'795'219'200;
constexpr std::int64_t kMicros = 1'000'000;

RolloutPlan Plan() {
  RolloutPlan plan;
  plan.name = plan.salt = "next";
  plan.steps = {{500'000, 3'600, 0, false}, {1'000'000, 0, 0, false}};
  plan.rollbacks.emplace_back().relative = true;
  return plan;
}

ArmCounts Arm(std::int64_t units, std::int64_t events) {
  ArmCounts arm;
  arm.newcomers = arm.arrived = units;
  arm.signals = {{units, events}};
  return arm;
}

RolloutWork Begun(std::int64_t now_s = kNow) {
  return BeginRollout(Plan(), now_s, now_s * kMicros);
}

BOOST_AUTO_TEST_SUITE(rollout_steps)

BOOST_AUTO_TEST_CASE(a_move_that_comes_too_late_leaves_what_its_block_showed) {
  RolloutWork work = Begun();
  work.row.pending = {Arm(100, 90), Arm(100, 1)};
  work.changed = false;
  const std::string refusal = TakeMove(RolloutMove::kHold, "ann", "", kNow + 60, work);
  BOOST_TEST(refusal == "it was rolled back");
  BOOST_TEST(work.changed);
  BOOST_TEST((work.row.state.stage == RolloutStage::kRolledBack));
  BOOST_TEST(work.row.pending.empty());
  const Rederived rederived = Rederive(work.entries);
  BOOST_TEST(rederived.difference == "");
  BOOST_TEST(ToText(rederived.state) == ToText(work.row.state));
}

BOOST_AUTO_TEST_CASE(a_clock_that_was_ahead_once_stops_nothing) {
  constexpr std::int64_t kYear = 365 * 86'400;
  RolloutWork work = Begun(kNow + kYear);
  RolloutPlan plan = Plan();
  plan.steps[0].dwell_s = 1'800;
  TakePlan(plan, kNow, kNow * kMicros, work);
  BOOST_TEST((work.row.plan == plan));
  BOOST_TEST(work.row.planned_us == kNow * kMicros);
  UnitMarks marks;
  CountSample(SignalsOf(plan), {}, kNow, marks, work);
  EndBlock(kNow + 60, 60, work);
  EndBlock(kNow + 600, 60, work);
  BOOST_TEST(work.row.pending.empty());
  EndBlock(kNow + 2'400, 60, work);
  BOOST_TEST((work.row.state.stage == RolloutStage::kDone));
}

BOOST_AUTO_TEST_CASE(a_step_that_began_in_the_future_ends_in_its_time) {
  const RolloutWork ahead = Begun(kNow + 86'400);
  RolloutWork work = ahead;
  EndBlock(kNow, 0, work);
  BOOST_TEST((work.row.state.stage == RolloutStage::kStep));
  work.row.pending = {Arm(1, 0), Arm(1, 0)};
  EndBlock(kNow + 10, 0, work);
  BOOST_TEST(work.row.state.step_since_s == kNow + 10);
  EndBlock(kNow + 10 + 3'600, 0, work);
  BOOST_TEST((work.row.state.stage == RolloutStage::kDone));
}

BOOST_AUTO_TEST_CASE(a_block_begins_with_its_first_unit) {
  RolloutWork work = Begun();
  UnitMarks marks;
  RolloutSample sample;
  sample.unit = 1;
  sample.at_s = kNow + 3'000;
  CountSample(SignalsOf(Plan()), sample, kNow + 3'000, marks, work);
  BOOST_TEST(work.row.pending_since_s == kNow + 3'000);
  EndBlock(kNow + 3'000, 60, work);
  BOOST_TEST(!work.row.pending.empty());
}

BOOST_AUTO_TEST_CASE(what_a_former_version_wrote_goes_on_with_new_evidence_and_says_so) {
  const ScratchFolder folder;
  RolloutFile file;
  BOOST_REQUIRE(file.Open(folder / "m.db.ledger").ok());
  BOOST_REQUIRE(file.Begin().ok());
  RolloutWork work = Begun();
  work.row.pending = {Arm(100, 3), Arm(100, 1)};
  EndBlock(kNow + 60, 0, work);
  BOOST_REQUIRE(file.Save(work.row).ok());
  for (const RolloutEntry& entry : work.entries) BOOST_REQUIRE(file.Append(work.row, entry).ok());
  BOOST_REQUIRE(file.Commit().ok());
  // As it was written before: without what waits and without means.
  Database database;
  BOOST_REQUIRE(database.Open(folder / "m.db.ledger", Database::Mode::kReadWrite) == SQLITE_OK);
  Statement statement;
  BOOST_REQUIRE(statement.Prepare(database, "SELECT state FROM rollouts") == SQLITE_OK);
  BOOST_REQUIRE(statement.Start().Step() == SQLITE_ROW);
  std::string text(statement.Characters(0));
  statement.Start();
  RolloutState without = *ParseRolloutState(text);
  without.harm_waiting.clear();
  without.means.clear();
  text = ToText(without);
  const std::string tail = " 0 0 0 0 0 0";  // no list, a block of nothing, no list
  BOOST_REQUIRE(text.ends_with(tail));
  text.resize(text.size() - tail.size());
  text.replace(0, 6, "state1");
  BOOST_REQUIRE(database.Run(("UPDATE rollouts SET state = '" + text + "'").c_str()) == SQLITE_OK);

  auto found = file.Find("next");
  BOOST_REQUIRE(found.ok());
  BOOST_REQUIRE(found->has_value());
  BOOST_TEST((*found)->former);
  RolloutWork next;
  next.row = **found;
  TakePlan(Plan(), kNow + 120, kNow * kMicros, next);
  BOOST_TEST(!next.row.former);
  BOOST_TEST(next.changed);
  BOOST_REQUIRE(next.entries.size() == 1u);
  BOOST_TEST(next.entries[0].changes.find("edited 500000 500000 evidence begins anew: ") == 0u);
  BOOST_TEST(next.row.state.step_since_s == kNow);
  next.row.pending = {Arm(10, 1), Arm(10, 1)};
  EndBlock(kNow + 180, 0, next);
  std::vector<RolloutEntry> log = work.entries;
  log.insert(log.end(), next.entries.begin(), next.entries.end());
  const Rederived rederived = Rederive(log);
  BOOST_TEST(rederived.difference == "");
  BOOST_TEST(rederived.entries == 4);
  BOOST_TEST(ToText(rederived.state) == ToText(next.row.state));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
