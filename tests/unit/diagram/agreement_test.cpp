// Compiled tables decide as the reference does, for random policies from printed seeds.
#include <boost/test/unit_test.hpp>

#include "tests/unit/diagram/decision_support.hpp"
#include "tests/unit/diagram/random_policy.hpp"
#include "tests/unit/diagram/reference.hpp"

namespace mlp::test {
namespace {

/// The first disagreement, or empty.
std::string FirstDifference(const compiler::PolicyModel& model, const Tables& tables,
                            std::mt19937& random, int rounds) {
  for (int round = 0; round < rounds; ++round) {
    ReferenceWorld world = RandomWorld(model, random);
    if (round % 3 == 0 && !model.budgets.empty()) world.prefer_cheapest = true;
    for (int i = 0; i < 12; ++i) {
      const ReferenceRequest request = RandomRequest(model, random);
      const std::string expected = Print(ReferenceDecide(model, request, world));
      const std::string got = Print(TablesDecide(model, tables, request, world));
      if (expected != got) {
        return "request " + Print(request) + " at " + std::to_string(world.at_s) +
               (world.canary ? " canary" : "") + (world.prefer_cheapest ? " cheapest" : "") +
               "\n  reference " + expected + "\n  tables    " + got;
      }
    }
  }
  return {};
}

BOOST_AUTO_TEST_SUITE(agreement)

BOOST_AUTO_TEST_CASE(random_policies_decide_as_the_reference) {
  for (std::uint32_t seed = 1; seed <= 400; ++seed) {
    const compiler::PolicyModel model = RandomPolicy(seed, {});
    const compiler::OwnedTables tables = CompileSample(model);
    std::mt19937 random(seed);
    BOOST_TEST_CONTEXT("seed " << seed) {
      BOOST_TEST(FirstDifference(model, tables.view(), random, 40) == "");
    }
  }
}

BOOST_AUTO_TEST_CASE(the_index_decides_as_the_reference_where_the_diagram_is_too_large) {
  int fallbacks = 0;
  for (std::uint32_t seed = 1; seed <= 150; ++seed) {
    const compiler::PolicyModel model = RandomPolicy(seed, {.routes = 12});
    compiler::DiagramOptions options;
    options.budget.nodes = 100;
    options.budget.steps = 1'500;
    compiler::Diagnostics diagnostics;
    const compiler::OwnedTables tables =
        compiler::CompileTables(model, compiler::SourceSet(), options, diagnostics);
    if (tables.view().bitsets.term_count == 0) continue;
    ++fallbacks;
    std::mt19937 random(seed);
    BOOST_TEST_CONTEXT("seed " << seed) {
      BOOST_TEST(FirstDifference(model, tables.view(), random, 20) == "");
    }
  }
  BOOST_TEST(fallbacks > 20);
}

BOOST_AUTO_TEST_CASE(many_overlapping_routes_decide_as_the_reference) {
  for (std::uint32_t seed = 1; seed <= 5; ++seed) {
    const compiler::PolicyModel model = RandomPolicy(seed, {.routes = 60, .candidates = false});
    const compiler::OwnedTables tables = CompileSample(model);
    std::mt19937 random(seed);
    BOOST_TEST_CONTEXT("seed " << seed) {
      BOOST_TEST(FirstDifference(model, tables.view(), random, 100) == "");
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::test
