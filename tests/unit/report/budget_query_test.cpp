// Budgets of a report, from a ledger that others write.
#include "runtime/report/budget_query.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <string>

#include "runtime/store/ledger_file.hpp"
#include "tests/support/scratch_folder.hpp"

namespace {

using namespace mlp;  // NOLINT(google-build-using-namespace)

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kNow = 1'795'219'200 + kDay / 2;  // 2026-11-21, at noon

BOOST_AUTO_TEST_SUITE(budget_query)

BOOST_AUTO_TEST_CASE(reads_the_present_periods_fullest_first) {
  const ScratchFolder folder;
  const std::string store = folder / "m.db";
  LedgerFile file;
  BOOST_REQUIRE(file.Open(store + ".ledger").ok());
  BOOST_REQUIRE(file.Begin().ok());
  const std::array half{LedgerAccount{"team", "", 1'000, 100'000}};
  const std::array full{LedgerAccount{"free-tier", "acme", 100, INT64_MAX}};
  const auto grant = file.Reserve(half, 500, kNow, kNow + 60);
  BOOST_REQUIRE(grant.ok());
  BOOST_REQUIRE(file.Settle(grant->id, 500).ok());
  BOOST_REQUIRE(file.Reserve(full, 90, kNow, kNow + 60).ok());
  BOOST_REQUIRE(file.Reserve(full, 100, kNow - kDay, kNow + 60).ok());  // yesterday's
  BOOST_REQUIRE(file.Commit().ok());

  Report report;
  QueryBudgets(store, kNow, report);
  BOOST_TEST(report.budget_trouble.empty(), report.budget_trouble);
  BOOST_REQUIRE(report.budgets.size() == 4U);
  BOOST_TEST(report.budgets[0].budget == "free-tier");
  BOOST_TEST(report.budgets[0].value == "acme");
  BOOST_TEST(!report.budgets[0].month);
  BOOST_TEST(report.budgets[0].reserved.pico_usd == 90);
  BOOST_TEST(report.budgets[0].limit.pico_usd == 100);
  BOOST_TEST(report.budgets[1].budget == "team");
  BOOST_TEST(report.budgets[1].spent.pico_usd == 500);
  BOOST_REQUIRE(report.budgets[1].forecast.has_value());
  BOOST_TEST(report.budgets[1].forecast->pico_usd == 1'000);  // half of the day has passed
  BOOST_TEST(report.budgets[1].to_s == kNow + kDay / 2);
  BOOST_TEST(report.budgets[3].limit.pico_usd == INT64_MAX);
}

BOOST_AUTO_TEST_CASE(without_a_ledger_there_are_none_and_a_broken_one_is_named) {
  const ScratchFolder folder;
  Report report;
  QueryBudgets(folder / "m.db", kNow, report);
  BOOST_TEST(report.budgets.empty());
  BOOST_TEST(report.budget_trouble.empty());
  std::ofstream(folder / "m.db.ledger") << "this is no database, however long it may be";
  QueryBudgets(folder / "m.db", kNow, report);
  BOOST_TEST(report.budgets.empty());
  BOOST_TEST(report.budget_trouble.find("m.db.ledger") != std::string::npos, report.budget_trouble);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
