// Two hundred times a process that reserves and settles is killed at a random moment: what it was
// told is in the file, and no limit is passed.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <new>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "runtime/store/ledger.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/store/store_fixture.hpp"

namespace {

using namespace mlp;  // NOLINT(google-build-using-namespace)

constexpr std::uint64_t kSeed = 43;
constexpr int kRounds = 200;
constexpr int kThreads = 4;
constexpr std::int64_t kNow = 1'795'219'200;  // 2026-11-21
constexpr std::int64_t kLimit = 40'000'000;

// What the child knows, in memory that outlives it.
struct Told {
  std::atomic<std::int64_t> granted{0};  ///< reserved amounts that were answered with a grant
  std::atomic<std::int64_t> asked{0};    ///< reserved amounts that were asked for
  std::atomic<int> calls{0};
};

LedgerAccount Account() { return {"free-tier", "acme", kLimit, INT64_MAX}; }

[[noreturn]] void SpendUntilKilled(const std::string& path, std::uint64_t seed, Told& told) {
  auto ledger = Ledger::Open(path);
  if (!ledger) ::_exit(1);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      std::mt19937_64 random(seed + static_cast<std::uint64_t>(thread));
      for (;;) {
        const auto amount = static_cast<std::int64_t>(random() % 1'000);
        std::atomic<std::int64_t> id{-1};
        told.asked += amount;
        (*ledger)->Reserve({Account()}, amount, kNow, kNow + 86'400 * 3'650,
                           [&](Result<LedgerFile::Grant> grant) {
                             if (grant.ok() && grant->ok()) told.granted += amount;
                             id = grant.ok() ? grant->id : 0;
                             id.notify_one();
                           });
        id.wait(-1);
        ++told.calls;
        // All that is granted is spent, so that it must be in the file whichever way it ended.
        if (id != 0 && random() % 8 != 0) (*ledger)->Settle(id, amount);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  ::_exit(3);
}

BOOST_AUTO_TEST_SUITE(ledger_kill)

BOOST_AUTO_TEST_CASE(killed_two_hundred_times_at_random_moments) {
  BOOST_TEST_MESSAGE("seed " << kSeed);
  const ScratchFolder folder;
  const std::string path = folder / "m.ledger";
  void* memory =
      ::mmap(nullptr, sizeof(Told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  BOOST_REQUIRE(memory != MAP_FAILED);
  auto& told = *new (memory) Told;
  std::mt19937_64 random(kSeed);
  for (int round = 0; round < kRounds; ++round) {
    std::fflush(nullptr);
    const std::uint64_t seed = random();
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) SpendUntilKilled(path, seed, told);
    // Most kills meet a process that is spending, some one that is opening the file.
    const int answered = told.calls.load();
    for (int i = 0; round % 5 != 0 && told.calls.load() == answered && i < 10'000; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 20'000));
    BOOST_REQUIRE(::kill(child, SIGKILL) == 0);
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    BOOST_REQUIRE(WIFSIGNALED(status));
    if (round % 20 != 19) continue;
    BOOST_TEST(IntegrityCheck(path) == "ok");
    LedgerFile file;
    BOOST_REQUIRE(file.Open(path).ok());
    const auto use = file.Use(Account(), kNow);
    BOOST_REQUIRE(use.ok());
    const std::int64_t booked = use->day_spent_pico + use->day_reserved_pico;
    BOOST_TEST(booked >= told.granted.load());
    BOOST_TEST(booked <= told.asked.load());
    BOOST_TEST(booked <= kLimit);
  }
  BOOST_TEST_MESSAGE(told.calls.load() << " reservations answered");
  BOOST_TEST(told.calls.load() > kRounds);
  ::munmap(memory, sizeof(Told));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
