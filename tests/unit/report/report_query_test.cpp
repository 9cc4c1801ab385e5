// A report's numbers against the naive ones, over stores of one and of several files.
#include "runtime/report/report_query.hpp"

#include <boost/test/unit_test.hpp>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "mlp/store.hpp"
#include "runtime/report/render.hpp"
#include "tests/support/random_records.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/report/naive_report.hpp"

namespace {

using namespace mlp;  // NOLINT(google-build-using-namespace)

constexpr std::int64_t kBeginning = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();

// Plausible calls with some of everything that the rules tell apart.
std::vector<CallRecord> RandomCalls(std::uint64_t seed, int count) {
  RandomRecords records(seed);
  std::vector<CallRecord> calls;
  for (int i = 0; i < count; ++i) {
    calls.push_back(records.Plausible());
    CallRecord& call = calls.back();
    switch (records.Number(12)) {
      case 0:  // refused before any attempt
        call.attempts.clear();
        call.outcome = records.Number(2) == 0 ? ErrorClass::kNoRoute : ErrorClass::kBudgetExhausted;
        if (call.outcome == ErrorClass::kNoRoute) call.route.clear();
        break;
      case 1:  // a success that came too late
        call.outcome = ErrorClass::kDeadlineExceeded;
        break;
      case 2:  // a hedge that lost the race after the first had won
        if (call.attempts.empty()) break;
        call.attempts.push_back(call.attempts.back());
        call.attempts.back().kind = AttemptKind::kHedge;
        call.attempts.back().error_class = ErrorClass::kCancelled;
        break;
      case 3:  // equal samples, and a byte at once
        for (AttemptRecord& attempt : call.attempts) {
          attempt.latency_us = 1'000'000;
          attempt.first_byte_us = 0;
        }
        break;
      default:
        break;
    }
  }
  return calls;
}

void Fill(const std::string& path, const std::vector<CallRecord>& calls, std::size_t store_count) {
  std::vector<std::unique_ptr<Store>> stores;
  for (std::size_t i = 0; i < store_count; ++i) {
    auto store = Store::Open(path);
    BOOST_REQUIRE(store.ok());
    stores.push_back(std::move(store.value()));
  }
  for (std::size_t i = 0; i < calls.size(); ++i) {
    BOOST_REQUIRE(stores[i % store_count]->Append(calls[i]));
  }
  for (const auto& store : stores) BOOST_REQUIRE(store->Flush().ok());
}

Report MustQuery(const std::string& path, std::int64_t from_us, std::int64_t to_us) {
  auto report = QueryReport(path, from_us, to_us);
  BOOST_REQUIRE_MESSAGE(report.ok(), (report.ok() ? "" : report.error().context));
  return report.value();
}

void CheckRow(const ReportRow& got, const ReportRow& expected) {
  if (got == expected) return;
  Report got_report;
  got_report.total = got;
  Report expected_report;
  expected_report.total = expected;
  BOOST_TEST(RenderReportJson(got_report) == RenderReportJson(expected_report));
  BOOST_ERROR("the rows of `" << expected.name << "` differ");
}

void CheckReport(const Report& report, const std::vector<CallRecord>& calls) {
  std::set<std::string> routes;
  std::set<std::string> models;
  std::vector<CallRecord> as_one = calls;
  for (CallRecord& call : as_one) {
    routes.insert(call.route);
    for (const AttemptRecord& attempt : call.attempts) models.insert(attempt.model);
    call.route = "";
  }
  CheckRow(report.total, NaiveRoute(as_one, ""));
  BOOST_TEST(report.routes.size() == routes.size());
  for (const ReportRow& row : report.routes) CheckRow(row, NaiveRoute(calls, row.name));
  BOOST_TEST(report.models.size() == models.size());
  for (const ReportRow& row : report.models) CheckRow(row, NaiveModel(calls, row.name));
}

BOOST_AUTO_TEST_SUITE(report_query)

BOOST_AUTO_TEST_CASE(numbers_are_those_of_the_naive_computation) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      const ScratchFolder folder;
      const auto calls = RandomCalls(seed, seed == 1 ? 3 : 400);
      Fill(folder / "m.db", calls, seed % 3 + 1);
      const Report report = MustQuery(folder / "m.db", kBeginning, kEnd);
      BOOST_TEST(report.files.size() == seed % 3 + 1);
      CheckReport(report, calls);
    }
  }
}

BOOST_AUTO_TEST_CASE(window_takes_calls_by_their_start) {
  const ScratchFolder folder;
  const auto calls = RandomCalls(11, 300);
  Fill(folder / "m.db", calls, 1);
  const std::int64_t from_us = calls[100].started_us;
  const std::int64_t to_us = calls[200].started_us;
  std::vector<CallRecord> inside;
  for (const CallRecord& call : calls) {
    if (call.started_us >= from_us && call.started_us < to_us) inside.push_back(call);
  }
  const Report report = MustQuery(folder / "m.db", from_us, to_us);
  CheckReport(report, inside);
  BOOST_TEST(report.first_us == inside.front().started_us);
  BOOST_TEST(report.last_us == inside.back().started_us);
}

BOOST_AUTO_TEST_CASE(rows_come_by_calls_and_then_by_name) {
  const ScratchFolder folder;
  std::vector<CallRecord> calls(6);
  const char* routes[] = {"b", "c", "a", "c", "b", "c"};
  for (std::size_t i = 0; i < calls.size(); ++i) calls[i].route = routes[i];
  Fill(folder / "m.db", calls, 1);
  const Report report = MustQuery(folder / "m.db", kBeginning, kEnd);
  BOOST_TEST_REQUIRE(report.routes.size() == 3U);
  BOOST_TEST(report.routes[0].name == "c");
  BOOST_TEST(report.routes[1].name == "b");
  BOOST_TEST(report.routes[2].name == "a");
}

BOOST_AUTO_TEST_CASE(missing_calls_are_shown) {
  const ScratchFolder folder;
  {
    StoreOptions options;
    options.queue_limit = 0;
    auto store = Store::Open(folder / "m.db", options);
    BOOST_TEST_REQUIRE(store.ok());
    for (int i = 0; i < 7; ++i) BOOST_TEST(!(*store)->Append({}));
  }
  const Report report = MustQuery(folder / "m.db", 0, kEnd);
  BOOST_TEST(report.dropped == 7);
  BOOST_TEST(report.total.calls == 0);
  BOOST_TEST(RenderReportText(report).find(
                 "note: 7 calls are missing: the store's queue was full") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(store_that_is_not_there_is_an_error) {
  const ScratchFolder folder;
  const auto report = QueryReport(folder / "m.db", kBeginning, kEnd);
  BOOST_TEST_REQUIRE(!report.ok());
  BOOST_TEST(report.error().context ==
             (folder / "m.db") + ": there is no such store; check the path");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
