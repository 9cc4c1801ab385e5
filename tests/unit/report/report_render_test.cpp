// The three renderings of one report. MLP_UPDATE_GOLDENS=1 writes the golden files anew.
#include "runtime/report/render.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "mlp/store.hpp"
#include "runtime/report/report_query.hpp"
#include "runtime/report/text_table.hpp"
#include "tests/support/random_records.hpp"
#include "tests/support/scratch_folder.hpp"

namespace {

using namespace mlp;  // NOLINT(google-build-using-namespace)

constexpr std::uint64_t kSeed = 5;

// A report over 2,000 fixed calls, as of a store named metrics.db.
Report SampleReport() {
  const ScratchFolder folder;
  RandomRecords records(kSeed);
  {
    auto store = Store::Open(folder / "m.db");
    BOOST_REQUIRE(store.ok());
    for (int i = 0; i < 2'000; ++i) BOOST_REQUIRE((*store)->Append(records.Plausible()));
  }
  auto report = QueryReport(folder / "m.db", std::numeric_limits<std::int64_t>::min(),
                            std::numeric_limits<std::int64_t>::max());
  BOOST_REQUIRE(report.ok());
  report->files = {"metrics.db", "metrics.db.2"};
  report->lost = 3;
  constexpr std::int64_t kDay = 86'400;
  constexpr std::int64_t kNow = 1'795'219'200 + kDay / 2;  // 2026-11-21, at noon
  const auto dollars = [](std::int64_t cents) { return Money{cents * (kPicoPerUsd / 100)}; };
  BudgetRow row{.budget = "free-tier",
                .value = "acme",
                .from_s = kNow - kDay / 2,
                .to_s = kNow + kDay / 2,
                .spent = dollars(6'250),
                .reserved = dollars(1),
                .limit = dollars(10'000),
                .forecast = dollars(12'500)};
  report->budgets = {row};
  row.month = true;
  row.from_s -= 20 * kDay;
  row.to_s += 9 * kDay;
  row.limit = Money{INT64_MAX};
  row.forecast = std::nullopt;
  report->budgets.push_back(row);
  return report.value();
}

void CheckGolden(const std::string& name, const std::string& text) {
  const std::string path = std::string(MLP_SOURCE_DIR) + "/tests/golden/report/" + name;
  if (std::getenv("MLP_UPDATE_GOLDENS") != nullptr) std::ofstream(path) << text;
  std::ifstream stream(path);
  const std::string golden{std::istreambuf_iterator<char>(stream), {}};
  BOOST_TEST(text == golden);
}

BOOST_AUTO_TEST_SUITE(report_render)

BOOST_AUTO_TEST_CASE(text_is_as_reviewed) {
  const std::string text = RenderReportText(SampleReport());
  CheckGolden("sample.txt.golden", text);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    BOOST_TEST_CONTEXT(line) { BOOST_TEST(TextWidth(line) <= 100U); }
  }
}

BOOST_AUTO_TEST_CASE(json_is_as_reviewed_and_parses) {
  const std::string text = RenderReportJson(SampleReport());
  CheckGolden("sample.json.golden", text);
  const auto json = nlohmann::json::parse(text);
  BOOST_TEST(json["version"] == 1);
  BOOST_TEST(json["from"].is_null());
  BOOST_TEST(json["total"]["calls"] == 2'000);
  BOOST_TEST(json["total"]["cost"].is_string());
}

BOOST_AUTO_TEST_CASE(csv_is_as_reviewed_and_rectangular) {
  const std::string text = RenderReportCsv(SampleReport());
  CheckGolden("sample.csv.golden", text);
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  const auto commas = std::count(line.begin(), line.end(), ',');
  while (std::getline(lines, line)) {
    BOOST_TEST(std::count(line.begin(), line.end(), ',') == commas);
  }
}

BOOST_AUTO_TEST_CASE(the_page_shows_budgets) {
  const std::string page = RenderReportHtml(SampleReport(), {});
  BOOST_TEST(
      page.find(
          "<th scope=\"row\">free-tier acme</th><td>day</td><td>62.51%</td><td>$62.50</td>") !=
      std::string::npos);
  BOOST_TEST(page.find("<td>$125.00 over</td>") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(nothing_to_report_is_said) {
  Report report;
  report.files = {"metrics.db"};
  BOOST_TEST(RenderReportText(report) == "metrics.db\nno calls in this window\n");
  const auto json = nlohmann::json::parse(RenderReportJson(report));
  BOOST_TEST(json["total"]["answeredRate"].is_null());
  BOOST_TEST(json["total"]["latencyUs"].is_null());
  BOOST_TEST(json["firstCall"].is_null());
}

BOOST_AUTO_TEST_CASE(odd_names_stay_in_their_place) {
  Report report;
  report.files = {"m.db"};
  ReportRow row;
  row.name = "a \"b\", c\nd";
  report.routes.push_back(row);
  row.name = std::string("bad \xFF", 5);
  report.models.push_back(row);
  const std::string csv = RenderReportCsv(report);
  BOOST_TEST(csv.find("route,\"a \"\"b\"\", c\nd\",0,") != std::string::npos);
  const auto json = nlohmann::json::parse(RenderReportJson(report));
  BOOST_TEST(json["routes"][0]["name"] == "a \"b\", c\nd");
  BOOST_TEST(json["models"][0]["name"] == "bad \uFFFD");
}

BOOST_AUTO_TEST_CASE(many_models_of_one_error_are_wrapped) {
  Report report;
  report.files = {"m.db"};
  for (int i = 0; i < 12; ++i) {
    ReportRow row;
    row.name = "a-model-with-a-long-name-" + std::to_string(i);
    row.outcomes[static_cast<std::size_t>(ErrorClass::kTimeout)] = 1'000 + i;
    report.models.push_back(row);
  }
  std::istringstream lines(RenderReportText(report));
  std::size_t found = 0;
  for (std::string line; std::getline(lines, line);) {
    BOOST_TEST(TextWidth(line) <= 100U);
    for (std::size_t at = 0; (at = line.find(" 1,0", at)) != std::string::npos; ++at) ++found;
  }
  BOOST_TEST(found == 12U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
