// mlp rollout on the store of a running service.
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "mlp/live.hpp"
#include "runtime/store/sqlite.hpp"
#include "tests/cli/service_fixture.hpp"

namespace mlp {
namespace {

struct Fixture : ServiceFixture {
  Fixture() {
    policy.RollOut(
        {{100'000, 3'600, 0, false}, {500'000, 0, 300, false}, {1'000'000, 0, 0, false}});
  }
  bool Share(std::uint32_t ppm) {
    return Await([&] { return policy.policy().live().share_ppm(0) == ppm; });
  }
  [[nodiscard]] Finished Move(const std::string& move) const {
    return Mlp({"rollout", move, "next", "--who", "ann", "--why", "a try"});
  }
  [[nodiscard]] nlohmann::json Page(std::vector<std::string> words) const {
    words.insert(words.end(), {"--format", "json"});
    const Finished done = Mlp(words);
    BOOST_REQUIRE_MESSAGE(done.exit_code == 0, done.err);
    return nlohmann::json::parse(done.out);
  }
  void RunInLedger(const char* sql) const {
    Database database;
    BOOST_REQUIRE(database.Open(store + ".ledger", Database::Mode::kReadWrite) == SQLITE_OK);
    BOOST_REQUIRE(database.Run(sql) == SQLITE_OK);
  }
};

BOOST_FIXTURE_TEST_SUITE(rollout_command, Fixture)

BOOST_AUTO_TEST_CASE(where_it_stands_and_why_is_shown) {
  {
    Client client(policy.policy(), Fast());
    AskAs(client, 0, 60);
  }
  const Finished list = Mlp({"rollout", "list"});
  BOOST_TEST(list.exit_code == 0);
  BOOST_TEST(list.out.find("next: opus -> llama\n  at 10%, step 1 of 3, for ") == 0U, list.out);
  Holds(list.out, " of at least 60m; ");
  const Finished show = Mlp({"rollout", "show", "next", "--rederive"});
  BOOST_TEST(show.exit_code == 0);
  BOOST_TEST_MESSAGE(show.out);
  BOOST_TEST(show.out.find("rollout next of policy test: opus -> llama, salt \"next\"\n") == 0U);
  Holds(show.out, "\n  > 10% for at least 60m\n    50% for at least 300 users\n    100%\n");
  Holds(show.out, "\n  rollback  failures > baseline\n            canary 0% of ");
  Holds(show.out, "; harm is shown from 2.996 on\n");
  Holds(show.out, " UTC  started, 0% -> 10%\n            the policy's rollout began\n");
  Holds(show.out, " entries lead to this state, bit for bit\n");
  const nlohmann::json page = Page({"rollout", "show", "next"});
  BOOST_TEST(page["rollout"]["state"] == "running");
  BOOST_TEST(page["rollout"]["sharePpm"] == 100'000);
  BOOST_TEST(page["rollout"]["endedAt"].is_null());
  BOOST_REQUIRE(page["rollout"]["steps"].size() == 3U);
  BOOST_TEST(page["rollout"]["steps"][1]["users"] == 300);
  BOOST_REQUIRE(page["evidence"].size() == 1U);
  BOOST_TEST(page["evidence"][0]["criterion"] == "failures > baseline");
  BOOST_TEST(page["evidence"][0]["unit"] == "share");
  BOOST_TEST(page["evidence"][0]["stable"] == 0.0);
  BOOST_TEST(page["evidence"][0]["holds"] == false);
  BOOST_TEST(page["changes"][0]["change"] == "started");
  BOOST_TEST(page["changes"][0]["toPpm"] == 100'000);
}

BOOST_AUTO_TEST_CASE(moves_are_obeyed_and_logged_with_who_and_why) {
  Client client(policy.policy(), Fast());
  AskAs(client, 0, 20);
  const Finished held = Move("hold");
  BOOST_TEST(held.exit_code == 0);
  Holds(held.out, "next: opus -> llama\n  at 10%, step 1 of 3");
  Holds(Flat(held.out), "; held by hand until `mlp rollout resume`");
  BOOST_TEST(Page({"rollout", "list"})["rollouts"][0]["hold"] == "operator");
  const Finished twice = Move("hold");
  BOOST_TEST(twice.exit_code == 1);
  Holds(twice.err, "`next` stays as it is: ");
  BOOST_TEST(Move("resume").exit_code == 0);
  const Finished on = Move("advance");
  BOOST_TEST(on.exit_code == 0);
  Holds(on.out, "at 50%, step 2 of 3, for 0s; 0 users of the canary of at least 300");
  BOOST_TEST(Share(500'000));
  const Finished back = Move("rollback");
  BOOST_TEST(back.exit_code == 0);
  Holds(back.out, "rolled back at 20");
  Holds(back.out, " UTC: no user has llama");
  BOOST_TEST(Share(0));
  const Finished soon = Move("resume");
  BOOST_TEST(soon.exit_code == 1);
  BOOST_TEST_MESSAGE(soon.err);
  Holds(soon.err, "`next` stays as it is: ");
  const Finished show = Mlp({"rollout", "show", "next", "--rederive"});
  BOOST_TEST_MESSAGE(show.out);
  BOOST_TEST(show.exit_code == 0);
  Holds(show.out, " UTC  held, 10% -> 10%\n            by ann: a try\n");
  Holds(show.out, " UTC  resumed, 10% -> 10%\n            by ann: a try\n");
  Holds(show.out, " UTC  advanced, 10% -> 50%\n            by ann: a try\n");
  Holds(show.out, " UTC  rolled-back, 50% -> 0%\n            by ann: a try\n");
  const nlohmann::json page = Page({"rollout", "show", "next"});
  BOOST_TEST(page["rollout"]["state"] == "rolled-back");
  BOOST_TEST(page["rollout"]["endedAt"].is_string());
  BOOST_TEST(page["changes"].back()["who"] == "ann");
  BOOST_TEST(page["changes"].back()["fromPpm"] == 500'000);
}

BOOST_AUTO_TEST_CASE(a_report_has_it_in_every_form) {
  {
    Client client(policy.policy(), Fast());
    AskAs(client, 0, 20);
  }
  BOOST_TEST(Move("rollback").exit_code == 0);
  Holds(Mlp({"report"}).out, "\nRollouts\nnext: opus -> llama\n  rolled back at 20");
  const nlohmann::json page = Page({"report"});
  BOOST_REQUIRE(page["rollouts"].size() == 1U);
  BOOST_TEST(page["rollouts"][0]["state"] == "rolled-back");
  BOOST_TEST(page["rollouts"][0]["changes"].back()["because"] == "by ann: a try");
  BOOST_TEST(page["experiments"].empty());
  BOOST_TEST(Mlp({"report", "--html", folder / "page.html"}).exit_code == 0);
  const std::string html = ReadWhole(folder / "page.html");
  Holds(html, "<h3>next <span class=\"tag retires\">rolled back</span></h3>");
  Holds(html, "<b>rolled-back</b> 10% → 0%<span class=\"soft\">by ann: a try</span>");
}

BOOST_AUTO_TEST_CASE(a_log_that_was_touched_is_found) {
  {
    Client client(policy.policy(), Fast());
    AskAs(client, 0, 5);
  }
  BOOST_TEST(Move("advance").exit_code == 0);
  RunInLedger("UPDATE rollout_log SET changes = replace(changes, '500000', '900000')");
  const Finished show = Mlp({"rollout", "show", "next", "--rederive"});
  BOOST_TEST(show.exit_code == 1);
  Holds(show.out, "the log does not lead here: entry ");
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_said_with_a_mend) {
  const Finished nowhere = Mlp({"rollout", "show", "next"});
  BOOST_TEST(nowhere.exit_code == 2);
  Holds(nowhere.err, "m.db: there is no such store; check --store");
  {
    engine::TestPolicy plain;
    Client client(plain.policy(), Options());
  }
  BOOST_TEST(Mlp({"rollout", "list"}).out == "no service with rollouts has run on this store\n");
  Holds(Mlp({"rollout", "show", "next"}).err,
        "there is no rollout `next`: this store has no rollout");
  { Client client(policy.policy(), Fast()); }
  Holds(Mlp({"rollout", "show", "nexd"}).err, "there is no rollout `nexd`: this store has `next`");
  const Finished mute = Mlp({"rollout", "hold", "next", "--who", "bo"});
  BOOST_TEST(mute.exit_code == 0);
  Holds(mute.err, "the log has no reason for it; --why TEXT gives one");
  Holds(Mlp({"rollout", "show", "next"}).out, "\n            by bo\n");
  RunInLedger("PRAGMA user_version = 99");
  const Finished newer = Mlp({"rollout", "list"});
  BOOST_TEST(newer.exit_code == 2);
  Holds(newer.err, "newer");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
