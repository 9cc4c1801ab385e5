// The page of a month of calls in headless Chromium, where it is installed: no message on the
// console, nothing asked of any server, nothing wider than a phone. MLP_KEEP_PAGE=FILE keeps the
// page.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>

#include <boost/test/unit_test.hpp>

#include "mlp/store.hpp"
#include "runtime/report/page/page_query.hpp"
#include "runtime/report/render.hpp"
#include "runtime/report/report_query.hpp"
#include "runtime/store/rollout_rederive.hpp"
#include "tests/support/sample_month.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/report/evidence_fixture.hpp"

namespace mlp {
namespace {

constexpr std::int64_t kDay = 86'400;

Money Dollars(std::int64_t dollars) { return {dollars * kPicoPerUsd}; }

BudgetRow Budget(const char* name, bool month, std::int64_t spent, std::int64_t limit,
                 std::int64_t forecast) {
  BudgetRow row;
  row.budget = name;
  row.month = month;
  row.spent = Dollars(spent);
  row.limit = limit == 0 ? Money{INT64_MAX} : Dollars(limit);
  row.forecast = Dollars(forecast);
  return row;
}

/// A rollout that went back, one that was stopped by hand at half, and experiments that say
/// something, nothing, and nothing to be trusted.
Evidence EvidenceOf(std::int64_t end_s) {
  Evidence evidence;
  evidence.now_s = end_s;
  evidence.rollouts = {MakeRollout(end_s - kDay), MakeRollout(end_s - 1'800)};
  RolloutStory& under_way = evidence.rollouts[1].story;
  under_way.row.plan.name = "sonnet-5";
  under_way.log.resize(30);
  under_way.changes = ChangesOf(under_way.log);
  under_way.row.state = Rederive(under_way.log).state;
  evidence.rollouts[1].standing = Standing(under_way.row.plan, under_way.row.state);
  evidence.experiments = {MakeExperiment(2'000, 2'000, 2, 1.4, 42),
                          MakeExperiment(12, 9, 2, 1.9, 0), MakeExperiment(2'400, 2'000, 2, 2, 41)};
  evidence.experiments[1].row.plan.name = "fresh-and-with-a-very-long-name-as-people-like-them";
  evidence.experiments[2].row.plan.name = "lost";
  return evidence;
}

std::string MonthPage(const ScratchFolder& folder) {
  const std::string path = folder / "metrics.db";
  SampleMonth month;
  {
    auto store = Store::Open(path);
    BOOST_REQUIRE(store.ok());
    MakeSampleMonth(month, [&](const CallRecord& call) {
      if ((*store)->Append(call)) return;
      BOOST_REQUIRE((*store)->Flush().ok());
      BOOST_REQUIRE((*store)->Append(call));
    });
    BOOST_REQUIRE((*store)->Flush().ok());
  }
  auto report = QueryReport(path, std::numeric_limits<std::int64_t>::min(),
                            std::numeric_limits<std::int64_t>::max());
  BOOST_REQUIRE(report.ok());
  report->files = {"metrics.db"};
  report->budgets = {Budget("code", true, 310, 400, 452), Budget("free-tier", false, 12, 40, 21),
                     Budget("everything", true, 420, 0, 610)};
  auto page = QueryPage(path, *report);
  BOOST_REQUIRE(page.ok());
  const std::int64_t end_s = month.start_s + month.days * kDay;
  page->has_policy = true;
  page->dates = {
      {end_s + 12 * kDay, "price", "claude-sonnet-5", "input $3.00/M, output $15.00/M", 1'804},
      {end_s + 55 * kDay, "deprecated", "claude-sonnet-4-5", "successor claude-sonnet-5", 16'000},
      {end_s + 238 * kDay, "retires", "claude-sonnet-4-5", "successor claude-sonnet-5", 16'000},
      {end_s + 300 * kDay, "policy ends", "", "the policy's horizon ends", 0}};
  PageAdvice advice;
  advice.title = "Route code: gpt-5-4-mini in place of gpt-5-4";
  advice.evidence = "312 calls of the window, $41.20 at gpt-5-4, $12.30 at gpt-5-4-mini";
  advice.patch =
      "--- a/policies/support.mlp\n+++ b/policies/support.mlp\n@@ -12,3 +12,3 @@\n-  try gpt-5-4 "
      "else claude-sonnet-4-5                       // the best of those that may see code\n+  try "
      "gpt-5-4-mini else claude-sonnet-4-5                  // the best of those\n";
  advice.saves.Add(Money{28'900'000'000'000});
  PageAdvice retires;
  retires.title = "claude-sonnet-4-5 retires on 2027-07-20";
  retires.evidence = "16,000 attempts of the window were made at it";
  retires.next = "move to claude-sonnet-5, best by a rollout";
  page->advice = {advice, retires};
  report->evidence = EvidenceOf(end_s);
  return RenderReportHtml(*report, *page);
}

struct Outcome {
  int status = -1;
  std::string text;
};

Outcome RunShell(const std::string& command) {
  Outcome outcome;
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return outcome;
  std::array<char, 4'096> buffer{};
  for (std::size_t size = 0; (size = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    outcome.text.append(buffer.data(), size);
  }
  outcome.status = ::pclose(pipe);
  return outcome;
}

std::string Browser() {
  for (const char* name : {"chromium", "chromium-browser", "google-chrome"}) {
    if (RunShell(std::string("command -v ") + name).status == 0) return name;
  }
  return {};
}

BOOST_AUTO_TEST_SUITE(page_browser)

BOOST_AUTO_TEST_CASE(the_page_of_a_month_opens_without_a_word_and_asks_nobody) {
  const ScratchFolder folder;
  const std::string page = MonthPage(folder);
  BOOST_TEST(page.size() < 700'000U);
  for (const char* id : {"advice", "rollouts", "experiments", "calendar"}) {
    BOOST_TEST(page.find(std::string("<section id=\"") + id) != std::string::npos, id);
  }
  // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
  if (const char* keep = std::getenv("MLP_KEEP_PAGE")) std::ofstream(keep) << page;
  const std::string browser = Browser();
  if (browser.empty()) {
    BOOST_TEST_MESSAGE("no chromium here: not opened");
    return;
  }
  // The page tells the frame around it whether it is wider than its window, and what it loaded; a
  // window of the browser itself is never as narrow as a phone.
  std::string probed = page;
  probed.insert(probed.find("</head>"),
                "<script>addEventListener('load',()=>{const d=document.documentElement;"
                "parent.postMessage('wide='+(d.scrollWidth>d.clientWidth)+' loaded='+"
                "performance.getEntriesByType('resource').length,'*');});</script>");
  std::ofstream(folder / "page.html") << probed;
  for (const int width : {375, 1'280}) {
    std::ofstream(folder / "frame.html")
        << "<!DOCTYPE html><title>frame</title><script>addEventListener('message',e=>{"
           "document.body.setAttribute('data-told',e.data);});</script><iframe width="
        << width << " height=900 src=page.html></iframe>";
    const Outcome outcome = RunShell(
        "timeout 60 " + browser +
        " --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run "
        "--disable-background-networking --disable-component-update --enable-logging=stderr "
        "--proxy-server=127.0.0.1:9 --user-data-dir=" +
        (folder / "profile") +
        " --window-size=1400,1000 --virtual-time-budget=4000 --dump-dom file://" +
        (folder / "frame.html") + " 2>" + (folder / "log.txt"));
    std::ifstream log_file(folder / "log.txt");
    const std::string log{std::istreambuf_iterator<char>(log_file), {}};
    if (outcome.status != 0 && outcome.text.empty()) {
      BOOST_TEST_MESSAGE("chromium does not start here: not opened\n" << log);
      return;
    }
    BOOST_TEST(log.find("CONSOLE") == std::string::npos, log);
    BOOST_TEST(outcome.text.find("data-told=\"wide=false loaded=0\"") != std::string::npos,
               "at " << width << " px: " << outcome.text.substr(0, 400));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
