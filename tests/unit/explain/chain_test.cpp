#include "compiler/diagram/chain.hpp"

#include <algorithm>
#include <limits>
#include <random>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "runtime/engine/retry.hpp"
#include "tests/property/compiled.hpp"

namespace mlp::compiler {
namespace {

/// Every course of a call that the engine's own rule allows, the dearest of them.
std::int64_t Dearest(const std::vector<std::int64_t>& costs, const RoutePlan& route,
                     std::size_t candidate, std::uint32_t made, std::uint32_t retries) {
  const std::int64_t here = costs[candidate];
  std::int64_t further = 0;
  for (const ErrorClass failure :
       {ErrorClass::kServerError, ErrorClass::kTimeout}) {  // retry, next
    ProviderReply reply;
    reply.error_class = failure;
    const engine::ChainState state{
        .attempts_made = made + 1,
        .retries_made = retries,
        .later_candidates = static_cast<std::uint32_t>(costs.size() - candidate - 1)};
    switch (engine::AfterFailure(route, reply, state, 0.5).kind) {
      case engine::NextStep::Kind::kStop:
        break;
      case engine::NextStep::Kind::kRetry:
        further = std::max(further, Dearest(costs, route, candidate, made + 1, retries + 1));
        break;
      case engine::NextStep::Kind::kNextCandidate:
        further = std::max(further, Dearest(costs, route, candidate + 1, made + 1, 0));
        break;
    }
  }
  return here + further;
}

BOOST_AUTO_TEST_SUITE(chain)

BOOST_AUTO_TEST_CASE(the_formula_is_the_dearest_course_that_the_engine_allows) {
  std::mt19937_64 random(20261121);
  for (int round = 0; round < 3'000; ++round) {
    RoutePlan route{};
    route.actions = DefaultActions();
    route.retries = static_cast<std::uint8_t>(random() % 4);
    route.attempts = static_cast<std::uint8_t>(1 + random() % 7);
    std::vector<std::int64_t> costs(1 + random() % 5);
    for (std::int64_t& cost : costs) cost = static_cast<std::int64_t>(random() % 100);
    const std::int64_t expected = Dearest(costs, route, 0, 0, 0);
    BOOST_TEST(WorstChainCost(costs, route.retries, route.attempts) == expected,
               "round " << round << ": " << costs.size() << " candidates, " << int{route.retries}
                        << " retries, " << int{route.attempts} << " attempts");
  }
}

BOOST_AUTO_TEST_CASE(the_longest_course_waits_for_a_model_s_own_limit) {
  const auto compiled = oracle::CompileText("desk", R"(language 1
policy desk { version "1.0.0"; stage development; valid 2026-11-21 .. 2027-11-21 }
request { input tokens up to 1K; output tokens up to 1K }
provider acme { protocol openai; endpoint us "https://us.acme.example"; timeout total 60s }
model limited { provider acme; pin exact "a"; context 50K, output 8K; can text-input, text-output
  price input $1/M, output $1/M; limit 10 requests per minute }
model free { provider acme; pin exact "b"; context 50K, output 8K; can text-input, text-output
  price input $1/M, output $1/M }
defaults { attempt 10s; retry 1 time, backoff 1s .. 2s; attempts at most 3 }
route waits when input > 500 { try limited; else free }
route next otherwise { try limited; else free; on rate-limited -> next }
)");
  BOOST_REQUIRE_MESSAGE(compiled->tables.has_value(), compiled->errors());
  const PolicyModel& model = compiled->model;
  const std::vector<Index> both = {FindCandidate(model, "limited"), FindCandidate(model, "free")};
  // Two attempts and a retry of 10 s each, and two minutes before the retry.
  BOOST_TEST(WorstCallTimeMs(model, model.routes[1], both) == 150'000);
  BOOST_TEST(WorstCallTimeMs(model, model.routes[0], both) == 270'000);
  const std::vector<Index> alone = {FindCandidate(model, "free")};
  BOOST_TEST(WorstCallTimeMs(model, model.routes[0], alone) == 140'000);
}

BOOST_AUTO_TEST_CASE(a_missing_price_is_not_a_sum_and_large_ones_saturate) {
  const std::vector<std::int64_t> missing = {5, -1};
  BOOST_TEST(WorstChainCost(missing, 1, 4) == -1);
  BOOST_TEST(WorstChainCost(missing, 1, 1) == 5);
  const std::vector<std::int64_t> large = {std::numeric_limits<std::int64_t>::max(), 1};
  BOOST_TEST(WorstChainCost(large, 1, 4) == std::numeric_limits<std::int64_t>::max());
  BOOST_TEST(WorstChainCost({}, 1, 4) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
