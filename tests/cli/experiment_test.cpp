// mlp experiment on the store of a running service.
#include <algorithm>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "mlp/live.hpp"
#include "runtime/core/bucket.hpp"
#include "runtime/store/experiment_file.hpp"
#include "tests/cli/service_fixture.hpp"

namespace mlp {
namespace {

using loopback::FakeKind;
using loopback::FakeReply;

struct Fixture : ServiceFixture {
  static int WarmUsers(int end) {
    int warm = 0;
    for (int user = 0; user < end; ++user) {
      const std::string name = "user-" + std::to_string(user);
      warm += BucketOfPieces({"tone", kSplit}, name) >= 500'000 ? 1 : 0;
    }
    return warm;
  }
  /// What is stored of it, changed by hand.
  template <typename Change>
  void Edit(Change&& change) const {
    ExperimentFile file;
    BOOST_REQUIRE(file.Open(store + ".ledger").ok());
    BOOST_REQUIRE(file.Begin().ok());
    ExperimentRow row = **file.Find("tone");
    change(row);
    BOOST_REQUIRE(file.Save(row).ok());
    BOOST_REQUIRE(file.Commit().ok());
  }
  [[nodiscard]] nlohmann::json Page(std::vector<std::string> words) const {
    words.insert(words.end(), {"--format", "json"});
    const Finished done = Mlp(words);
    BOOST_REQUIRE_MESSAGE(done.exit_code == 0, done.err);
    return nlohmann::json::parse(done.out);
  }
};

BOOST_FIXTURE_TEST_SUITE(experiment_command, Fixture)

BOOST_AUTO_TEST_CASE(its_arms_are_compared_in_words_and_in_numbers) {
  policy.TryTone();
  servers.Script("llama-id", {FakeReply{.kind = FakeKind::kServerError}});
  {
    ClientOptions options = Fast();
    options.health.breakers = false;
    options.health.throttles = false;
    Client client(policy.policy(), options);
    AskAs(client, 0, 120);
  }
  Edit([](ExperimentRow& row) { row.started_s -= 3 * 86'400; });
  const int warm = WarmUsers(120);
  const std::string plain_users = std::to_string(120 - warm);
  const std::string warm_users = std::to_string(warm);

  const Finished list = Mlp({"experiment", "list"});
  BOOST_TEST(list.exit_code == 0);
  BOOST_TEST(list.out.find("tone: 50% plain (opus), 50% warm (llama)\n  runs since 20") == 0U,
             list.out);
  Holds(list.out, " UTC (3d)\n");

  const Finished show = Mlp({"experiment", "show", "tone"});
  BOOST_TEST(show.exit_code == 0);
  BOOST_TEST_MESSAGE(show.out);
  BOOST_TEST(show.out.find("experiment tone of policy test, in place of opus\n") == 0U);
  Holds(show.out, "shares: users came in the shares that they were given (p ");
  Holds(Flat(show.out), "Leave `warm`: with 95% confidence it is worse in failures (+100 pp, ");
  Holds(Flat(show.out), "of latency, latency.p95 nothing is shown.");
  Holds(Flat(show.out), "no end was fixed beforehand, so that no p-value means anything");
  Holds(Flat(show.out), "intervals hold however often one looks, all together with 95% confidence");
  Holds(Flat(show.out),
        "One more week at this traffic, about 280 users, would narrow the intervals: ");

  const nlohmann::json page = Page({"experiment", "show", "tone"});
  const nlohmann::json& experiment = page["experiment"];
  BOOST_TEST(experiment["state"] == "running");
  BOOST_TEST(experiment["replaces"] == "opus");
  BOOST_REQUIRE(experiment["arms"].size() == 2U);
  BOOST_TEST(experiment["arms"][0]["control"] == true);
  BOOST_TEST(experiment["arms"][1]["model"] == "llama");
  BOOST_TEST(experiment["arms"][1]["sharePpm"] == 500'000);
  BOOST_TEST(experiment["arms"][1]["users"] == warm);
  BOOST_TEST(page["shares"]["asGiven"] == true);
  BOOST_TEST(page["fixedHorizon"] == false);
  BOOST_REQUIRE(page["comparisons"].size() == 3U);
  const nlohmann::json& failures = page["comparisons"][0];
  BOOST_TEST(failures["measure"] == "failures");
  BOOST_TEST(failures["unit"] == "share");
  BOOST_TEST(failures["value"] == 1.0);
  BOOST_TEST(failures["control"] == 0.0);
  BOOST_TEST(failures["low"].get<double>() > 0);
  BOOST_TEST(failures["verdict"] == "worse");
  BOOST_TEST(failures["p"].get<double>() < 1e-6);
  // Nobody was answered by llama, so that its latency has no interval.
  BOOST_TEST(page["comparisons"][1]["unit"] == "us");
  BOOST_TEST(page["comparisons"][1]["users"] == 0);
  BOOST_TEST(page["comparisons"][1]["low"].is_null());
  BOOST_TEST(page["comparisons"][1]["halfWidthInAWeek"].is_null());
}

BOOST_AUTO_TEST_CASE(lost_users_are_told_before_any_verdict) {
  policy.TryTone(8);
  {
    Client client(policy.policy(), Fast());
    AskAs(client, 0, 10);
  }
  Edit([](ExperimentRow& row) {
    row.started_s -= 86'400;
    row.ended_s = 0;
    row.plan.lasts_s = 7 * 86'400;
    row.counts[0].newcomers = 600;
    row.counts[1].newcomers = 400;
  });
  const std::string out = Mlp({"experiment", "show", "tone"}).out;
  BOOST_TEST_MESSAGE(out);
  Holds(Flat(out),
        "Decide nothing by these numbers: users came in other shares than they were given");
  Holds(Flat(out), "plain 600 for 50%, warm");
  Holds(Flat(out),
        "p is of Welch's t or of two proportions, corrected by Holm, for one look at the end");
  BOOST_TEST(out.find("Take") == std::string::npos);
  BOOST_TEST(Page({"experiment", "show", "tone"})["shares"]["asGiven"] == false);
}

BOOST_AUTO_TEST_CASE(a_stop_is_obeyed_and_kept_with_its_reason) {
  policy.TryTone();
  Client client(policy.policy(), Fast());
  AskAs(client, 0, 10);
  const Finished mute = Mlp({"experiment", "stop", "tone"});
  BOOST_TEST(mute.exit_code == 2);
  Holds(mute.err + mute.out, "--why is required");
  const Finished done =
      Mlp({"experiment", "stop", "tone", "--who", "ann", "--why", "enough users"});
  BOOST_TEST(done.exit_code == 0);
  BOOST_TEST(done.out == "tone: stopped; all users have opus within a second\n");
  BOOST_TEST(Await([&] { return !policy.policy().live().experiment_runs(0); }));
  const Finished again = Mlp({"experiment", "stop", "tone", "--why", "again"});
  BOOST_TEST(again.exit_code == 1);
  Holds(again.err, "`tone` stays as it is: it ended 20");
  Holds(again.err, ": by ann: enough users; all users have opus");
  Holds(Mlp({"experiment", "list"}).out, "by ann: enough users");
  const nlohmann::json list = Page({"experiment", "list"});
  BOOST_REQUIRE(list["experiments"].size() == 1U);
  BOOST_TEST(list["experiments"][0]["state"] == "ended");
  BOOST_TEST(list["experiments"][0]["endedBy"] == "by ann: enough users");
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_said_with_a_mend) {
  const Finished nowhere = Mlp({"experiment", "list"});
  BOOST_TEST(nowhere.exit_code == 2);
  Holds(nowhere.err, "m.db: there is no such store; check --store");
  { Client client(policy.policy(), Options()); }
  const Finished none = Mlp({"experiment", "list"});
  BOOST_TEST(none.exit_code == 0);
  BOOST_TEST(none.out == "no service with experiments has run on this store\n");
  BOOST_TEST(Page({"experiment", "list"})["experiments"].empty());
  const Finished show = Mlp({"experiment", "show", "tone"});
  BOOST_TEST(show.exit_code == 2);
  Holds(show.err, "there is no experiment `tone`: this store has no experiment");
  engine::TestPolicy other;
  other.TryTone();
  { Client client(other.policy(), Fast()); }
  Holds(Mlp({"experiment", "stop", "tune", "--why", "a slip"}).err,
        "there is no experiment `tune`: this store has `tone`");
  Holds(Mlp({"experiment", "show", "tone"}).out, "waits for its first user");
  Database database;
  BOOST_REQUIRE(database.Open(store + ".ledger", Database::Mode::kReadWrite) == SQLITE_OK);
  BOOST_REQUIRE(database.Run("PRAGMA user_version = 99") == SQLITE_OK);
  const Finished newer = Mlp({"experiment", "list"});
  BOOST_TEST(newer.exit_code == 2);
  BOOST_TEST_MESSAGE(newer.err);
  Holds(newer.err, "newer");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
