// The tables, in memory and as emitted and compiled C++, against the oracle: requests drawn evenly
// from small domains, and beside the edges of large ones.
#include <algorithm>
#include <random>
#include <string>

#include <boost/test/unit_test.hpp>

#include "compiler/emit/emit.hpp"
#include "mlp/decide.hpp"
#include "mlp/policy.hpp"
#include "tests/property/compiled.hpp"
#include "tests/property/oracle.hpp"
#include "tests/property/random_policy.hpp"

namespace mlp::oracle {

/// From the units that emit_random wrote.
const Policy* EmittedPolicy(std::size_t seed);

namespace {

constexpr std::size_t kPolicies = MLP_RANDOM_POLICIES;
constexpr std::size_t kMostPerPolicy =
    12'000;  // of each policy's requests and circumstances, drawn evenly

/// Dates, arms and orders to ask a policy under.
std::vector<Circumstances> AllCircumstances(const RandomPolicy& policy) {
  std::vector<Circumstances> all;
  for (const std::int64_t date : policy.dates) {
    for (const bool cheapest : {false, true}) {
      if (cheapest && !policy.has_budget) continue;
      all.push_back({date, {}, cheapest});
      for (const std::string& rollout : policy.rollouts) all.push_back({date, {rollout}, cheapest});
    }
  }
  return all;
}

class Comparison {
 public:
  explicit Comparison(std::size_t seed, std::int64_t scale = 1)
      : policy_(MakeRandomPolicy(seed, scale)), compiled_(CompileText(policy_.name, policy_.text)) {
    BOOST_REQUIRE_MESSAGE(compiled_->tables.has_value(), policy_.text + compiled_->errors());
    oracle_.emplace(compiled_->program, compiled_->sources);
    requests_.emplace(*oracle_, compiled_->program.trees.back(), compiled_->sources,
                      scale == 1 ? std::set<std::int64_t>{} : Edges());
  }

  const Tables& tables() const { return compiled_->tables->view(); }

  /// The number of decisions compared; stops at the first difference, which it reports and counts.
  std::size_t Against(const Tables& tables, std::size_t& different) const {
    LiveState live(tables);
    std::size_t compared = 0;
    const std::vector<Circumstances> circumstances = AllCircumstances(policy_);
    const std::size_t total = requests_->size() * circumstances.size();
    const std::size_t stride = std::max<std::size_t>(1, total / kMostPerPolicy) | 1U;
    for (std::size_t at = 0; at < total; at += stride) {
      const Request request = requests_->at(at % requests_->size());
      const Circumstances& here = circumstances[at / requests_->size()];
      live.set_root(RootAt(tables, here.at_s));
      for (std::size_t r = 0; r < tables.rollouts.size(); ++r) {
        const bool in = here.canary.contains(std::string(tables.rollouts[r].name));
        live.set_share_ppm(static_cast<std::uint16_t>(r), in ? 1'000'000 : 0);
      }
      const PackedValues packed = Pack(tables, request);
      const Decision decision =
          mlp::Decide(tables, live, packed.view(), {.prefer_cheapest = here.prefer_cheapest});
      const Answer expected = oracle_->Decide(request, here);
      const Answer actual = AnswerOf(tables, decision);
      ++compared;
      if (actual == expected) continue;
      BOOST_ERROR("policy " + policy_.name + "\n" + policy_.text + Describe(request, here) +
                  "\n  oracle " + Describe(expected) + "\n  tables " + Describe(actual));
      ++different;
      return compared;
    }
    return compared;
  }

 private:
  /// Where decisions may turn: every cut of the diagram, and where a guard meets the ends of the
  /// other axis or one of the cuts. Only a choice of what to ask: the answers are compared with the
  /// oracle's.
  std::set<std::int64_t> Edges() const {
    const Tables& tables = compiled_->tables->view();
    std::set<std::int64_t> edges(tables.cuts.begin(), tables.cuts.end());
    const std::set<std::int64_t> cuts = edges;
    for (const Guard& guard : tables.guards) {
      for (const std::int64_t other : cuts) {
        if (guard.a != 0) edges.insert((guard.c - guard.b * other) / guard.a);
        if (guard.b != 0) edges.insert((guard.c - guard.a * other) / guard.b);
      }
      if (guard.a != 0) edges.insert(guard.c / guard.a);
      if (guard.b != 0) edges.insert(guard.c / guard.b);
    }
    return edges;
  }

  RandomPolicy policy_;
  std::unique_ptr<Compiled> compiled_;
  std::optional<Oracle> oracle_;
  std::optional<RequestSpace> requests_;
};

BOOST_AUTO_TEST_SUITE(oracle)

BOOST_AUTO_TEST_CASE(tables_decide_as_the_oracle) {
  std::size_t compared = 0;
  std::size_t different = 0;
  for (std::size_t seed = 0; seed < kPolicies && different < 3; ++seed) {
    const Comparison comparison(seed);
    compared += comparison.Against(comparison.tables(), different);
  }
  BOOST_TEST_MESSAGE(compared << " decisions of " << kPolicies << " policies compared");
  BOOST_TEST(compared >= 1'000'000U);
}

BOOST_AUTO_TEST_CASE(large_domains_agree_at_every_edge) {
  constexpr std::size_t kLargePolicies = 60;
  constexpr std::int64_t kScale = 10'000;
  std::size_t compared = 0;
  std::size_t different = 0;
  for (std::size_t seed = 1'000; seed < 1'000 + kLargePolicies && different < 3; ++seed) {
    const Comparison comparison(seed, kScale);
    compared += comparison.Against(comparison.tables(), different);
  }
  BOOST_TEST_MESSAGE(compared << " decisions of " << kLargePolicies
                              << " policies on large domains compared");
  BOOST_TEST(compared >= 400'000U);
}

BOOST_AUTO_TEST_CASE(emitted_and_compiled_tables_are_the_same_and_decide_the_same) {
  for (std::size_t seed = 0; seed < kPolicies; ++seed) {
    const Comparison comparison(seed);
    const Tables& emitted = EmittedPolicy(seed)->tables();
    const compiler::EmitOptions options{.policy_file = "p.mlp"};
    const compiler::EmittedFiles again = compiler::Emit(emitted, options);
    const compiler::EmittedFiles first = compiler::Emit(comparison.tables(), options);
    BOOST_TEST((again.source == first.source && again.header == first.header), "seed " << seed);
    std::size_t different = 0;
    if (seed % 10 == 0) BOOST_TEST(comparison.Against(emitted, different) > 0U);
    BOOST_REQUIRE(different == 0U);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::oracle
