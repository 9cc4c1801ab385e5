// The ledger against an obvious one in memory, under threads, kills and faults of the disk.
#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <filesystem>
#include <future>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "runtime/store/ledger.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/store/fault_vfs.hpp"
#include "tests/unit/store/store_fixture.hpp"

namespace {

using namespace mlp;  // NOLINT(google-build-using-namespace)

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kNow = 1'795'219'200;  // 2026-11-21

LedgerAccount Account(std::string value, std::int64_t per_day, std::int64_t per_month = INT64_MAX) {
  return {"free-tier", std::move(value), per_day, per_month};
}

LedgerFile::Grant Reserve(LedgerFile& file, const std::vector<LedgerAccount>& accounts,
                          std::int64_t amount, std::int64_t now_s, std::int64_t expires_s) {
  BOOST_REQUIRE(file.Begin().ok());
  const auto grant = file.Reserve(accounts, amount, now_s, expires_s);
  BOOST_REQUIRE(grant.ok());
  BOOST_REQUIRE(file.Commit().ok());
  return *grant;
}

bool Settle(LedgerFile& file, std::int64_t id, std::int64_t actual) {
  BOOST_REQUIRE(file.Begin().ok());
  const auto settled = file.Settle(id, actual);
  BOOST_REQUIRE(settled.ok());
  BOOST_REQUIRE(file.Commit().ok());
  return *settled;
}

std::int64_t Sweep(LedgerFile& file, std::int64_t now_s) {
  BOOST_REQUIRE(file.Begin().ok());
  const auto expired = file.Sweep(now_s);
  BOOST_REQUIRE(expired.ok());
  BOOST_REQUIRE(file.Commit().ok());
  return *expired;
}

/// Money per account and period as the words of the header say it, in a map.
class PlainLedger {
 public:
  std::int64_t Reserve(const std::vector<LedgerAccount>& accounts, std::int64_t amount,
                       std::int64_t now_s, std::int64_t expires_s) {
    std::vector<Slot*> slots;
    for (const LedgerAccount& account : accounts) {
      Slot& day = slots_[{account.budget, account.value, false, DayStart(now_s)}];
      Slot& month = slots_[{account.budget, account.value, true, MonthStart(now_s)}];
      if (day.spent + day.reserved + amount > account.per_day_pico) return 0;
      if (month.spent + month.reserved + amount > account.per_month_pico) return 0;
      slots.insert(slots.end(), {&day, &month});
    }
    for (Slot* slot : slots) slot->reserved += amount;
    open_[++last_] = {amount, expires_s, false, slots};
    return last_;
  }
  bool Settle(std::int64_t id, std::int64_t actual) {
    const auto at = open_.find(id);
    if (at == open_.end()) return false;
    for (Slot* slot : at->second.slots) {
      slot->spent += at->second.expired ? actual - at->second.amount : actual;
      if (!at->second.expired) slot->reserved -= at->second.amount;
    }
    open_.erase(at);
    return true;
  }
  std::int64_t Sweep(std::int64_t now_s) {
    std::int64_t count = 0;
    for (auto& [id, entry] : open_) {
      if (entry.expired || entry.expires_s >= now_s) continue;
      entry.expired = true;
      ++count;
      for (Slot* slot : entry.slots) {
        slot->spent += entry.amount;
        slot->reserved -= entry.amount;
      }
    }
    return count;
  }
  LedgerUse Use(const LedgerAccount& account, std::int64_t now_s) {
    const Slot& day = slots_[{account.budget, account.value, false, DayStart(now_s)}];
    const Slot& month = slots_[{account.budget, account.value, true, MonthStart(now_s)}];
    return {day.spent, day.reserved, month.spent, month.reserved};
  }

 private:
  struct Slot {
    std::int64_t spent = 0;
    std::int64_t reserved = 0;
  };
  struct Open {
    std::int64_t amount = 0;
    std::int64_t expires_s = 0;
    bool expired = false;
    std::vector<Slot*> slots;
  };
  std::map<std::tuple<std::string, std::string, bool, std::int64_t>, Slot> slots_;
  std::map<std::int64_t, Open> open_;
  std::int64_t last_ = 0;
};

BOOST_AUTO_TEST_SUITE(ledger)

BOOST_AUTO_TEST_CASE(periods_begin_at_midnight_utc) {
  BOOST_TEST(DayStart(kNow) == kNow);
  BOOST_TEST(DayStart(kNow + kDay - 1) == kNow);
  BOOST_TEST(DayStart(-1) == -kDay);
  BOOST_TEST(MonthStart(kNow) == kNow - 20 * kDay);
  BOOST_TEST(MonthStart(1'709'164'800) == 1'706'745'600);  // 2024-02-29 -> 2024-02-01
  BOOST_TEST(MonthStart(0) == 0);
  BOOST_TEST(DayEnd(kNow + 5) == kNow + kDay);
  BOOST_TEST(MonthEnd(kNow) == kNow + 10 * kDay);
  BOOST_TEST(MonthEnd(1'706'745'600) == 1'709'251'200);  // February 2024 has 29 days
}

BOOST_AUTO_TEST_CASE(a_limit_holds_to_the_picodollar) {
  const ScratchFolder folder;
  LedgerFile file;
  BOOST_REQUIRE(file.Open(folder / "m.ledger").ok());
  const std::vector<LedgerAccount> accounts{Account("acme", 100, 150)};
  BOOST_TEST(Reserve(file, accounts, 60, kNow, kNow + 9).ok());
  const LedgerFile::Grant refused = Reserve(file, accounts, 41, kNow, kNow + 9);
  BOOST_TEST(!refused.ok());
  BOOST_TEST(!refused.month);
  BOOST_TEST(refused.room_pico == 40);
  const LedgerFile::Grant rest = Reserve(file, accounts, 40, kNow, kNow + 9);
  BOOST_TEST(rest.ok());
  BOOST_TEST(Settle(file, rest.id, 10));
  BOOST_TEST(!Settle(file, rest.id, 10));
  // The next day has its own hundred, and of the month 80 are left.
  const LedgerFile::Grant tomorrow = Reserve(file, accounts, 81, kNow + kDay, kNow + 2 * kDay);
  BOOST_TEST(!tomorrow.ok());
  BOOST_TEST(tomorrow.month);
  BOOST_TEST(tomorrow.room_pico == 80);
  BOOST_TEST(Reserve(file, accounts, 80, kNow + kDay, kNow + 2 * kDay).ok());
  BOOST_TEST(Reserve(file, {Account("other", 100)}, 100, kNow, kNow + 9).ok());
}

BOOST_AUTO_TEST_CASE(what_expired_is_spent_until_its_settlement_comes) {
  const ScratchFolder folder;
  LedgerFile file;
  BOOST_REQUIRE(file.Open(folder / "m.ledger").ok());
  const LedgerAccount account = Account("acme", 100);
  const LedgerFile::Grant grant = Reserve(file, {account}, 70, kNow, kNow + 9);
  BOOST_TEST(Sweep(file, kNow + 9) == 0);
  BOOST_TEST(Sweep(file, kNow + 10) == 1);
  BOOST_TEST(Sweep(file, kNow + 10) == 0);
  BOOST_TEST(file.Use(account, kNow)->day_spent_pico == 70);
  BOOST_TEST(Settle(file, grant.id, 25));
  BOOST_TEST(file.Use(account, kNow)->day_spent_pico == 25);
  // What is too old to be corrected is forgotten with its reservation, not with its money.
  const LedgerFile::Grant lost = Reserve(file, {account}, 5, kNow, kNow + 9);
  BOOST_TEST(Sweep(file, kNow + 2 * kDay) == 1);
  BOOST_TEST(!Settle(file, lost.id, 1));
  BOOST_TEST(file.Use(account, kNow)->day_spent_pico == 30);
}

BOOST_AUTO_TEST_CASE(where_one_account_refuses_none_is_charged) {
  const ScratchFolder folder;
  LedgerFile file;
  BOOST_REQUIRE(file.Open(folder / "m.ledger").ok());
  const LedgerAccount wide = Account("acme", 1'000);
  const LedgerAccount narrow{"team", "", 10, INT64_MAX};
  const LedgerFile::Grant grant = Reserve(file, {wide, narrow}, 11, kNow, kNow + 9);
  BOOST_TEST(!grant.ok());
  BOOST_TEST(grant.refused_by == 1U);
  const auto use = file.Use(wide, kNow);
  BOOST_REQUIRE(use.ok());
  BOOST_TEST(use->day_reserved_pico == 0);
}

BOOST_AUTO_TEST_CASE(agrees_with_a_plain_ledger_on_random_operations) {
  constexpr std::uint64_t kSeed = 11;
  BOOST_TEST_MESSAGE("seed " << kSeed);
  const ScratchFolder folder;
  LedgerFile file;
  BOOST_REQUIRE(file.Open(folder / "m.ledger").ok());
  PlainLedger plain;
  std::mt19937_64 random(kSeed);
  const auto below = [&](std::int64_t bound) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(bound));
  };
  const std::vector<LedgerAccount> all{
      Account("a", 900, 2'000), Account("b", 500), {"team", "", INT64_MAX, 3'000}};
  std::vector<std::pair<std::int64_t, std::int64_t>> ids;  // of the file, of the plain one
  std::int64_t now = kNow;
  int granted = 0;
  int refused = 0;
  BOOST_REQUIRE(file.Begin().ok());
  for (int i = 0; i < 4'000; ++i) {
    now += below(1'500);
    const std::int64_t what = below(10);
    if (what < 5) {
      std::vector<LedgerAccount> accounts{all[static_cast<std::size_t>(below(2))]};
      if (below(2) == 0) accounts.push_back(all[2]);
      const std::int64_t amount = below(300);
      const std::int64_t expires = now + below(4'000);
      const auto grant = file.Reserve(accounts, amount, now, expires);
      BOOST_REQUIRE(grant.ok());
      const std::int64_t id = plain.Reserve(accounts, amount, now, expires);
      BOOST_REQUIRE_EQUAL(grant->ok(), id != 0);
      ++(grant->ok() ? granted : refused);
      if (grant->ok()) ids.emplace_back(grant->id, id);
    } else if (what < 8 && !ids.empty()) {
      const auto at = ids.begin() + below(static_cast<std::int64_t>(ids.size()));
      const std::int64_t actual = below(320);
      const auto settled = file.Settle(at->first, actual);
      BOOST_REQUIRE(settled.ok());
      BOOST_REQUIRE_EQUAL(*settled, plain.Settle(at->second, actual));
      if (below(4) != 0) ids.erase(at);  // else it is settled a second time later
    } else if (what == 8) {
      const auto expired = file.Sweep(now);
      BOOST_REQUIRE(expired.ok());
      BOOST_REQUIRE_EQUAL(*expired, plain.Sweep(now));
      std::erase_if(ids, [&](const auto&) { return below(3) == 0; });
    }
    for (const LedgerAccount& account : all) {
      const auto use = file.Use(account, now);
      BOOST_REQUIRE(use.ok());
      const LedgerUse expected = plain.Use(account, now);
      BOOST_REQUIRE_EQUAL(use->day_spent_pico, expected.day_spent_pico);
      BOOST_REQUIRE_EQUAL(use->day_reserved_pico, expected.day_reserved_pico);
      BOOST_REQUIRE_EQUAL(use->month_spent_pico, expected.month_spent_pico);
      BOOST_REQUIRE_EQUAL(use->month_reserved_pico, expected.month_reserved_pico);
    }
  }
  BOOST_REQUIRE(file.Commit().ok());
  BOOST_TEST(granted > 100);
  BOOST_TEST(refused > 300);
}

BOOST_AUTO_TEST_CASE(eight_threads_and_two_processes_worth_of_ledgers_stay_below_the_limit) {
  constexpr int kThreads = 8;
  constexpr int kCallsEach = 150;
  constexpr std::int64_t kLimit = 50'000;
  const ScratchFolder folder;
  const std::string path = folder / "m.ledger";
  auto first = Ledger::Open(path);
  auto second = Ledger::Open(path);
  BOOST_REQUIRE(first.ok());
  BOOST_REQUIRE(second.ok());
  const std::int64_t now = kNow;
  std::atomic<std::int64_t> spent{0};
  std::atomic<int> refused{0};
  std::atomic<int> failed{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      Ledger& own = thread % 2 == 0 ? **first : **second;
      std::mt19937_64 random(static_cast<std::uint64_t>(thread));
      for (int i = 0; i < kCallsEach; ++i) {
        std::promise<Result<LedgerFile::Grant>> answer;
        const auto amount = static_cast<std::int64_t>(random() % 200);
        own.Reserve({Account("acme", kLimit)}, amount, now, now + kDay * 3'650,
                    [&](Result<LedgerFile::Grant> grant) { answer.set_value(std::move(grant)); });
        const Result<LedgerFile::Grant> grant = answer.get_future().get();
        if (!grant.ok()) {
          ++failed;
        } else if (!grant->ok()) {
          ++refused;
        } else {
          const std::int64_t actual = amount - static_cast<std::int64_t>(random() % 20 == 0);
          spent += std::max<std::int64_t>(actual, 0);
          own.Settle(grant->id, std::max<std::int64_t>(actual, 0));
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST((*first)->Flush().ok());
  BOOST_TEST((*second)->Flush().ok());
  BOOST_TEST(failed.load() == 0);
  BOOST_TEST(refused.load() > 100);
  LedgerFile file;
  BOOST_REQUIRE(file.Open(path).ok());
  const auto use = file.Use(Account("acme", kLimit), now);
  BOOST_REQUIRE(use.ok());
  BOOST_TEST(use->day_spent_pico == spent.load());
  BOOST_TEST(use->day_reserved_pico == 0);
  BOOST_TEST(use->day_spent_pico <= kLimit);
  BOOST_TEST(use->day_spent_pico > kLimit - 200);
}

BOOST_AUTO_TEST_CASE(a_share_of_a_limit_may_be_all_that_is_filled) {
  const ScratchFolder folder;
  LedgerFile file;
  BOOST_REQUIRE(file.Open(folder / "m.ledger").ok());
  LedgerAccount account = Account("acme", 101);
  account.hold_ppm = 500'000;
  BOOST_TEST(!Reserve(file, {account}, 51, kNow, kNow + 9).ok());
  BOOST_TEST(Reserve(file, {account}, 50, kNow, kNow + 9).ok());
  account.hold_ppm = kHoldAny;
  BOOST_TEST(Reserve(file, {account}, 1'000, kNow, kNow + 9).ok());
}

BOOST_AUTO_TEST_CASE(a_sum_beyond_63_bits_stays_at_the_most_and_stops_nobody_else) {
  const ScratchFolder folder;
  LedgerFile file;
  BOOST_REQUIRE(file.Open(folder / "m.ledger").ok());
  const LedgerAccount free = Account("free", INT64_MAX);
  const LedgerAccount bound = Account("bound", 100);
  for (int i = 0; i < 2; ++i) {
    const LedgerFile::Grant grant = Reserve(file, {free}, INT64_MAX, kNow, kNow + 9);
    BOOST_REQUIRE(grant.ok());
    BOOST_TEST(Settle(file, grant.id, INT64_MAX));
  }
  BOOST_TEST(file.Use(free, kNow)->month_spent_pico == INT64_MAX);
  BOOST_TEST(file.Use(free, kNow)->month_reserved_pico == 0);
  BOOST_TEST(Reserve(file, {free}, 1, kNow, kNow + 9).ok());  // there is no limit that it passes
  const LedgerFile::Grant grant = Reserve(file, {bound}, 1, kNow, kNow + 9);
  BOOST_REQUIRE(grant.ok());
  BOOST_TEST(Settle(file, grant.id, INT64_MAX));
  BOOST_TEST(!Reserve(file, {bound}, 1, kNow, kNow + 9).ok());
}

/// As where an operator restores a backup, or deletes the file, under a running service.
BOOST_AUTO_TEST_CASE(a_file_in_the_place_of_the_ledger_is_the_ledger) {
  const ScratchFolder folder;
  const std::string path = folder / "m.ledger";
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  const LedgerAccount account = Account("acme", 1'000);
  auto ledger = Ledger::Open(path, {.settle_ms = 1, .retry_ms = 1});
  BOOST_REQUIRE(ledger.ok());
  const auto reserve = [&](std::int64_t amount) {
    std::promise<Result<LedgerFile::Grant>> answer;
    (*ledger)->Reserve({account}, amount, now, now + 600, [&](Result<LedgerFile::Grant> grant) {
      answer.set_value(std::move(grant));
    });
    return answer.get_future().get();
  };
  BOOST_TEST((*ledger)->ShareOf(account, now).used_ppm == 0U);  // known from here on
  const auto before = reserve(400);
  BOOST_REQUIRE(before.ok());
  BOOST_REQUIRE(before->ok());
  std::filesystem::rename(path, folder / "old.ledger");
  const auto after = reserve(500);  // its number in the file is that of `before` in the other
  BOOST_REQUIRE(after.ok());
  BOOST_REQUIRE(after->ok());
  BOOST_TEST(after->id != before->id);
  (*ledger)->Settle(before->id, 300);
  BOOST_REQUIRE((*ledger)->Flush().ok());
  BOOST_TEST((*ledger)->ShareOf(account, now).spent_ppm == 300'000U);
  BOOST_TEST((*ledger)->ShareOf(account, now).used_ppm == 800'000U);
  const auto refused = reserve(201);
  BOOST_REQUIRE(refused.ok());
  BOOST_TEST(!refused->ok());
  std::filesystem::remove(path);
  const auto anew = reserve(1'000);
  BOOST_REQUIRE(anew.ok());
  BOOST_TEST(anew->ok());
}

BOOST_AUTO_TEST_CASE(tells_how_much_is_used) {
  const ScratchFolder folder;
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  const LedgerAccount account = Account("acme", 1'000, 4'000);
  {
    auto ledger = Ledger::Open(folder / "m.ledger");
    BOOST_REQUIRE(ledger.ok());
    BOOST_TEST((*ledger)->ShareOf(account, now).used_ppm == 0U);
    std::int64_t id = 0;
    (*ledger)->Reserve({account}, 800, now, now + 60, [&](const auto& grant) { id = grant->id; });
    BOOST_REQUIRE((*ledger)->Flush().ok());
    BOOST_TEST((*ledger)->ShareOf(account, now).used_ppm == 800'000U);
    BOOST_TEST((*ledger)->ShareOf(account, now).spent_ppm == 0U);
    BOOST_TEST((*ledger)->ShareOf(account, now + 40 * kDay).used_ppm == 0U);
    (*ledger)->Settle(id, 300);
    BOOST_REQUIRE((*ledger)->Flush().ok());
    BOOST_TEST((*ledger)->ShareOf(account, now).used_ppm == 300'000U);
    BOOST_TEST((*ledger)->ShareOf(account, now).spent_ppm == 300'000U);
  }
  // Another process knows it from its beginning.
  auto ledger = Ledger::Open(folder / "m.ledger");
  BOOST_REQUIRE(ledger.ok());
  BOOST_TEST((*ledger)->Uses(now).empty());
  BOOST_TEST((*ledger)->ShareOf(account, now).spent_ppm == 300'000U);
  const std::vector<Ledger::Use> uses = (*ledger)->Uses(now);
  BOOST_REQUIRE(uses.size() == 1U);
  BOOST_TEST(uses[0].account.value == "acme");
  BOOST_TEST(uses[0].use.month_spent_pico == 300);
}

BOOST_AUTO_TEST_CASE(settlements_are_written_without_being_asked_for) {
  const ScratchFolder folder;
  auto ledger = Ledger::Open(folder / "m.ledger", {.settle_ms = 5, .sweep_ms = 600'000});
  BOOST_REQUIRE(ledger.ok());
  for (int i = 0; i < 20; ++i) {
    std::promise<std::int64_t> granted;
    (*ledger)->Reserve({Account("acme", 1'000)}, 10, kNow, kNow + kDay * 3'650,
                       [&](const auto& grant) { granted.set_value(grant->id); });
    (*ledger)->Settle(granted.get_future().get(), 7);
  }
  for (int i = 0; i < 10'000 && (*ledger)->stats().settled < 20; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  BOOST_TEST((*ledger)->stats().settled == 20U);
  BOOST_TEST((*ledger)->stats().waiting == 0U);
}

BOOST_AUTO_TEST_CASE(sees_what_other_processes_book_with_the_next_sweep) {
  const ScratchFolder folder;
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  auto ledger = Ledger::Open(folder / "m.ledger", {.sweep_ms = 20});
  auto other = Ledger::Open(folder / "m.ledger");
  BOOST_REQUIRE(ledger.ok());
  BOOST_REQUIRE(other.ok());
  const LedgerAccount account = Account("acme", 1'000);
  BOOST_TEST((*ledger)->ShareOf(account, now).used_ppm == 0U);
  (*other)->Reserve({account}, 250, now, now + 60, [](const auto&) {});
  BOOST_REQUIRE((*other)->Flush().ok());
  for (int i = 0; i < 5'000 && (*ledger)->ShareOf(account, now).used_ppm == 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  BOOST_TEST((*ledger)->ShareOf(account, now).used_ppm == 250'000U);
}

BOOST_AUTO_TEST_CASE(a_ledger_in_memory_serves_who_has_no_file) {
  auto ledger = Ledger::Open(":memory:");
  BOOST_REQUIRE(ledger.ok());
  (*ledger)->Reserve({Account("acme", 10)}, 11, kNow, kNow + 60, [](const auto&) {});
  BOOST_TEST((*ledger)->Flush().ok());
  BOOST_TEST((*ledger)->stats().refused == 1U);
}

// What a file holds after any failure: sound, and nothing reserved that no reservation holds.
void CheckBooks(const std::string& path, std::int64_t limit) {
  if (!std::filesystem::exists(path)) return;
  BOOST_TEST(IntegrityCheck(path) == "ok");
  Database database;
  BOOST_REQUIRE(database.Open(path, Database::Mode::kReadOnly) == SQLITE_OK);
  std::int64_t wrong = 0;
  if (database.Number("SELECT count(*) FROM accounts", wrong) != SQLITE_OK)
    return;  // no tables yet
  BOOST_REQUIRE(
      database.Number("SELECT count(*) FROM accounts AS a WHERE reserved_pico <> (SELECT"
                      " coalesce(sum(amount_pico), 0) FROM holds JOIN reservations AS r ON"
                      " r.id = reservation WHERE account = a.id AND expired = 0)",
                      wrong) == SQLITE_OK);
  BOOST_TEST(wrong == 0);
  std::int64_t most = 0;
  BOOST_REQUIRE(database.Number("SELECT coalesce(max(spent_pico + reserved_pico), 0) FROM accounts",
                                most) == SQLITE_OK);
  BOOST_TEST(most <= limit);
}

void FailEveryOperation(FaultVfs::Mode mode) {
  constexpr std::int64_t kLimit = 1'000;
  FaultVfs vfs;
  bool fired = true;
  std::int64_t nth = 1;
  int opened = 0;
  for (; fired; ++nth) {
    const ScratchFolder folder;
    const std::string path = folder / "m.ledger";
    std::int64_t spent = 0;
    {
      vfs.Arm(nth, mode);
      LedgerFile file;
      const bool open = file.Open(path).ok();
      opened += open ? 1 : 0;
      for (int i = 0; open && i < 4; ++i) {
        if (!file.Begin().ok()) continue;
        const auto grant = file.Reserve(std::vector{Account("acme", kLimit)}, 300, kNow, kNow + 9);
        if (!grant.ok()) continue;
        if (!file.Commit().ok() || !grant->ok()) continue;
        if (!file.Begin().ok()) continue;
        const auto settled = file.Settle(grant->id, 250);
        if (!settled.ok() || !file.Commit().ok()) continue;
        BOOST_TEST(*settled);
        spent += 250;
      }
      fired = vfs.fired();
      vfs.Disarm();
    }
    BOOST_TEST_CONTEXT("operation " << nth << ", " << vfs.victim()) {
      CheckBooks(path, kLimit);
      LedgerFile again;
      BOOST_REQUIRE(again.Open(path).ok());
      const auto use = again.Use(Account("acme", kLimit), kNow);
      BOOST_REQUIRE(use.ok());
      BOOST_TEST(use->day_spent_pico >= spent);
    }
  }
  BOOST_TEST(nth > 40);
  BOOST_TEST(opened > 20);
}

BOOST_AUTO_TEST_CASE(every_operation_fails_once) { FailEveryOperation(FaultVfs::Mode::kOnce); }

BOOST_AUTO_TEST_CASE(every_operation_fails_from_then_on) {
  FailEveryOperation(FaultVfs::Mode::kFromThenOn);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
