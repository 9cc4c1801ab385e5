// mlp down and mlp up, obeyed by services of another process: this one.
#include <chrono>
#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/service_fixture.hpp"

namespace mlp {
namespace {

using engine::TestPolicy;
using Clock = std::chrono::steady_clock;

struct Fixture : ServiceFixture {
  static std::string Answers(Client& client) {
    const Result<Reply> reply =
        client.Complete(TestPolicy::Request(), {.messages = {{"user", "hi"}}});
    return reply.ok() ? reply->model : reply.error().context;
  }
  bool Up(std::uint16_t model) { return policy.policy().live().model_up(model); }
};

BOOST_FIXTURE_TEST_SUITE(down, Fixture)

BOOST_AUTO_TEST_CASE(a_service_obeys_within_a_second_and_again_on_up) {
  Client client(policy.policy(), Options());
  BOOST_TEST(Answers(client) == "opus");
  const Finished taken =
      Mlp({"down", "opus", "--for", "2h", "--why", "broken answers", "--who", "ada"});
  BOOST_TEST(taken.exit_code == 0);
  BOOST_TEST(taken.out.find("opus is down until 20") == 0U);
  BOOST_TEST(taken.out.find(", by ada since 20") != std::string::npos);
  BOOST_TEST(taken.out.find(": broken answers\n") != std::string::npos);
  const auto done = Clock::now();
  BOOST_REQUIRE(Await([&] { return !Up(0); }));
  const auto took = Clock::now() - done;
  BOOST_TEST_MESSAGE("obeyed after "
                     << std::chrono::duration_cast<std::chrono::milliseconds>(took).count()
                     << " ms");
  BOOST_TEST(took < std::chrono::seconds(2));  // one, and as much for a busy machine
  const Result<Reply> reply =
      client.Complete(TestPolicy::Request(), {.messages = {{"user", "hi"}}});
  BOOST_REQUIRE(reply.ok());
  BOOST_TEST(reply->model == "gpt");
  BOOST_TEST(reply->skipped == "opus:operator");
  const HealthReport report = client.Health();
  BOOST_REQUIRE(report.taken_down.size() == 1U);
  BOOST_TEST(report.taken_down[0].why == "broken answers");
  BOOST_TEST(report.operator_trouble == "");

  const Finished again = Mlp({"up", "opus"});
  BOOST_TEST(again.exit_code == 0);
  BOOST_TEST(again.out == "opus is up\n");
  BOOST_REQUIRE(Await([&] { return Up(0); }));
  BOOST_TEST(Answers(client) == "opus");
  BOOST_TEST(Mlp({"up", "opus"}).exit_code == 1);
}

BOOST_AUTO_TEST_CASE(what_is_down_when_a_service_starts_is_never_asked_even_with_nobody_else) {
  for (const char* name : {"anthropic", "gpt", "llama"}) {
    BOOST_TEST(Mlp({"down", name}).exit_code == 0);
  }
  BOOST_TEST(Mlp({"down", "opuss", "--why", "a slip"}).exit_code == 0);
  Client client(policy.policy(), Options());
  BOOST_REQUIRE(client.warnings().size() == 1U);
  BOOST_TEST(client.warnings()[0].find("`opuss` is taken down by ") == 0U);
  const std::string failure = Answers(client);
  BOOST_TEST(failure.find("left alone opus:operator gpt:operator llama:operator") !=
             std::string::npos);
  BOOST_TEST(servers.call_count() == 0U);
  const HealthReport report = client.Health();
  BOOST_TEST(report.taken_down.size() == 3U);
  BOOST_TEST(report.unknown_names.size() == 1U);
  BOOST_TEST(report.providers[0].taken_down.has_value());
  BOOST_TEST(!report.providers[1].taken_down.has_value());
}

BOOST_AUTO_TEST_CASE(a_time_ends_by_itself) {
  BOOST_TEST(Mlp({"down", "opus", "--for", "1s"}).exit_code == 0);
  ClientOptions options = Options();
  options.health.operator_ms = 20;
  Client client(policy.policy(), options);
  BOOST_REQUIRE(Await([&] { return Up(0); }));
  BOOST_TEST(client.Health().taken_down.empty());
  BOOST_TEST(Mlp({"down"}).out == "nothing is taken down\n");
}

BOOST_AUTO_TEST_CASE(the_list_is_for_people_and_programs) {
  BOOST_TEST(Mlp({"down"}).out == "nothing is taken down\n");
  BOOST_TEST(Mlp({"down", "gpt", "--who", "ada"}).exit_code == 0);
  BOOST_TEST(Mlp({"down", "anthropic", "--who", "bo", "--for", "30m"}).exit_code == 0);
  const std::string list = Mlp({"down"}).out;
  BOOST_TEST(list.find("anthropic is down until 20") == 0U);
  BOOST_TEST(list.find("gpt is down until it is taken up, by ada since ") != std::string::npos);
  const auto page = nlohmann::json::parse(Mlp({"down", "--format", "json"}).out);
  BOOST_TEST(page["takenDown"].size() == 2U);
  BOOST_TEST(page["takenDown"][0]["name"] == "anthropic");
  BOOST_TEST(page["takenDown"][1]["until"].is_null());
}

BOOST_AUTO_TEST_CASE(a_report_begins_with_what_is_down) {
  { Client client(policy.policy(), Options()); }
  BOOST_TEST(Mlp({"down", "gpt", "--who", "ada"}).exit_code == 0);
  const Finished report = Mlp({"report"});
  BOOST_TEST(report.exit_code == 0);
  BOOST_TEST(report.out.find("gpt is down until it is taken up, by ada") == 0U);
}

BOOST_AUTO_TEST_CASE(wrong_words_change_nothing) {
  for (const char* time : {"soon", "0s", "2026-11-20", "-2h"}) {
    BOOST_TEST(Mlp({"down", "opus", "--for", time}).exit_code == 2);
  }
  BOOST_TEST(Mlp({"up", "opus"}).exit_code == 2);  // no file yet
  BOOST_TEST(Mlp({"down"}).out == "nothing is taken down\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
