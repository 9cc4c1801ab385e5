// Large and deep files: a diagnostic in time, never a crash.
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <string>

#include "compiler/parse/parse.hpp"

namespace mlp::compiler {
namespace {

BOOST_AUTO_TEST_SUITE(parse_limits)

// Ample for sanitizers on a loaded machine; what is quadratic takes minutes.
constexpr std::chrono::seconds kAmple{20};

struct Outcome {
  std::size_t errors = 0;
  std::size_t limits = 0;  // MLP0801
  std::size_t nodes = 0;
};

std::string Repeat(const std::string& text, std::size_t count) {
  std::string repeated;
  repeated.reserve(text.size() * count);
  for (std::size_t i = 0; i < count; ++i) repeated += text;
  return repeated;
}

Outcome ParseInTime(std::string text, const ParseOptions& options = {}) {
  SourceSet sources;
  Diagnostics diagnostics;
  const FileId file = sources.Add("t", std::move(text));
  const auto start = std::chrono::steady_clock::now();
  const ast::Tree tree = Parse(sources, file, diagnostics, options);
  BOOST_TEST((std::chrono::steady_clock::now() - start < kAmple));
  BOOST_REQUIRE(tree.root != ast::kNoNode);
  BOOST_TEST((tree.kind(tree.root) == ast::Kind::kFile));
  Outcome outcome{diagnostics.all().size(), 0, tree.nodes.size()};
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    outcome.limits += diagnostic.code == Code::k0801 ? 1U : 0U;
  }
  return outcome;
}

BOOST_AUTO_TEST_CASE(nesting_is_bounded) {
  const auto parentheses = [](std::size_t depth) {
    return "language 1\nroute a when " + Repeat("(", depth) + "a == b" + Repeat(")", depth) +
           " { try x }";
  };
  BOOST_TEST(ParseInTime(parentheses(200)).errors == 0U);
  BOOST_TEST(ParseInTime(parentheses(201)).limits == 1U);
  BOOST_TEST(ParseInTime(parentheses(10'000)).limits == 1U);
  BOOST_TEST(ParseInTime(parentheses(5), {.max_depth = 5}).errors == 0U);
  BOOST_TEST(ParseInTime(parentheses(6), {.max_depth = 5}).limits == 1U);
  const auto negations = [](std::size_t depth) {
    return "language 1\nroute a when " + Repeat("not ", depth) + "a == b { try x }";
  };
  BOOST_TEST(ParseInTime(negations(200)).errors == 0U);
  const Outcome negated = ParseInTime(negations(10'000));
  BOOST_TEST(negated.limits == 1U);
  BOOST_TEST(negated.errors == 1U);
  const Outcome braces =
      ParseInTime("language 1\n" + Repeat("{", 10'000) + "\nroute a otherwise { tri x }");
  BOOST_TEST(braces.errors == 2U);
  BOOST_TEST(ParseInTime("language 1\n" + Repeat("route a otherwise {", 10'000)).errors > 0U);
  BOOST_TEST(ParseInTime("language 1\nroute a when " + Repeat("(", 1'000'000)).limits == 1U);
}

BOOST_AUTO_TEST_CASE(large_files_are_refused_at_once) {
  const Outcome outcome = ParseInTime("language 1\n" + std::string(50'000'000, 'x'));
  BOOST_TEST(outcome.limits == 1U);
  BOOST_TEST(outcome.errors == 1U);
  BOOST_TEST(outcome.nodes == 1U);
  BOOST_TEST(ParseInTime("language 1", {.max_bytes = 10}).errors == 0U);
  BOOST_TEST(ParseInTime("language 1\n", {.max_bytes = 10}).limits == 1U);
}

BOOST_AUTO_TEST_CASE(time_grows_with_the_file_only) {
  const std::string route = "route a otherwise {\n";
  struct Row {
    std::string_view what;
    std::string text;
  };
  const Row rows[] = {
      {"open parentheses on each line", route + Repeat("try x (\n", 100'000)},
      {"empty lines behind a token", route + "try x" + Repeat("\n", 2'000'000) + "}"},
      {"a statement of many lines",
       "route a when a == b" + Repeat("\n and a == b", 100'000) + " {}"},
      {"the same, broken", "route a when a == b" + Repeat("\n and a = b", 100'000) + " {}"},
      {"one line", Repeat(";a", 500'000)},
      {"quotation marks", Repeat("\"", 1'000'000)},
      {"comments", Repeat("// c\n", 300'000)},
      {"comments in a block", "policy x {" + Repeat("\n\n// c", 200'000)},
      {"documentation", Repeat("/// c\n", 300'000)},
      {"heads only", Repeat("route a when x {\n", 60'000)},
      {"a long list", route + "try a" + Repeat(",\nb", 300'000) + "}"},
      {"a long list without end", "route x when a in (a" + Repeat(", a", 300'000)},
      {"a long name", "route " + Repeat("a-", 500'000)},
      {"a long number", "model m { context " + std::string(1'000'000, '9') + " }"},
      {"semicolons", Repeat(";", 1'000'000)},
      {"closing braces", Repeat("}\n", 1'000'000)},
      {"carriage returns", Repeat("\r", 1'000'000)},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.what) {
      const Outcome outcome = ParseInTime("language 1\n" + row.text);
      BOOST_TEST(outcome.errors <= 1'001U);
    }
  }
}

BOOST_AUTO_TEST_CASE(ten_thousand_routes_parse) {
  std::string text = "language 1\n";
  for (int i = 0; i < 10'000; ++i) {
    text += "/// Route.\nroute r" + std::to_string(i) +
            " when tier == free and task in (classify, extract) and input > 5K {\n"
            "  need function-calling\n  mix input 8K, output 2K\n  try claude-sonnet-4-5\n"
            "  else cheapest of small where quality.accuracy >= 0.80 within $0.60\n}\n";
  }
  const Outcome outcome = ParseInTime(text);
  BOOST_TEST(outcome.errors == 0U);
  BOOST_TEST(outcome.nodes > 300'000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
