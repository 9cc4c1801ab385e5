// Reports from sums are those from single calls: all counts and money exactly, times within what a
// histogram is off.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "runtime/core/histogram.hpp"
#include "runtime/report/page/page_query.hpp"
#include "runtime/report/render.hpp"
#include "runtime/report/report_query.hpp"
#include "runtime/report/store_metrics.hpp"
#include "tests/support/random_records.hpp"
#include "tests/support/rolled_store.hpp"
#include "tests/support/scratch_folder.hpp"

namespace {

using namespace mlp;  // NOLINT(google-build-using-namespace)

constexpr std::int64_t kEachRow = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMinuteUs = 60'000'000;
constexpr std::int64_t kDay_s = 86'400;
constexpr std::int64_t kDayUs = 1'440 * kMinuteUs;
constexpr std::int64_t kStart = 20'700 * kDayUs;  // in 2026
constexpr std::int64_t kDays = 12;
constexpr std::int64_t kBeginning = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();

/// Days of calls that end in another order than they begin, busy at some hours, with what the
/// report tells apart.
std::vector<CallRecord> DaysOfCalls(std::uint64_t seed, std::size_t count) {
  RandomRecords records(seed);
  std::vector<CallRecord> calls;
  for (std::size_t i = 0; i < count; ++i) {
    calls.push_back(records.Plausible());
    CallRecord& call = calls.back();
    call.started_us =
        kStart + static_cast<std::int64_t>(i) * kDays * kDayUs / static_cast<std::int64_t>(count);
    if (records.Number(3) == 0) call.started_us = call.started_us / kDayUs * kDayUs;  // borders
    if (records.Number(20) == 0) call.started_us -= kDayUs / 3;                       // late
    if (records.Number(9) == 0) call.policy = "batch";
    if (records.Number(30) == 0) call.outcome = ErrorClass::kDeadlineExceeded;
    if (records.Number(40) == 0) {
      call.lookups.resize(1);
      call.lookups[0].kind = AttemptKind::kVectors;
      call.lookups[0].model = "vectors-small";
      call.lookups[0].cost_pico = 17;
      call.lookups[0].latency_us = 3'000;
    }
  }
  return calls;
}

Report MustQuery(const std::string& path, std::int64_t from_us, std::int64_t to_us,
                 std::int64_t most_rows) {
  auto report = QueryReport(path, from_us, to_us, most_rows);
  BOOST_REQUIRE_MESSAGE(report.ok(), (report.ok() ? "" : report.error().context));
  return report.value();
}

void CheckTime(std::int64_t got, std::int64_t exact) {
  const double bound = static_cast<double>(exact) * Histogram::kError_ppm / 1e6 + 1;
  BOOST_TEST(std::abs(static_cast<double>(got - exact)) <= bound);
}

void CheckQuantiles(const Quantiles& got, const Quantiles& exact) {
  BOOST_TEST(got.count == exact.count);
  CheckTime(got.p50_us, exact.p50_us);
  CheckTime(got.p95_us, exact.p95_us);
  CheckTime(got.p99_us, exact.p99_us);
}

void CheckRow(ReportRow got, const ReportRow& exact) {
  CheckQuantiles(got.latency, exact.latency);
  CheckQuantiles(got.first_byte, exact.first_byte);
  got.latency = exact.latency;
  got.first_byte = exact.first_byte;
  BOOST_TEST((got == exact));
  if (got == exact) return;
  Report one;
  one.total = got;
  Report other;
  other.total = exact;
  BOOST_TEST(RenderReportJson(one) == RenderReportJson(other));
}

void CheckRows(const std::vector<ReportRow>& got, const std::vector<ReportRow>& exact) {
  BOOST_TEST_REQUIRE(got.size() == exact.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    BOOST_TEST_CONTEXT(exact[i].name) { CheckRow(got[i], exact[i]); }
  }
}

void CheckReport(const Report& got, const Report& exact) {
  BOOST_TEST(got.first_us == exact.first_us);
  BOOST_TEST(got.last_us == exact.last_us);
  CheckRow(got.total, exact.total);
  CheckRows(got.routes, exact.routes);
  CheckRows(got.models, exact.models);
}

std::map<std::string, MoneySum> ByName(const std::vector<std::string>& names,
                                       const std::vector<MoneySum>& sums) {
  std::map<std::string, MoneySum> by_name;
  for (std::size_t i = 0; i < names.size(); ++i) by_name[names[i]] = sums[i];
  return by_name;
}

void CheckPage(const ReportPage& got, const ReportPage& exact) {
  BOOST_TEST_REQUIRE(got.slots.size() == exact.slots.size());
  BOOST_TEST(got.start_us == exact.start_us);
  for (std::size_t i = 0; i < got.slots.size(); ++i) {
    const PageSlot& a = got.slots[i];
    const PageSlot& b = exact.slots[i];
    BOOST_TEST(a.calls == b.calls);
    BOOST_TEST(a.answered == b.answered);
    BOOST_TEST(a.attempts == b.attempts);
    BOOST_TEST(a.cached == b.cached);
    BOOST_TEST((a.cost == b.cost));
    BOOST_TEST((a.latency == b.latency));
    BOOST_TEST((a.attempt_ends == b.attempt_ends));
    BOOST_TEST((ByName(got.models, a.cost_by_model) == ByName(exact.models, b.cost_by_model)));
    BOOST_TEST((ByName(got.routes, a.cost_by_route) == ByName(exact.routes, b.cost_by_route)));
  }
  BOOST_TEST_REQUIRE(got.flows.size() == exact.flows.size());
  for (std::size_t i = 0; i < got.flows.size(); ++i) {
    BOOST_TEST(got.flows[i].from == exact.flows[i].from);
    BOOST_TEST(got.flows[i].to == exact.flows[i].to);
    BOOST_TEST(got.flows[i].calls == exact.flows[i].calls);
    BOOST_TEST((got.flows[i].reasons == exact.flows[i].reasons));
  }
}

/// A store that has every call by itself, and one of two files that are summed up and cut at random
/// moments.
struct Pair {
  Pair(std::uint64_t seed, const Retention& keep) : random(seed), calls(DaysOfCalls(seed, 3'000)) {
    RolledStore whole(folder / "whole.db");
    whole.Write(calls, 0, calls.size());
    RolledStore first(folder / "cut.db");
    RolledStore second(folder / "cut.db.2");
    for (std::size_t at = 0; at < calls.size();) {
      const std::size_t to = std::min(calls.size(), at + 1 + random() % 500);
      RolledStore& store = random() % 2 == 0 ? first : second;
      store.Write(calls, at, to);
      at = to;
      if (random() % 4 == 0) continue;
      const std::int64_t now_us = calls[at - 1].started_us + kMinuteUs;
      store.Keep(keep, now_us, static_cast<int>(random() % 3) + (random() % 4 == 0 ? 1'000 : 0));
    }
    if (seed % 2 == 0) {
      for (RolledStore* store : {&first, &second}) store->Keep(keep, kStart + kDays * kDayUs);
    }
  }
  ScratchFolder folder;
  std::mt19937_64 random;
  std::vector<CallRecord> calls;
};

const Retention kCuts[] = {
    {},
    {.calls_s = 2 * kDay_s, .minutes_s = 4 * kDay_s, .hours_s = 7 * kDay_s},
    {.calls_s = 3'600, .minutes_s = 7'200, .hours_s = 86'400},
    {.calls_s = 1, .minutes_s = INT64_MAX, .hours_s = 0},
};

BOOST_AUTO_TEST_SUITE(report_rolled)

BOOST_AUTO_TEST_CASE(sums_and_rows_together_are_the_rows) {
  int summed = 0;
  int widened = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    Pair pair(seed, kCuts[seed % std::size(kCuts)]);
    const auto instant = [&pair] {
      const auto at = static_cast<std::int64_t>(pair.random() % (kDays * 1'440 * 60));
      const std::int64_t step = pair.random() % 2 == 0 ? 3'600 : 1;
      return kStart + at / step * step * 1'000'000;
    };
    for (int i = 0; i < 30; ++i) {
      std::int64_t from_us = i == 0 ? kBeginning : instant();
      std::int64_t to_us = i % 2 == 0 ? kEnd : instant();
      if (from_us > to_us) std::swap(from_us, to_us);
      BOOST_TEST_CONTEXT("seed " << seed << ", window " << from_us << " to " << to_us) {
        const std::int64_t most_rows = i % 3 == 0 ? kEachRow : 0;
        const Report got = MustQuery(pair.folder / "cut.db", from_us, to_us, most_rows);
        const Report exact = MustQuery(pair.folder / "whole.db", got.from_us, got.to_us, kEachRow);
        BOOST_TEST(!exact.summed);
        BOOST_TEST(got.from_us <= from_us);
        BOOST_TEST(got.to_us >= to_us);
        BOOST_TEST(got.widened == (got.from_us != from_us || got.to_us != to_us));
        CheckReport(got, exact);
        summed += got.summed ? 1 : 0;
        widened += got.widened ? 1 : 0;
        if (i >= 8 || exact.total.calls == 0) continue;
        const auto page = QueryPage(pair.folder / "cut.db", got);
        const auto exact_page = QueryPage(pair.folder / "whole.db", exact);
        BOOST_TEST_REQUIRE(page.ok());
        BOOST_TEST_REQUIRE(exact_page.ok());
        if (page->slot_us == exact_page->slot_us) CheckPage(*page, *exact_page);
      }
    }
    BOOST_TEST(QueryMetrics(pair.folder / "cut.db", 0).value() ==
               QueryMetrics(pair.folder / "whole.db", 0).value());
  }
  BOOST_TEST_MESSAGE(summed << " of 240 reports from sums, " << widened << " widened");
  BOOST_TEST(summed > 100);
  BOOST_TEST(widened > 20);
}

BOOST_AUTO_TEST_CASE(few_calls_whose_rows_are_there_are_read_one_by_one) {
  const ScratchFolder folder;
  const auto calls = DaysOfCalls(5, 300);
  RolledStore store(folder / "m.db");
  store.Write(calls, 0, calls.size());
  BOOST_TEST(!store.Keep({}, kStart + kDays * kDayUs));
  BOOST_TEST(!MustQuery(folder / "m.db", kBeginning, kEnd, 300).summed);
  const Report many = MustQuery(folder / "m.db", kBeginning, kEnd, 299);
  BOOST_TEST(many.summed);
  BOOST_TEST(RenderReportText(many).find("within 1.1% of a time") != std::string::npos);
  BOOST_TEST(RenderReportJson(many).find("\"quantileError\": 0.010831") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
