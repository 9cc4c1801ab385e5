// A process whose threads make calls under a budget is killed at random moments, again and again:
// whatever the server answered is in the ledger, and the limit is never passed.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "runtime/store/ledger_file.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/engine/engine_fixture.hpp"

namespace mlp::engine {
namespace {

constexpr std::uint64_t kSeed = 44;
constexpr int kRounds = 16;  // times MLP_SOAK, where that is set
constexpr int kRoundsPerUser = 8;
constexpr int kThreads = 4;
constexpr std::int64_t kWorst = 7'500'000'000;  // of TestPolicy's request at opus
constexpr std::int64_t kCost = 10 * 5'000'000 + 5 * 25'000'000;
constexpr std::int64_t kLimit = 24 * kWorst;

// What the other processes tell, in memory that outlives them.
struct Told {
  std::atomic<int> port{0};
  std::atomic<std::int64_t> answered{0};  ///< requests that reached the server
  std::atomic<std::int64_t> replies{0};   ///< calls that ended well
  std::atomic<std::int64_t> refused{0};
};

class SharedTold {
 public:
  SharedTold()
      : memory_(::mmap(nullptr, sizeof(Told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                       -1, 0)) {
    BOOST_REQUIRE(memory_ != MAP_FAILED);
    told_ = new (memory_) Told;
  }
  SharedTold(const SharedTold&) = delete;
  SharedTold& operator=(const SharedTold&) = delete;
  ~SharedTold() { ::munmap(memory_, sizeof(Told)); }
  Told& operator*() { return *told_; }
  Told* operator->() { return told_; }

 private:
  void* memory_;
  Told* told_;
};

/// A process of this one's that runs `work` and is killed at the end.
class Child {
 public:
  template <typename Work>
  explicit Child(Work work) {
    std::fflush(nullptr);
    pid_ = ::fork();
    BOOST_REQUIRE(pid_ >= 0);
    if (pid_ != 0) return;
    work();
    ::_exit(3);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    ::kill(pid_, SIGKILL);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    BOOST_TEST(WIFSIGNALED(status));
  }

 private:
  pid_t pid_ = -1;
};

[[noreturn]] void Serve(Told& told) {
  loopback::FakeProviders servers([&told](const loopback::ReceivedRequest&) {
    ++told.answered;
    return loopback::FakeReply{};
  });
  told.port = servers.port();
  for (;;) ::pause();
}

[[noreturn]] void CallUntilKilled(const std::string& store, const std::string& user, Told& told) {
  TestPolicy policy(4, 0);
  policy.KeepCandidates(1);
  policy.Limit(Money{kLimit}, {{1'000'000, BudgetAction::kDeny, kNone16, {}}}, true);
  ClientOptions options;
  options.base_urls["anthropic"] = "http://127.0.0.1:" + std::to_string(told.port) + "/anthropic";
  options.secret = [](const std::string&) { return "k"; };
  options.store = store;
  Client client(policy.policy(), options);
  if (!client.warnings().empty()) ::_exit(1);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&] {
      for (;;) {
        const Result<Reply> reply = Ask(client, TestPolicy::Request(1'000, 100, user));
        if (reply.ok()) ++told.replies;
        if (!reply.ok() && reply.error().error_class != ErrorClass::kBudgetExhausted) ::_exit(2);
        if (!reply.ok()) ++told.refused;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  ::_exit(3);
}

struct Books {
  std::int64_t spent = 0;
  std::int64_t reserved = 0;
  std::int64_t open = 0;     ///< reservations
  std::int64_t expired = 0;  ///< of these, booked as spent
};

Books Read(const std::string& ledger, const std::string& user) {
  LedgerFile file;  // rolls a half-written commit back
  BOOST_REQUIRE(file.Open(ledger).ok());
  Database database;
  BOOST_REQUIRE(database.Open(ledger, Database::Mode::kReadOnly) == SQLITE_OK);
  std::int64_t sound = 0;
  BOOST_REQUIRE(database.Number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check"
                                " = 'ok'",
                                sound) == SQLITE_OK);
  BOOST_TEST(sound == 1);
  const std::string account = " FROM accounts WHERE month = 0 AND value = '" + user + "'";
  const std::string holds =
      " FROM reservations WHERE id IN (SELECT reservation FROM holds WHERE account IN (SELECT id" +
      account + "))";
  Books books;
  const auto read = [&](const std::string& sql, std::int64_t& value) {
    BOOST_REQUIRE(database.Number(sql.c_str(), value) == SQLITE_OK);
  };
  read("SELECT spent_pico" + account, books.spent);
  read("SELECT reserved_pico" + account, books.reserved);
  read("SELECT count(*)" + holds, books.open);
  read("SELECT count(*)" + holds + " AND expired = 1", books.expired);
  return books;
}

BOOST_AUTO_TEST_SUITE(budgets_kill)

BOOST_AUTO_TEST_CASE(killed_at_random_moments) {
  const char* soak = std::getenv("MLP_SOAK");
  const int rounds = kRounds * (soak == nullptr ? 1 : std::max(std::atoi(soak), 1));
  BOOST_TEST_MESSAGE("seed " << kSeed << ", " << rounds << " kills");
  const ScratchFolder folder;
  const std::string store = folder / "m.db";
  SharedTold told;
  const Child server([&] { Serve(*told); });
  for (int i = 0; told->port == 0 && i < 10'000; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  BOOST_REQUIRE(told->port != 0);
  std::mt19937_64 random(kSeed);
  std::int64_t answered_before = 0;
  std::int64_t held = 0;
  for (int round = 0; round < rounds; ++round) {
    const std::string user = "user-" + std::to_string(round / kRoundsPerUser);
    if (round % kRoundsPerUser == 0) answered_before = told->answered;
    const std::int64_t calls = told->replies + told->refused;
    {
      const Child caller([&] { CallUntilKilled(store, user, *told); });
      // Most kills meet calls under way, some a client that is opening its files.
      for (int i = 0; round % 4 != 0 && told->replies + told->refused == calls && i < 10'000; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
      std::this_thread::sleep_for(std::chrono::microseconds(random() % 120'000));
    }
    const std::int64_t answered = told->answered - answered_before;
    const Books books = Read(store + ".ledger", user);
    BOOST_TEST_CONTEXT("round " << round << ", " << answered << " answered, " << books.open
                                << " open") {
      BOOST_TEST(books.spent + books.reserved <= kLimit);
      BOOST_TEST(books.reserved == (books.open - books.expired) * kWorst);
      // Every answer is settled at its cost or still held; nothing else is.
      const std::int64_t settled = (books.spent - books.expired * kWorst) / kCost;
      BOOST_TEST(settled * kCost == books.spent - books.expired * kWorst);
      BOOST_TEST(settled <= answered);
      BOOST_TEST(settled + books.open >= answered);
    }
    if (round % kRoundsPerUser == kRoundsPerUser - 1) held += books.open;
  }
  BOOST_TEST_MESSAGE(told->replies << " replies, " << told->refused << " refused, " << held
                                   << " reservations left behind");
  BOOST_TEST(told->replies > rounds);
  BOOST_TEST(held > 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
