// The tables, in memory and as emitted and compiled C++, against the oracle: every request of small
// domains, on every side of every date, in every arm and order; and requests beside the edges of
// large domains.
#include <algorithm>
#include <string>

#include <boost/test/unit_test.hpp>

#include "compiler/emit/emit.hpp"
#include "mlp/policy.hpp"
#include "tests/property/comparison.hpp"
#include "tests/property/kinds.hpp"

namespace mlp::oracle {

/// From the units that emit_random wrote.
const Policy* EmittedPolicy(std::size_t seed);

namespace {

constexpr std::size_t kPolicies = MLP_RANDOM_POLICIES;
constexpr std::size_t kMostDifferences = 3;

void CheckNoDifference(const Tally& tally) {
  for (const std::string& difference : tally.differences) BOOST_ERROR(difference);
}

BOOST_AUTO_TEST_SUITE(oracle)

BOOST_AUTO_TEST_CASE(every_request_of_small_domains_is_decided_as_by_the_oracle) {
  constexpr std::size_t kLeastPoliciesOfAKind = 3;
  constexpr std::size_t kLeastDecisionsOfAKind = 10'000;
  Tally tally;
  for (std::size_t seed = 0; seed < kPolicies && tally.differences.size() < kMostDifferences;
       ++seed) {
    Comparison comparison(seed);
    BOOST_TEST(comparison.RootsNotAsked().empty(), "seed " << seed);
    comparison.CompareToo(EmittedPolicy(seed)->tables());
    comparison.Run([](std::size_t, std::size_t) { return true; }, tally);
  }
  CheckNoDifference(tally);
  BOOST_TEST_MESSAGE("seeds 0 to " << kPolicies - 1 << ", every request: " << tally.Show());
  BOOST_TEST(tally.policies >= 200U);
  BOOST_TEST(tally.requests >= 1'000'000U);
  BOOST_TEST(tally.decisions >= 10'000'000U);
  for (const char* const kind : {"serve", "refused", "no-route", "no-candidate", "cached",
                                 "with a fallback", "with a canary"}) {
    BOOST_TEST(tally.decisions_with[kind] >= kLeastDecisionsOfAKind, kind);
  }
  for (const std::string& kind : RequiredKinds()) {
    BOOST_TEST(tally.policies_with[kind] >= kLeastPoliciesOfAKind,
               kind << ": in " << tally.policies_with[kind] << " policies");
  }
}

BOOST_AUTO_TEST_CASE(large_domains_agree_at_every_edge) {
  constexpr std::size_t kFirst = 1'000;
  constexpr std::size_t kLargePolicies = 60;
  constexpr std::int64_t kScale = 10'000;
  constexpr std::size_t kMostPerPolicy = 800;  // requests, drawn evenly
  Tally tally;
  for (std::size_t seed = kFirst;
       seed < kFirst + kLargePolicies && tally.differences.size() < kMostDifferences; ++seed) {
    Comparison(seed, kScale)
        .Run(
            [](std::size_t number, std::size_t count) {
              return number % (std::max<std::size_t>(1, count / kMostPerPolicy) | 1U) == 0;
            },
            tally);
  }
  CheckNoDifference(tally);
  BOOST_TEST_MESSAGE("seeds " << kFirst << " to " << kFirst + kLargePolicies - 1
                              << ", beside the edges: " << tally.Show());
  BOOST_TEST(tally.requests >= 40'000U);
  BOOST_TEST(tally.decisions >= 700'000U);
}

BOOST_AUTO_TEST_CASE(emitted_and_compiled_tables_are_emitted_again_as_they_were) {
  for (std::size_t seed = 0; seed < kPolicies; ++seed) {
    const Comparison comparison(seed);
    const compiler::EmitOptions options{.policy_file = "p.mlp"};
    const compiler::EmittedFiles again = compiler::Emit(EmittedPolicy(seed)->tables(), options);
    const compiler::EmittedFiles first = compiler::Emit(comparison.tables(), options);
    BOOST_TEST((again.source == first.source && again.header == first.header), "seed " << seed);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::oracle
