// A service whose calls feed a rollout is killed at random moments: what is in the ledger is a
// state that its log leads to, to the bit, and no user counts twice.
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <random>
#include <string>
#include <thread>

#include "runtime/store/rollout_file.hpp"
#include "runtime/store/rollout_rederive.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/engine/engine_fixture.hpp"

namespace mlp::engine {
namespace {

constexpr std::uint64_t kSeed = 45;
constexpr int kRounds = 10;
constexpr int kUsers = 300;

[[noreturn]] void CallUntilKilled(const std::string& store) {
  const loopback::FakeProviders servers;
  TestPolicy policy;
  policy.RollOut({{500'000, 3'600, 0, false}, {1'000'000, 0, 0, false}});
  ClientOptions options;
  for (const char* provider : {"anthropic", "openai", "ollama"}) {
    options.base_urls[provider] = servers.url(provider);
  }
  options.secret = [](const std::string&) { return "k"; };
  options.store = store;
  options.rollouts = {.look_ms = 2, .write_ms = 2, .block_s = 0};
  Client client(policy.policy(), options);
  for (int user = 0;; user = (user + 1) % kUsers) {
    static_cast<void>(Ask(client, TestPolicy::Request(1'000, 100, "user-" + std::to_string(user))));
  }
}

BOOST_AUTO_TEST_SUITE(rollouts_kill)

BOOST_AUTO_TEST_CASE(killed_at_random_moments) {
  BOOST_TEST_MESSAGE("seed " << kSeed << ", " << kRounds << " kills");
  const ScratchFolder folder;
  const std::string store = folder / "m.db";
  std::mt19937_64 random(kSeed);
  std::int64_t entries = 0;
  std::int64_t arrived = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::fflush(nullptr);
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) CallUntilKilled(store);
    std::this_thread::sleep_for(std::chrono::milliseconds(60 + random() % 250));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    BOOST_TEST(WIFSIGNALED(status));
    RolloutFile file;
    BOOST_REQUIRE(file.Open(store + ".ledger").ok());
    const auto row = file.Find("next");
    BOOST_REQUIRE(row.ok());
    if (!row->has_value()) continue;  // killed before it began
    const auto log = file.Log((**row).id);
    BOOST_REQUIRE(log.ok());
    const Rederived rederived = Rederive(*log);
    BOOST_TEST(rederived.difference == "");
    BOOST_TEST(ToText(rederived.state) == ToText((**row).state));
    const RolloutState& state = (**row).state;
    const std::int64_t counted = state.canary_arrived + state.stable_arrived +
                                 (**row).pending.canary.arrived + (**row).pending.stable.arrived;
    BOOST_TEST(counted >= arrived);  // what was written stays
    BOOST_TEST(counted <= kUsers);
    arrived = counted;
    entries = rederived.entries;
  }
  BOOST_TEST_MESSAGE(entries << " entries, " << arrived << " users");
  BOOST_TEST(entries > 1);
  BOOST_TEST(arrived > 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
