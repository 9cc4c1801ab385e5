// Experiments of a client: users keep their arm, each counts once for all services on a store, and
// the end gives everybody the replaced model.
#include "runtime/engine/rollout/experiments.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "runtime/core/bucket.hpp"
#include "runtime/core/rollout/experiment_standing.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/engine/engine_fixture.hpp"

namespace mlp::engine {
namespace {

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
  static std::string User(int number) { return "user-" + std::to_string(number); }
  static bool IsWarm(int number) {
    return BucketOfPieces({"tone", kSplit}, User(number)) >= 500'000;
  }
  static void AskAs(Client& client, int first, int end) {
    for (int user = first; user < end; ++user) {
      const Result<Reply> reply = Ask(client, TestPolicy::Request(1'000, 100, User(user)));
      BOOST_REQUIRE(reply.ok());
      BOOST_TEST(reply->model == (IsWarm(user) ? "llama" : "opus"));
    }
  }
  ExperimentRow Row() const {
    const auto rows = ReadExperiments(folder / "m.db.ledger");
    BOOST_REQUIRE(rows.ok());
    BOOST_REQUIRE(rows->size() == 1u);
    return rows->front();
  }
};

BOOST_FIXTURE_TEST_SUITE(experiments, Fixture)

BOOST_AUTO_TEST_CASE(two_services_count_a_user_once_in_its_arm) {
  TestPolicy one;
  TestPolicy two;
  one.TryTone();
  two.TryTone();
  {
    Client first(one.policy(), Fast(true));
    Client second(two.policy(), Fast(true));
    AskAs(first, 0, 30);
    AskAs(second, 0, 40);
    BOOST_TEST(first.Flush().ok());
    BOOST_TEST(second.Flush().ok());
  }
  std::int64_t warm = 0;
  for (int user = 0; user < 40; ++user) warm += IsWarm(user) ? 1 : 0;
  const ExperimentRow row = Row();
  BOOST_REQUIRE(row.counts.size() == 2u);
  BOOST_TEST(row.counts[0].newcomers == 40 - warm);
  BOOST_TEST(row.counts[1].newcomers == warm);
  BOOST_TEST(row.plan.Control() == 0u);
  BOOST_TEST(Compare(row.plan, row.counts, 60).size() == 3u);
}

/// As where an operator restores a backup under a running service.
BOOST_AUTO_TEST_CASE(a_file_in_the_place_of_the_ledger_is_counted_in) {
  TestPolicy policy;
  policy.TryTone();
  Client client(policy.policy(), Fast(true));
  AskAs(client, 0, 10);
  BOOST_TEST(client.Flush().ok());
  std::filesystem::rename(folder / "m.db.ledger", folder / "old.ledger");
  AskAs(client, 10, 11);
  BOOST_TEST(client.Flush().ok());  // the other file is found
  AskAs(client, 5, 20);
  BOOST_TEST(client.Flush().ok());
  const ExperimentRow row = Row();
  BOOST_REQUIRE(row.counts.size() == 2u);
  BOOST_TEST(row.counts[0].newcomers + row.counts[1].newcomers == 15);
}

BOOST_AUTO_TEST_CASE(a_service_that_begins_anew_goes_on_and_a_stop_is_obeyed) {
  {
    TestPolicy policy;
    policy.TryTone();
    Client client(policy.policy(), Fast(true));
    AskAs(client, 0, 20);
  }
  TestPolicy policy;
  policy.TryTone();
  Client client(policy.policy(), Fast(true));
  AskAs(client, 10, 30);
  BOOST_TEST(client.Flush().ok());
  BOOST_TEST(Row().counts[0].newcomers + Row().counts[1].newcomers == 30);
  ExperimentFile file;
  BOOST_REQUIRE(file.Open(folder / "m.db.ledger").ok());
  BOOST_REQUIRE(file.Begin().ok());
  ExperimentRow row = **file.Find("tone");
  row.ended_s = 1;
  row.ended_by = "by ann";
  BOOST_REQUIRE(file.Save(row).ok());
  BOOST_REQUIRE(file.Commit().ok());
  BOOST_TEST(Await([&] { return !policy.policy().live().experiment_runs(0); }));
  for (int user = 0; user < 10; ++user) {
    const Result<Reply> reply = Ask(client, TestPolicy::Request(1'000, 100, User(user)));
    BOOST_REQUIRE(reply.ok());
    BOOST_TEST(reply->model == "opus");
  }
}

/// Until a rolling deployment is through two services have other shares.
BOOST_AUTO_TEST_CASE(of_two_services_with_other_shares_the_later_ones_are_counted) {
  TestPolicy old;
  TestPolicy next;
  old.TryTone();
  next.TryTone();
  next.ShareTone(900'000);
  const std::string ledger = folder / "m.db.ledger";
  const auto take = [](Experiments& experiments, std::size_t arm, int first, int end) {
    for (int unit = first; unit < end; ++unit) {
      RolloutSample sample;
      sample.unit = static_cast<std::uint64_t>(unit);
      sample.at_s = 1;
      experiments.Take(arm, sample);
    }
  };
  Experiments first(old.policy(), ledger, 1'000'000);
  take(first, 1, 0, 20);
  BOOST_TEST(first.Look(10, true).ok());
  BOOST_TEST(Row().users(1) == 20);
  BOOST_TEST(Row().started_s == 10);

  Experiments second(next.policy(), ledger, 2'000'000);
  take(second, 0, 0, 5);  // who came before comes again, in its new arm
  BOOST_TEST(second.Look(20, true).ok());
  BOOST_TEST(Row().plan.arms[0].share_ppm == 900'000u);
  BOOST_TEST(Row().users(0) == 5);
  BOOST_TEST(Row().users(1) == 0);
  BOOST_TEST(Row().started_s == 20);

  ExperimentFile watcher;
  BOOST_REQUIRE(watcher.Open(ledger).ok());
  take(first, 1, 20, 40);  // drawn by the former shares
  BOOST_TEST(first.Look(30, true).ok());
  const std::int64_t version = *watcher.Version();
  for (int look = 0; look < 5; ++look) {
    BOOST_TEST(first.Look(40 + look, true).ok());
    BOOST_TEST(second.Look(40 + look, true).ok());
  }
  BOOST_TEST(*watcher.Version() == version);
  take(second, 0, 5, 8);
  BOOST_TEST(second.Look(50, true).ok());
  BOOST_TEST(Row().users(0) == 8);
  BOOST_TEST(Row().users(1) == 0);
  BOOST_TEST(Row().plan.arms[0].share_ppm == 900'000u);
}

BOOST_AUTO_TEST_CASE(it_ends_when_its_time_and_its_users_came) {
  TestPolicy policy;
  policy.TryTone(8);
  Client client(policy.policy(), Fast(false));
  // Until eight came to each arm it goes on, however long that takes; then its second may be over.
  int users = 0;
  for (std::array<int, 2> came{}; std::min(came[0], came[1]) < 7; ++users) ++came[IsWarm(users)];
  AskAs(client, 0, users);
  BOOST_TEST(policy.policy().live().experiment_runs(0));
  for (int user = users; user < users + 40; ++user) {
    BOOST_TEST(Ask(client, TestPolicy::Request(1'000, 100, User(user))).ok());
  }
  BOOST_TEST(Await([&] { return !policy.policy().live().experiment_runs(0); }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
