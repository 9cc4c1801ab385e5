// Every kind of circumstance and expectation, met and not met.
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/unit/testing/testing_support.hpp"

namespace mlp::compiler {
namespace {

using test::Compiled;
using test::DeskPolicy;

BOOST_AUTO_TEST_SUITE(run_tests)

constexpr const char* kCode =
    "given task code, tier pro, tenant \"t\", user \"u\", input 1K, output 1K";
constexpr const char* kChat = "given task chat, tenant \"t\", user \"u\", input 1K, output 1K";

std::string TestOf(const std::string& statements) {
  return "test \"one\" {\n" + statements + "\n}\n";
}

TestResult RunOne(const std::string& statements) {
  const std::vector<TestResult> results = Compiled(DeskPolicy(TestOf(statements)))->Run();
  BOOST_REQUIRE(results.size() == 1U);
  return results.front();
}

struct Row {
  std::string statements;
  const char* mismatches;  ///< `what: expected | actual` each on a line; empty: it passes
};

std::string MismatchWords(const TestResult& result) {
  std::string words;
  for (const Mismatch& mismatch : result.mismatches)
    words += mismatch.what + ": " + mismatch.expected + " | " + mismatch.actual + "\n";
  return words;
}

BOOST_AUTO_TEST_CASE(every_expectation_met_and_not_met) {
  const std::string code = std::string(kCode) + "\n";
  const std::string chat = std::string(kChat) + "\n";
  const std::vector<Row> rows{
      {code + "expect route code", ""},
      {code + "expect route rest", "route: route rest | route code\n"},
      {code + "expect first larger", ""},
      {code + "expect first larger, then large, then small", ""},
      {code + "expect first larger, then small",
       "candidates: first larger, then small | larger, large, small\n"},
      {code + "expect exactly larger, large, small", ""},
      {code + "expect exactly larger, large",
       "candidates: exactly larger, large | larger, large, small\n"},
      {code + "expect exactly larger, large, small, small",
       "candidates: exactly larger, large, small, small | larger, large, small\n"},
      {code + "expect refused", "outcome: refused | served\n"},
      {chat + "expect route rest, exactly small", ""},
      // Prices change the order on their date.
      {code + "on 2027-02-28\nexpect first larger", ""},
      {code + "on 2027-03-01\nexpect first large", ""},
      {code + "on 2027-03-01\nexpect first larger",
       "candidates: first larger | large, larger, small\n"},
      // Outages, of a provider and of a model.
      {code + "down acme\nexpect exactly small", ""},
      {code + "down larger\nexpect exactly large, small", ""},
      {code + "down acme, local\nexpect no-candidate", ""},
      {code + "down acme, local\nexpect first small", "outcome: served | no-candidate\n"},
      // Live facts; without one the prior.
      {code + "live large.latency.p95 6s\nexpect exactly larger, small", ""},
      {code + "live large.latency.p95 5s\nexpect first larger, then large", ""},
      // Arms.
      {chat + "arm bigger canary\nexpect exactly larger, small", ""},
      {chat + "arm bigger stable\nexpect exactly small", ""},
      // Capabilities and limits.
      {"given task chat, tenant \"t\", user \"u\", input 1K, output 1K, asks streaming\n"
       "expect no-candidate",
       ""},
      {"given task chat, tenant \"t\", user \"u\", input 1K, output 1K, asks (json-mode)\n"
       "expect route rest",
       "outcome: served | no-candidate\n"},
      // Refusals have their reason.
      {"given task chat, tenant \"acme \\\"&<x\", user \"u\", input 1, output 1\nexpect refused",
       ""},
      {"given task chat, tenant \"acme \\\"&<x\", user \"u\", input 1, output 1\n"
       "expect route secret, refused",
       ""},
      {"given task chat, tenant \"acme \\\"&<x\", user \"u\", input 1, output 1\nexpect route "
       "secret",
       "outcome: served | refused, \"ask \"us\"\"\n"},
      {code + "expect no-route", "outcome: no-route | served\n"},
      {code + "expect denied", "outcome: denied | served\n"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.statements) {
      BOOST_TEST(MismatchWords(RunOne(row.statements)) == row.mismatches);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_mismatch_stands_at_what_was_expected) {
  const auto policy = Compiled(
      DeskPolicy(TestOf(std::string(kCode) + "\nexpect route code, first larger, then small")));
  const std::vector<TestResult> results = policy->Run();
  BOOST_REQUIRE(results.size() == 1U);
  BOOST_REQUIRE(results.front().mismatches.size() == 1U);
  BOOST_TEST(policy->sources.text(results.front().mismatches.front().span) == "small");
  BOOST_TEST(policy->sources.text(results.front().span) == "\"one\"");
  BOOST_TEST(results.front().decision.route == "code");
  BOOST_TEST(!results.front().decision.trace.empty());
}

BOOST_AUTO_TEST_CASE(the_filter_takes_part_of_a_name) {
  std::string tests;
  for (const char* name : {"alpha one", "alpha two", "beta"})
    tests += std::string("test \"") + name + "\" {\n" + kChat + "\nexpect route rest\n}\n";
  const auto policy = Compiled(DeskPolicy(tests));
  BOOST_TEST(policy->Run().size() == 3U);
  BOOST_TEST(policy->Run("alpha").size() == 2U);
  BOOST_TEST(policy->Run("two").front().name == "alpha two");
  BOOST_TEST(policy->Run("Alpha").empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
