// mlp replay: recorded calls under another policy, from a store and from logs.
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "mlp/loader.hpp"
#include "mlp/store.hpp"
#include "runtime/report/replay/render.hpp"
#include "runtime/report/replay/replayer.hpp"
#include "tests/cli/command.hpp"
#include "tests/support/scratch_folder.hpp"

namespace mlp {
namespace {

using nlohmann::json;

// Models at $10/$20, $1/$2 (from 2027 on $2/$4) and $0.50/$1 per million tokens.
constexpr const char* kHead = R"(language 1
policy desk { version "2.0.0"; stage development; valid 2026-11-21 .. 2030-11-21 }
request {
  tier    one of free, pro, team
  tenant  text
  user    key
  input   tokens up to 10K
  output  tokens up to 1K
}
provider main { protocol openai; endpoint us "https://main.example/v1" }
model large { provider main; pin exact "large-1"; context 50K, output 8K; can text-input, text-output; price input $10/M, output $20/M, cache-read $1/M }
model small { provider main; pin exact "small-1"; context 50K, output 8K; can text-input, text-output
  price from 2026-01-01 input $1/M, output $2/M
  price from 2027-01-01 input $2/M, output $4/M }
model tiny { provider main; pin exact "tiny-1"; context 50K, output 8K; can text-input, text-output; price input $0.50/M, output $1/M }
)";

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kDecember = 1'796'083'200;  // 2026-12-01T00:00Z

/// A call of December 2026 that `models` were tried for, the last of which answered.
CallRecord Recorded(const std::string& request, const std::string& route,
                    const std::vector<std::string>& models, std::int64_t cost_pico = 0) {
  static int number = 0;
  CallRecord call;
  call.call_id = "call-" + std::to_string(++number);
  call.started_us = (kDecember + number) * 1'000'000;
  call.duration_us = 900'000;
  call.request = request;
  call.route = route;
  for (const std::string& model : models) {
    AttemptRecord attempt;
    attempt.model = model;
    attempt.error_class = ErrorClass::kServerError;
    call.attempts.push_back(attempt);
  }
  if (models.empty()) return call;
  AttemptRecord& answer = call.attempts.back();
  answer.error_class = ErrorClass::kNone;
  answer.usage = {.input = 1'000, .output = 100, .reported = true, .verified = true};
  answer.cost_pico = cost_pico;
  call.cost_pico = cost_pico;
  return call;
}

struct Fixture {
  ScratchFolder folder;
  std::string store = folder / "calls.db";

  std::string Policy(const std::string& routes) const {
    return WriteWhole(folder / "desk.mlp", kHead + routes);
  }
  void Record(const std::vector<CallRecord>& calls) const {
    auto opened = mlp::Store::Open(store);
    BOOST_REQUIRE(opened.ok());
    for (const CallRecord& call : calls) BOOST_REQUIRE((*opened)->Append(call));
    BOOST_REQUIRE((*opened)->Flush().ok());
  }
  [[nodiscard]] json Page(const std::string& policy, std::vector<std::string> more = {}) const {
    std::vector<std::string> words = {MLP_MLP, "replay", policy, "--format", "json"};
    if (more.empty() || more[0] != "--log") more.insert(more.begin(), {"--store", store});
    words.insert(words.end(), more.begin(), more.end());
    const Finished done = Run(words);
    BOOST_REQUIRE_MESSAGE(done.exit_code == 0, done.err);
    json page = json::parse(done.out);
    std::int64_t sum = 0;
    for (const char* part :
         {"stayed", "moved", "newlyUnserved", "newlyServed", "unserved", "placed", "notReplayed"}) {
      sum += page[part].get<std::int64_t>();
    }
    BOOST_TEST(page["calls"] == sum);
    return page;
  }
};

constexpr const char* kByTier =
    "route paying when tier == pro { try small; else large }\n"
    "route team when tier == team { refuse \"not yet\" }\n"
    "route rest otherwise { try large }\n";

BOOST_FIXTURE_TEST_SUITE(replay_command, Fixture)

BOOST_AUTO_TEST_CASE(what_moves_is_counted_and_its_tokens_are_priced_exactly) {
  const std::string pro = "tier=pro input=1000 output=500";
  CallRecord left_alone = Recorded(pro, "paid", {"large"}, 12'000'000'000);
  left_alone.skipped = "small:breaker";
  CallRecord unmetered = Recorded(pro, "paid", {"large"}, 12'000'000'000);
  unmetered.attempts[0].usage.reported = false;
  Record({Recorded(pro, "paid", {"large"}, 12'000'000'000), left_alone, unmetered,
          Recorded(pro, "paid", {"large", "tiny"}, 600'000'000),
          Recorded("tier=free input=5 output=5", "rest", {"large"}, 12'000'000'000)});
  const json page = Page(Policy(kByTier));
  BOOST_TEST(page["calls"] == 5);
  BOOST_TEST(page["moved"] == 4);
  BOOST_TEST(page["stayed"] == 1);
  const json& move = page["moves"][0];
  BOOST_TEST(move["oldModel"] == "large");
  BOOST_TEST(move["newModel"] == "small");
  BOOST_TEST(move["oldRoute"] == "paid");
  BOOST_TEST(move["newRoute"] == "paying");
  BOOST_TEST(move["calls"] == 4);
  BOOST_TEST(move["share"] == 0.8);
  BOOST_TEST(move["leftAloneThen"] == 1);
  // Two calls of 1000 tokens in and 100 out: 12,000 millionths of a dollar then, 1,200 now.
  BOOST_TEST(move["cost"]["calls"] == 2);
  BOOST_TEST(move["cost"]["then"] == "$0.024");
  BOOST_TEST(move["cost"]["now"] == "$0.0024");
  BOOST_TEST(move["cost"]["difference"] == "-$0.0216");
  BOOST_TEST(page["cost"]["calls"] == 3);
  BOOST_TEST(page["cost"]["difference"] == "-$0.0216");
  const std::string doubts = page["notClaimed"].dump();
  BOOST_TEST(doubts.find("a fallback answered") != std::string::npos, doubts);
  BOOST_TEST(doubts.find("the tokens or the price then are not recorded") != std::string::npos);
  BOOST_TEST(page["notClaimed"][0]["reason"].get<std::string>().find("moved: how long") == 0U);
  BOOST_TEST(page["notClaimed"][0]["calls"] == 4);
}

BOOST_AUTO_TEST_CASE(each_call_is_priced_at_its_own_time_or_as_of_a_date) {
  CallRecord later = Recorded("tier=pro input=1 output=1", "paid", {"large"}, 12'000'000'000);
  later.started_us = (kDecember + 60 * kDay) * 1'000'000;
  Record({Recorded("tier=pro input=1 output=1", "paid", {"large"}, 12'000'000'000), later});
  const std::string policy = Policy(kByTier);
  BOOST_TEST(Page(policy)["cost"]["now"] == "$0.0036");
  BOOST_TEST(Page(policy, {"--as-of", "2026-12-01"})["cost"]["now"] == "$0.0024");
  BOOST_TEST(Page(policy, {"--as-of", "2027-02-01"})["cost"]["now"] == "$0.0048");
  BOOST_TEST(Page(policy, {"--since", "2027-01-01"})["calls"] == 1);
  const json early = Page(policy, {"--as-of", "2026-01-01"});
  BOOST_TEST(early["notClaimed"].dump().find("outside of the policy's horizon") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(served_and_unserved_change_places) {
  CallRecord refused = Recorded("tier=pro input=1 output=1", "closed", {});
  refused.outcome = ErrorClass::kRefused;
  CallRecord still = Recorded("tier=team input=1 output=1", "", {});
  still.outcome = ErrorClass::kNoRoute;
  CallRecord cached = Recorded("tier=free input=1 output=1", "rest", {});
  cached.cache = CacheUse::kHit;
  CallRecord exhausted = Recorded("tier=free input=1 output=1", "rest", {});
  exhausted.outcome = ErrorClass::kBudgetExhausted;
  Record({refused, still, cached, exhausted,
          Recorded("tier=team input=1 output=1", "rest", {"large"}, 1)});
  const json page = Page(Policy(kByTier));
  BOOST_TEST(page["newlyServed"] == 1);
  BOOST_TEST(page["won"][0]["old"] == "refused");
  BOOST_TEST(page["won"][0]["new"] == "small");
  BOOST_TEST(page["newlyUnserved"] == 1);
  BOOST_TEST(page["lost"][0]["old"] == "large");
  BOOST_TEST(page["lost"][0]["new"] == "refused");
  BOOST_TEST(page["unserved"] == 1);
  BOOST_TEST(page["placed"] == 2);
  BOOST_TEST(page["cost"]["calls"] == 0);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_named_with_its_reason) {
  Record({Recorded("tier=gold input=1 output=1", "rest", {"large"}, 1),
          Recorded("tier=pro input=20000 output=1", "rest", {"large"}, 1),
          Recorded("tier=pro input=30000 output=1", "rest", {"large"}, 1),
          Recorded("level=pro input=1 output=1", "rest", {"large"}, 1),
          Recorded("tier=pro output=1", "rest", {"large"}, 1)});
  const json page = Page(Policy(kByTier));
  BOOST_TEST(page["notReplayed"] == 5);
  BOOST_TEST(page["unfit"].size() == 4U);
  BOOST_TEST(page["unfit"][0]["calls"] == 2);
  BOOST_TEST(page["unfit"][0]["reason"] ==
             "attribute `input` is `20000`: it takes tokens up to 10000");
  BOOST_TEST(page["unfit"].dump().find("unknown attribute `level`") != std::string::npos);
  BOOST_TEST(page["unfit"].dump().find("attribute `input` is missing") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_decision_that_hangs_on_a_text_is_left_open_and_others_are_not) {
  Record({Recorded("tier=pro input=1 output=1", "rest", {"large"}, 1),
          Recorded("tier=free input=1 output=1", "rest", {"large"}, 1)});
  const std::string policy = Policy(
      "route own when tier == pro and tenant == \"acme\" { try tiny }\n"
      "route ours when tier == free and tenant starts-with \"a\" { try large }\n"
      "route rest otherwise { try large }\n");
  const json page = Page(policy);
  BOOST_TEST(page["notReplayed"] == 2);  // the route differs, if not the model
  BOOST_TEST(page["undecided"][0]["calls"] == 2);
  BOOST_TEST(page["undecided"][0]["reason"].get<std::string>().find("it depends on `tenant`") ==
             0U);
  const json simple = Page(Policy(
      "route own when tier == pro and tenant == \"acme\" { try tiny }\nroute rest otherwise { try "
      "large }\n"));
  BOOST_TEST(simple["notReplayed"] == 1);
  BOOST_TEST(simple["stayed"] == 1);
}

BOOST_AUTO_TEST_CASE(logs_are_replayed_in_both_their_forms) {
  const std::string policy = Policy(
      "route own when tenant == \"acme\" { try tiny }\nroute pro when tier == pro { try small }\n"
      "route rest otherwise { try large }\n");
  const std::string log = WriteWhole(
      folder / "log.jsonl",
      R"({"at":"2026-12-01T00:00:01.500Z","level":"warning","event":"breaker","model":"large"})"
      "\n\n"
      R"({"at":"2026-12-01T00:00:01.500Z","level":"warning","event":"call","call":"c1","policy":"desk","route":"rest","outcome":"none","durationUs":700000,"cost":"$0.01","request":"tier=free input=1 output=1","attempts":[{"kind":"first","model":"large","outcome":"none"}]})"
      "\n"
      R"({"tier":"pro","tenant":"acme","input":7,"output":9,"@date":"2027-01-01","note":"not of the request"})"
      "\n"
      R"({"tier":"pro","tenant":"other","input":7,"output":9})"
      "\n");
  const json page = Page(policy, {"--log", log});
  BOOST_TEST(page["calls"] == 3);
  BOOST_TEST(page["placed"] == 2);
  BOOST_TEST(page["notReplayed"] == 1);  // the log has no tenant
  BOOST_TEST(page["moves"].dump().find("\"newModel\":\"tiny\"") != std::string::npos);
  BOOST_TEST(page["moves"].dump().find("\"newModel\":\"small\"") != std::string::npos);

  const Finished broken =
      Run({MLP_MLP, "replay", policy, "--log", WriteWhole(folder / "b.jsonl", "{}\n[1]\n")});
  BOOST_TEST(broken.exit_code == 2);
  BOOST_TEST(broken.err.find("b.jsonl:2: not a JSON object") != std::string::npos, broken.err);
}

BOOST_AUTO_TEST_CASE(arms_that_are_recorded_are_kept_and_draws_follow_the_shares) {
  const std::string policy = Policy(
      "route pro when tier == pro { try large }\n"
      "route rest otherwise { try spread small 75%, tiny 25% }\n"
      "rollout next { move large -> small; for pro; by user; ramp 5%; then 100% }\n");
  const auto loaded = LoadPolicy(policy, {.prove = false});
  BOOST_REQUIRE_MESSAGE(loaded.ok(), (loaded.ok() ? "" : loaded.error().context));
  Replayer replayer(**loaded);
  CallRecord canary = Recorded("tier=pro input=1 output=1", "pro", {"small"}, 1);
  canary.arms = "next:canary";
  replayer.Add(FromRecord(canary));
  CallRecord stable = Recorded("tier=pro input=1 output=1", "pro", {"large"}, 1);
  stable.arms = "next:stable";
  replayer.Add(FromRecord(stable));
  constexpr int kDrawn = 4'000;
  for (int i = 0; i < kDrawn; ++i) {
    replayer.Add(FromRecord(Recorded("tier=free input=1 output=1", "rest", {"large"}, 1)));
  }
  const mlp::Replay replay = replayer.Finish("memory");
  BOOST_TEST(replay.stayed == 2);
  std::int64_t tiny = 0;
  for (const ReplayMove& move : replay.moves) {
    if (move.new_model == "tiny") tiny += move.calls;
  }
  BOOST_TEST(tiny > kDrawn * 22 / 100);  // five standard deviations are 3.4 points
  BOOST_TEST(tiny < kDrawn * 28 / 100);
  const std::string text = RenderReplayText(replay);
  BOOST_TEST(text.find("large → small") != std::string::npos, text);
  BOOST_TEST(text.find("go first where they went") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(the_text_says_it_in_words_and_wrong_usage_how_to_mend_it) {
  Record({Recorded("tier=pro input=1 output=1", "paid", {"large"}, 12'000'000'000)});
  const std::string policy = Policy(kByTier);
  const Finished done = Run({MLP_MLP, "replay", policy, "--store", store});
  BOOST_TEST(done.exit_code == 0, done.err);
  BOOST_TEST(done.out.find("1 calls of 2026-12-01") != std::string::npos, done.out);
  BOOST_TEST(done.out.find("cost $0.012 then and $0.0012 at the new prices: -$0.0108") !=
                 std::string::npos,
             done.out);
  BOOST_TEST(Run({MLP_MLP, "replay", policy}).exit_code == 2);
  BOOST_TEST(Run({MLP_MLP, "replay", policy, "--store", store, "--log", "-"}).exit_code == 2);
  BOOST_TEST(Run({MLP_MLP, "replay", policy, "--store", store + ".none"}).exit_code == 2);
  BOOST_TEST(Run({MLP_MLP, "replay", policy + ".none", "--store", store}).exit_code == 2);
  const Finished since = Run({MLP_MLP, "replay", policy, "--store", store, "--since", "soon"});
  BOOST_TEST(since.exit_code == 2);
  BOOST_TEST(since.err.find("write --since as") != std::string::npos);
  WriteWhole(policy, std::string(kHead) + "route r otherwise { try lagre }\n");
  const Finished wrong = Run({MLP_MLP, "replay", policy, "--store", store});
  BOOST_TEST(wrong.exit_code == 1);
  BOOST_TEST(wrong.err.find("MLP0201") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
