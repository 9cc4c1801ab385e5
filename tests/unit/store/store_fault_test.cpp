// Every operation on files fails once, then every one from some moment on: calls are appended all
// the same, each is written whole and once or counted, and the file stays sound.
#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "mlp/store.hpp"
#include "tests/support/random_records.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/store/fault_vfs.hpp"
#include "tests/unit/store/store_fixture.hpp"

namespace {

using namespace mlp;  // NOLINT(google-build-using-namespace)

constexpr std::uint64_t kSeed = 7;
constexpr std::size_t kCalls = 60;

std::vector<CallRecord> SomeCalls() {
  RandomRecords records(kSeed);
  std::vector<CallRecord> calls;
  for (std::size_t i = 0; i < kCalls; ++i) {
    calls.push_back(records.Plausible());
    calls.back().call_id = std::to_string(i);
  }
  return calls;
}

StoreOptions FaultOptions() {
  StoreOptions options = OnlyWhenFlushed();  // the same operations in each run
  options.checkpoint_ms = 0;                 // a checkpoint after each batch
  options.retry_ms = 1;
  return options;
}

// Opens, appends in six batches and closes. What the store said last, or nothing where it did not
// open.
std::optional<StoreStats> RunScenario(const std::string& file,
                                      const std::vector<CallRecord>& calls) {
  auto store = Store::Open(file, FaultOptions());
  if (!store) {
    BOOST_TEST(store.error().context.find(file) != std::string::npos);
    return std::nullopt;
  }
  for (std::size_t i = 0; i < calls.size(); ++i) {
    BOOST_TEST((*store)->Append(calls[i]));
    if (i % 10 == 9) {
      const std::uint64_t lost_before = (*store)->stats().lost;
      const bool flushed = (*store)->Flush().ok();
      BOOST_TEST(flushed == ((*store)->stats().lost == lost_before));
    }
  }
  return (*store)->stats();
}

// What is in the file is sound, whole, and each call once. Returns how many there are.
std::size_t CheckFile(const std::string& file, const std::vector<CallRecord>& calls) {
  if (!std::filesystem::exists(file)) return 0;
  BOOST_TEST(IntegrityCheck(file) == "ok");
  std::set<std::string> seen;
  for (const CallRecord& call : ReadAll(file)) {
    BOOST_TEST(seen.insert(call.call_id).second);
    BOOST_TEST(Dump(call) == Dump(calls[std::stoul(call.call_id)]));
  }
  return seen.size();
}

void FailEveryOperation(FaultVfs::Mode mode) {
  FaultVfs vfs;
  const std::vector<CallRecord> calls = SomeCalls();
  std::set<std::string> victims;
  std::int64_t opened = 0;
  std::int64_t nth = 1;
  for (bool fired = true; fired; ++nth) {
    const ScratchFolder folder;
    const std::string file = folder / "m.db";
    vfs.Arm(nth, mode);
    const auto stats = RunScenario(file, calls);
    fired = vfs.fired();
    vfs.Disarm();
    BOOST_TEST_CONTEXT("operation " << nth << ", " << vfs.victim()) {
      const std::size_t present = CheckFile(file, calls);
      if (stats) {
        ++opened;
        BOOST_TEST(stats->appended == kCalls);
        BOOST_TEST(stats->written + stats->lost == kCalls);
        BOOST_TEST(stats->queued == 0U);
        BOOST_TEST(present >= stats->written);
        // One fault alone loses nothing: the batch is tried again at once.
        if (mode == FaultVfs::Mode::kOnce) BOOST_TEST(present == kCalls);
        if (stats->lost > 0) BOOST_TEST(stats->last_error != "");
      }
      MustOpen(file).reset();  // whatever happened, the next start is a good one
    }
    victims.insert(vfs.victim().substr(0, vfs.victim().find(' ')));
  }
  std::printf("store faults: %lld operations, %lld runs with an open store\n",
              static_cast<long long>(nth - 2), static_cast<long long>(opened));
  BOOST_TEST(nth > 100);
  BOOST_TEST(opened > 50);
  for (const char* operation : {"open", "read", "write", "sync", "lock", "shm-map", "shm-lock"}) {
    BOOST_TEST_CONTEXT(operation) { BOOST_TEST(victims.count(operation) == 1U); }
  }
}

BOOST_AUTO_TEST_SUITE(store_faults)

BOOST_AUTO_TEST_CASE(each_operation_fails_once) { FailEveryOperation(FaultVfs::Mode::kOnce); }

BOOST_AUTO_TEST_CASE(all_operations_fail_from_each_moment_on) {
  FailEveryOperation(FaultVfs::Mode::kFromThenOn);
}

BOOST_AUTO_TEST_CASE(calls_wait_in_the_queue_until_the_disk_is_back) {
  FaultVfs vfs;
  const ScratchFolder folder;
  StoreOptions options;
  options.queue_limit = 50;
  options.batch_ms = 1;
  options.retry_ms = 1;
  const auto store = MustOpen(folder / "m.db", options);
  vfs.Arm(1, FaultVfs::Mode::kFromThenOn);
  for (int i = 0; i < 80; ++i) BOOST_TEST(store->Append({}) == (i < 50));
  while (store->stats().failed_batches < 4) std::this_thread::yield();
  StoreStats stats = store->stats();
  BOOST_TEST(stats.queued == 50U);
  BOOST_TEST(stats.dropped == 30U);
  BOOST_TEST(stats.lost == 0U);
  BOOST_TEST(stats.last_error.find(folder / "m.db") != std::string::npos);
  vfs.Disarm();
  while (store->stats().written < 50) std::this_thread::yield();
  BOOST_TEST(ReadAll(folder / "m.db").size() == 50U);
  BOOST_TEST(QueryNumber(folder / "m.db", "SELECT total(dropped) FROM losses") == 30);
}

BOOST_AUTO_TEST_CASE(flush_on_a_dead_disk_counts_and_says_so) {
  FaultVfs vfs;
  const ScratchFolder folder;
  const auto store = MustOpen(folder / "m.db", OnlyWhenFlushed());
  for (int i = 0; i < 5; ++i) BOOST_TEST(store->Append({}));
  vfs.Arm(1, FaultVfs::Mode::kFromThenOn);
  const Status status = store->Flush();
  BOOST_TEST_REQUIRE(!status.ok());
  BOOST_TEST(status.error().context.starts_with("5 calls could not be written: "));
  BOOST_TEST(store->stats().lost == 5U);
  vfs.Disarm();
  BOOST_TEST(store->Append({}));
  BOOST_TEST(store->Flush().ok());
  BOOST_TEST(store->stats().written == 1U);
  BOOST_TEST(QueryNumber(folder / "m.db", "SELECT total(lost) FROM losses") == 5);
}

BOOST_AUTO_TEST_CASE(file_moved_away_while_in_use_is_noticed) {
  const ScratchFolder folder;
  StoreOptions options = OnlyWhenFlushed();
  options.checkpoint_ms = 0;
  const auto store = MustOpen(folder / "m.db", options);
  BOOST_TEST(store->Append({}));
  BOOST_TEST(store->Flush().ok());
  std::filesystem::rename(folder / "m.db", folder / "old.db");
  BOOST_TEST(store->Append({}));
  BOOST_TEST(store->Flush().ok());
  while (store->stats().last_error.empty()) std::this_thread::yield();
  BOOST_TEST(store->stats().last_error.find("moved or deleted") != std::string::npos);
  BOOST_TEST(store->Append({}));
  BOOST_TEST(store->Flush().ok());
  // The second call is in the one or the other: the move is noticed at a checkpoint.
  const std::size_t old_count = ReadAll(folder / "old.db").size();
  const std::size_t new_count = ReadAll(folder / "m.db").size();
  BOOST_TEST(old_count >= 1U);
  BOOST_TEST(new_count >= 1U);
  BOOST_TEST(old_count + new_count == 3U);
  BOOST_TEST(IntegrityCheck(folder / "old.db") == "ok");
  BOOST_TEST(IntegrityCheck(folder / "m.db") == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
