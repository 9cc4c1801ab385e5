// Alerts of a client: told once when what they are about begins and once when it ends, to whom the
// policy says.
#include <array>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "runtime/engine/clock.hpp"
#include "runtime/engine/observe/alerts.hpp"
#include "runtime/engine/observe/secrets.hpp"
#include "runtime/tools/loopback/http_server.hpp"
#include "tests/support/open_metrics_parser.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/engine/observe/observe_fixture.hpp"

namespace mlp::engine {
namespace {

using loopback::FakeKind;
using nlohmann::json;

constexpr std::array<std::string_view, 1> kPage = {"page"};
constexpr std::array<std::string_view, 1> kUrl = {"HOOK_URL"};
constexpr std::array<std::string_view, 1> kNoSign = {""};
constexpr std::array<std::string_view, 1> kSign = {"HOOK_SECRET"};

struct AlertFixture : EngineFixture {
  TestPolicy policy;
  Lines lines;
  std::mutex mutex;
  std::vector<AlertNotice> notices;  // under mutex

  ClientOptions Watched() {
    ClientOptions options = Options();
    options.log = lines.Sink();
    options.alerts.interval_ms = 5;
    options.alerts.callbacks["page"] = [this](const AlertNotice& notice) {
      const std::lock_guard lock(mutex);
      notices.push_back(notice);
    };
    return options;
  }
  std::vector<AlertNotice> Paged() {
    const std::lock_guard lock(mutex);
    return notices;
  }
};

std::string Value(const Client& client, const std::string& sample,
                  const test::Exposition::Labels& labels) {
  const test::Exposition read = test::ParseOpenMetrics(client.Metrics());
  return read.error.empty() ? read.Value(sample, labels) : read.error;
}

BOOST_FIXTURE_TEST_SUITE(alerts, AlertFixture)

BOOST_AUTO_TEST_CASE(a_condition_is_told_when_it_begins_and_when_it_ends) {
  constexpr std::array<AlertAtom, 1> kAtoms = {
      {{AlertMeasure::kFailures, Comparison::kGreater, 3, 1}}};
  policy.alert() = {"oncall", true, {}, {}, kPage, kAtoms, false};
  servers.Script("opus-id", {{.kind = FakeKind::kBadRequest}});
  Client client(policy.policy(), Watched());
  for (int i = 0; i < 3; ++i) BOOST_TEST(!Ask(client).ok());
  BOOST_REQUIRE(Eventually([&] { return Paged().size() >= 2; }));
  const auto paged = Paged();
  BOOST_REQUIRE(paged.size() == 2U);
  BOOST_TEST(paged[0].raised);
  BOOST_TEST((paged[0].source == AlertSource::kCondition));
  BOOST_TEST(paged[0].alert == "oncall");
  BOOST_TEST(paged[0].policy == "test");
  BOOST_TEST((paged[0].message == "failures 2 > 1 over 3s" ||
              paged[0].message == "failures 3 > 1 over 3s"),
             paged[0].message);
  BOOST_TEST(!paged[1].raised);
  BOOST_TEST(paged[0].id.size() == 32U);
  BOOST_TEST(paged[0].id != paged[1].id);
  const auto logged = lines.Of("alert");
  BOOST_REQUIRE(logged.size() == 2U);
  BOOST_TEST(logged[0].at("state") == "raised");
  BOOST_TEST(logged[0].at("level") == "warning");
  BOOST_TEST(logged[1].at("state") == "cleared");
  BOOST_TEST(Value(client, "mlp_alert_notices_total", {{"state", "raised"}}) == "1");
  BOOST_TEST(Value(client, "mlp_alert_notices_total", {{"state", "cleared"}}) == "1");
  BOOST_TEST(Value(client, "mlp_alert_firing", {{"alert", "oncall"}}) == "0");
}

BOOST_AUTO_TEST_CASE(all_atoms_must_hold_unless_any_is_enough) {
  constexpr std::array<AlertAtom, 2> kAtoms = {
      {{AlertMeasure::kCalls, Comparison::kGreaterEqual, 3'600, 1},
       {AlertMeasure::kFailures, Comparison::kGreater, 3'600, 100}}};
  policy.alert() = {"oncall", false, {}, {}, kPage, kAtoms, false};
  {
    Client client(policy.policy(), Watched());
    BOOST_TEST(Ask(client).ok());
    // Looks that follow a scrape's own have seen the call.
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  BOOST_TEST(Paged().empty());
  TestPolicy any;
  any.alert() = {"oncall", false, {}, {}, kPage, kAtoms, true};
  Client client(any.policy(), Watched());
  BOOST_TEST(Ask(client).ok());
  BOOST_REQUIRE(Eventually([&] { return Paged().size() == 1; }));
  BOOST_TEST(Paged()[0].message == "calls 1 >= 1 over 1h or failures 0 > 100 over 1h");
}

BOOST_AUTO_TEST_CASE(without_a_condition_the_fourth_failover_in_an_hour_is_told_once) {
  policy.alert() = {"oncall", false, {}, {}, kPage, {}, false};
  servers.Script("opus-id", {{.kind = FakeKind::kQuota}});
  ClientOptions options = Watched();
  options.health.breakers = false;
  options.health.throttles = false;
  Client client(policy.policy(), options);
  for (int i = 0; i < 3; ++i) BOOST_TEST(Ask(client).ok());
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  BOOST_TEST(Paged().empty());
  for (int i = 0; i < 20; ++i) BOOST_TEST(Ask(client).ok());
  BOOST_REQUIRE(Eventually([&] { return !Paged().empty(); }));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  BOOST_REQUIRE(Paged().size() == 1U);
  BOOST_TEST((Paged()[0].source == AlertSource::kFailovers));
  BOOST_TEST(Value(client, "mlp_fallbacks_total", {{"route", "all"}}) == "23");
  BOOST_TEST(Value(client, "mlp_alert_firing", {{"alert", "oncall"}}) == "1");
  // 23 calls fell back, each of them is a line of its own.
  BOOST_TEST(lines.Of("call").size() == 23U);
}

BOOST_AUTO_TEST_CASE(a_breaker_that_opens_and_closes_is_told_and_logged) {
  policy.alert() = {"oncall", false, {}, {}, kPage, {}, false};
  policy.route().retries = 0;
  servers.Script("opus-id", {{.kind = FakeKind::kServerError},
                             {.kind = FakeKind::kServerError},
                             {.kind = FakeKind::kServerError},
                             {}});
  ClientOptions options = Watched();
  options.alerts.failovers_per_hour = 1'000'000;
  options.health.breaker.consecutive = 3;
  options.health.breaker.open_base_ms = 50;
  options.health.breaker.open_cap_ms = 50;
  options.health.breaker.probes = 1;
  Client client(policy.policy(), options);
  for (int i = 0; i < 3; ++i) BOOST_TEST(Ask(client).ok());
  BOOST_REQUIRE(Eventually([&] { return !Paged().empty(); }));
  BOOST_TEST((Paged()[0].source == AlertSource::kBreaker));
  BOOST_TEST(Paged()[0].subject == "model `opus`");
  BOOST_TEST(Paged()[0].message ==
             "model `opus` is left alone: 3 failures in a row, the last with server-error");
  BOOST_REQUIRE(Eventually([&] {
    BOOST_TEST(Ask(client).ok());
    return Paged().size() >= 2;
  }));
  BOOST_TEST(!Paged()[1].raised);
  BOOST_TEST(Paged()[1].message == "model `opus` is back");
  BOOST_REQUIRE(Eventually([&] { return lines.Of("breaker").size() >= 2; }));
  BOOST_TEST(lines.Of("breaker").front().at("model") == "opus");
  BOOST_TEST(lines.Of("breaker").back().at("state") == "closed");
}

BOOST_AUTO_TEST_CASE(dates_that_come_near_are_told_once_each) {
  policy.alert() = {"oncall", false, {}, {}, kPage, {}, false};
  const std::int64_t now_s = WallUs() / 1'000'000;
  policy.model(0).retires_s = now_s + std::int64_t{5} * 86'400;
  policy.model(0).successor = "opus-5";
  policy.model(1).deprecated_s = now_s + std::int64_t{20} * 86'400;
  policy.model(2).deprecated_s = now_s - 100;
  policy.model(2).retires_s = now_s + std::int64_t{300} * 86'400;
  Client client(policy.policy(), Watched());
  BOOST_REQUIRE(Eventually([&] { return Paged().size() >= 2; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  BOOST_REQUIRE(Paged().size() == 2U);
  BOOST_TEST(Paged()[0].message ==
             "`opus` is retired in 7 days or less; its successor is `opus-5`");
  BOOST_TEST(Paged()[1].message == "`gpt` is deprecated in 30 days or less");
  BOOST_TEST((Paged()[1].source == AlertSource::kLifecycle));
}

BOOST_AUTO_TEST_CASE(a_budget_tells_its_alert_and_names_no_unit_outside) {
  policy.alert() = {"oncall", true, {}, {}, kPage, {}, false};
  policy.Limit({2'000'000'000}, {{500'000, BudgetAction::kAlert, 0, {}}}, true);
  Client client(policy.policy(), Watched());
  const TestRequest request{1'000, 100, "anna@example.org"};
  for (int i = 0; i < 30; ++i) BOOST_TEST(Ask(client, request).ok());
  BOOST_REQUIRE(Eventually([&] { return !Paged().empty(); }));
  BOOST_TEST((Paged()[0].source == AlertSource::kBudget));
  BOOST_TEST(Paged()[0].subject == "spend");
  BOOST_TEST(Paged()[0].value == "anna@example.org");
  BOOST_TEST(Paged().size() == 1U);
  BOOST_TEST(lines.All().find("anna") == std::string::npos);
  BOOST_REQUIRE(lines.Of("alert").size() == 1U);
  BOOST_TEST(lines.Of("alert")[0].at("valueHash").get<std::string>().size() == 16U);
  BOOST_REQUIRE(lines.Of("budget").size() == 1U);
  BOOST_TEST(lines.Of("budget")[0].at("action") == "alert");
  BOOST_TEST(client.Metrics().find("anna") == std::string::npos);
  BOOST_TEST(Value(client, "mlp_budget_ledgers", {{"budget", "spend"}}) == "1");
}

BOOST_AUTO_TEST_CASE(a_webhook_gets_what_is_told_and_its_secrets_stay_here) {
  std::mutex hook_mutex;
  std::vector<loopback::ServerRequest> hooked;
  loopback::HttpServer hook([&](const loopback::ServerRequest& request) {
    const std::lock_guard lock(hook_mutex);
    hooked.push_back(request);
    const int status = hooked.size() == 1 ? 500 : 200;
    return loopback::ServerAnswer{{{0, loopback::HeaderBytes(status, {}, 0)}}};
  });
  constexpr std::array<AlertAtom, 1> kAtoms = {
      {{AlertMeasure::kCalls, Comparison::kGreater, 3'600, 0}}};
  policy.alert() = {"oncall", true, kUrl, kSign, {}, kAtoms, false};
  ClientOptions options = Watched();
  options.alerts.webhook_backoff_ms = 2;
  const std::string url = "http://127.0.0.1:" + std::to_string(hook.port()) + "/T0KEN/in-the-path";
  options.secret = [&](const std::string& name) -> std::optional<std::string> {
    if (name == "HOOK_URL") return url;
    return name == "HOOK_SECRET" ? "hush-hush-hush" : "k-test-key";
  };
  Client client(policy.policy(), options);
  BOOST_TEST(client.warnings().empty());
  BOOST_TEST(Ask(client).ok());
  BOOST_REQUIRE(Eventually([&] {
    return Value(client, "mlp_alert_webhooks_total", {{"result", "delivered"}}) == "1";
  }));
  const std::lock_guard lock(hook_mutex);
  BOOST_REQUIRE(hooked.size() == 2U);
  const json body = json::parse(hooked[1].body);
  BOOST_TEST(hooked[0].body == hooked[1].body);
  BOOST_TEST(body.at("version") == 1);
  BOOST_TEST(body.at("alert") == "oncall");
  BOOST_TEST(body.at("policy") == "test");
  BOOST_TEST(body.at("source") == "condition");
  BOOST_TEST(body.at("state") == "raised");
  BOOST_TEST(body.at("message") == "calls 1 > 0 over 1h");
  BOOST_TEST(body.at("id") == std::string(hooked[1].header("x-mlp-notice")));
  BOOST_TEST(!hooked[1].header("x-mlp-signature").empty());
  for (const std::string& secret : {std::string("hush"), url, std::string("T0KEN")}) {
    BOOST_TEST(lines.All().find(secret) == std::string::npos, secret);
    BOOST_TEST(client.Metrics().find(secret) == std::string::npos, secret);
    BOOST_TEST(hooked[1].body.find(secret) == std::string::npos, secret);
  }
}

BOOST_AUTO_TEST_CASE(what_an_alert_names_and_nobody_gives_is_a_warning) {
  policy.alert() = {"oncall", false, kUrl, kSign, kPage, {}, false};
  ClientOptions options = Options();
  options.secret = [](const std::string& name) -> std::optional<std::string> {
    if (name.starts_with("HOOK")) return std::nullopt;
    return "k";
  };
  {
    const Client client(policy.policy(), options);
    BOOST_REQUIRE(client.warnings().size() == 2U);
    BOOST_TEST(client.warnings()[0] == "alert `oncall`: no callback `page` is registered");
    BOOST_TEST(client.warnings()[1] == "alert `oncall`: HOOK_URL is not set");
  }
  options.secret = [](const std::string& name) -> std::optional<std::string> {
    if (name == "HOOK_SECRET") return std::nullopt;
    return "http://127.0.0.1:1/";
  };
  options.alerts.callbacks["page"] = [](const AlertNotice&) {};
  const Client client(policy.policy(), options);
  BOOST_REQUIRE(client.warnings().size() == 1U);
  BOOST_TEST(client.warnings()[0] ==
             "alert `oncall`: HOOK_SECRET is not set, so that nothing is sent to HOOK_URL");
}

BOOST_AUTO_TEST_CASE(a_callback_and_a_log_that_throw_are_counted_and_calls_go_on) {
  constexpr std::array<AlertAtom, 1> kAtoms = {
      {{AlertMeasure::kCalls, Comparison::kGreater, 3'600, 0}}};
  policy.alert() = {"oncall", true, {}, {}, kPage, kAtoms, false};
  servers.Script("opus-id", {{.kind = FakeKind::kQuota}});
  ClientOptions options = Watched();
  options.log = [](LogLevel, std::string_view) { throw std::runtime_error("full"); };
  options.alerts.callbacks["page"] = [](const AlertNotice&) { throw 7; };
  Client client(policy.policy(), options);
  BOOST_TEST(Ask(client).ok());
  BOOST_TEST(Eventually([&] {
    return Value(client, "mlp_alert_callback_failures_total", {{"alert", "oncall"}}) == "1";
  }));
  BOOST_TEST(std::stoi(Value(client, "mlp_log_failures_total", {})) >= 2);
  BOOST_TEST(Ask(client).ok());
}

/// For alerts that post nowhere.
struct NoHttp final : HttpExecutor {
  std::uint64_t Start(HttpRequest, HttpCallback) override { return 1; }
  void Cancel(std::uint64_t) override {}
  void After(std::int64_t, std::function<void()>) override {}
};

/// Alerts of one policy after another, without a client and its clocks.
struct Succession {
  explicit Succession(const ClientOptions& given)
      : options(given), secrets(given.secret), log(given.log, secrets) {}
  void Load(const Policy& policy) {
    auto next = std::make_unique<Alerts>(policy.tables(), options.alerts, log, secrets, 7, warnings,
                                         alerts.get(), alerts != nullptr);
    before.push_back(std::exchange(alerts, std::move(next)));
  }
  void Look(std::int64_t now_us, std::int64_t wall_us) {
    const HealthReport health;
    const StoreStats store;
    const BudgetStats budgets;
    alerts->Look(http, totals.Read(), {health, store, budgets}, now_us, wall_us);
  }
  ClientOptions options;
  Secrets secrets;
  LogOut log;
  NoHttp http;
  PolicyTotals totals{false};
  std::vector<std::string> warnings;
  std::vector<std::unique_ptr<Alerts>> before;
  std::unique_ptr<Alerts> alerts;
};

BOOST_AUTO_TEST_CASE(a_window_that_a_new_policy_brings_counts_from_then_on) {
  constexpr std::int64_t kSecondUs = 1'000'000;
  static constexpr std::array<AlertAtom, 1> kAtoms = {
      {{AlertMeasure::kFailures, Comparison::kGreater, 60, 10'000}}};
  static constexpr std::array<AlertAtom, 1> kOther = {
      {{AlertMeasure::kFailures, Comparison::kGreater, 300, 100}}};
  policy.alert() = {"oncall", false, {}, {}, kPage, kAtoms, false};
  TestPolicy next;
  next.alert() = {"oncall", false, {}, {}, kPage, kOther, false};
  Succession client(Watched());
  client.Load(policy.policy());
  client.Look(kSecondUs, 0);
  CallRecord failed;
  failed.outcome = ErrorClass::kServerError;
  for (int i = 0; i < 5'000; ++i) client.totals.Count(failed);
  client.Look(1'000 * kSecondUs, 0);
  client.Load(next.policy());
  client.Look(1'001 * kSecondUs, 0);
  BOOST_TEST(Paged().empty());
  for (int i = 0; i < 101; ++i) client.totals.Count(failed);
  client.Look(1'002 * kSecondUs, 0);
  BOOST_REQUIRE(Paged().size() == 1U);
  BOOST_TEST(Paged()[0].message == "failures 101 > 100 over 5m");
}

BOOST_AUTO_TEST_CASE(each_alert_tells_the_dates_and_a_date_that_moves_is_told_anew) {
  constexpr std::int64_t kDay = 86'400;
  constexpr std::int64_t kNow = 1'800'000'000;
  constexpr std::int64_t kNowUs = kNow * 1'000'000;
  policy.alert() = {"oncall", false, {}, {}, kPage, {}, false};
  policy.model(0).retires_s = kNow + 5 * kDay;
  TestPolicy renamed;
  renamed.alert() = {"others", false, {}, {}, kPage, {}, false};
  renamed.model(0).retires_s = kNow + 5 * kDay;
  TestPolicy postponed;
  postponed.alert() = {"others", false, {}, {}, kPage, {}, false};
  postponed.model(0).retires_s = kNow + 20 * kDay;
  Succession client(Watched());
  client.Load(policy.policy());
  for (int i = 0; i < 3; ++i) client.Look(i, kNowUs);
  BOOST_TEST(Paged().size() == 1U);
  client.Load(renamed.policy());
  for (int i = 3; i < 6; ++i) client.Look(i, kNowUs);
  BOOST_REQUIRE(Paged().size() == 2U);
  BOOST_TEST(Paged()[1].alert == "others");
  BOOST_TEST(Paged()[1].message == "`opus` is retired in 7 days or less");
  client.Load(postponed.policy());
  for (int i = 6; i < 9; ++i) client.Look(i, kNowUs);
  BOOST_REQUIRE(Paged().size() == 3U);
  BOOST_TEST(Paged()[2].message == "`opus` is retired in 30 days or less");
}

BOOST_AUTO_TEST_CASE(what_webhooks_were_sent_stays_counted_when_a_policy_drops_them) {
  struct Fails final : HttpExecutor {
    std::uint64_t Start(HttpRequest, HttpCallback done) override {
      HttpResponse response;
      response.status = 404;
      done(std::move(response));
      return 1;
    }
    void Cancel(std::uint64_t) override {}
    void After(std::int64_t, std::function<void()> action) override { action(); }
  } http;
  policy.alert() = {"oncall", false, kUrl, kNoSign, {}, {}, false};
  TestPolicy next;
  next.alert() = {"oncall", false, {}, {}, kPage, {}, false};
  ClientOptions options = Watched();
  options.secret = [](const std::string&) { return "http://127.0.0.1:1/hook\n"; };
  Succession client(options);
  client.Load(policy.policy());
  client.alerts->Tell(http, "oncall", {AlertSource::kBudget, "spend", "it is spent"}, 0);
  BOOST_TEST(client.alerts->States().at(0).webhooks.failed == 1U);
  client.Load(next.policy());
  BOOST_TEST(client.alerts->States().at(0).webhooks.failed == 1U);
  client.Load(policy.policy());
  client.alerts->Tell(http, "oncall", {AlertSource::kBudget, "spend", "it is spent"}, 0);
  BOOST_TEST(client.alerts->States().at(0).webhooks.failed == 2U);
  BOOST_TEST(client.warnings.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
