// Policies that take over from each other in a running client.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <map>
#include <mutex>
#include <thread>

#include "runtime/engine/policy_loader.hpp"
#include "runtime/engine/policy_state.hpp"
#include "tests/unit/engine/engine_fixture.hpp"

namespace mlp::engine {
namespace {

using loopback::FakeKind;
using loopback::FakeReply;
using loopback::ReceivedRequest;

constexpr std::int64_t kOpus = 7'500'000'000;  // of a request at most

std::map<std::string, const Tables*>& Files() {
  static std::map<std::string, const Tables*> files;
  return files;
}

/// Stands in for the compiler: each load makes a policy of its own.
Result<std::shared_ptr<const Policy>> LoadFake(const std::string& file) {
  const auto found = Files().find(file);
  if (found == Files().end()) return Error{ErrorClass::kInvalidRequest, "cannot read " + file};
  return std::make_shared<const Policy>(*found->second);
}

/// The value of a series in OpenMetrics text, or -1.
long long ValueOf(const std::string& metrics, const std::string& series) {
  const std::size_t at = metrics.find("\n" + series + " ");
  return at == std::string::npos ? -1 : std::stoll(metrics.substr(at + series.size() + 2));
}

const char* const kAnswered = R"(mlp_calls_total{policy="test",route="all",outcome="none"})";

struct LoadFixture : EngineFixture {
  LoadFixture() {
    b.KeepCandidates(2);
    Files() = {{"a.mlp", &a.policy().tables()}};
    SetPolicyLoader(&LoadFake);
  }
  ~LoadFixture() { SetPolicyLoader(nullptr); }
  LoadFixture(const LoadFixture&) = delete;
  LoadFixture& operator=(const LoadFixture&) = delete;

  /// Once `b` is as it is to be.
  void WriteB() { Files()["b.mlp"] = &b.policy().tables(); }

  TestPolicy a;
  TestPolicy b;
};

BOOST_FIXTURE_TEST_SUITE(load, LoadFixture)

BOOST_AUTO_TEST_CASE(without_the_loader_it_is_refused) {
  SetPolicyLoader(nullptr);
  Client client(a.policy(), Options());
  const auto loaded = client.Load("b.mlp");
  BOOST_REQUIRE(!loaded.ok());
  BOOST_TEST(loaded.error().context.find("mlp::loader") != std::string::npos);
  BOOST_TEST(Ask(client).ok());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_loaded_leaves_the_old_in_force) {
  Client client(a.policy(), Options());
  BOOST_TEST(client.Load("nowhere.mlp").error().context == "cannot read nowhere.mlp");
  Tables other = a.policy().tables();
  std::vector<Attribute> attributes(other.attributes.begin(), other.attributes.end());
  attributes[1].size = 17;
  other.attributes = attributes;
  Files()["other.mlp"] = &other;
  BOOST_TEST(client.Load("other.mlp").error().context ==
             "other.mlp: its requests are not those that this program makes: its attribute "
             "`output` has another type, range or values");
  BOOST_TEST(Story(Ask(client)) == "opus none");
}

BOOST_AUTO_TEST_CASE(it_is_in_force_at_once_and_tells_what_is_missing) {
  b.protocol(1) = "morse";
  WriteB();
  servers.Script("opus-id", {{.kind = FakeKind::kServerError}});
  Client client(a.policy(), Options());
  BOOST_TEST(Story(Ask(client, TestPolicy::Request(), {.deadline_ms = 1'500})) ==
             "opus server-error, opus server-error, gpt none");
  const auto loaded = client.Load("b.mlp");
  BOOST_REQUIRE(loaded.ok());
  BOOST_REQUIRE(loaded->size() == 1U);
  BOOST_TEST(loaded->front() == "provider `openai`: no protocol `morse` is registered");
  BOOST_TEST(client.warnings().empty());
  BOOST_TEST(!Ask(client).ok());
  BOOST_TEST(client.Load("a.mlp").ok());
  BOOST_TEST(Ask(client).ok());
}

BOOST_AUTO_TEST_CASE(limits_and_what_they_counted_go_on) {
  for (TestPolicy* policy : {&a, &b}) {
    policy->route().actions[static_cast<std::size_t>(ErrorClass::kRateLimited)] = Action::kNext;
  }
  TestPolicy first;
  first.route().actions = a.route().actions;
  first.model(0).requests_per_minute = 3;
  b.model(0).requests_per_minute = 3;
  TestPolicy narrow;
  narrow.route().actions = a.route().actions;
  narrow.model(0).requests_per_minute = 2;
  Files()["narrow.mlp"] = &narrow.policy().tables();
  WriteB();
  Client client(first.policy(), Options());
  BOOST_TEST(Story(Ask(client)) == "opus none");
  BOOST_TEST(client.Load("b.mlp").ok());
  BOOST_TEST(Story(Ask(client)) == "opus none");
  BOOST_TEST(client.Load("narrow.mlp").ok());
  BOOST_TEST(Story(Ask(client)) == "opus rate-limited, gpt none");  // two of two are used
  BOOST_TEST(client.Load("b.mlp").ok());
  BOOST_TEST(Story(Ask(client)) == "opus none");  // two of three
}

BOOST_AUTO_TEST_CASE(breakers_measurements_and_counts_go_on) {
  WriteB();
  servers.Script("opus-id", {{.kind = FakeKind::kServerError}});
  ClientOptions options = Options();
  options.health.breaker.consecutive = 2;
  Client client(a.policy(), options);
  BOOST_TEST(Ask(client).ok());
  BOOST_TEST(!client.Health().models[0].up);
  BOOST_TEST(client.Load("b.mlp").ok());
  BOOST_TEST(!client.Health().models[0].up);
  BOOST_TEST(Story(Ask(client)) == "gpt none");
  BOOST_TEST(client.Health().models[1].requests_per_minute > 0);
  BOOST_TEST(ValueOf(client.Metrics(), kAnswered) == 2);
  BOOST_TEST(client.Load("a.mlp").ok());
  BOOST_TEST(Story(Ask(client)) == "gpt none");
  BOOST_TEST(ValueOf(client.Metrics(), kAnswered) == 3);
  BOOST_TEST(ValueOf(client.Metrics(),
                     R"(mlp_key_attempts_total{policy="test",provider="anthropic",key="0",)"
                     R"(outcome="server-error"})") == 2);
}

BOOST_AUTO_TEST_CASE(a_breaker_that_old_calls_open_is_open_for_new_ones) {
  TestPolicy slow(4, 0);
  slow.route().attempt_ms = 10'000;
  slow.route().deadline_ms = 30'000;
  WriteB();
  // Both calls fail only after the policy has changed.
  servers.Script("opus-id", {{.kind = FakeKind::kServerError, .first_byte_delay_us = 1'000'000}});
  ClientOptions options = Options();
  options.health.breaker.consecutive = 2;
  Client client(slow.policy(), options);
  std::vector<std::thread> callers;
  std::atomic<int> answered{0};
  for (int i = 0; i < 2; ++i) {
    callers.emplace_back([&] { answered += Ask(client).ok() ? 1 : 0; });
  }
  while (servers.call_count("opus-id") < 2) std::this_thread::yield();
  BOOST_TEST(client.Load("b.mlp").ok());
  BOOST_TEST(client.Health().models[0].up);
  BOOST_TEST(client.Health().models[0].in_flight == 2);
  for (std::thread& caller : callers) caller.join();
  BOOST_TEST(answered == 2);
  BOOST_TEST(!client.Health().models[0].up);
  BOOST_TEST(client.Health().models[0].in_flight == 0);
  BOOST_TEST(Story(Ask(client)) == "gpt none");
}

BOOST_AUTO_TEST_CASE(shares_of_rollouts_go_on_by_name) {
  const std::array<RampStep, 2> quick = {{{10'000, 0, 0, false}, {250'000, 3'600, 0, false}}};
  const std::array<RampStep, 2> slow = {{{10'000, 3'600, 0, false}, {250'000, 3'600, 0, false}}};
  const Rollout blue = {"blue", "s1", 0, 1, 0, quick, {}, {}, {}};
  const Rollout green = {"green", "s2", 0, 1, 0, slow, {}, {}, {}};
  const std::array<Rollout, 2> both = {blue, green};
  const std::array<Rollout, 2> turned = {green, blue};
  Tables one = a.policy().tables();
  one.rollouts = both;
  Tables two = a.policy().tables();
  two.rollouts = turned;
  ClientOptions options = Options();
  options.rollouts.block_s = 0;
  Secrets secrets(options.secret);
  BudgetBook book("", {});
  std::vector<std::string> warnings;
  const RolloutListener nobody = [](const RolloutNews&) {};
  const PolicyGround ground{options, secrets, book, nobody};
  PolicyState before(std::make_shared<const Policy>(one), ground, nullptr, warnings);
  BOOST_TEST(before.rollouts.Flush().ok());
  BOOST_TEST(before.policy->live().share_ppm(0) == 250'000U);
  const PolicyState after(std::make_shared<const Policy>(two), ground, &before, warnings);
  BOOST_TEST(after.policy->live().share_ppm(0) == 10'000U);
  BOOST_TEST(after.policy->live().share_ppm(1) == 250'000U);
}

/// Calls from several threads while two policies take over from each other.
struct Storm {
  std::atomic<int> served{0};
  std::atomic<int> denied{0};
  std::atomic<int> failed{0};
  std::int64_t cost_pico = 0;
  std::string why;  // the first failed

  void Run(Client& client, int loads) {
    std::atomic<bool> running{true};
    std::mutex mutex;
    std::vector<std::thread> callers;
    for (int t = 0; t < 4; ++t) {
      callers.emplace_back([&] {
        while (running) {
          const Result<Reply> reply = Ask(client);
          const std::lock_guard lock(mutex);
          if (reply.ok()) {
            ++served;
            cost_pico += reply->cost.pico_usd;
          } else {
            ++(reply.error().error_class == ErrorClass::kBudgetExhausted ? denied : failed);
            if (failed == 1) why = reply.error().context;
          }
        }
      });
    }
    long long seen = 0;
    bool kept = true;
    for (int i = 0; i < loads; ++i) {
      BOOST_REQUIRE(client.Load(i % 2 == 0 ? "b.mlp" : "a.mlp").ok());
      const long long now = ValueOf(client.Metrics(), kAnswered);
      kept = kept && now >= seen;
      seen = now;
      const int before = served + denied;  // somebody has got through under this policy
      while (served + denied < before + 4) std::this_thread::yield();
    }
    running = false;
    for (std::thread& caller : callers) caller.join();
    BOOST_TEST(kept);
  }
};

BOOST_AUTO_TEST_CASE(a_hundred_swaps_under_load_lose_no_call) {
  a.Limit(Money{INT64_MAX / 4}, {});
  b.Limit(Money{INT64_MAX / 4}, {});
  TestPolicy first;
  first.Limit(Money{INT64_MAX / 4}, {});
  TestPolicy second;
  second.Limit(Money{INT64_MAX / 4}, {});
  Files() = {{"a.mlp", &first.policy().tables()}};
  WriteB();
  Client client(second.policy(), Options());
  Storm storm;
  storm.Run(client, 100);
  BOOST_TEST_MESSAGE(storm.served << " calls");
  BOOST_TEST(storm.served >= 400);
  BOOST_TEST(storm.failed == 0, storm.why);
  BOOST_TEST(storm.denied == 0);
  BOOST_TEST(ValueOf(client.Metrics(), kAnswered) == storm.served);
  BOOST_TEST(client.Flush().ok());
  const std::vector<BudgetState> budgets = client.Budgets();
  BOOST_REQUIRE(budgets.size() == 1U);
  BOOST_TEST(budgets[0].day.spent.pico_usd == storm.cost_pico);
  BOOST_TEST(budgets[0].day.reserved.pico_usd == 0);
  for (const ModelHealth& model : client.Health().models) BOOST_TEST(model.in_flight == 0);
}

BOOST_AUTO_TEST_CASE(swaps_let_no_money_pass_the_limit) {
  loopback::FakeProviders dear(
      [](const ReceivedRequest&) { return FakeReply{.usage = {.input = 1'000, .output = 100}}; });
  constexpr std::int64_t kLimit = 60 * kOpus + 17;
  const std::vector<BudgetStep> deny = {{1'000'000, BudgetAction::kDeny, kNone16, {}}};
  TestPolicy first;
  first.Limit(Money{kLimit}, deny);
  TestPolicy second;
  second.Limit(Money{kLimit}, deny);
  b.Limit(Money{kLimit}, deny);
  for (TestPolicy* policy : {&first, &second, &b}) policy->KeepCandidates(2);
  Files() = {{"a.mlp", &first.policy().tables()}};
  WriteB();
  ClientOptions options = Options();
  for (const char* provider : {"anthropic", "openai"}) {
    options.base_urls[provider] = dear.url(provider);
  }
  Client client(second.policy(), options);
  Storm storm;
  storm.Run(client, 100);
  BOOST_TEST_MESSAGE(storm.served << " calls served, " << storm.denied << " denied");
  BOOST_TEST(storm.failed == 0);
  BOOST_TEST(storm.denied > 0);
  BOOST_TEST(client.Flush().ok());
  BOOST_TEST(storm.cost_pico <= kLimit);
  BOOST_TEST(client.Budgets()[0].day.spent.pico_usd == storm.cost_pico);
  BOOST_TEST(client.budget_stats().denied == static_cast<std::uint64_t>(storm.denied.load()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
