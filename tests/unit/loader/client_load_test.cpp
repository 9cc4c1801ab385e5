// Client::Load with the compiler behind it: files take over from each other in a running client.
#include <array>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <string>

#include "mlp/client.hpp"
#include "mlp/loader.hpp"
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

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
