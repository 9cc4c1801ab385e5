// mlp compact, and the report of a store whose calls are gone.
#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "mlp/store.hpp"
#include "tests/cli/command.hpp"
#include "tests/support/scratch_folder.hpp"

namespace mlp {
namespace {

BOOST_AUTO_TEST_SUITE(compact)

BOOST_AUTO_TEST_CASE(a_report_is_the_same_before_and_after) {
  const ScratchFolder folder;
  const std::string store = folder / "m.db";
  {
    auto opened = Store::Open(store);
    BOOST_REQUIRE(opened.ok());
    for (int i = 0; i < 500; ++i) {
      CallRecord call;
      call.started_us = 1'700'000'000'000'000 + i * 3'000'000'000LL;  // in 2023
      call.route = "chat";
      call.attempts.resize(1);
      call.attempts[0].model = "haiku";
      call.attempts[0].cost_pico = 1'234'567'891;
      BOOST_REQUIRE((*opened)->Append(call));
    }
  }
  const auto report = [&store] {
    const Finished said = Run({MLP_MLP, "report", "--store", store, "--format", "json"});
    BOOST_TEST(said.exit_code == 0);
    return nlohmann::json::parse(said.out);
  };
  const nlohmann::json before = report();
  BOOST_TEST(before["total"]["calls"] == 500);
  BOOST_TEST(before["total"]["cost"] == "$0.6172839455");
  BOOST_TEST(before["quantileError"] == 0.0);

  const Finished said = Run({MLP_MLP, "compact", "--store", store, "--keep-calls", "1h"});
  BOOST_TEST(said.err == "");
  BOOST_TEST(said.exit_code == 0);
  BOOST_TEST(said.out.find(store + ": 500 calls summed up, 500 deleted, ") == 0U);
  const nlohmann::json after = report();
  BOOST_TEST(after["quantileError"] == 0.010831);
  for (const char* same : {"calls", "answered", "attempts", "cost", "tokens"}) {
    BOOST_TEST(after["total"][same] == before["total"][same]);
  }
  BOOST_TEST(after["firstCall"] == before["firstCall"]);
  BOOST_TEST(after["lastCall"] == before["lastCall"]);

  // What needs calls one by one says that they are gone.
  const std::string policy =
      WriteWhole(folder / "desk.mlp",
                 "language 1\npolicy desk { version \"1.0.0\"; stage development; "
                 "valid 2026-11-21 .. 2030-11-21 }\n"
                 "route rest otherwise { refuse \"closed\" }\n");
  const Finished replay = Run({MLP_MLP, "replay", policy, "--store", store});
  BOOST_TEST(replay.err.find("mlp replay: 500 calls from before ") == 0U);
  BOOST_TEST(replay.err.find(" UTC are kept in sums only and left out\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(wrong_words_are_named) {
  const ScratchFolder folder;
  const std::string none = folder / "none.db";
  Finished said = Run({MLP_MLP, "compact", "--store", none});
  BOOST_TEST(said.exit_code == 2);
  BOOST_TEST(said.err == "mlp compact: " + none + ": there is no such store; check the path\n");
  said = Run({MLP_MLP, "compact", "--store", none, "--keep-calls", "long"});
  BOOST_TEST(said.exit_code == 2);
  BOOST_TEST(said.err == "mlp compact: write times to keep as 90s, 30m, 24h, 7d or 2w\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
