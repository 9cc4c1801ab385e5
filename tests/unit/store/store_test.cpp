// The store when all goes well: what goes in comes out, in batches, from any thread and process.
#include "mlp/store.hpp"

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/store/file_claim.hpp"
#include "runtime/store/reader.hpp"
#include "tests/support/random_records.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/store/store_fixture.hpp"

namespace {

using namespace mlp;  // NOLINT(google-build-using-namespace)

constexpr std::uint64_t kSeed = 20'261'121;

BOOST_AUTO_TEST_SUITE(store)

BOOST_AUTO_TEST_CASE(every_field_comes_back) {
  BOOST_TEST_MESSAGE("seed " << kSeed);
  const ScratchFolder folder;
  RandomRecords records(kSeed);
  std::vector<CallRecord> sent;
  {
    const auto store = MustOpen(folder / "m.db");
    for (int i = 0; i < 500; ++i) {
      sent.push_back(i % 2 == 0 ? records.Wild() : records.Plausible());
      BOOST_TEST_REQUIRE(store->Append(sent.back()));
    }
    BOOST_TEST(store->Flush().ok());
    BOOST_TEST(store->stats().written == 500U);
  }
  const std::vector<CallRecord> got = ReadAll(folder / "m.db");
  BOOST_TEST_REQUIRE(got.size() == sent.size());
  for (std::size_t i = 0; i < sent.size(); ++i) BOOST_TEST(Dump(got[i]) == Dump(sent[i]));
  BOOST_TEST(IntegrityCheck(folder / "m.db") == "ok");
}

BOOST_AUTO_TEST_CASE(texts_are_made_storable) {
  const ScratchFolder folder;
  {
    const auto store = MustOpen(folder / "m.db");
    CallRecord call;
    call.route = std::string("a\0b", 3);
    call.request = "\xC3(" + std::string(5'000, 'x');
    BOOST_TEST(store->Append(call));
  }
  const std::vector<CallRecord> got = ReadAll(folder / "m.db");
  BOOST_TEST_REQUIRE(got.size() == 1U);
  BOOST_TEST(got[0].route == "a\uFFFDb");
  BOOST_TEST(got[0].request == "\uFFFD(" + std::string(4'092, 'x'));
}

BOOST_AUTO_TEST_CASE(batches_of_any_size_are_complete) {
  // Around the borders of a batch and of a transaction of 16 batches, each with 1 row per call.
  for (const std::size_t rows : {1U, 7U, 8U, 9U, 127U, 128U, 129U, 300U}) {
    const ScratchFolder folder;
    StoreOptions options;
    options.batch_rows = 8;
    const auto store = MustOpen(folder / "m.db", options);
    for (std::size_t i = 0; i < rows; ++i) {
      CallRecord call;
      call.call_id = std::to_string(i);
      BOOST_TEST_REQUIRE(store->Append(call));
    }
    BOOST_TEST(store->Flush().ok());
    const std::vector<CallRecord> got = ReadAll(folder / "m.db");
    BOOST_TEST_REQUIRE(got.size() == rows);
    for (std::size_t i = 0; i < rows; ++i) BOOST_TEST(got[i].call_id == std::to_string(i));
    BOOST_TEST(store->stats().rows_written == rows);
  }
}

BOOST_AUTO_TEST_CASE(batch_is_written_when_enough_rows_wait) {
  const ScratchFolder folder;
  StoreOptions options = OnlyWhenFlushed();
  options.batch_rows = 10;
  const auto store = MustOpen(folder / "m.db", options);
  CallRecord call;
  call.attempts.resize(4);
  for (int i = 0; i < 2; ++i) BOOST_TEST(store->Append(call));  // 10 rows: no flush needed
  while (store->stats().written < 2) std::this_thread::yield();
  BOOST_TEST(store->stats().rows_written == 10U);
  BOOST_TEST(store->stats().queued == 0U);
}

BOOST_AUTO_TEST_CASE(oldest_call_does_not_wait_longer_than_a_batch_may) {
  const ScratchFolder folder;
  StoreOptions options = OnlyWhenFlushed();
  options.batch_ms = 5;
  const auto store = MustOpen(folder / "m.db", options);
  for (std::uint64_t i = 1; i <= 3; ++i) {  // the second and third begin while the thread sleeps
    BOOST_TEST(store->Append({}));
    while (store->stats().written < i) std::this_thread::yield();
  }
}

BOOST_AUTO_TEST_CASE(flush_waits_for_what_was_appended_before) {
  const ScratchFolder folder;
  const auto store = MustOpen(folder / "m.db", OnlyWhenFlushed());
  BOOST_TEST(store->Flush().ok());  // of nothing
  for (std::uint64_t i = 1; i <= 5; ++i) {
    BOOST_TEST(store->Append({}));
    BOOST_TEST(store->stats().queued == 1U);
    BOOST_TEST(store->Flush().ok());
    BOOST_TEST(store->stats().written == i);
    BOOST_TEST(ReadAll(folder / "m.db").size() == i);
  }
}

BOOST_AUTO_TEST_CASE(destructor_writes_what_waits) {
  const ScratchFolder folder;
  {
    const auto store = MustOpen(folder / "m.db", OnlyWhenFlushed());
    for (int i = 0; i < 10; ++i) BOOST_TEST(store->Append({}));
  }
  BOOST_TEST(!std::filesystem::exists(folder / "m.db-wal"));
  BOOST_TEST(ReadAll(folder / "m.db").size() == 10U);
}

BOOST_AUTO_TEST_CASE(eight_threads_append_at_once) {
  constexpr int kThreads = 8;
  constexpr int kCalls = 2'000;
  const ScratchFolder folder;
  const auto store = MustOpen(folder / "m.db");
  std::vector<std::thread> threads;
  std::atomic<int> refused{0};
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&store, &refused, t] {
      RandomRecords records(kSeed + static_cast<std::uint64_t>(t));
      for (int i = 0; i < kCalls; ++i) {
        CallRecord call = records.Plausible();
        call.route = std::to_string(t);
        call.decide_ns = i;
        if (!store->Append(std::move(call))) ++refused;
        if (i % 500 == 0 && !store->Flush()) ++refused;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(store->Flush().ok());
  BOOST_TEST(refused == 0);
  std::map<std::string, std::int64_t> next;  // per thread: its calls are in its order
  for (const CallRecord& call : ReadAll(folder / "m.db")) {
    BOOST_TEST(call.decide_ns == next[call.route]++);
  }
  BOOST_TEST(next.size() == static_cast<std::size_t>(kThreads));
  for (const auto& [thread, count] : next) BOOST_TEST(count == kCalls);
  const StoreStats stats = store->stats();
  BOOST_TEST(stats.appended == static_cast<std::uint64_t>(kThreads * kCalls));
  BOOST_TEST(stats.written == stats.appended);
  BOOST_TEST(stats.dropped == 0U);
}

BOOST_AUTO_TEST_CASE(full_queue_drops_and_counts_exactly) {
  const ScratchFolder folder;
  {
    StoreOptions options = OnlyWhenFlushed();
    options.queue_limit = 100;
    const auto store = MustOpen(folder / "m.db", options);
    for (int i = 0; i < 130; ++i) BOOST_TEST(store->Append({}) == (i < 100));
    BOOST_TEST(store->stats().appended == 100U);
    BOOST_TEST(store->stats().queued == 100U);
    BOOST_TEST(store->stats().dropped == 30U);
    BOOST_TEST(store->Flush().ok());  // drops are no failure of the flush
    BOOST_TEST(store->Append({}));    // there is room again
  }
  BOOST_TEST(ReadAll(folder / "m.db").size() == 101U);
  auto reader = StoreReader::Open(folder / "m.db");
  BOOST_TEST_REQUIRE(reader.ok());
  const auto losses = reader->CountLosses(0, std::numeric_limits<std::int64_t>::max());
  BOOST_TEST_REQUIRE(losses.ok());
  BOOST_TEST(losses->dropped == 30);
  BOOST_TEST(losses->lost == 0);
}

BOOST_AUTO_TEST_CASE(drops_without_a_later_call_are_noted_at_the_end) {
  const ScratchFolder folder;
  {
    StoreOptions options = OnlyWhenFlushed();
    options.queue_limit = 1;
    const auto store = MustOpen(folder / "m.db", options);
    BOOST_TEST(store->Append({}));
    BOOST_TEST(store->Flush().ok());
    BOOST_TEST(store->Append({}));
    BOOST_TEST(!store->Append({}));
    BOOST_TEST(store->Flush().ok());
    BOOST_TEST(store->Append({}));
    BOOST_TEST(!store->Append({}));
  }
  BOOST_TEST(QueryNumber(folder / "m.db", "SELECT total(dropped) FROM losses") == 2);
}

BOOST_AUTO_TEST_CASE(second_writer_takes_a_file_of_its_own) {
  const ScratchFolder folder;
  std::ofstream(folder / "m.db.ledger") << "not a part of the store";
  const auto first = MustOpen(folder / "m.db");
  const auto second = MustOpen(folder / "m.db");
  auto third = MustOpen(folder / "m.db");
  BOOST_TEST(first->file() == folder / "m.db");
  BOOST_TEST(second->file() == folder / "m.db.2");
  BOOST_TEST(third->file() == folder / "m.db.3");
  for (Store* store : {first.get(), second.get(), third.get()}) {
    CallRecord call;
    call.call_id = store->file();
    BOOST_TEST(store->Append(call));
    BOOST_TEST(store->Flush().ok());
  }
  const std::vector<CallRecord> got = ReadAll(folder / "m.db");
  BOOST_TEST_REQUIRE(got.size() == 3U);
  for (std::size_t i = 0; i < 3; ++i) BOOST_TEST(got[i].call_id == StoreFiles(folder / "m.db")[i]);
  third.reset();  // its file is free again, and kept
  third = MustOpen(folder / "m.db");
  BOOST_TEST(third->file() == folder / "m.db.3");
  BOOST_TEST(ReadAll(folder / "m.db").size() == 3U);
}

BOOST_AUTO_TEST_CASE(readers_see_a_window_and_may_stop) {
  const ScratchFolder folder;
  const auto store = MustOpen(folder / "m.db");
  for (std::int64_t i = 0; i < 10; ++i) {
    CallRecord call;
    call.started_us = i;
    BOOST_TEST(store->Append(call));
  }
  BOOST_TEST(store->Flush().ok());
  auto reader = StoreReader::Open(folder / "m.db");
  BOOST_TEST_REQUIRE(reader.ok());
  std::vector<std::int64_t> seen;
  const auto visit = [&seen](const CallRecord& call) {
    seen.push_back(call.started_us);
    return seen.size() < 3;
  };
  BOOST_TEST(reader->ForEachCall(2, 4, visit).ok());
  BOOST_TEST(seen == (std::vector<std::int64_t>{2, 3}), boost::test_tools::per_element());
  seen.clear();
  BOOST_TEST(reader->ForEachCall(5, 100, visit).ok());
  BOOST_TEST(seen == (std::vector<std::int64_t>{5, 6, 7}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(log_is_checkpointed_and_cut) {
  const ScratchFolder folder;
  StoreOptions options;
  options.wal_limit_bytes = 200'000;
  options.checkpoint_ms = 3'600'000;
  const auto store = MustOpen(folder / "m.db", options);
  RandomRecords records(kSeed);
  std::uintmax_t largest = 0;
  for (int batch = 0; batch < 20; ++batch) {
    for (int i = 0; i < 200; ++i) BOOST_TEST_REQUIRE(store->Append(records.Plausible()));
    BOOST_TEST(store->Flush().ok());
    largest = std::max(largest, std::filesystem::file_size(folder / "m.db-wal"));
  }
  BOOST_TEST(store->stats().last_error == "");
  // At least one cut happened; a cut is tried once a second at most, so no more is certain.
  BOOST_TEST(std::filesystem::file_size(folder / "m.db") > 100'000U);
  BOOST_TEST(largest < 4'000'000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
