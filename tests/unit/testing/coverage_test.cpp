// What tests reach, and that the tests which are suggested for the rest reach it.
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "compiler/format/format.hpp"
#include "compiler/parse/parse.hpp"
#include "mlp/decide.hpp"
#include "tests/property/random_policy.hpp"
#include "tests/unit/testing/testing_support.hpp"

namespace mlp::compiler {
namespace {

using test::Compiled;
using test::DeskPolicy;
using test::TestedPolicy;

constexpr unsigned kSeed = 20261121;

BOOST_AUTO_TEST_SUITE(coverage)

std::string Counts(const Coverage& coverage) {
  const auto count = [](const Coverage::Count& c) {
    return std::to_string(c.reached) + "/" + std::to_string(c.all);
  };
  return count(coverage.routes) + " " + count(coverage.steps) + " " + count(coverage.regions);
}

BOOST_AUTO_TEST_CASE(routes_steps_and_regions_are_counted) {
  // Refused; code before and after the price changes; rest.
  BOOST_TEST(Counts(Compiled(DeskPolicy(""))->Measure()) == "0/3 0/3 0/4");
  const std::string code =
      "test \"t\" {\ngiven task code, tier pro, tenant \"t\", user \"u\", input 1K, output 1K\n";
  BOOST_TEST(Counts(Compiled(DeskPolicy(code + "expect route code\n}\n"))->Measure()) ==
             "1/3 2/3 1/4");
  // A step is reached by a test that is left a candidate of it.
  BOOST_TEST(
      Counts(Compiled(DeskPolicy(code + "down acme\nexpect exactly small\n}\n"))->Measure()) ==
      "1/3 1/3 1/4");
  // Failing tests reach too.
  BOOST_TEST(Counts(Compiled(DeskPolicy(code + "expect refused\n}\n"))->Measure()) ==
             "1/3 2/3 1/4");
  const Coverage coverage =
      Compiled(DeskPolicy(code + "on 2027-03-01\nexpect route code\n}\n"))->Measure();
  BOOST_TEST(Counts(coverage) == "1/3 2/3 1/4");
  BOOST_REQUIRE(coverage.missed_routes.size() == 2U);
  BOOST_TEST(coverage.missed_routes[0].route == "secret");
  BOOST_REQUIRE(coverage.missed_steps.size() == 1U);
  BOOST_TEST(coverage.missed_steps[0].route == "rest");
  BOOST_TEST(coverage.missed_steps[0].step == 1U);
}

BOOST_AUTO_TEST_CASE(a_missed_region_comes_with_a_test_in_its_canonical_layout) {
  const Coverage coverage = Compiled(DeskPolicy(""))->Measure();
  BOOST_REQUIRE(coverage.missed_regions.size() == 4U);
  BOOST_TEST(coverage.missed_regions[0].test ==
             "test \"secret: task == chat and tenant starts-with \\\"acme \\\"&<\\\"\" {\n"
             "  given   task chat, tenant \"acme \\\"&<\", user \"any\", input 1K, output 1K\n"
             "  expect  route secret, refused\n"
             "}\n");
}

BOOST_AUTO_TEST_CASE(at_most_so_many_are_listed) {
  const Coverage coverage = Compiled(DeskPolicy(""))->Measure(2);
  BOOST_TEST(coverage.missed_regions.size() == 2U);
  BOOST_TEST(coverage.regions.all == 4U);
}

BOOST_AUTO_TEST_CASE(without_a_diagram_regions_are_not_known) {
  DiagramOptions options;
  options.budget.nodes = 2;
  const auto policy = Compiled(DeskPolicy(""), "p.mlp", options);
  BOOST_REQUIRE(!policy->diagram->complete);
  const Coverage coverage = policy->Measure();
  BOOST_TEST(!coverage.regions_known);
  BOOST_TEST(coverage.routes.all == 3U);
}

/// Adds each suggestion alone, then all: the first raises the coverage by one region at least, all
/// together reach every region, and every suggested test passes.
void CheckSuggestions(const std::string& text, const std::string& path) {
  const auto policy = Compiled(text, path);
  BOOST_REQUIRE(policy->diagram->complete);
  const Coverage before = policy->Measure();
  BOOST_REQUIRE(before.missed_regions.size() == before.regions.all - before.regions.reached);
  if (before.missed_regions.empty()) return;
  std::string all = text;
  for (const MissedRegion& region : before.missed_regions) {
    BOOST_REQUIRE_MESSAGE(!region.test.empty(), region.when);
    all += region.test;
  }
  const auto check = [&](const std::string& with, std::size_t least) {
    const auto after = Compiled(with, path);
    const Coverage now = after->Measure();
    BOOST_TEST(now.regions.all == before.regions.all);
    std::string missed;
    for (const MissedRegion& region : now.missed_regions)
      missed += region.when + "\n" + region.test;
    BOOST_TEST(now.regions.reached >= least, missed << "is not reached in\n" << with);
    for (const TestResult& result : after->Run()) {
      if (!result.name.starts_with("old "))
        BOOST_TEST(result.passed(), result.name << "\n" << with);
    }
  };
  check(text + before.missed_regions.front().test, before.regions.reached + 1);
  check(text + before.missed_regions.back().test, before.regions.reached + 1);
  check(all, before.regions.all);
}

BOOST_AUTO_TEST_CASE(suggestions_for_the_policies_of_the_repository_reach_every_region) {
  for (const std::string name : {"starter", "support", "residency", "retiring"}) {
    const std::string path = std::string(MLP_SOURCE_DIR) + "/policies/" + name + ".mlp";
    std::ifstream stream(path, std::ios::binary);
    BOOST_TEST_CONTEXT(name) {
      CheckSuggestions(std::string{std::istreambuf_iterator<char>(stream), {}}, path);
    }
  }
  CheckSuggestions(DeskPolicy(""), "p.mlp");
}

BOOST_AUTO_TEST_CASE(suggestions_for_random_policies_reach_every_region) {
  std::size_t regions = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const std::string text = oracle::MakeRandomPolicy(seed).text;
    BOOST_TEST_CONTEXT("seed " << seed) { CheckSuggestions(text, "p.mlp"); }
    regions += Compiled(text)->Measure().regions.all;
  }
  BOOST_TEST(regions > 300U);
}

BOOST_AUTO_TEST_CASE(the_leaf_of_the_diagram_is_the_leaf_of_the_tables) {
  std::mt19937 random(kSeed);
  const auto below = [&random](std::size_t count) {
    return static_cast<std::size_t>(random() % std::max<std::size_t>(count, 1));
  };
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const oracle::RandomPolicy source = oracle::MakeRandomPolicy(seed);
    const auto policy = Compiled(source.text);
    const Tables& tables = policy->tables->view();
    std::map<std::uint32_t, std::uint32_t> numbers;
    for (int round = 0; round < 300; ++round) {
      OwnedRequest request;
      request.codes.assign(tables.code_count, 0);
      request.texts.assign(tables.text_count, {});
      request.sets.assign(tables.set_count, 0);
      for (const Attribute& attribute : tables.attributes) {
        if (attribute.size > 0)
          request.codes[attribute.slot] =
              static_cast<std::int32_t>(below(static_cast<std::size_t>(attribute.size)));
        if (attribute.type == AttributeType::kSet)
          request.sets[attribute.slot] = random() & attribute.members;
      }
      for (const DiagramAxis& axis : policy->diagram->axes.axes) {
        if (axis.kind == AxisKind::kText)
          request.texts[tables.attributes[axis.attribute].slot] =
              axis.witnesses[below(axis.witnesses.size())];
      }
      const std::int64_t at_s = source.dates.empty() ? policy->model.valid.from_s
                                                     : source.dates[below(source.dates.size())];
      std::vector<std::string_view> texts;
      const std::uint32_t leaf = FindLeaf(tables, RootAt(tables, at_s), request.view(texts));
      const std::uint32_t label = LeafOf(*policy->diagram, tables, request, at_s);
      const auto [known, added] = numbers.emplace(label, leaf);
      BOOST_TEST(known->second == leaf, "seed " << seed);
    }
    std::set<std::uint32_t> leaves;
    for (const auto& [label, leaf] : numbers) leaves.insert(leaf);
    BOOST_TEST(leaves.size() == numbers.size(), "seed " << seed);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
