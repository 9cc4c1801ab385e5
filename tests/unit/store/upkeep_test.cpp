// Summing up and deleting: each call once in every span whatever happens, and no row goes before.
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "mlp/store.hpp"
#include "runtime/store/compact.hpp"
#include "runtime/store/reader.hpp"
#include "tests/support/random_records.hpp"
#include "tests/support/rolled_store.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/store/fault_vfs.hpp"
#include "tests/unit/store/store_fixture.hpp"

namespace {

using namespace mlp;  // NOLINT(google-build-using-namespace)

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kDay_s = 86'400;
constexpr std::int64_t kDayUs = kDay_s * kSecondUs;
constexpr std::int64_t kStart = 20'700 * kDayUs;  // in 2026

std::vector<CallRecord> SomeCalls(std::uint64_t seed, std::size_t count, std::int64_t step_us) {
  RandomRecords records(seed);
  std::vector<CallRecord> calls;
  for (std::size_t i = 0; i < count; ++i) {
    calls.push_back(records.Plausible());
    calls.back().call_id = std::to_string(i);
    calls.back().started_us = kStart + static_cast<std::int64_t>(i) * step_us;
  }
  return calls;
}

std::int64_t CallsIn(const std::string& file, RollLevel level) {
  return QueryNumber(file, "SELECT total(calls) FROM rolled WHERE kind = 0 AND level = " +
                               std::to_string(static_cast<int>(level)));
}

// Money and calls of a store's window, however it has them.
struct Sum {
  std::int64_t calls = 0;
  std::int64_t attempts = 0;
  MoneySum cost;
  friend bool operator==(const Sum&, const Sum&) = default;
};

Sum SumOf(const std::vector<CallRecord>& calls) {
  Sum sum;
  for (const CallRecord& call : calls) {
    ++sum.calls;
    for (const AttemptRecord& attempt : call.attempts) {
      ++sum.attempts;
      sum.cost.Add(Money{attempt.cost_pico});
    }
  }
  return sum;
}

Sum ReadSum(const std::string& path) {
  auto reader = StoreReader::Open(path);
  BOOST_REQUIRE_MESSAGE(reader.ok(), (reader.ok() ? "" : reader.error().context));
  Sum sum;
  const auto span = reader->ForEachRecorded(
      {.most_rows = 0},
      [&sum](const CallRecord& call) {
        const Sum one = SumOf({call});
        sum.calls += one.calls;
        sum.attempts += one.attempts;
        sum.cost.Add(one.cost);
      },
      [&sum](std::int64_t, const CellKey& key, const RolledCell& cell) {
        if (key.kind == CellKind::kCalls) sum.calls += cell.calls;
        if (key.kind != CellKind::kAttempts) return;
        sum.attempts += cell.attempts;
        sum.cost.Add(cell.cost);
      });
  BOOST_REQUIRE_MESSAGE(span.ok(), (span.ok() ? "" : span.error().context));
  return sum;
}

BOOST_AUTO_TEST_SUITE(upkeep)

BOOST_AUTO_TEST_CASE(a_clock_that_ran_ahead_does_not_delete_the_calls_after_it) {
  const ScratchFolder folder;
  const std::string file = folder / "m.db";
  const auto calls = SomeCalls(2, 2, 2 * kDayUs);
  RolledStore store(file);
  const Retention keep{.calls_s = 3'600, .minutes_s = kDay_s, .hours_s = 10 * kDay_s};
  const std::int64_t ahead_us = kStart + 5'000 * kDayUs;
  BOOST_TEST(!store.Keep(keep, ahead_us));
  BOOST_TEST(!store.Keep(keep, kStart - kDayUs));  // the clock is set right
  store.Write(calls, 0, calls.size());
  BOOST_TEST(!store.Keep(keep, calls.back().started_us));
  BOOST_TEST(QueryNumber(file, "SELECT count(*) FROM calls") == 1);
  BOOST_TEST(CallsIn(file, RollLevel::kMinute) == 1);
  BOOST_TEST(CallsIn(file, RollLevel::kHour) == 2);
  BOOST_TEST((ReadSum(file) == SumOf(calls)));
}

/// A user's word for a call that this file does not hold, as where another process made it.
BOOST_AUTO_TEST_CASE(feedback_goes_with_the_calls_of_its_time) {
  const ScratchFolder folder;
  const std::string file = folder / "m.db";
  const auto calls = SomeCalls(3, 1, kSecondUs);
  RolledStore store(file);
  store.Write(calls, 0, 1);
  Database database;
  BOOST_REQUIRE(database.Open(file, Database::Mode::kReadWrite) == SQLITE_OK);
  const std::string insert = "INSERT INTO feedback VALUES('elsewhere', " +
                             std::to_string(kStart + 60 * kSecondUs) + ", 0, 'useless')";
  BOOST_REQUIRE(database.Run(insert.c_str()) == SQLITE_OK);
  const Retention keep{.calls_s = 3'600};
  BOOST_TEST(!store.Keep(keep, kStart + 3'600 * kSecondUs));
  BOOST_TEST(QueryNumber(file, "SELECT count(*) FROM feedback") == 1);
  BOOST_TEST(!store.Keep(keep, kStart + 2 * 3'600 * kSecondUs));
  BOOST_TEST(QueryNumber(file, "SELECT count(*) FROM feedback") == 0);
}

BOOST_AUTO_TEST_CASE(calls_are_summed_up_once_and_deleted_after) {
  const ScratchFolder folder;
  const std::string file = folder / "m.db";
  const auto calls = SomeCalls(1, 9'000, 60 * kSecondUs);  // six days
  RolledStore store(file);
  store.Write(calls, 0, calls.size());
  const Retention keep{.calls_s = 86'400, .minutes_s = 2 * kDay_s, .hours_s = 4 * kDay_s};
  const std::int64_t now_us = calls.back().started_us;
  BOOST_TEST(store.Keep(keep, now_us, 1));
  BOOST_TEST(QueryNumber(file, "SELECT count(*) FROM calls") == 9'000);  // not all summed up
  BOOST_TEST(!store.Keep(keep, now_us));
  BOOST_TEST(CallsIn(file, RollLevel::kDay) == 9'000);
  // Four whole days and the part of a day in which the time for hours ends; likewise the others.
  BOOST_TEST(CallsIn(file, RollLevel::kHour) >= 4 * 1'440);
  BOOST_TEST(CallsIn(file, RollLevel::kHour) <= 5 * 1'440);
  BOOST_TEST(CallsIn(file, RollLevel::kMinute) >= 2 * 1'440);
  BOOST_TEST(CallsIn(file, RollLevel::kMinute) <= 2 * 1'440 + 60);
  const std::int64_t rows = QueryNumber(file, "SELECT count(*) FROM calls");
  BOOST_TEST(rows >= 1'440);
  BOOST_TEST(rows <= 1'441);
  BOOST_TEST(QueryNumber(file,
                         "SELECT count(*) FROM attempts "
                         "WHERE call NOT IN (SELECT id FROM calls)") == 0);
  BOOST_TEST((ReadSum(file) == SumOf(calls)));
  BOOST_TEST(!store.Keep(keep, now_us));  // again: nothing to do
  BOOST_TEST((ReadSum(file) == SumOf(calls)));
  BOOST_TEST(IntegrityCheck(file) == "ok");
}

BOOST_AUTO_TEST_CASE(calls_after_the_last_row_went_are_new_ones) {
  const ScratchFolder folder;
  const std::string file = folder / "m.db";
  const auto calls = SomeCalls(2, 40, kSecondUs);
  RolledStore store(file);
  store.Write(calls, 0, 20);
  store.Keep({.calls_s = 1}, kStart + kDayUs);
  BOOST_TEST(QueryNumber(file, "SELECT count(*) FROM calls") == 0);
  store.Write(calls, 20, 40);  // their rows have the numbers of the first again
  store.Keep({.calls_s = 1}, kStart + kDayUs);
  BOOST_TEST((ReadSum(file) == SumOf(calls)));
}

BOOST_AUTO_TEST_CASE(feedback_goes_with_its_call) {
  const ScratchFolder folder;
  const std::string file = folder / "m.db";
  auto calls = SomeCalls(3, 2, kDayUs);
  {
    const auto store = MustOpen(file);
    for (const CallRecord& call : calls) {
      BOOST_TEST(store->Append(call));
      BOOST_TEST(store->AppendFeedback({call.call_id, call.started_us, 900'000, ""}));
    }
  }
  RolledStore(file).Keep({.calls_s = 3'600}, calls.back().started_us);
  BOOST_TEST(QueryNumber(file, "SELECT count(*) FROM feedback") == 1);
  BOOST_TEST(QueryNumber(file, "SELECT call_id FROM feedback") == 1);
}

BOOST_AUTO_TEST_CASE(a_file_does_not_grow_while_as_much_goes_as_comes) {
  const ScratchFolder folder;
  const std::string file = folder / "m.db";
  const auto calls = SomeCalls(4, 24'000, kSecondUs);
  RolledStore store(file);
  const Retention keep{.calls_s = 3'600};
  std::int64_t pages_early = 0;
  for (std::size_t at = 0; at < calls.size(); at += 1'000) {
    store.Write(calls, at, at + 1'000);
    store.Keep(keep, calls[at + 999].started_us);
    if (at == 10'000) pages_early = QueryNumber(file, "PRAGMA page_count");
  }
  const std::int64_t pages = QueryNumber(file, "PRAGMA page_count");
  const std::int64_t sums = QueryNumber(file, "SELECT sum(length(latency)) FROM rolled") / 2'000;
  BOOST_TEST_MESSAGE(pages_early << " pages, then " << pages << "; sums of " << sums);
  BOOST_TEST(pages < pages_early + 600 + 4 * sums);
}

BOOST_AUTO_TEST_CASE(pages_are_given_back_where_most_are_free) {
  const ScratchFolder folder;
  const std::string file = folder / "m.db";
  const auto calls = SomeCalls(5, 20'000, kSecondUs);
  RolledStore store(file);
  store.Write(calls, 0, calls.size());
  store.Keep({}, calls.back().started_us);
  const std::int64_t before = QueryNumber(file, "PRAGMA page_count");
  store.Keep({.calls_s = 60}, calls.back().started_us);
  BOOST_TEST(QueryNumber(file, "PRAGMA page_count") < before * 3 / 4);
  BOOST_TEST(IntegrityCheck(file) == "ok");
}

BOOST_AUTO_TEST_CASE(a_store_keeps_itself_small_while_calls_come) {
  const ScratchFolder folder;
  const std::string file = folder / "m.db";
  const auto now_us = std::chrono::duration_cast<std::chrono::microseconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count();
  auto calls = SomeCalls(6, 6'000, kSecondUs);
  StoreOptions options;
  options.upkeep_ms = 1;
  options.keep_calls_s = 86'400;
  const auto store = MustOpen(file, options);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    calls[i].started_us = now_us - (i % 2 == 0 ? 3 * kDayUs : 0);
    BOOST_TEST_REQUIRE(store->Append(calls[i]));
  }
  BOOST_TEST(store->Flush().ok());
  while (store->stats().deleted < 3'000) std::this_thread::yield();
  BOOST_TEST(store->stats().summed_up == 6'000U);
  BOOST_TEST(store->stats().failed_batches == 0U);
  BOOST_TEST(QueryNumber(file, "SELECT count(*) FROM calls") == 3'000);
  BOOST_TEST((ReadSum(file) == SumOf(calls)));
}

BOOST_AUTO_TEST_CASE(wild_records_do_no_harm) {
  const ScratchFolder folder;
  const std::string file = folder / "m.db";
  RandomRecords records(7);
  std::vector<CallRecord> calls;
  for (int i = 0; i < 500; ++i) calls.push_back(records.Wild());
  RolledStore store(file);
  store.Write(calls, 0, calls.size());
  BOOST_TEST(!store.Keep({.calls_s = 60, .minutes_s = 60, .hours_s = 60}, kStart));
  BOOST_TEST(CallsIn(file, RollLevel::kDay) == 500);
  BOOST_TEST(ReadSum(file).calls == 500);
}

BOOST_AUTO_TEST_CASE(a_file_of_the_schema_before_is_summed_up_after_its_step) {
  const ScratchFolder folder;
  const std::string file = folder / "m.db";
  const auto calls = SomeCalls(8, 5'000, kSecondUs);
  RolledStore(file).Write(calls, 0, calls.size());
  Execute(file,
          "DROP TABLE rolled; DROP TABLE rolled_totals; DROP TABLE rolled_state; "
          "PRAGMA user_version = 5");
  BOOST_TEST((ReadSum(file) == SumOf(calls)));  // as it is
  RolledStore store(file);
  BOOST_TEST(QueryNumber(file, "PRAGMA user_version") == 6);
  BOOST_TEST((ReadSum(file) == SumOf(calls)));
  BOOST_TEST(store.Keep({.calls_s = 1}, kStart + kDayUs, 1));
  BOOST_TEST((ReadSum(file) == SumOf(calls)));
  BOOST_TEST(!store.Keep({.calls_s = 1}, kStart + kDayUs));
  BOOST_TEST((ReadSum(file) == SumOf(calls)));
  BOOST_TEST(QueryNumber(file, "SELECT count(*) FROM calls") == 0);
}

BOOST_AUTO_TEST_CASE(damaged_sums_stop_the_deleting) {
  const ScratchFolder folder;
  const std::string file = folder / "m.db";
  const auto calls = SomeCalls(9, 100, kSecondUs);
  auto writer = RecordWriter::Open(file);
  BOOST_REQUIRE(writer.ok());
  {
    RolledStore store(file);
    store.Write(calls, 0, 50);
    store.Keep({}, kStart);
    store.Write(calls, 50, 100);
  }
  Execute(file, "UPDATE rolled SET ends = 'solar-flare=1'");
  UpkeepDone done;
  const WriteResult result = (*writer)->Keep({.calls_s = 1}, kStart + kDayUs, done);
  BOOST_TEST((result.kind == WriteResult::Kind::kStoreDown));
  BOOST_TEST(result.context.find("malformed") != std::string::npos);
  BOOST_TEST(QueryNumber(file, "SELECT count(*) FROM calls") == 100);
}

BOOST_AUTO_TEST_CASE(files_without_a_service_are_compacted_and_others_left) {
  const ScratchFolder folder;
  const std::string file = folder / "m.db";
  const auto calls = SomeCalls(12, 3'000, kSecondUs);
  RolledStore(file).Write(calls, 0, 1'500);
  RolledStore(file + ".2").Write(calls, 1'500, 3'000);
  const auto service = MustOpen(file);
  const auto files = CompactStore(file, {.calls_s = 1}, kStart + kDayUs);
  BOOST_TEST_REQUIRE(files.ok());
  BOOST_TEST_REQUIRE(files->size() == 2U);
  BOOST_TEST((*files)[0].in_use);
  BOOST_TEST(!(*files)[1].in_use);
  BOOST_TEST((*files)[1].done.rolled == 1'500U);
  BOOST_TEST((*files)[1].done.deleted == 1'500U);
  BOOST_TEST(QueryNumber(file, "SELECT count(*) FROM calls") == 1'500);
  BOOST_TEST(QueryNumber(file + ".2", "SELECT count(*) FROM calls") == 0);
  BOOST_TEST((ReadSum(file) == SumOf(calls)));
  BOOST_TEST(!CompactStore(folder / "none.db", {}, 0).ok());
}

BOOST_AUTO_TEST_CASE(each_operation_on_the_file_fails_once) {
  const auto calls = SomeCalls(10, 60, 2'400 * kSecondUs);
  const Sum exact = SumOf(calls);
  const Retention keep{.calls_s = 3'600, .minutes_s = 7'200, .hours_s = 86'400};
  const std::int64_t now_us = calls.back().started_us;
  int failures = 0;
  std::int64_t nth = 1;
  for (bool fired = true; fired; ++nth) {
    FaultVfs vfs;
    const ScratchFolder folder;
    const std::string file = folder / "m.db";
    RolledStore(file).Write(calls, 0, calls.size());
    auto writer = RecordWriter::Open(file);
    BOOST_REQUIRE(writer.ok());
    vfs.Arm(nth, FaultVfs::Mode::kOnce);
    UpkeepDone done{.rolled = 0, .deleted = 0, .more = true};
    bool failed = false;
    for (int i = 0; i < 400 && done.more; ++i) {
      const WriteResult result = (*writer)->Keep(keep, now_us, done);
      failed = failed || result.kind != WriteResult::Kind::kWritten;
    }
    static_cast<void>((*writer)->Run(RecordWriter::Checkpoint::kTruncate));
    fired = vfs.fired();
    vfs.Disarm();
    failures += failed ? 1 : 0;
    writer->reset();
    BOOST_TEST_CONTEXT("operation " << nth << ", " << vfs.victim()) {
      BOOST_TEST(IntegrityCheck(file) == "ok");
      BOOST_TEST((ReadSum(file) == exact));
      BOOST_TEST(!RolledStore(file).Keep(keep, now_us));
      BOOST_TEST((ReadSum(file) == exact));
      BOOST_TEST(CallsIn(file, RollLevel::kDay) == 60);
    }
  }
  BOOST_TEST_MESSAGE(nth - 2 << " operations, " << failures << " steps failed");
  BOOST_TEST(nth > 30);
  BOOST_TEST(failures > 10);
}

BOOST_AUTO_TEST_CASE(killed_at_random_moments) {
  constexpr std::uint64_t kSeed = 20'261'121;
  const ScratchFolder folder;
  const std::string file = folder / "m.db";
  const auto calls = SomeCalls(11, 15'000, 40 * kSecondUs);
  RolledStore(file).Write(calls, 0, calls.size());
  const Sum exact = SumOf(calls);
  const Retention keep{.calls_s = 86'400, .minutes_s = 86'400, .hours_s = 2 * kDay_s};
  std::mt19937_64 random(kSeed);
  int kills = 0;
  for (bool finished = false; !finished; ++kills) {
    BOOST_TEST_REQUIRE(kills < 500);
    // More time from kill to kill, so that a busy machine comes to an end too.
    const std::uint64_t most_us = 50'000 + 10'000 * static_cast<std::uint64_t>(kills);
    std::fflush(nullptr);
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
      auto writer = RecordWriter::Open(file);
      UpkeepDone done{.rolled = 0, .deleted = 0, .more = true};
      while (writer.ok() && done.more) {
        const WriteResult result = (*writer)->Keep(keep, calls.back().started_us, done);
        if (result.kind != WriteResult::Kind::kWritten) ::_exit(1);
      }
      ::_exit(0);
    }
    std::this_thread::sleep_for(std::chrono::microseconds(random() % most_us));
    ::kill(child, SIGKILL);
    int how = 0;
    ::waitpid(child, &how, 0);
    finished = WIFEXITED(how);
    if (finished) BOOST_TEST(WEXITSTATUS(how) == 0);
    BOOST_TEST((ReadSum(file) == exact));
  }
  BOOST_TEST_MESSAGE("seed " << kSeed << ": " << kills - 1 << " kills");
  BOOST_TEST(CallsIn(file, RollLevel::kDay) == 15'000);
  BOOST_TEST(QueryNumber(file, "SELECT count(*) FROM calls") < 5'000);
  BOOST_TEST(IntegrityCheck(file) == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
