// A policy's budgets from its text to its calls: what explain says under `@budget` is what a client
// does at that level of the ledger.
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "compiler/explain/explain.hpp"
#include "mlp/client.hpp"
#include "mlp/request.hpp"
#include "runtime/store/ledger_file.hpp"
#include "runtime/tools/loopback/fake_providers.hpp"
#include "tests/property/compiled.hpp"
#include "tests/support/scratch_folder.hpp"

namespace mlp::compiler {
namespace {

constexpr std::int64_t kDollar = kPicoPerUsd;

constexpr const char* kPolicy = R"(language 1
policy desk { version "1.0.0"; stage development; valid 2026-01-01 .. 2036-01-01 }
request {
  tier    one of free, pro
  tenant  text
  input   tokens up to 100K
  output  tokens up to 8K
}
provider acme { protocol openai; endpoint us "http://127.0.0.1:1" }
provider home { protocol ollama; endpoint us "http://127.0.0.1:1" }
model dear { provider acme; pin exact "dear-1"; context 200K, output 8K; can text-input, text-output; price input $10/M, output $20/M }
model small { provider acme; pin exact "small-1"; context 200K, output 8K; can text-input, text-output; price input $1/M, output $1/M }
model own { provider home; pin exact "own-1"; context 200K, output 8K; can text-input, text-output; price input $0/M, output $0/M }
route all otherwise { mix input 1K, output 100; try dear; else small; else own }
budget purse when tier == free {
  limit  $100 per day, $150 per month
  per    tenant
  at 30% alert oncall
  at 40% prefer cheapest
  at 60% only provider == acme
  at 75% only price.output > $5/M
  at 90% deny
}
alert oncall { log }
)";

std::int64_t NowS() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// Spends cents of a tenant's hundred dollars a day.
void Spend(const std::string& ledger, const std::string& tenant, std::int64_t cents) {
  LedgerFile file;
  BOOST_REQUIRE(file.Open(ledger).ok());
  BOOST_REQUIRE(file.Begin().ok());
  const std::vector<LedgerAccount> accounts{{"purse", tenant, 100 * kDollar, 150 * kDollar}};
  const auto grant = file.Reserve(accounts, cents * kDollar / 100, NowS(), NowS() + 60);
  BOOST_REQUIRE(grant.ok());
  BOOST_REQUIRE(file.Settle(grant->id, cents * kDollar / 100).ok());
  BOOST_REQUIRE(file.Commit().ok());
}

BOOST_AUTO_TEST_CASE(a_client_does_at_each_level_what_explain_says) {
  const auto compiled = oracle::CompileText("desk", kPolicy);
  BOOST_REQUIRE_MESSAGE(compiled->tables.has_value(), compiled->errors());
  const Tables& tables = compiled->tables->view();
  const ScratchFolder folder;
  constexpr int kCents[] = {0,     2'999, 3'000, 3'999, 4'000, 5'999,
                            6'000, 7'499, 7'500, 8'900, 9'000};
  for (const int cents : kCents) {
    if (cents > 0) Spend(folder / "m.db.ledger", "t" + std::to_string(cents), cents);
  }
  loopback::FakeProviders servers;
  ClientOptions options;
  for (const char* provider : {"acme", "home"}) {
    options.base_urls[provider] = servers.url(provider);
  }
  options.store = folder / "m.db";
  const Policy policy(tables);
  Client client(policy, options);
  BOOST_TEST(client.warnings().empty());
  const auto complete = [&](const AttributeWords& words) {
    auto request = ReadRequest(tables, words);
    BOOST_REQUIRE(request.ok());
    std::vector<std::string_view> texts;
    return client.Complete(request->view(texts), {.messages = {{"user", "hi"}}});
  };
  std::string story;
  for (const int cents : kCents) {
    const AttributeWords words = {{"tier", "free"},
                                  {"tenant", "t" + std::to_string(cents)},
                                  {"input", "1K"},
                                  {"output", "100"}};
    Circumstances here;
    here.budgets = {{"purse", static_cast<std::uint32_t>(cents * 100)}};
    const auto e = Explain(compiled->model, tables, compiled->sources, words, here, NowS());
    BOOST_REQUIRE(e.ok());
    const Result<Reply> reply = complete(words);
    BOOST_TEST_CONTEXT(cents << " cents: " << e->outcome) {
      BOOST_TEST(reply.ok() == (e->outcome == "serve"));
      if (reply.ok()) {
        BOOST_TEST(reply->model == e->candidates.at(0).model);
        story += reply->model + " ";
      } else {
        BOOST_TEST((reply.error().error_class == ErrorClass::kBudgetExhausted));
        BOOST_TEST(reply.error().context.find("budget `purse` of `t9000` denies the request: "
                                              "$90.00 spent of $100.00 per day (it denies from 90% "
                                              "on), until ") != std::string::npos,
                   reply.error().context);
        story += "denied ";
      }
    }
  }
  BOOST_TEST(story == "dear dear dear dear own own small small dear dear denied ");
  const Result<Reply> pro =
      complete({{"tier", "pro"}, {"tenant", "t9000"}, {"input", "1K"}, {"output", "100"}});
  BOOST_REQUIRE(pro.ok());
  BOOST_TEST(pro->model == "dear");
}

}  // namespace
}  // namespace mlp::compiler
