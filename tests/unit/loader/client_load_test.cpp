// Client::Load with the compiler behind it: files take over from each other in a running client.
#include <array>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

#include "mlp/client.hpp"
#include "mlp/loader.hpp"
#include "runtime/store/experiment_file.hpp"
#include "runtime/tools/loopback/fake_providers.hpp"
#include "tests/support/scratch_folder.hpp"

namespace mlp {
namespace {

std::string Desk(const std::string& version, const std::string& first, const std::string& second,
                 const std::string& most = "1K") {
  return R"(language 1
provider a { protocol openai; key env "KEY_A"; endpoint "http://127.0.0.1:1" }
provider b { protocol openai; key env "KEY_B"; endpoint "http://127.0.0.1:1" }
model one { provider a; pin exact "one"; context 100K; output 8K; price input $1/M, output $2/M }
model two { provider b; pin exact "two"; context 100K; output 8K; price input $1/M, output $2/M }
policy desk { version ")" +
         version + R"("; stage development; valid 2026-11-21 .. 2027-11-21 }
request { input tokens up to )" +
         most + R"(; output tokens up to 100 }
route all otherwise { try )" +
         first + "; else " + second + " }\n";
}

struct Desks {
  ScratchFolder folder;
  loopback::FakeProviders servers;

  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder / name) << text;
    return folder / name;
  }
  [[nodiscard]] ClientOptions Options() const {
    ClientOptions options;
    for (const char* provider : {"a", "b"}) options.base_urls[provider] = servers.url(provider);
    options.secret = [](const std::string& name) { return "k-" + name; };
    return options;
  }
  static std::string Ask(Client& client) {
    const std::array<std::int32_t, 2> codes = {100, 10};
    const Result<Reply> reply =
        client.Complete(RequestView{codes, {}, {}}, {.messages = {{"user", "hi"}}});
    return reply.ok() ? reply->model : reply.error().context;
  }
};

/// Experiment `tone` in place of model one, half and half by user.
std::string TryingDesk(const std::string& version) {
  std::string text = Desk(version, "one", "two");
  text.replace(text.find("input tokens"), 0, "user key; ");
  return text + R"(experiment tone {
  by user; replace one; arm plain one 50%; arm warm two 50%; measure latency; until 14d
  traffic 500 users per day; confidence 95%; detect 1.1x; salt "tone"
}
)";
}

BOOST_FIXTURE_TEST_SUITE(client_load, Desks)

BOOST_AUTO_TEST_CASE(a_file_takes_over_and_a_bad_one_does_not) {
  const auto linked = LoadPolicy(Write("linked.mlp", Desk("1.0.0", "one", "two")));
  BOOST_REQUIRE(linked.ok());
  Client client(**linked, Options());
  BOOST_TEST(Ask(client) == "one");

  const auto turned = client.Load(Write("turned.mlp", Desk("1.1.0", "two", "one")));
  BOOST_REQUIRE(turned.ok());
  BOOST_TEST(turned->empty());
  BOOST_TEST(Ask(client) == "two");
  const std::string metrics = client.Metrics();
  BOOST_TEST(metrics.find(R"(version="1.1.0")") != std::string::npos);
  BOOST_TEST(metrics.find(R"(mlp_calls_total{policy="desk",route="all",outcome="none"} 2)") !=
             std::string::npos);

  const auto wrong = client.Load(Write("wrong.mlp", Desk("1.2.0", "three", "one")));
  BOOST_REQUIRE(!wrong.ok());
  BOOST_TEST(wrong.error().context.find("error[MLP") != std::string::npos);
  const auto wider = client.Load(Write("wider.mlp", Desk("1.2.0", "one", "two", "2K")));
  BOOST_REQUIRE(!wider.ok());
  BOOST_TEST(wider.error().context.find(
                 "its attribute `input` has another type, range or values") != std::string::npos);
  BOOST_TEST(!client.Load(folder / "nowhere.mlp").ok());
  BOOST_TEST(Ask(client) == "two");
}

BOOST_AUTO_TEST_CASE(from_then_on_prompts_that_say_nearly_the_same_share_an_answer) {
  const auto linked = LoadPolicy(Write("linked.mlp", Desk("1.0.0", "one", "two")));
  BOOST_REQUIRE(linked.ok());
  Client client(**linked, Options());
  const auto ask = [&](const char* text) {
    const std::array<std::int32_t, 2> codes = {100, 10};
    const Result<Reply> reply =
        client.Complete(RequestView{codes, {}, {}}, {.messages = {{"user", text}}});
    return std::string(reply.ok() ? ToString(reply->cache) : reply.error().context);
  };
  BOOST_TEST(ask("how do I reset the password of my old account") == "none");
  std::string text = Desk("1.1.0", "one", "two");
  const std::string_view all = "route all otherwise { ";
  text.insert(text.find(all) + all.size(), "cache 1h similar 0.85 by near when input > 0; ");
  const auto turned = client.Load(
      Write("similar.mlp", text + R"(model near { provider b; pin exact "near"; kind embedding
  dimension 64; context 8K; price input $0.02/M }
)"));
  BOOST_REQUIRE_MESSAGE(turned.ok(), (turned.ok() ? "" : turned.error().context));
  BOOST_TEST(ask("how do I reset the password of my old account") == "miss");
  BOOST_TEST(ask("how do I reset the password of my new account") == "similar");
  BOOST_TEST(ask("which planets have rings") == "miss");
  BOOST_TEST(servers.call_count("near") == 3U);
  BOOST_TEST(servers.call_count("one") == 3U);
}

BOOST_AUTO_TEST_CASE(an_experiment_goes_on_with_its_arms_and_a_stopped_one_stays_stopped) {
  const auto linked = LoadPolicy(Write("linked.mlp", TryingDesk("1.0.0")));
  BOOST_REQUIRE_MESSAGE(linked.ok(), (linked.ok() ? "" : linked.error().context));
  ClientOptions options = Options();
  options.store = folder / "m.db";
  options.rollouts.look_ms = 5;
  Client client(**linked, options);
  const auto answers = [&] {
    std::string all;
    for (int user = 0; user < 20; ++user) {
      const std::array<std::int32_t, 2> codes = {100, 10};
      const std::string name = "user-" + std::to_string(user);
      const std::array<std::string_view, 1> texts = {name};
      const Result<Reply> reply =
          client.Complete(RequestView{codes, texts, {}}, {.messages = {{"user", "hi"}}});
      all += (reply.ok() ? reply->model : reply.error().context) + " ";
    }
    return all;
  };
  const std::string drawn = answers();
  BOOST_TEST(drawn.find("one ") != std::string::npos);
  BOOST_TEST(drawn.find("two ") != std::string::npos);
  BOOST_REQUIRE(client.Load(Write("next.mlp", TryingDesk("1.1.0"))).ok());
  BOOST_TEST(answers() == drawn);

  {
    ExperimentFile file;
    BOOST_REQUIRE(file.Open(options.store + ".ledger").ok());
    BOOST_REQUIRE(file.Begin().ok());
    ExperimentRow row = **file.Find("tone");
    row.ended_s = 1;
    row.ended_by = "by ann";
    BOOST_REQUIRE(file.Save(row).ok());
    BOOST_REQUIRE(file.Commit().ok());
  }
  const auto all_have_one = [&] { return answers().find("two ") == std::string::npos; };
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!all_have_one() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  BOOST_REQUIRE(all_have_one());
  // Nobody can read any more that it was stopped, and a policy takes over.
  const std::string ledger = options.store + ".ledger";
  std::filesystem::remove(ledger);
  std::ofstream(ledger) << "this is no database, and long enough to be seen as none: "
                        << std::string(4'096, '.');
  const auto loaded = client.Load(Write("last.mlp", TryingDesk("1.2.0")));
  BOOST_REQUIRE_MESSAGE(loaded.ok(), (loaded.ok() ? "" : loaded.error().context));
  BOOST_TEST(!loaded->empty());
  BOOST_TEST(all_have_one());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
