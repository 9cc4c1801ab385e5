// `mlp call` and the loader behind it: a policy file, a server on loopback, one real call.
#include <nlohmann/json.hpp>

#include <string>

#include <boost/test/unit_test.hpp>

#include "mlp/loader.hpp"
#include "runtime/engine/policy_loader.hpp"
#include "runtime/tools/loopback/fake_providers.hpp"
#include "tests/cli/command.hpp"
#include "tests/support/open_metrics_parser.hpp"
#include "tests/support/scratch_folder.hpp"

namespace mlp {
namespace {

using loopback::FakeKind;
using loopback::FakeProviders;

constexpr const char* kPolicy = R"(language 1
policy desk { version "1.0.0"; stage development; valid 2026-11-21 .. 2030-11-21 }
request {
  tier    one of free, pro
  input   tokens up to 10K
  output  tokens up to 1K
}
provider main { protocol openai; endpoint us "https://main.example/v1" }
provider spare { protocol anthropic; endpoint us "https://spare.example" }
model large { provider main; pin exact "large-1"; context 50K, output 8K; can text-input, text-output, streaming; price input $10/M, output $20/M }
model small { provider spare; pin exact "small-1"; context 50K, output 8K; can text-input, text-output; price input $1/M, output $2/M }
route paying when tier == pro { try large; else small; retry 0 times }
route nobody otherwise { refuse "pay first" }
)";

struct Fixture {
  Fixture() { WriteWhole(policy, kPolicy); }
  [[nodiscard]] Finished Call(std::vector<std::string> more) {
    std::vector<std::string> words = {MLP_MLP,
                                      "call",
                                      policy,
                                      "--prompt",
                                      "hello",
                                      "--base-url",
                                      "main=" + providers.url("main"),
                                      "--base-url",
                                      "spare=" + providers.url("spare")};
    words.insert(words.end(), more.begin(), more.end());
    return Run(words);
  }
  ScratchFolder folder;
  std::string policy = folder / "desk.mlp";
  FakeProviders providers;
};

BOOST_AUTO_TEST_SUITE(call_command)

BOOST_AUTO_TEST_CASE(the_answer_goes_to_standard_output_and_its_story_beside_it) {
  Fixture fixture;
  fixture.providers.Script("large-1", {{.kind = FakeKind::kServerError}});
  fixture.providers.Script("small-1", {{.text = "good day"}});
  const Finished done = fixture.Call({"tier=pro", "input=10", "output=5"});
  BOOST_TEST(done.exit_code == 0, done.err);
  BOOST_TEST(done.out == "good day\n");
  BOOST_TEST(
      done.err.find("route paying, small at spare answered, 10 tokens in, 5 out, $0.00002") !=
          std::string::npos,
      done.err);
  BOOST_TEST(done.err.find("before it first large (server-error)") != std::string::npos, done.err);
}

BOOST_AUTO_TEST_CASE(a_stream_arrives_in_pieces_from_a_model_that_can) {
  Fixture fixture;
  fixture.providers.Script("large-1", {{.text = "good day to you"}});
  Finished done = fixture.Call({"tier=pro", "input=10", "output=5", "--stream"});
  BOOST_TEST(done.exit_code == 0, done.err);
  BOOST_TEST(done.out == "good day to you\n");
  BOOST_TEST(fixture.providers.received().back().stream);
  fixture.providers.Script("large-1", {{.kind = FakeKind::kServerError}});
  done = fixture.Call({"tier=pro", "input=10", "output=5", "--stream"});
  BOOST_TEST(done.out == "ok\n");
  BOOST_TEST(!fixture.providers.received().back().stream);
  fixture.providers.Script("large-1",
                           {{.kind = FakeKind::kTruncated, .text = "a b", .pieces_first = 1}});
  done = fixture.Call({"tier=pro", "input=10", "output=5", "--stream"});
  BOOST_TEST(done.exit_code == 4);
  BOOST_TEST(done.out == "a ");
  BOOST_TEST(
      done.err.find("2 bytes of the last one's answer had been handed out") != std::string::npos,
      done.err);
  done = fixture.Call({"tier=pro", "input=10", "output=5", "--stream", "--format", "json"});
  BOOST_TEST(nlohmann::json::parse(done.out)["model"] == "small");
}

BOOST_AUTO_TEST_CASE(json_tells_all_of_it_and_the_store_keeps_it) {
  Fixture fixture;
  const std::string store = fixture.folder / "calls.db";
  const Finished done =
      fixture.Call({"tier=pro", "input=10", "output=5", "--format", "json", "--store", store});
  BOOST_TEST(done.exit_code == 0, done.err);
  const auto json = nlohmann::json::parse(done.out);
  BOOST_TEST(json["outcome"] == "reply");
  BOOST_TEST(json["model"] == "large");
  BOOST_TEST(json["text"] == "ok");
  BOOST_TEST(json["cost"] == "$0.0002");
  BOOST_TEST(json["attempts"].size() == 1U);
  const Finished report = Run({MLP_MLP, "report", "--store", store, "--format", "json"});
  BOOST_TEST(report.exit_code == 0);
  BOOST_TEST(report.out.find("\"large\"") != std::string::npos);
  const Finished metrics = Run({MLP_MLP, "metrics", "--store", store});
  BOOST_TEST(metrics.exit_code == 0);
  const test::Exposition read = test::ParseOpenMetrics(metrics.out);
  BOOST_TEST(read.error == "");
  BOOST_TEST(read.Value("mlp_cost_usd_total", {{"model", "large"}}) == "0.0002");
  BOOST_TEST(Run({MLP_MLP, "metrics", "--store", store + ".none"}).exit_code == 2);
}

BOOST_AUTO_TEST_CASE(exit_codes_tell_a_failed_call_from_a_wrong_policy_and_wrong_usage) {
  Fixture fixture;
  BOOST_TEST(fixture.Call({"tier=free", "input=10", "output=5"}).exit_code == 4);
  fixture.providers.Outage("main", loopback::FakeReply{.kind = FakeKind::kServerError});
  fixture.providers.Outage("spare", loopback::FakeReply{.kind = FakeKind::kServerError});
  const Finished failed = fixture.Call({"tier=pro", "input=10", "output=5"});
  BOOST_TEST(failed.exit_code == 4);
  BOOST_TEST(failed.out.empty());
  BOOST_TEST(failed.err.find("2 attempts: large server-error (500), small server-error") !=
                 std::string::npos,
             failed.err);

  const Finished unknown = fixture.Call({"tear=pro", "input=10", "output=5"});
  BOOST_TEST(unknown.exit_code == 2);
  BOOST_TEST(unknown.err.find("tear") != std::string::npos);
  BOOST_TEST(fixture.Call({"tier=pro"}).exit_code == 2);
  BOOST_TEST(Run({MLP_MLP, "call", fixture.folder / "none.mlp", "--prompt", "x"}).exit_code == 2);

  WriteWhole(fixture.policy, std::string(kPolicy) + "route late when teir == pro { try large }\n");
  const Finished wrong = fixture.Call({"tier=pro", "input=10", "output=5"});
  BOOST_TEST(wrong.exit_code == 1);
  BOOST_TEST(wrong.err.find("error[MLP0201]") != std::string::npos, wrong.err);
}

BOOST_AUTO_TEST_CASE(a_loaded_policy_is_the_compiled_one_and_a_wrong_one_is_refused_with_reasons) {
  Fixture fixture;
  BOOST_TEST((engine::GetPolicyLoader() != nullptr));
  const auto loaded = LoadPolicy(fixture.policy);
  BOOST_REQUIRE_MESSAGE(loaded.ok(), (loaded.ok() ? std::string() : loaded.error().context));
  BOOST_TEST((*loaded)->tables().name == "desk");
  BOOST_TEST((*loaded)->tables().routes.size() == 2U);

  const std::string catalog = WriteWhole(fixture.folder / "catalog.mlp", "language 1\n");
  const auto no_policy = LoadPolicy(catalog);
  BOOST_REQUIRE(!no_policy.ok());
  BOOST_TEST(no_policy.error().context.find("has no `policy`") != std::string::npos);
  BOOST_TEST(!LoadPolicy(fixture.folder / "none.mlp").ok());

  std::string other(kPolicy);
  other.replace(other.find("one of free, pro"), 16, "one of pro, free");
  const auto swapped = LoadPolicy(WriteWhole(fixture.folder / "other.mlp", other));
  BOOST_REQUIRE(swapped.ok());
  const Tables& tables = (*loaded)->tables();
  BOOST_TEST(engine::SchemaDifference(tables, tables).empty());
  BOOST_TEST(engine::SchemaDifference(tables, (*swapped)->tables()).find("`tier`") !=
             std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
