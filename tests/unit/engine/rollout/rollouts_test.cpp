// Rollouts of a client: what calls leave is counted by users, shares follow the evidence, and all
// processes on one store agree. Waits are for conditions, with generous ends.
#include "runtime/engine/rollout/rollouts.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "runtime/store/rollout_file.hpp"
#include "runtime/store/rollout_rederive.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/engine/engine_fixture.hpp"

namespace mlp::engine {
namespace {

using loopback::FakeKind;
using loopback::FakeReply;

bool Await(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

struct Fixture : EngineFixture {
  ScratchFolder folder;

  ClientOptions Fast(bool with_store) const {
    ClientOptions options = Options();
    if (with_store) options.store = folder / "m.db";
    options.rollouts = {.look_ms = 5, .write_ms = 5, .block_s = 0};
    return options;
  }
  static void AskAs(Client& client, int first, int end) {
    for (int user = first; user < end; ++user) {
      static_cast<void>(
          Ask(client, TestPolicy::Request(1'000, 100, "user-" + std::to_string(user))));
    }
  }
  RolloutRow Row() const {
    RolloutFile file;
    BOOST_REQUIRE(file.Open(folder / "m.db.ledger").ok());
    const auto row = file.Find("next");
    BOOST_REQUIRE(row.ok());
    BOOST_REQUIRE(row->has_value());
    return **row;
  }
  std::vector<RolloutEntry> Log() const {
    RolloutFile file;
    BOOST_REQUIRE(file.Open(folder / "m.db.ledger").ok());
    auto log = file.Log(Row().id);
    BOOST_REQUIRE(log.ok());
    return *log;
  }
  void MoveByHand(RolloutMove move) const {
    RolloutFile file;
    BOOST_REQUIRE(file.Open(folder / "m.db.ledger").ok());
    BOOST_REQUIRE(file.Begin().ok());
    RolloutWork work;
    work.row = **file.Find("next");
    const std::int64_t now_s = std::chrono::duration_cast<std::chrono::seconds>(
                                   std::chrono::system_clock::now().time_since_epoch())
                                   .count();
    BOOST_REQUIRE(TakeMove(move, "ann", "a test", now_s, work).empty());
    for (const RolloutEntry& entry : work.entries) BOOST_REQUIRE(file.Append(work.row, entry).ok());
    BOOST_REQUIRE(file.Save(work.row).ok());
    BOOST_REQUIRE(file.Commit().ok());
  }
};

std::uint32_t Share(TestPolicy& policy) { return policy.policy().live().share_ppm(0); }
std::vector<RampStep> HalfThenAll(std::uint32_t users) {
  return {{500'000, 0, users, false}, {1'000'000, 0, 0, false}};
}
std::vector<RampStep> HalfForAnHour() {
  return {{500'000, 3'600, 0, false}, {1'000'000, 0, 0, false}};
}

BOOST_FIXTURE_TEST_SUITE(rollouts, Fixture)

BOOST_AUTO_TEST_CASE(its_users_come_and_it_goes_on) {
  TestPolicy policy;
  policy.RollOut(HalfThenAll(10));
  Client client(policy.policy(), Fast(false));
  BOOST_TEST(Share(policy) == 500'000u);
  // The same user again and again is one.
  for (int i = 0; i < 40; ++i) AskAs(client, 0, 1);
  BOOST_TEST(client.Flush().ok());
  BOOST_TEST(Share(policy) == 500'000u);
  AskAs(client, 1, 60);
  BOOST_TEST(Await([&] { return Share(policy) == 1'000'000; }));
  const Result<Reply> reply = Ask(client);
  BOOST_REQUIRE(reply.ok());
  BOOST_TEST(reply->model == "llama");
}

BOOST_AUTO_TEST_CASE(a_dead_canary_is_taken_back_although_its_users_notice_nothing) {
  TestPolicy policy;
  policy.alert();
  policy.RollOut(HalfForAnHour());
  std::vector<std::string> lines;
  std::mutex mutex;
  ClientOptions options = Fast(true);
  options.log = [&](LogLevel, std::string_view line) {
    const std::lock_guard lock(mutex);
    lines.emplace_back(line);
  };
  Client client(policy.policy(), options);
  servers.Outage("ollama", FakeReply{.kind = FakeKind::kServerError});
  int answered = 0;
  for (int user = 0; user < 200 && Share(policy) != 0; ++user) {
    const Result<Reply> reply =
        Ask(client, TestPolicy::Request(1'000, 100, "user-" + std::to_string(user)));
    answered += reply.ok() ? 1 : 0;
    BOOST_TEST(reply.ok());
  }
  BOOST_TEST(Await([&] { return Share(policy) == 0; }));
  BOOST_TEST((Row().state.stage == RolloutStage::kRolledBack));
  // Whichever is found first, that it is dead or that it fails more: it depends on how its users
  // fall into blocks. What came in before the services heard of it may be in a block behind.
  std::string changes;
  for (const RolloutEntry& entry : Log()) changes += entry.changes + "\n";
  BOOST_TEST((changes.find("rolled-back 500000 0 the canary is dead") != std::string::npos ||
              changes.find("rolled-back 500000 0 shown: failures") != std::string::npos),
             changes);
  const auto has = [&](std::string_view what) {
    const std::lock_guard lock(mutex);
    for (const std::string& line : lines) {
      if (line.find(what) != std::string::npos) return true;
    }
    return false;
  };
  BOOST_TEST(Await([&] { return has("\"change\":\"rolled-back\""); }));
  BOOST_TEST(Await([&] { return has("rollout `next` rolled-back: 50% to 0%"); }));
}

BOOST_AUTO_TEST_CASE(it_stays_where_it_was_when_the_service_begins_anew) {
  {
    TestPolicy policy;
    policy.RollOut(HalfThenAll(5));
    Client client(policy.policy(), Fast(true));
    AskAs(client, 0, 40);
    BOOST_TEST(Await([&] { return Share(policy) == 1'000'000; }));
  }
  TestPolicy again;
  again.RollOut(HalfThenAll(5));
  const Client client(again.policy(), Fast(true));
  BOOST_TEST(Share(again) == 1'000'000u);
  const Rederived rederived = Rederive(Log());
  BOOST_TEST(rederived.difference == "");
  BOOST_TEST(ToText(rederived.state) == ToText(Row().state));
}

BOOST_AUTO_TEST_CASE(two_services_on_a_store_count_a_user_once_and_agree) {
  TestPolicy one;
  TestPolicy two;
  one.RollOut(HalfForAnHour());
  two.RollOut(HalfForAnHour());
  Client first(one.policy(), Fast(true));
  Client second(two.policy(), Fast(true));
  AskAs(first, 0, 30);
  AskAs(second, 0, 30);
  AskAs(second, 30, 40);
  BOOST_TEST(first.Flush().ok());
  BOOST_TEST(second.Flush().ok());
  const RolloutState state = Row().state;
  const RolloutBlock pending = Row().pending;
  BOOST_TEST(state.canary_arrived + state.stable_arrived + pending.canary.arrived +
                 pending.stable.arrived ==
             40);
  MoveByHand(RolloutMove::kAdvance);
  BOOST_TEST(Await([&] { return Share(one) == 1'000'000 && Share(two) == 1'000'000; }));
  MoveByHand(RolloutMove::kRollback);
  BOOST_TEST(Await([&] { return Share(one) == 0 && Share(two) == 0; }));
  const std::vector<RolloutEntry> log = Log();
  BOOST_TEST(log.back().who == "ann");
  BOOST_TEST(log.back().changes == "rolled-back 1000000 0 by ann: a test");
  BOOST_TEST(Rederive(log).difference == "");
}

BOOST_AUTO_TEST_CASE(a_service_that_begins_later_brings_its_ramp_and_an_earlier_one_obeys) {
  TestPolicy old;
  old.RollOut(HalfForAnHour());
  Client first(old.policy(), Fast(true));
  TestPolicy next;
  next.RollOut({{100'000, 3'600, 0, false}, {400'000, 3'600, 0, false}, {1'000'000, 0, 0, false}});
  Client second(next.policy(), Fast(true));
  BOOST_TEST(Share(next) == 400'000u);
  BOOST_TEST(Await([&] { return Share(old) == 400'000; }));
  AskAs(first, 0, 10);
  BOOST_TEST(first.Flush().ok());
  BOOST_TEST(Share(old) == 400'000u);
  BOOST_TEST(Row().plan.steps.size() == 3u);
  const Rederived rederived = Rederive(Log());
  BOOST_TEST(rederived.difference == "");
  BOOST_TEST(ToText(rederived.state) == ToText(Row().state));
}

BOOST_AUTO_TEST_CASE(a_call_that_ends_behind_a_load_is_counted) {
  for (const bool with_store : {false, true}) {
    TestPolicy old;
    TestPolicy next;
    TestPolicy last;
    for (TestPolicy* one : {&old, &next, &last}) {
      one->RollOut(HalfForAnHour());
      one->TryTone();
    }
    const std::string ledger = with_store ? folder / "m.db.ledger" : std::string();
    const RolloutOptions pace{.look_ms = 60'000, .write_ms = 0, .block_s = 3'600};
    const auto ignore = [](const RolloutNews&) {};
    const auto late = [](Rollouts& rollouts, std::uint16_t number, std::uint64_t unit) {
      NumberedSample sample;
      sample.number = number;
      sample.sample.unit = unit;
      sample.sample.at_s = 1;
      sample.sample.canary = number == 0;
      sample.sample.error_class = ErrorClass::kTimeout;
      rollouts.ring().Push(sample);
    };
    auto first = std::make_unique<Rollouts>(old.policy(), ledger, pace, ignore, nullptr);
    first->Stop();
    auto second = std::make_unique<Rollouts>(next.policy(), ledger, pace, ignore, first.get());
    late(*first, 0, 1);
    late(*first, 2, 1);  // in arm `warm` of `tone`, behind the one rollout
    BOOST_TEST(second->Flush().ok());
    BOOST_TEST(second->Rows()[0].pending.canary.signal(0).events == 1);
    BOOST_TEST(second->ExperimentRows()[0].users(1) == 1);
    second->Stop();
    Rollouts third(last.policy(), ledger, pace, ignore, second.get());
    late(*second, 0, 2);
    late(*first, 0, 3);
    second.reset();
    first.reset();
    BOOST_TEST(third.Flush().ok());
    BOOST_TEST(third.Rows()[0].pending.canary.signal(0).events == 3);
  }
}

BOOST_AUTO_TEST_CASE(a_log_that_was_touched_is_found_out) {
  TestPolicy policy;
  policy.RollOut(HalfThenAll(5));
  {
    Client client(policy.policy(), Fast(true));
    AskAs(client, 0, 40);
    BOOST_TEST(Await([&] { return Share(policy) == 1'000'000; }));
  }
  std::vector<RolloutEntry> log = Log();
  BOOST_REQUIRE(log.size() >= 2u);
  for (RolloutEntry& entry : log) {
    if (entry.kind == RolloutEntryKind::kBlock) entry.input = ToText(RolloutBlock{});
  }
  BOOST_TEST(Rederive(log).difference != "");
  log.erase(log.begin());
  BOOST_TEST(Rederive(log).difference != "");
}

BOOST_AUTO_TEST_CASE(a_ledger_that_cannot_be_written_leaves_the_share_and_a_warning) {
  TestPolicy policy;
  policy.RollOut(HalfThenAll(5));
  ClientOptions options = Fast(true);
  options.store = folder / "missing/m.db";
  Client client(policy.policy(), options);
  bool warned = false;
  for (const std::string& warning : client.warnings()) {
    warned = warned || warning.find("rollouts: ") == 0;
  }
  BOOST_TEST(warned);
  BOOST_TEST(Ask(client).ok());
  BOOST_TEST(Share(policy) == 500'000u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
