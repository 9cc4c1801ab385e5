// mlp advise: what a store and a policy suggest, and that the edits apply and pass.
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "mlp/store.hpp"
#include "tests/cli/command.hpp"
#include "tests/support/scratch_folder.hpp"

namespace mlp {
namespace {

using nlohmann::json;

constexpr const char* kCatalog = R"(language 1
provider main { protocol openai; endpoint us "https://main.example/v1" }
provider far { protocol openai; endpoint us "https://far.example/v1" }
model large { provider main; pin exact "large-1"; context 50K, output 8K; can text-input, text-output; price input $10/M, output $20/M; quality accuracy 0.90 from "ours" on 2026-10-01 }
model mid { provider main; pin exact "mid-1"; context 50K, output 8K; can text-input, text-output; price input $4/M, output $8/M; quality accuracy 0.91 from "ours" on 2026-10-01 }
model weak { provider main; pin exact "weak-1"; context 50K, output 8K; can text-input, text-output; price input $1/M, output $2/M; quality accuracy 0.70 from "ours" on 2026-10-01 }
model fresh { provider main; pin exact "fresh-1"; context 50K, output 8K; can text-input, text-output; price input $2/M, output $4/M }
model elsewhere { provider far; pin exact "far-1"; context 50K, output 8K; can text-input, text-output; price input $0.10/M, output $0.20/M; quality accuracy 0.99 from "ours" on 2026-10-01 }
model small-window { provider main; pin exact "sw-1"; context 4K, output 1K; can text-input, text-output; price input $0.10/M, output $0.20/M; quality accuracy 0.99 from "ours" on 2026-10-01 }
model spare { provider main; pin exact "spare-1"; context 50K, output 8K; can text-input, text-output; price input $10/M, output $20/M; quality accuracy 0.90 from "ours" on 2026-10-01 }
)";

constexpr const char* kPolicy = R"(language 1
import "catalog.mlp"
policy desk { version "1.0.0"; stage development; valid 2026-11-21 .. 2030-11-21 }
request {
  input   tokens up to 10K
  output  tokens up to 1K
}
/// Everything.
route all otherwise {
  try   large        // the best
  else  spare
}
)";

CallRecord Call(int number, const std::string& model, std::int64_t cost_pico) {
  CallRecord call;
  call.call_id = std::to_string(number);
  call.started_us = 1'795'000'000'000'000 + number * std::int64_t{864'000'000};
  call.request = "input=1000 output=100";
  call.route = "all";
  AttemptRecord attempt;
  attempt.model = model;
  attempt.usage = {.input = 1'000, .output = 100, .reported = true, .verified = true};
  attempt.cost_pico = cost_pico;
  call.attempts.push_back(attempt);
  call.cost_pico = cost_pico;
  return call;
}

struct Fixture {
  Fixture() {
    WriteWhole(folder / "catalog.mlp", kCatalog);
    WriteWhole(folder / "desk.mlp", kPolicy);
  }
  void Record(const std::vector<CallRecord>& calls) const {
    auto opened = Store::Open(folder / "calls.db");
    BOOST_REQUIRE(opened.ok());
    for (const CallRecord& call : calls) BOOST_REQUIRE((*opened)->Append(call));
    BOOST_REQUIRE((*opened)->Flush().ok());
  }
  [[nodiscard]] Finished Advise(std::vector<std::string> more) const {
    more.insert(more.begin(), {MLP_MLP, "advise", "--store", "calls.db", "--policy", "desk.mlp"});
    return Run(more, {.folder = folder.path().string()});
  }
  [[nodiscard]] json Page() const {
    const Finished done = Advise({"--format", "json"});
    BOOST_REQUIRE_MESSAGE(done.exit_code == 0, done.err);
    return json::parse(done.out)["advice"];
  }
  static json Of(const json& page, const std::string& kind) {
    for (const json& item : page) {
      if (item["kind"] == kind) return item;
    }
    return nullptr;
  }
  ScratchFolder folder;
};

/// Forty calls at large, of $0.012 each, over 39 hundredths of a day each: $0.48 in about 0.4 days.
std::vector<CallRecord> LargeCalls() {
  std::vector<CallRecord> calls;
  for (int i = 0; i < 40; ++i) calls.push_back(Call(i, "large", 12'000'000'000));
  return calls;
}

BOOST_FIXTURE_TEST_SUITE(advise_command, Fixture)

BOOST_AUTO_TEST_CASE(a_cheaper_model_that_scores_no_less_comes_with_an_edit_that_applies) {
  Record(LargeCalls());
  const json page = Page();
  const json cheaper = Of(page, "cheaper");
  BOOST_REQUIRE_MESSAGE(!cheaper.is_null(), page.dump());
  BOOST_TEST(cheaper["title"] == "route all: mid in place of large");
  BOOST_TEST(cheaper["evidence"].get<std::string>().find("cost $0.4800") != std::string::npos,
             cheaper["evidence"]);
  BOOST_TEST(cheaper["evidence"].get<std::string>().find("would have cost $0.1920") !=
             std::string::npos);
  // $0.288 less in 39/100 of a day.
  const double saves = std::stod(cheaper["savesIn30Days"].get<std::string>().substr(1));
  BOOST_TEST(saves > 22.1);
  BOOST_TEST(saves < 22.2);
  const json evaluate = Of(page, "evaluate");
  BOOST_TEST(evaluate["title"] == "route all: evaluate fresh in place of large");
  BOOST_TEST(evaluate["next"] ==
             "mlp eval desk.mlp --suite CASES.jsonl --candidate fresh --baseline large");
  for (const char* no : {"weak", "elsewhere", "small-window"}) {
    BOOST_TEST(page.dump().find(no) == std::string::npos);
  }
  WriteWhole(folder / "one.patch", cheaper["patch"]);
  const Finished applied =
      Run({"/bin/sh", "-c", "git apply one.patch"}, {.folder = folder.path().string()});
  BOOST_TEST(applied.exit_code == 0, applied.err);
  const std::string edited = ReadWhole(folder / "desk.mlp");
  BOOST_TEST(edited.find("  try   mid        // the best\n  else  spare\n") != std::string::npos,
             edited);
}

BOOST_AUTO_TEST_CASE(what_an_assertion_refuses_is_no_advice) {
  WriteWhole(folder / "desk.mlp",
             std::string(kPolicy) + "assert \"only the dear\" always price.input >= $10/M\n");
  Record(LargeCalls());
  BOOST_TEST(Of(Page(), "cheaper").is_null());
}

BOOST_AUTO_TEST_CASE(a_fallback_that_never_answers_is_named_and_taken_out) {
  std::vector<CallRecord> calls;
  for (int i = 0; i < 25; ++i) {
    CallRecord call = Call(i, "large", 0);
    call.attempts[0].error_class = ErrorClass::kOverloaded;
    call.attempts.push_back(call.attempts[0]);
    call.attempts[1].model = "spare";
    call.attempts[1].kind = AttemptKind::kFallback;
    call.attempts[1].error_class = ErrorClass::kAuth;
    call.outcome = ErrorClass::kAuth;
    calls.push_back(call);
  }
  Record(calls);
  const json dead = Of(Page(), "dead-fallback");
  BOOST_TEST(dead["title"] == "route all: the fallback spare never answers");
  BOOST_TEST(dead["evidence"] == "25 attempts in the window, none answered");
  BOOST_TEST(dead["patch"].get<std::string>().find("-  else  spare\n") != std::string::npos);
  const Finished text = Advise({});
  BOOST_TEST(text.out.find("1. route all: the fallback spare never answers\n") == 0U, text.out);
}

BOOST_AUTO_TEST_CASE(a_store_without_findings_says_so_and_wrong_words_how_to_mend_them) {
  Record({Call(1, "large", 1)});
  BOOST_TEST(Advise({}).out.find("nothing to advise") == 0U);
  BOOST_TEST(Advise({"--since", "soon"}).exit_code == 2);
  BOOST_TEST(
      Run({MLP_MLP, "advise", "--store", folder / "none.db", "--policy", folder / "desk.mlp"})
          .exit_code == 2);
  BOOST_TEST(
      Run({MLP_MLP, "advise", "--store", folder / "calls.db", "--policy", "none.mlp"}).exit_code ==
      2);
  WriteWhole(folder / "desk.mlp", std::string(kPolicy) + "route late otherwise { try lagre }\n");
  BOOST_TEST(Advise({}).exit_code == 1);
}

BOOST_AUTO_TEST_CASE(a_reports_page_has_the_advice_and_says_when_it_has_none) {
  Record(LargeCalls());
  const auto page = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {MLP_MLP, "report", "--store", "calls.db", "--html", "page.html"});
    const Finished done = Run(more, {.folder = folder.path().string()});
    BOOST_REQUIRE_MESSAGE(done.exit_code == 0, done.err);
    return ReadWhole(folder / "page.html");
  };
  const auto has = [](const std::string& html, const std::string& part) {
    BOOST_TEST(html.find(part) != std::string::npos, "no " << part);
  };
  const std::string advised = page({"--policy", "desk.mlp"});
  has(advised, "<span class=\"saves\">saves $22.1");
  has(advised, "<b>route all: mid in place of large</b>");
  has(advised, "40 calls of the window that large answered cost $0.4800");
  has(advised, "+  try   mid ");
  has(advised, "Next: mlp eval desk.mlp --suite CASES.jsonl");
  has(page({}), "No policy was given, so that nothing is advised");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
