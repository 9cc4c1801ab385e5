// Budgets under calls: no picodollar over a limit, nothing lost, and what each step does.
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "runtime/store/ledger_file.hpp"
#include "runtime/store/reader.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/engine/engine_fixture.hpp"

namespace mlp::engine {
namespace {

using loopback::FakeKind;
using loopback::FakeReply;
using loopback::ReceivedRequest;

constexpr std::uint32_t kAll = 1'000'000;
// The worst case of TestPolicy's request at opus: 1000 x $5/M + 100 x $25/M; at gpt $0.003.
constexpr std::int64_t kOpus = 7'500'000'000;
constexpr std::int64_t kGpt = 3'000'000'000;

BudgetStep Step(std::uint32_t at_ppm, BudgetAction action) {
  return {at_ppm, action, action == BudgetAction::kAlert ? std::uint16_t{0} : kNone16, {}};
}
BudgetStep Deny(std::uint32_t at_ppm = kAll) { return Step(at_ppm, BudgetAction::kDeny); }

std::vector<LedgerEntry> Ledger(const std::string& store) {
  LedgerFile file;
  BOOST_REQUIRE(file.Open(store + ".ledger").ok());
  const auto now_s = std::chrono::duration_cast<std::chrono::seconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count();
  const auto entries = file.Entries(now_s);
  BOOST_REQUIRE(entries.ok());
  return *entries;
}

struct BudgetFixture : EngineFixture {
  ScratchFolder folder;
  std::string store = folder / "m.db";

  ClientOptions WithStore() const {
    ClientOptions options = Options();
    options.store = store;
    return options;
  }
  /// Every answer costs its worst case.
  void AnswerInFull() {
    for (const char* model : {"opus-id", "gpt-id"}) {
      servers.Script(model, {{.usage = {.input = 1'000, .output = 100}}});
    }
  }
};

BOOST_FIXTURE_TEST_SUITE(budgets, BudgetFixture)

BOOST_AUTO_TEST_CASE(a_call_outside_of_every_budget_holds_nothing) {
  TestPolicy policy;
  Client client(policy.policy(), WithStore());
  BOOST_TEST(Ask(client).ok());
  BOOST_TEST(client.Budgets().empty());
  BOOST_TEST(!std::filesystem::exists(store + ".ledger"));
}

BOOST_AUTO_TEST_CASE(an_attempt_is_settled_at_what_it_cost) {
  servers.Script("opus-id", {{.usage = {.input = 11, .output = 7}}});
  TestPolicy policy;
  policy.Limit(Money{kPicoPerUsd}, {Deny()}, true);
  Client client(policy.policy(), WithStore());
  const Result<Reply> reply = Ask(client);
  BOOST_REQUIRE(reply.ok());
  BOOST_TEST(client.Flush().ok());
  const std::vector<BudgetState> states = client.Budgets();
  BOOST_REQUIRE(states.size() == 1U);
  BOOST_TEST(states[0].budget == "spend");
  BOOST_TEST(states[0].value == "u1");
  BOOST_TEST(states[0].day.spent.pico_usd == 11 * 5'000'000 + 7 * 25'000'000);
  BOOST_TEST(states[0].day.reserved.pico_usd == 0);
  BOOST_TEST(states[0].month.spent.pico_usd == states[0].day.spent.pico_usd);
  BOOST_TEST(states[0].day.limit.pico_usd == kPicoPerUsd);
  BOOST_TEST(states[0].month.limit.pico_usd == INT64_MAX);
  BOOST_TEST(!states[0].denies);
  BOOST_TEST(client.budget_stats().held == 1U);
}

BOOST_AUTO_TEST_CASE(what_nothing_was_reserved_for_is_booked_at_its_end) {
  AnswerInFull();
  TestPolicy policy;
  policy.KeepCandidates(1);
  policy.Limit(Money{kOpus}, {Deny()});
  Client client(policy.policy(), WithStore());
  const TestRequest untold = TestPolicy::Request(0, 0);
  BOOST_TEST(Story(Ask(client, untold)) == "opus none");
  BOOST_TEST(client.Flush().ok());
  BOOST_TEST(client.Budgets().at(0).day.spent.pico_usd == kOpus);
  const Result<Reply> second = Ask(client, untold);
  BOOST_REQUIRE(!second.ok());
  BOOST_TEST((second.error().error_class == ErrorClass::kBudgetExhausted));
  BOOST_TEST(servers.call_count() == 1U);
}

// What is billed is decided by what is known of the answer.
BOOST_AUTO_TEST_CASE(failures_are_billed_by_what_may_have_been_worked_on) {
  struct Row {
    FakeKind kind;
    std::int64_t billed;  ///< of opus; what follows is free
  };
  const Row rows[] = {
      {FakeKind::kText, 10 * 5'000'000 + 5 * 25'000'000},
      {FakeKind::kServerError, 0},
      {FakeKind::kUnauthorized, 0},
      {FakeKind::kBadRequest, 0},
      {FakeKind::kNoUsage, kOpus},
      {FakeKind::kMalformed, kOpus},
      {FakeKind::kHang, kOpus},
      {FakeKind::kReset, kOpus},
  };
  for (const Row& row : rows) {
    servers.Script("opus-id", {{.kind = row.kind}});
    TestPolicy policy(4, 0);
    policy.KeepCandidates(1);
    policy.Limit(Money{kPicoPerUsd}, {Deny()});
    Client client(policy.policy(), Options());  // in memory
    static_cast<void>(Ask(client));
    BOOST_TEST(client.Flush().ok());
    const std::vector<BudgetState> states = client.Budgets();
    BOOST_REQUIRE(states.size() == 1U);
    BOOST_TEST(states[0].day.spent.pico_usd == row.billed, static_cast<int>(row.kind));
    BOOST_TEST(states[0].day.reserved.pico_usd == 0);
  }
  // A stream that breaks off has stated some usage at its beginning.
  servers.Script("opus-id", {{.kind = FakeKind::kResetMidBody, .text = std::string(20'000, 'x')}});
  {
    TestPolicy policy(4, 0);
    policy.KeepCandidates(1);
    policy.Limit(Money{kPicoPerUsd}, {Deny()});
    Client client(policy.policy(), Options());
    BOOST_TEST(!Ask(client, TestPolicy::Request(), {.streaming = Streaming::kOn}).ok());
    BOOST_TEST(client.Flush().ok());
    BOOST_TEST(client.Budgets().at(0).day.spent.pico_usd == kOpus);
  }
  // Nobody listens: the request never left.
  ClientOptions options = Options();
  options.base_urls["anthropic"] = "http://127.0.0.1:1";
  TestPolicy policy(4, 0);
  policy.KeepCandidates(1);
  policy.Limit(Money{kPicoPerUsd}, {Deny()});
  Client client(policy.policy(), options);
  BOOST_TEST(!Ask(client).ok());
  BOOST_TEST(client.Flush().ok());
  BOOST_TEST(client.Budgets().at(0).day.spent.pico_usd == 0);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_goes_to_a_cheaper_candidate_else_the_call_ends) {
  AnswerInFull();
  TestPolicy policy;
  policy.KeepCandidates(2);
  policy.Limit(Money{kOpus + kGpt}, {Deny()});
  Client client(policy.policy(), WithStore());
  BOOST_TEST(Story(Ask(client)) == "opus none");
  BOOST_TEST(Story(Ask(client)) == "gpt none");
  const Result<Reply> third = Ask(client);
  BOOST_REQUIRE(!third.ok());
  BOOST_TEST((third.error().error_class == ErrorClass::kBudgetExhausted));
  BOOST_TEST(third.error().context.find("budget `spend`") != std::string::npos,
             third.error().context);
  BOOST_TEST(third.error().context.find("per day, until 20") != std::string::npos);
  BOOST_TEST(client.budget_stats().denied == 1U);
  BOOST_TEST(servers.call_count() == 2U);
  BOOST_TEST(client.Flush().ok());
  BOOST_TEST(client.Budgets().at(0).denies);
}

BOOST_AUTO_TEST_CASE(a_refused_reservation_names_the_room_that_is_left) {
  TestPolicy policy;
  policy.KeepCandidates(1);
  policy.Limit(Money{kOpus - 1}, {Deny()}, true);
  Client client(policy.policy(), Options());
  const Result<Reply> reply = Ask(client);
  BOOST_REQUIRE(!reply.ok());
  BOOST_TEST(reply.error().context.find("budget `spend` of `u1` has $0.007499999999 left of "
                                        "$0.007499999999 per day, until ") != std::string::npos,
             reply.error().context);
  BOOST_TEST(reply.error().context.find("`opus` could cost $0.0075") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(each_user_has_a_ledger_where_the_budget_is_per_user) {
  AnswerInFull();
  TestPolicy policy;
  policy.KeepCandidates(1);
  policy.Limit(Money{kOpus}, {Deny()}, true);
  Client client(policy.policy(), WithStore());
  for (const char* user : {"ada", "bob"}) {
    BOOST_TEST(Ask(client, TestPolicy::Request(1'000, 100, user)).ok());
    BOOST_TEST(!Ask(client, TestPolicy::Request(1'000, 100, user)).ok());
  }
}

BOOST_AUTO_TEST_CASE(another_process_finds_what_was_spent) {
  AnswerInFull();
  TestPolicy policy;
  policy.KeepCandidates(1);
  policy.Limit(Money{kOpus}, {Deny()});
  {
    Client client(policy.policy(), WithStore());
    BOOST_TEST(Ask(client).ok());
  }
  Client client(policy.policy(), WithStore());
  const Result<Reply> reply = Ask(client);
  BOOST_REQUIRE(!reply.ok());
  BOOST_TEST(reply.error().context.find("$0.0075 spent of $0.0075 per day") != std::string::npos,
             reply.error().context);
  BOOST_TEST(servers.call_count() == 1U);
}

BOOST_AUTO_TEST_CASE(steps_reorder_restrict_and_deny_as_money_is_used) {
  AnswerInFull();
  TestPolicy policy;
  BudgetStep only{600'000, BudgetAction::kOnly, kNone16, policy.Only({1})};
  policy.Limit(Money{10 * kOpus},
               {Step(200'000, BudgetAction::kPreferCheapest), only, Deny(700'000)});
  Client client(policy.policy(), Options());
  const auto spend = [&](int times) {  // with the order turned round, opus is asked by nobody
    std::string story;
    for (int i = 0; i < times; ++i) {
      story = Story(Ask(client));
      BOOST_TEST(client.Flush().ok());
    }
    return story;
  };
  BOOST_TEST(spend(2) == "opus none");
  BOOST_TEST(client.Budgets().at(0).prefers_cheapest);
  BOOST_TEST(spend(1) == "llama none");
  // The free one fails, so that money is spent on.
  servers.Script("llama-id", {{.kind = FakeKind::kContextLength}});
  BOOST_TEST(spend(1) == "llama context-length, gpt none");
  BOOST_TEST(spend(9) == "llama context-length, gpt none");  // 2 x 7.5 + 10 x 3 of 75: 60%
  BOOST_TEST(client.Budgets().at(0).restricts);
  BOOST_TEST(spend(1) == "gpt none");
  BOOST_TEST(spend(1) == "gpt none");
  const std::string denied = spend(1);  // 51 of 75, and 70% are 52.5
  BOOST_TEST(denied.starts_with("budget-exhausted"), denied);
}

BOOST_AUTO_TEST_CASE(an_only_that_leaves_nobody_denies) {
  AnswerInFull();
  TestPolicy policy;
  policy.KeepCandidates(2);
  policy.Limit(Money{10 * kOpus}, {{100'000, BudgetAction::kOnly, kNone16, policy.Only({2})}});
  Client client(policy.policy(), Options());
  BOOST_TEST(Story(Ask(client)) == "opus none");
  BOOST_TEST(client.Flush().ok());
  const Result<Reply> reply = Ask(client);
  BOOST_REQUIRE(!reply.ok());
  BOOST_TEST((reply.error().error_class == ErrorClass::kBudgetExhausted));
  BOOST_TEST(reply.error().context.starts_with("budget `spend` leaves no candidate of route `all`"),
             reply.error().context);
}

BOOST_AUTO_TEST_CASE(a_budget_that_never_denies_is_only_counted) {
  AnswerInFull();
  TestPolicy policy;
  policy.Limit(Money{kOpus}, {Step(kAll, BudgetAction::kAlert)});
  Client client(policy.policy(), Options());
  for (int i = 0; i < 3; ++i) BOOST_TEST(Story(Ask(client)) == "opus none");
  BOOST_TEST(client.Flush().ok());
  BOOST_TEST(client.Budgets().at(0).day.spent.pico_usd == 3 * kOpus);
  BOOST_TEST(client.Budgets().at(0).used_ppm == 3 * kAll);
}

BOOST_AUTO_TEST_CASE(every_step_is_told_once) {
  AnswerInFull();
  std::mutex mutex;
  std::vector<BudgetNotice> notices;
  TestPolicy policy;
  policy.KeepCandidates(1);
  policy.Limit(Money{2 * kOpus}, {Step(500'000, BudgetAction::kAlert), Deny()}, true);
  ClientOptions options = Options();
  options.on_budget = [&](const BudgetNotice& notice) {
    const std::lock_guard lock(mutex);
    notices.push_back(notice);
  };
  Client client(policy.policy(), options);
  const auto told = [&](std::size_t count) {
    for (int i = 0; i < 10'000; ++i) {
      {
        const std::lock_guard lock(mutex);
        if (notices.size() >= count) return notices.size() == count;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
  };
  BOOST_TEST(Ask(client).ok());
  BOOST_REQUIRE(told(1));
  BOOST_TEST(notices[0].budget == "spend");
  BOOST_TEST(notices[0].value == "u1");
  BOOST_TEST(notices[0].alert == "oncall");
  BOOST_TEST(notices[0].used_ppm >= 500'000U);
  BOOST_TEST(notices[0].limit.pico_usd == 2 * kOpus);
  BOOST_TEST(!notices[0].month);
  BOOST_TEST(Ask(client).ok());
  BOOST_REQUIRE(told(2));
  BOOST_TEST((notices[1].action == BudgetAction::kDeny));
  BOOST_TEST(!Ask(client).ok());
  std::this_thread::sleep_for(std::chrono::milliseconds(1'200));  // another look of the loop
  BOOST_TEST(told(2));
}

BOOST_AUTO_TEST_CASE(a_ledger_that_does_not_open_is_a_warning_and_the_loss_is_counted) {
  AnswerInFull();
  std::filesystem::create_directory(store + ".ledger");
  TestPolicy policy;
  policy.Limit(Money{kOpus}, {Deny()});
  Client client(policy.policy(), WithStore());
  BOOST_REQUIRE(client.warnings().size() == 1U);
  BOOST_TEST(client.warnings()[0].starts_with("budgets: "), client.warnings()[0]);
  for (int i = 0; i < 3; ++i) BOOST_TEST(Story(Ask(client)) == "opus none");
  const BudgetStats stats = client.budget_stats();
  BOOST_TEST(stats.unheld == 3U);
  BOOST_TEST(stats.lost == 3U);
  BOOST_TEST(stats.lost_cost.pico_usd == 3 * kOpus);
  BOOST_TEST(!stats.last_error.empty());
}

BOOST_AUTO_TEST_CASE(a_ledger_that_breaks_lets_calls_go_on_and_counts_them) {
  AnswerInFull();
  TestPolicy policy;
  policy.Limit(Money{kPicoPerUsd}, {Deny()});
  Client client(policy.policy(), WithStore());
  BOOST_TEST(Story(Ask(client)) == "opus none");
  BOOST_TEST(client.Flush().ok());
  Database other;
  BOOST_REQUIRE(other.Open(store + ".ledger", Database::Mode::kReadWrite) == SQLITE_OK);
  BOOST_REQUIRE(other.Run("ALTER TABLE reservations RENAME TO gone") == SQLITE_OK);
  for (int i = 0; i < 2; ++i) BOOST_TEST(Story(Ask(client)) == "opus none");
  static_cast<void>(client.Flush());
  BudgetStats stats = client.budget_stats();
  BOOST_TEST(stats.unheld == 2U);
  BOOST_TEST(!stats.last_error.empty());
  // And once it can be written again, it holds again.
  BOOST_REQUIRE(other.Run("ALTER TABLE gone RENAME TO reservations") == SQLITE_OK);
  BOOST_TEST(Story(Ask(client)) == "opus none");
  BOOST_TEST(client.Flush().ok());
  stats = client.budget_stats();
  BOOST_TEST(stats.held + stats.unheld >= 4U);
  const std::vector<LedgerEntry> entries = Ledger(store);
  BOOST_REQUIRE(entries.size() == 2U);
  BOOST_TEST(entries[0].spent_pico + stats.lost_cost.pico_usd == 4 * kOpus);
  BOOST_TEST(entries[0].limit_pico == kPicoPerUsd);
}

BOOST_AUTO_TEST_CASE(cancelled_calls_give_back_what_they_did_not_send) {
  servers.Script("opus-id", {{.kind = FakeKind::kHang}});
  TestPolicy policy(4, 0);
  policy.KeepCandidates(1);
  policy.route().attempt_ms = 5'000;
  policy.Limit(Money{1'000 * kOpus}, {Deny()});
  std::atomic<int> cancelled{0};
  constexpr int kCalls = 40;
  {
    Client client(policy.policy(), WithStore());
    for (int i = 0; i < kCalls; ++i) {
      const std::uint64_t call = client.Start(
          TestPolicy::Request(), {.messages = {{"user", "hi"}}}, [&](const Event& event) {
            if (event.error.error_class == ErrorClass::kCancelled) ++cancelled;
          });
      if (i % 2 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(i % 5));
      client.Cancel(call);
    }
  }
  BOOST_TEST(cancelled == kCalls);
  const std::vector<LedgerEntry> entries = Ledger(store);
  std::int64_t spent = 0;
  for (const LedgerEntry& entry : entries) {
    if (!entry.month) spent = entry.spent_pico;
    BOOST_TEST(entry.reserved_pico == 0);
  }
  // Those that reached the server may have been worked on; a request may be cut before it is read.
  BOOST_TEST(spent >= static_cast<std::int64_t>(servers.call_count()) * kOpus);
  BOOST_TEST(spent <= kCalls * kOpus);
}

/// What the record says that an attempt was billed: the rule again, from other facts.
std::int64_t Billed(const AttemptRecord& attempt) {
  if (attempt.usage.reported) return attempt.cost_pico;
  if (attempt.http_status >= 300 || attempt.started_us == 0) return 0;
  return attempt.reserved_pico;
}

BOOST_AUTO_TEST_CASE(eight_threads_never_pass_a_small_budget_and_lose_nothing) {
  constexpr std::uint64_t kSeed = 20261121;
  constexpr int kThreads = 8;
  constexpr int kCallsEach = 150;
  constexpr std::int64_t kLimit = 60 * kOpus + 17;
  std::mutex mutex;
  std::mt19937_64 random(kSeed);
  loopback::FakeProviders moody([&](const ReceivedRequest&) {
    const std::lock_guard lock(mutex);
    const std::uint64_t draw = random();
    FakeReply reply;
    reply.usage = {.input = 1 + static_cast<std::int64_t>(draw % 1'000),
                   .output = 1 + static_cast<std::int64_t>((draw >> 16) % 100)};
    if (draw % 7 == 0) reply.kind = FakeKind::kServerError;
    if (draw % 31 == 0) reply.kind = FakeKind::kNoUsage;
    if (draw % 101 == 0) reply.kind = FakeKind::kHang;
    return reply;
  });
  TestPolicy policy(4, 1);
  policy.KeepCandidates(2);
  policy.route().attempt_ms = 1'500;
  policy.route().deadline_ms = 20'000;
  policy.Limit(Money{kLimit}, {Deny()});
  ClientOptions options = WithStore();
  for (const char* provider : {"anthropic", "openai"}) {
    options.base_urls[provider] = moody.url(provider);
  }
  std::atomic<int> served{0};
  std::atomic<int> denied{0};
  std::atomic<bool> running{true};
  std::int64_t most = 0;
  {
    Client client(policy.policy(), options);
    std::thread watcher([&] {
      while (running) {
        for (const BudgetState& state : client.Budgets()) {
          most = std::max(most, state.day.spent.pico_usd + state.day.reserved.pico_usd);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    });
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < kCallsEach; ++i) {
          const Result<Reply> reply = Ask(client);
          if (reply.ok()) ++served;
          if (!reply.ok() && reply.error().error_class == ErrorClass::kBudgetExhausted) ++denied;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    running = false;
    watcher.join();
    BOOST_TEST(client.Flush().ok());
    BOOST_TEST(client.budget_stats().unheld == 0U);
    BOOST_TEST(client.budget_stats().expired == 0U);
  }
  BOOST_TEST_MESSAGE("seed " << kSeed << ": " << served << " served, " << denied << " denied");
  BOOST_TEST(served > 60);
  BOOST_TEST(denied > 10);
  BOOST_TEST(most <= kLimit);
  const std::vector<LedgerEntry> entries = Ledger(store);
  BOOST_REQUIRE(entries.size() == 2U);
  std::int64_t billed = 0;
  Result<StoreReader> reader = StoreReader::Open(store);
  BOOST_REQUIRE(reader.ok());
  int calls = 0;
  BOOST_REQUIRE(reader
                    ->ForEachCall(0, INT64_MAX,
                                  [&](const CallRecord& call) {
                                    ++calls;
                                    for (const AttemptRecord& attempt : call.attempts)
                                      billed += Billed(attempt);
                                    return true;
                                  })
                    .ok());
  BOOST_TEST(calls == kThreads * kCallsEach);
  for (const LedgerEntry& entry : entries) {
    BOOST_TEST(entry.reserved_pico == 0);
    BOOST_TEST(entry.spent_pico == billed);
    BOOST_TEST(entry.spent_pico <= kLimit);
    BOOST_TEST(entry.spent_pico > kLimit - kOpus);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
