// Conditions as the diagram will see them: names as codes, comparisons as ranges, units as
// integers.
#include <boost/test/unit_test.hpp>

#include "compiler/model/dump.hpp"
#include "tests/unit/check/check_support.hpp"

namespace mlp::compiler {
namespace {

BOOST_AUTO_TEST_SUITE(conditions)

struct Row {
  const char* written;
  const char* checked;
};

void CheckRow(const std::string& text, const char* expected, bool where) {
  Checked checked;
  CheckFiles({{"main.mlp", PolicyWith(text)}, {"catalog.mlp", SmallCatalog()}}, checked);
  BOOST_TEST_CONTEXT(text) {
    BOOST_TEST(checked.Short() == "");
    BOOST_TEST_REQUIRE(checked.model.routes.size() == 1U);
    const RouteModel& route = checked.model.routes.front();
    BOOST_TEST((where ? DumpCondition(checked.model, route.steps.front().where)
                      : DumpCondition(checked.model, route.when)) == expected);
  }
}

BOOST_AUTO_TEST_CASE(over_requests) {
  const Row rows[] = {
      {"tier == free", "tier == free"},
      {"free == tier", "tier == free"},
      {"tier != free", "not (tier == free)"},
      {"complexity >= moderate", "complexity in moderate..complex"},
      {"complexity > moderate", "complexity == complex"},
      {"complexity < simple", "complexity in simple..-1"},
      {"moderate <= complexity", "complexity in moderate..complex"},
      {"task in (classify, codegen)", "(task == classify or task == codegen)"},
      {"not task in (classify, codegen)", "not ((task == classify or task == codegen))"},
      {"tenant == \"a\\\"b\"", "tenant == \"a\"b\""},
      {"tenant != \"a\"", "not (tenant == \"a\")"},
      {"tenant in (\"a\", \"b\")", "(tenant == \"a\" or tenant == \"b\")"},
      {"user starts-with \"u-\"", "user starts-with \"u-\""},
      {"input > 100K", "input in 100001..400000"},
      {"100K < input", "input in 100001..400000"},
      {"input <= 100K", "input in 0..100000"},
      {"input == 7", "input == 7"},
      {"input > 9223372036854775807", "input in 1099511627777..400000"},
      {"temperature == 0", "temperature == 0"},
      {"temperature >= 0.5", "temperature in 50..200"},
      {"temperature < 100%", "temperature in 0..99"},
      {"flags has internal", "flags has {internal}"},
      {"flags has (beta, internal)", "flags has {beta internal}"},
      {"asks has streaming", "asks has {streaming}"},
      {"true", "true"},
      {"not false", "not (false)"},
      {"tier == free and (region == eu or region == us)",
       "(tier == free and (region == eu or region == us))"},
  };
  for (const Row& row : rows) {
    CheckRow(std::string("route a when ") + row.written + " { try sonnet }\n", row.checked, false);
  }
}

BOOST_AUTO_TEST_CASE(over_candidates) {
  const Row rows[] = {
      {"can streaming", "can {streaming}"},
      {"can (streaming, structured-output)", "can {structured-output streaming}"},
      {"context >= 200K", "context >= 200000"},
      {"200K <= context", "context >= 200000"},
      {"input < 5", "input < 5"},
      {"context >= request.input", "context >= request.input"},
      {"request.output <= output", "output >= request.output"},
      {"price.output <= $10/M", "price.output <= 10000000"},
      {"price.cache-write-1h == $0.30/M", "price.cache-write-1h == 300000"},
      {"quality.accuracy >= 93%", "quality.accuracy >= 930000"},
      {"quality.accuracy < 0.5", "quality.accuracy < 500000"},
      {"latency.p95 <= 2.5s", "latency.p95 <= 2500"},
      {"retires-in > 30d", "retires-in > 2592000"},
      {"provider == claude", "provider in {anthropic}"},
      {"provider != openai", "not (provider in {openai})"},
      {"model in (sonnet, gpt)", "model in {sonnet gpt}"},
      {"status == active", "status in {active}"},
      {"place == eu", "place in {eu}"},
      {"place != request.region", "not (place == request.region)"},
      {"request.tier == pro", "request.tier == pro"},
      {"pro == request.tier", "request.tier == pro"},
      {"moderate < request.complexity", "request.complexity == complex"},
      {"request.tier in (pro, free)", "(request.tier == pro or request.tier == free)"},
      {"request.asks has streaming", "request.asks has {streaming}"},
      {"request.tenant starts-with \"a\"", "request.tenant starts-with \"a\""},
      {"live.latency.p95 over 10m <= 20s", "live.latency.p95 over 600s <= 20000000"},
      {"live.error-rate < 2%", "live.error-rate over 0s < 20000"},
      {"live.in-flight <= 8", "live.in-flight over 0s <= 8"},
      {"not (can streaming or context < 1K)", "not ((can {streaming} or context < 1000))"},
  };
  for (const Row& row : rows) {
    CheckRow(std::string("route a otherwise { try sonnet where ") + row.written + " }\n",
             row.checked, true);
  }
}

BOOST_AUTO_TEST_CASE(a_claim_asks_for_facts_of_the_list) {
  Checked checked;
  CheckFiles(
      {{"main.mlp", PolicyWith("route a otherwise { try sonnet }\n"
                               "assert \"x\" always attempt cost <= $0.02 and chain time < 2m\n"
                               "assert \"y\" when tier == pro survives model\n")},
       {"catalog.mlp", SmallCatalog()}},
      checked);
  BOOST_TEST(checked.Short() == "");
  BOOST_TEST_REQUIRE(checked.model.asserts.size() == 2U);
  BOOST_TEST(DumpCondition(checked.model, checked.model.asserts[0].claim) ==
             "(attempt cost <= 20000000000 and chain time < 120000)");
  BOOST_TEST((checked.model.asserts[1].kind == ClaimKind::kSurvivesModel));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
