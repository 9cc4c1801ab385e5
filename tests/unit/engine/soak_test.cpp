// Everything at once, for two seconds times MLP_SOAK: providers that fail in every way, hedges, a
// budget, a store, callers that cancel, and two policies that take over from each other.
#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include <unistd.h>

#include "runtime/engine/policy_loader.hpp"
#include "runtime/store/ledger_file.hpp"
#include "runtime/store/reader.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/engine/engine_fixture.hpp"

namespace mlp::engine {
namespace {

using loopback::FakeKind;
using loopback::FakeReply;
using loopback::ReceivedRequest;

constexpr std::uint64_t kSeed = 20261121;
constexpr int kCallers = 6;

/// Mostly well, else one of the ways to fail.
FakeReply Mood(std::uint64_t draw) {
  FakeReply reply;
  reply.usage = {.input = 1 + static_cast<std::int64_t>(draw % 1'000),
                 .output = 1 + static_cast<std::int64_t>((draw >> 16) % 100)};
  reply.first_byte_delay_us = static_cast<std::int64_t>((draw >> 24) % 3'000);
  switch ((draw >> 40) % 40) {
    case 0:
      reply.kind = FakeKind::kServerError;
      break;
    case 1:
      reply.kind = FakeKind::kOverloaded;
      break;
    case 2:
      reply.kind = FakeKind::kReset;
      break;
    case 3:
      reply.kind = FakeKind::kResetMidBody;
      break;
    case 4:
      reply.kind = FakeKind::kTruncated;
      break;
    case 5:
      reply.kind = FakeKind::kMalformed;
      break;
    case 6:
      reply.kind = FakeKind::kNoUsage;
      break;
    case 7:
      reply.kind = FakeKind::kStreamError;
      break;
    case 8:
      reply.kind = (draw >> 50) % 8 == 0 ? FakeKind::kHang : FakeKind::kQuota;
      break;
    case 9:
    case 10:
      reply.first_byte_delay_us = 80'000;
      break;
    default:
      break;
  }
  return reply;
}

struct Versions {
  Versions() {
    for (TestPolicy* one : {&first, &second}) {
      one->route().attempt_ms = 700;
      one->route().deadline_ms = 20'000;
      one->route().hedge_percentile = 95;
      one->route().hedge_share_ppm = 200'000;
      one->model(0).prior_p95_ms = 20;
      one->Limit(Money{INT64_MAX / 4}, {});
    }
    second.KeepCandidates(2);
  }
  TestPolicy first;
  TestPolicy second;
};

const Tables* loaded_next = nullptr;
Result<std::shared_ptr<const Policy>> LoadNext(const std::string&) {
  return std::make_shared<const Policy>(*loaded_next);
}

std::int64_t ResidentKb() {
  std::ifstream pages("/proc/self/statm");
  std::int64_t all = 0;
  std::int64_t resident = 0;
  pages >> all >> resident;
  return resident * (sysconf(_SC_PAGESIZE) / 1'024);
}

struct Pending {
  std::mutex mutex;
  std::condition_variable changed;
  int begun = 0;
  int over = 0;
};

/// Begins calls and cancels every third somewhere on its way.
void BeginAndCancel(Client& client, const std::atomic<bool>& running, Pending& calls) {
  std::mt19937_64 random(kSeed);
  while (running) {
    const std::uint64_t call = client.Start(
        TestPolicy::Request(), {.messages = {{"user", "hi"}}}, [&](const Event& event) {
          if (event.kind != Event::Kind::kReply && event.kind != Event::Kind::kError) return;
          const std::lock_guard lock(calls.mutex);
          ++calls.over;
          calls.changed.notify_one();
        });
    if (++calls.begun % 3 == 0) {
      std::this_thread::sleep_for(std::chrono::microseconds(random() % 60'000));
      client.Cancel(call);
    }
    std::unique_lock lock(calls.mutex);
    calls.changed.wait(lock, [&] { return calls.begun - calls.over < 8; });
  }
  std::unique_lock lock(calls.mutex);
  calls.changed.wait(lock, [&] { return calls.begun == calls.over; });
}

BOOST_AUTO_TEST_SUITE(soak)

BOOST_AUTO_TEST_CASE(no_call_is_lost_and_nothing_is_left_over) {
  const char* soak = std::getenv("MLP_SOAK");
  const int seconds = 2 * (soak == nullptr ? 1 : std::max(std::atoi(soak), 1));
  std::mutex mutex;
  std::mt19937_64 random(kSeed);
  loopback::FakeProviders moody(
      [&](const ReceivedRequest&) {
        const std::lock_guard lock(mutex);
        return Mood(random());
      },
      100);
  Versions versions;
  const std::array<const Tables*, 2> tables = {&versions.first.policy().tables(),
                                               &versions.second.policy().tables()};
  TestPolicy linked;
  SetPolicyLoader(&LoadNext);
  const ScratchFolder folder;
  ClientOptions options;
  for (const char* provider : {"anthropic", "openai", "ollama"}) {
    options.base_urls[provider] = moody.url(provider);
  }
  options.secret = [](const std::string& name) { return "k-" + name; };
  options.seed = kSeed;
  options.store = folder / "m.db";
  options.retries.share_ppm = 500'000;
  std::atomic<int> answered{0};
  std::atomic<int> failed{0};
  Pending pending;
  int loads = 0;
  std::int64_t early_kb = 0;
  std::int64_t late_kb = 0;
  {
    Client client(linked.policy(), options);
    loaded_next = tables[0];
    BOOST_REQUIRE(client.Load("next").ok());
    std::atomic<bool> running{true};
    std::vector<std::thread> callers;
    for (int t = 0; t < kCallers; ++t) {
      callers.emplace_back([&] {
        while (running) ++(Ask(client).ok() ? answered : failed);
      });
    }
    callers.emplace_back([&] { BeginAndCancel(client, running, pending); });
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    const auto early = std::chrono::steady_clock::now() + std::chrono::seconds(seconds) / 4;
    while (std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      loaded_next = tables[static_cast<std::size_t>(++loads % 2)];
      BOOST_REQUIRE(client.Load("next").ok());
      if (early_kb == 0 && std::chrono::steady_clock::now() > early) early_kb = ResidentKb();
    }
    running = false;
    for (std::thread& caller : callers) caller.join();
    late_kb = ResidentKb();
    BOOST_TEST(client.Flush().ok());
    BOOST_TEST(client.store_stats().dropped == 0U);
    BOOST_TEST(client.store_stats().lost == 0U);
    BOOST_TEST(client.budget_stats().unheld == 0U);
    BOOST_TEST(client.budget_stats().lost == 0U);
    for (const ModelHealth& model : client.Health().models) BOOST_TEST(model.in_flight == 0);
  }
  SetPolicyLoader(nullptr);

  int calls = 0;
  int hedges = 0;
  std::int64_t least_pico = 0;
  std::int64_t most_pico = 0;
  std::set<std::string> ids;
  std::map<std::string_view, int> ends;
  Result<StoreReader> reader = StoreReader::Open(options.store);
  BOOST_REQUIRE(reader.ok());
  BOOST_REQUIRE(reader
                    ->ForEachCall(0, INT64_MAX,
                                  [&](const CallRecord& call) {
                                    ++calls;
                                    ids.insert(call.call_id);
                                    ++ends[ToString(call.outcome)];
                                    for (const AttemptRecord& attempt : call.attempts) {
                                      hedges += attempt.kind == AttemptKind::kHedge ? 1 : 0;
                                      least_pico += attempt.cost_pico;
                                      most_pico +=
                                          std::max(attempt.cost_pico, attempt.reserved_pico);
                                    }
                                    return true;
                                  })
                    .ok());
  for (const auto& [end, count] : ends) BOOST_TEST_MESSAGE(end << ": " << count);
  BOOST_TEST_MESSAGE("seed " << kSeed << ", " << seconds << " s: " << answered << " answered, "
                             << failed << " failed, " << pending.over << " begun or cancelled, "
                             << hedges << " hedges, " << loads << " loads; " << early_kb
                             << " KB after a quarter, " << late_kb << " KB at the end");
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  // What a short run takes for the first time it would take in a long one too.
  BOOST_TEST(late_kb - early_kb < 16 * 1'024);
#endif
  BOOST_TEST(calls == answered + failed + pending.over);
  BOOST_TEST(ids.size() == static_cast<std::size_t>(calls));
  BOOST_TEST(answered > 10);
  LedgerFile file;
  BOOST_REQUIRE(file.Open(options.store + ".ledger").ok());
  const auto entries = file.Entries(std::chrono::duration_cast<std::chrono::seconds>(
                                        std::chrono::system_clock::now().time_since_epoch())
                                        .count());
  BOOST_REQUIRE(entries.ok());
  for (const LedgerEntry& entry : *entries) {
    BOOST_TEST(entry.reserved_pico == 0);
    BOOST_TEST(entry.spent_pico >= least_pico);
    BOOST_TEST(entry.spent_pico <= most_pico);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
