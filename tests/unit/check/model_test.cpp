// Amendments, variants, inheritance and prices: what the model says after all declarations are in.
#include <string>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "compiler/model/capabilities.hpp"
#include "tests/unit/check/check_support.hpp"

namespace mlp::compiler {
namespace {

BOOST_AUTO_TEST_SUITE(model)

struct Loaded : Checked {
  explicit Loaded(const std::string& text) {
    CheckFiles({{"main.mlp", PolicyWith(text)}, {"catalog.mlp", SmallCatalog()}}, *this);
    BOOST_TEST(Short() == "");
  }
  [[nodiscard]] const CandidateModel& candidate(std::string_view name) const {
    const Index index = FindCandidate(model, name);
    BOOST_TEST_REQUIRE(index != kNoIndex);
    return model.candidates[index];
  }
  [[nodiscard]] bool Can(std::string_view name, std::string_view capability) const {
    return (candidate(name).capabilities >> *FindCapability(model, capability) & 1U) != 0;
  }
};

BOOST_AUTO_TEST_CASE(built_in_capabilities_keep_their_bits) {
  BOOST_TEST(BuiltInCapabilities().size() == 24U);
  BOOST_TEST(*BuiltInCapability("text-input") == 0);
  BOOST_TEST(*BuiltInCapability("streaming") == 11);
  BOOST_TEST(*BuiltInCapability("extra-large-context") == 23);
  BOOST_TEST(!BuiltInCapability("telepathy").has_value());
  const Loaded loaded("capability tables\ncapability charts\n");
  BOOST_TEST(*FindCapability(loaded.model, "tables") == 24);
  BOOST_TEST(*FindCapability(loaded.model, "charts") == 25);
}

BOOST_AUTO_TEST_CASE(large_contexts_follow_from_the_limit_at_their_borders) {
  const Loaded loaded(
      "amend model sonnet { context 100K }\namend model haiku { context 100001 }\n"
      "amend model gpt { context 1M }\nvariant v of gpt { context 999999 }\n");
  BOOST_TEST(!loaded.Can("sonnet", "large-context"));
  BOOST_TEST(loaded.Can("haiku", "large-context"));
  BOOST_TEST(!loaded.Can("haiku", "extra-large-context"));
  BOOST_TEST(loaded.Can("gpt", "extra-large-context"));
  BOOST_TEST(loaded.Can("v", "large-context"));
  BOOST_TEST(!loaded.Can("v", "extra-large-context"));
}

BOOST_AUTO_TEST_CASE(an_amendment_replaces_single_facts) {
  const Loaded loaded(
      "amend model sonnet { quality accuracy 0.5, brevity 0.7; price input $1/M }\n"
      "amend provider openai { endpoint \"https://proxy.example.org\" }\n");
  const CandidateModel& sonnet = loaded.candidate("sonnet");
  BOOST_TEST(sonnet.id == "claude-sonnet-4-5-20250929");
  BOOST_TEST_REQUIRE(sonnet.quality.size() == 2U);
  BOOST_TEST(sonnet.quality[0].micro == 500'000);
  BOOST_TEST(sonnet.quality[1].name == "brevity");
  BOOST_TEST_REQUIRE(sonnet.prices.size() == 1U);
  BOOST_TEST(sonnet.prices[0].per_token[static_cast<std::size_t>(TokenClass::kOutput)] == kNoPrice);
  const ProviderModel& openai = loaded.model.providers[FindProvider(loaded.model, "openai")];
  BOOST_TEST_REQUIRE(openai.endpoints.size() == 1U);
  BOOST_TEST(openai.endpoints[0].url == "https://proxy.example.org");
  BOOST_TEST(openai.protocol_name == "openai");
}

BOOST_AUTO_TEST_CASE(a_variant_is_its_amended_model_with_other_settings) {
  const Loaded loaded(
      "variant brief of sonnet { set max-words 50, style plain, seed 7, ratio 0.5; context 200K, "
      "output 1K }\n"
      "amend model sonnet { quality accuracy 0.5 }\n"
      "amend model brief { quality accuracy 0.4 }\n");
  const CandidateModel& brief = loaded.candidate("brief");
  BOOST_TEST(brief.parameters == R"({"max_words":50,"style":"plain","seed":7,"ratio":0.5})");
  BOOST_TEST(brief.variant_of == FindCandidate(loaded.model, "sonnet"));
  BOOST_TEST(brief.max_output == 1'000);
  BOOST_TEST(brief.quality[0].micro == 400'000);
  BOOST_TEST(loaded.candidate("sonnet").quality[0].micro == 500'000);
  BOOST_TEST(brief.id == loaded.candidate("sonnet").id);
}

BOOST_AUTO_TEST_CASE(prices_split_time_prompts_and_hours_without_gap) {
  const Loaded loaded(R"(
model m {
  provider openai
  pin      exact "m"
  price    input $9/M
  price    from 2026-01-01 input $1/M
  price    from 2026-01-01 when prompt > 200K input $2/M
  price    from 2026-01-01 when prompt >= 500K input $3/M
  price    from 2026-01-01 output $4/M
  price    from 2026-01-01 weekends 22:00 .. 04:00 input $5/M
  price    from 2027-01-01 to 2028-01-01 input $6/M
}
)");
  struct Row {
    std::int64_t from, to, low, high;
    std::uint16_t days;
    std::int64_t input, output;
  };
  constexpr std::int64_t k2026 = 1'767'225'600;
  constexpr std::int64_t k2027 = 1'798'761'600;
  constexpr std::int64_t k2028 = 1'830'297'600;
  const Row rows[] = {
      {0, k2026, 0, kUnlimited, 0, 9'000'000, kNoPrice},
      {k2026, k2027, 0, kUnlimited, 0b1100000, 5'000'000, kNoPrice},
      {k2026, k2027, 0, 200'000, 0, 1'000'000, 4'000'000},
      {k2026, k2027, 200'001, 499'999, 0, 2'000'000, kNoPrice},
      {k2026, k2027, 500'000, kUnlimited, 0, 3'000'000, kNoPrice},
      {k2027, k2028, 0, kUnlimited, 0, 6'000'000, kNoPrice},
  };
  const std::vector<PriceModel>& prices = loaded.candidate("m").prices;
  BOOST_TEST_REQUIRE(prices.size() == std::size(rows));
  for (std::size_t i = 0; i < prices.size(); ++i) {
    BOOST_TEST_CONTEXT("line " << i) {
      BOOST_TEST(prices[i].when.from_s == rows[i].from);
      BOOST_TEST(prices[i].when.to_s == rows[i].to);
      BOOST_TEST(prices[i].min_prompt == rows[i].low);
      BOOST_TEST(prices[i].max_prompt == rows[i].high);
      BOOST_TEST(prices[i].days == rows[i].days);
      BOOST_TEST(prices[i].per_token[0] == rows[i].input);
      BOOST_TEST(prices[i].per_token[static_cast<std::size_t>(TokenClass::kOutput)] ==
                 rows[i].output);
    }
  }
  BOOST_TEST(prices[1].from_minute == 22 * 60);
  BOOST_TEST(prices[1].to_minute == 4 * 60);
}

BOOST_AUTO_TEST_CASE(schedules_name_the_days_of_the_week_from_monday_on) {
  for (const auto& [word, days] :
       {std::pair("weekdays", 0b0011111), std::pair("weekends", 0b1100000),
        std::pair("daily", 0b1111111)}) {
    const Loaded loaded(std::string("model m { provider openai; pin exact \"m\"\n") +
                        "price input $1/M; price " + word + " 00:00 .. 23:59 input $2/M }\n");
    BOOST_TEST(loaded.candidate("m").prices.at(0).days == days);
  }
}

BOOST_AUTO_TEST_CASE(both_ends_of_a_range_are_in_it) {
  for (const char* const floor : {"0%", "100%"})
    Loaded(std::string("evaluator e { part all 100%; floor ") + floor + " }\n");
  for (const char* const dimension : {"1", "1M"}) {
    Loaded(std::string("model m { provider openai; pin exact \"m\"; kind embedding; dimension ") +
           dimension + " }\n");
  }
}

BOOST_AUTO_TEST_CASE(routes_inherit_replace_and_add) {
  const Loaded loaded(R"(
defaults {
  place    request.region
  need     streaming
  retry    3 times, backoff 1s .. 2s
  deadline 90s
  on       timeout, auth -> stop
}
route a when tier == free {
  need     function-calling
  deadline 30s
  on       auth -> next
  try      sonnet
}
route b otherwise { try haiku }
)");
  const RouteModel& a = loaded.model.routes[0];
  const RouteModel& b = loaded.model.routes[1];
  const auto action = [](const RouteModel& route, ErrorClass end) {
    return route.actions[static_cast<std::size_t>(end)];
  };
  BOOST_TEST(a.deadline_ms == 30'000);
  BOOST_TEST(b.deadline_ms == 90'000);
  BOOST_TEST(a.retries == 3);
  BOOST_TEST(a.backoff_cap_ms == 2'000);
  BOOST_TEST(a.need == ((1U << 11) | (1U << 9)));
  BOOST_TEST(b.need == 1U << 11);
  BOOST_TEST((a.place == PlaceKind::kAttribute && b.place == PlaceKind::kAttribute));
  BOOST_TEST((action(a, ErrorClass::kTimeout) == Action::kStop));
  BOOST_TEST((action(a, ErrorClass::kAuth) == Action::kNext));
  BOOST_TEST((action(b, ErrorClass::kAuth) == Action::kStop));
  BOOST_TEST((action(b, ErrorClass::kOverloaded) == Action::kRetry));
}

BOOST_AUTO_TEST_CASE(a_test_gives_every_attribute_once) {
  const Loaded loaded(R"(
route a otherwise { try sonnet }
test "t" {
  given  task codegen, tier pro, region eu, tenant "acme", user "u", input 1K, output 2K, asks streaming
  down   claude, gpt
  live   sonnet.latency.p95 3s
  expect exactly sonnet
}
)");
  const TestModel& test = loaded.model.tests.front();
  BOOST_TEST_REQUIRE(test.given.size() == loaded.model.attributes.size());
  for (std::size_t i = 0; i < test.given.size(); ++i) BOOST_TEST(test.given[i].attribute == i);
  BOOST_TEST(test.given[1].code == 1);    // complexity: its default
  BOOST_TEST(test.given[8].code == 100);  // temperature: 1 in steps of 0.01
  BOOST_TEST(test.given[10].members == 1U << 11);
  BOOST_TEST(test.down_providers.size() == 1U);
  BOOST_TEST(test.down_candidates.size() == 1U);
  BOOST_TEST(test.live.front().value == 3'000'000);
  BOOST_TEST(test.exactly);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
