// Calls over time, and the page that plots them.
#include "runtime/report/page/page_query.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "mlp/store.hpp"
#include "runtime/report/page/anomalies.hpp"
#include "runtime/report/page/axis.hpp"
#include "runtime/report/page/chart.hpp"
#include "runtime/report/page/slots.hpp"
#include "runtime/report/render.hpp"
#include "runtime/report/report_query.hpp"
#include "tests/support/random_records.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/report/evidence_fixture.hpp"

namespace {

using namespace mlp;  // NOLINT(google-build-using-namespace)

constexpr std::int64_t kMinuteUs = 60'000'000;
constexpr std::int64_t kHourUs = 60 * kMinuteUs;
constexpr std::int64_t kDayUs = 24 * kHourUs;
constexpr std::uint64_t kSeed = 3;

void Fill(const std::string& path, const std::vector<CallRecord>& calls) {
  auto store = Store::Open(path);
  BOOST_REQUIRE(store.ok());
  for (const CallRecord& call : calls) BOOST_REQUIRE((*store)->Append(call));
}

Report MustQuery(const std::string& path) {
  auto report = QueryReport(path, std::numeric_limits<std::int64_t>::min(),
                            std::numeric_limits<std::int64_t>::max());
  BOOST_REQUIRE(report.ok());
  return report.value();
}

// Calls spread evenly over `span_us`.
std::vector<CallRecord> SpreadCalls(int count, std::int64_t span_us) {
  RandomRecords records(kSeed);
  std::vector<CallRecord> calls;
  for (int i = 0; i < count; ++i) {
    calls.push_back(records.Plausible());
    calls.back().started_us = 1'795'000'000'000'000 + span_us * i / count;
  }
  return calls;
}

BOOST_AUTO_TEST_SUITE(page)

BOOST_AUTO_TEST_CASE(slots_are_round_and_not_too_many) {
  struct Case {
    std::int64_t first_us;
    std::int64_t last_us;
    std::int64_t slot_us;
  };
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  const Case cases[] = {
      {0, 0, kMinuteUs},
      {0, kMostSlots * kMinuteUs - 1, kMinuteUs},
      {0, kMostSlots * kMinuteUs, 5 * kMinuteUs},
      {0, kDayUs - 1, 15 * kMinuteUs},
      {0, 30 * kDayUs - 1, 6 * kHourUs},
      {0, 90 * kDayUs, kDayUs},
      {0, 400 * kDayUs, 7 * kDayUs},
      {-1, kMostSlots * kMinuteUs - 2, 5 * kMinuteUs},
  };
  for (const Case& each : cases) {
    BOOST_TEST(ChooseSlotUs(each.first_us, each.last_us) == each.slot_us);
  }
  BOOST_TEST(kMost / ChooseSlotUs(0, kMost) < kMostSlots);
}

BOOST_AUTO_TEST_CASE(slots_sum_to_the_report) {
  const ScratchFolder folder;
  const auto calls = SpreadCalls(500, kDayUs);
  Fill(folder / "m.db", calls);
  const Report report = MustQuery(folder / "m.db");
  const auto made = QueryPage(folder / "m.db", report);
  BOOST_TEST_REQUIRE(made.ok());
  BOOST_TEST(made->slot_us == 15 * kMinuteUs);
  PageSlot sum;
  for (std::size_t i = 0; i < made->slots.size(); ++i) {
    const PageSlot& slot = made->slots[i];
    const std::int64_t from = made->start_us + static_cast<std::int64_t>(i) * made->slot_us;
    const auto inside = std::count_if(calls.begin(), calls.end(), [&](const CallRecord& call) {
      return call.started_us >= from && call.started_us < from + made->slot_us;
    });
    BOOST_TEST(slot.calls == inside);
    BOOST_TEST(slot.latency.count() == static_cast<std::uint64_t>(slot.answered));
    sum.calls += slot.calls;
    sum.answered += slot.answered;
    sum.cost.Add(slot.cost);
  }
  BOOST_TEST(sum.calls == report.total.calls);
  BOOST_TEST(sum.answered == report.total.answered);
  BOOST_TEST(sum.cost.Decimal() == report.total.cost.Decimal());
}

BOOST_AUTO_TEST_CASE(clocks_gone_wrong_do_no_harm) {
  const ScratchFolder folder;
  std::vector<CallRecord> calls(2);
  calls[0].started_us = -5 * kDayUs - 1;
  calls[1].started_us = std::numeric_limits<std::int64_t>::max() / 2;
  Fill(folder / "m.db", calls);
  const auto made = QueryPage(folder / "m.db", MustQuery(folder / "m.db"));
  BOOST_TEST_REQUIRE(made.ok());
  BOOST_TEST(made->slots.size() <= static_cast<std::size_t>(kMostSlots));
  BOOST_TEST(made->slots.front().calls == 1);
  BOOST_TEST(made->slots.back().calls == 1);
}

BOOST_AUTO_TEST_CASE(page_stands_alone_and_escapes_names) {
  const ScratchFolder folder;
  auto calls = SpreadCalls(200, kDayUs);
  calls[0].route = "<script>alert('x')</script>";
  Fill(folder / "m.db", calls);
  const Report report = MustQuery(folder / "m.db");
  const auto made = QueryPage(folder / "m.db", report);
  BOOST_TEST_REQUIRE(made.ok());
  const std::string page = RenderReportHtml(report, made.value());
  BOOST_TEST(page.find("<script") == std::string::npos);
  BOOST_TEST(page.find("&lt;script&gt;alert(&#39;x&#39;)") != std::string::npos);
  for (const char* outside : {"http:", "https:", "src=", "url(", "@import"}) {
    BOOST_TEST(page.find(outside) == std::string::npos);
  }
  const auto count = [&page](const std::string& text) {
    std::size_t found = 0;
    for (std::size_t at = 0; (at = page.find(text, at)) != std::string::npos; ++at) ++found;
    return found;
  };
  BOOST_TEST(count("<svg ") >= 7U);
  BOOST_TEST(count("<figure>") == count("<summary>Numbers</summary>") - 1);  // and the flows'
  for (const char* tag : {"svg", "table", "figure", "tr", "td", "th", "rect", "title", "div",
                          "section", "ul", "li", "details", "p", "main", "nav"}) {
    BOOST_TEST_CONTEXT(tag) {
      const std::string name = tag;
      BOOST_TEST(count("<" + name + ">") + count("<" + name + " ") == count("</" + name + ">"));
    }
  }
  BOOST_TEST(page.find("$" + report.total.cost.Decimal()) == std::string::npos);  // it is rounded
  BOOST_TEST(page.find(report.total.cost.Rounded()) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(page_without_calls_says_so) {
  Report report;
  report.files = {"m.db"};
  BOOST_TEST(RenderReportHtml(report, {}).find("No calls in this window.") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(lines_break_where_there_is_no_value) {
  Chart chart;
  chart.columns = false;
  chart.slot_us = kHourUs;
  chart.words = [](double value) { return std::to_string(value); };
  chart.series.push_back({"p", 1, {1, 2, -1, 1, 2, -1, 3}});
  const std::string svg = RenderChart(chart);
  const std::size_t start = svg.find("class=\"line c1\" d=\"") + 19;
  const std::string path = svg.substr(start, svg.find('"', start) - start);
  BOOST_TEST(std::count(path.begin(), path.end(), 'M') == 3);
  BOOST_TEST(std::count(path.begin(), path.end(), 'L') == 2);
  BOOST_TEST(std::count(path.begin(), path.end(), 'h') == 1);  // the value alone
}

BOOST_AUTO_TEST_CASE(axes_are_round_and_hold_what_they_show) {
  for (const double high : {0.00037, 0.9, 1.0, 7.0, 99.0, 101.0, 123'456.0}) {
    const ValueAxis axis = ValueAxis::Linear(0, high);
    BOOST_TEST(axis.ticks().size() >= 3U);
    BOOST_TEST(axis.ticks().size() <= 7U);
    BOOST_TEST(axis.ticks().back() >= high * 0.999);
    BOOST_TEST(axis.Share(high) <= 1);
    BOOST_TEST(axis.Share(0) == 0);
  }
  BOOST_TEST(ValueAxis::Linear(-3, 5).Share(-4) == 0);
  const ValueAxis wide = ValueAxis::Logarithmic(1'000, 30'000'000);
  BOOST_TEST(wide.ticks().front() == 1'000);
  BOOST_TEST(wide.ticks().size() == 5U);
  BOOST_TEST(wide.Share(1'000) < wide.Share(2'000));
  for (std::int64_t span = 10 * kMinuteUs; span < 4'000 * kDayUs; span = span * 3 / 2) {
    const auto ticks = TimeTicks(1'795'000'000'000'000, 1'795'000'000'000'000 + span);
    BOOST_TEST_CONTEXT(span) {
      BOOST_TEST(ticks.size() >= 1U);
      BOOST_TEST(ticks.size() <= 7U);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_jump_is_marked_and_a_rhythm_is_not) {
  std::vector<double> values;
  for (int i = 0; i < 40; ++i) values.push_back(10 + 30 * (i % 4 == 3) + i % 4);
  BOOST_TEST(AnomaliesOf(values, 4).empty());
  values[30] = 20;
  values[35] = -1;
  const auto marks = AnomaliesOf(values, 4);
  BOOST_TEST_REQUIRE(marks.size() == 1U);
  BOOST_TEST(marks[0].slot == 30U);
  BOOST_TEST(marks[0].usual == 12);
  BOOST_TEST(AnomaliesOf({1, 1, 1, 1, 1, 1, 9}, 1).empty());  // too little to compare with
  BOOST_TEST(AnomaliesOf({1, 1, 1, 1, 1, 1, 1, 9}, 1).size() == 1U);
}

BOOST_AUTO_TEST_CASE(rollouts_and_experiments_are_drawn_with_what_they_say) {
  Report report;
  report.evidence.now_s = 1'795'100'000;
  report.evidence.rollouts = {MakeRollout(1'795'000'000)};
  report.evidence.experiments = {MakeExperiment(2'000, 2'000, 2, 1.4, 42)};
  report.evidence.experiments[0].row.plan.name = "to<ne";
  const std::string html = RenderReportHtml(report, {});
  const auto has = [&](const std::string& part) {
    BOOST_TEST(html.find(part) != std::string::npos, "no " << part);
  };
  has("<span class=\"tag retires\">rolled back</span>");
  has("<b>rollback when failures &gt; baseline</b><span class=\"over\">ln E ");
  has(": harm is shown from 2.996 on");
  has(">harm shown</em>");
  has("Share of users with the new model");
  has("<b>advanced</b> 10% → 50%<span class=\"soft\">by ann: it looks well</span>");
  has("<b>rolled-back</b> 50% → 0%<span class=\"soft\">shown: failures &gt; baseline (canary ");
  has("<h3>to&lt;ne <span class=\"tag on\">running</span></h3>");
  has("<li class=\"good\"><div class=\"head\"><span>warm $0.0014, plain $0.002</span><b>-30% (-3");
  has("<li class=\"open\"><div class=\"head\"><span>warm 2.1%, plain 2%</span><b>+0.1 pp (");
  has("Take `warm`: with 95% confidence it is better in cost");
  has("users came in the shares that they were given");
  has("One more week at this traffic");
  // Without a policy the page says what is missing.
  has("No policy was given, so that nothing is advised");
  ReportPage page;
  page.has_policy = true;
  BOOST_TEST(RenderReportHtml(report, page).find("<p>Nothing: no cheaper model") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(of_many_rollouts_the_oldest_are_lines) {
  Report report;
  for (int i = 0; i < 10; ++i) {
    report.evidence.rollouts.push_back(MakeRollout(1'795'000'000 + i * 86'400));
    report.evidence.rollouts.back().story.row.plan.name = "r" + std::to_string(i);
  }
  const std::string html = RenderReportHtml(report, {});
  BOOST_TEST(html.find("<h3>r9 ") < html.find("<h3>r2 "));
  BOOST_TEST(html.find("<h3>r1 ") == std::string::npos);
  BOOST_TEST(html.find("<th scope=\"row\">r1</th>") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
