// Where a judged request goes in the judge's route: as a request that the route's condition takes
// and that is equal but for what the condition asks.
#include <string>

#include <boost/test/unit_test.hpp>

#include "mlp/decide.hpp"
#include "tests/property/compiled.hpp"

namespace mlp::compiler {
namespace {

constexpr std::int64_t kNewYear = 1'798'761'600;  // 2027-01-01

/// Europe stays in Europe, also before the judge; who judges changes with a price.
constexpr const char* kPolicy = R"(language 1
policy desk { version "1.0.0"; stage development; valid 2026-11-21 .. 2027-11-21 }
request {
  purpose  one of answer, judge
  region   one of us, eu
  input    tokens up to 1K
  output   tokens up to 100
}
provider acme { protocol openai; endpoint us "https://us.acme.example"; endpoint eu "https://eu.acme.example" }
provider west { protocol openai; endpoint us "https://us.west.example" }
model plain { provider acme; pin exact "plain-1"; context 50K, output 8K; can text-input, text-output; price input $1/M, output $1/M }
model strict { provider west; pin exact "strict-1"; context 500, output 100; can text-input, text-output; price input $2/M, output $2/M }
model other {
  provider acme; pin exact "other-1"; context 50K, output 8K; can text-input, text-output
  price from 2020-01-01 input $3/M, output $3/M
  price from 2027-01-01 input $1/M, output $1/M
}
pool judges { strict, other }
defaults { place request.region }
route judging when purpose == judge { cap output 10; mix input 100, output 10; try cheapest of judges }
route all otherwise { try plain; quality at least 0.7 by answers; }
evaluator answers { judge judging "is it right?" }
evaluator simple { part completeness 100% }
)";

BOOST_AUTO_TEST_SUITE(judge_tables)

BOOST_AUTO_TEST_CASE(a_judge_decides_as_its_route_would_whatever_the_request_is_for) {
  const auto compiled = oracle::CompileText("desk", kPolicy);
  BOOST_REQUIRE_MESSAGE(compiled->tables.has_value(), compiled->errors());
  const Tables& tables = compiled->tables->view();
  BOOST_REQUIRE_EQUAL(tables.evaluators.size(), 2U);
  BOOST_TEST(tables.routes[tables.evaluators[0].judge_route].name == "judging");
  BOOST_TEST(tables.evaluators[1].judge_roots.empty());
  LiveState live(tables);
  int served = 0;
  int refused = 0;
  for (const std::int64_t at_s : {kNewYear - 86'400, kNewYear - 1, kNewYear, kNewYear + 86'400}) {
    live.set_root(RootAt(tables, at_s));
    for (const std::int32_t region : {0, 1}) {
      for (const std::int32_t input : {0, 489, 490, 491, 1'000}) {
        const std::array<std::int32_t, 4> asked{0, region, input, 99};
        const std::array<std::int32_t, 4> judging{1, region, input, 99};
        const Decision got = DecideJudge(tables, live, {asked, {}, {}}, 0);
        const Decision wanted = Decide(tables, live, {judging, {}, {}});
        BOOST_TEST((got.outcome == wanted.outcome));
        BOOST_TEST(got.route == wanted.route);
        BOOST_TEST(got.output_tokens == 10U);
        BOOST_REQUIRE_EQUAL(got.count, wanted.count);
        for (std::size_t i = 0; i < got.count; ++i) {
          BOOST_TEST(got.candidates[i].model == wanted.candidates[i].model);
          BOOST_TEST(got.candidates[i].endpoint == wanted.candidates[i].endpoint);
        }
        (got.count == 2 ? served : refused) += 1;
      }
    }
  }
  BOOST_TEST(served == 12);  // west is not in Europe, and takes 490 tokens beside its ten
  BOOST_TEST(refused == 28);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
