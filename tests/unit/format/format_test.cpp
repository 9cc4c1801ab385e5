// The layout case by case: a row is a text and what becomes of it. Whole files stand in
// tests/golden/format.
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "compiler/format/format.hpp"
#include "compiler/parse/parse.hpp"
#include "tests/unit/format/format_support.hpp"

namespace mlp::compiler {
namespace {

using test::Formatted;

BOOST_AUTO_TEST_SUITE(format_layout)

struct Row {
  const char* before;  // behind `language 1`
  const char* after;
};

BOOST_AUTO_TEST_CASE(statements_and_blocks) {
  const std::vector<Row> rows{
      {"", ""},
      {"\n\n\n", ""},
      {";;;", ""},
      {"import\t\"a.mlp\";import \"b.mlp\"", "import \"a.mlp\"\nimport \"b.mlp\"\n"},
      {"capability a\n\n\n\ncapability b", "capability a\n\ncapability b\n"},
      {"alert a{}", "alert a { }\n"},
      {"alert a {\n\n}", "alert a { }\n"},
      {"alert a {;}", "alert a { }\n"},
      {"alert a {log}", "alert a { log }\n"},
      {"alert a {log;;callback b;}", "alert a { log; callback b }\n"},
      {"alert a {\nlog }", "alert a {\n  log\n}\n"},
      {"alert a {\n\nlog\n\n\ncallback b\n\n}", "alert a {\n  log\n\n  callback  b\n}\n"},
      {"alert a { log } alert b { log }", "alert a { log }\nalert b { log }\n"},
      {"alert a { log\n}", "alert a {\n  log\n}\n"},
      // A keyword alone has no value, and makes no column.
      {"rollout r {\nreshuffle\nby u\n}", "rollout r {\n  reshuffle\n  by  u\n}\n"},
      {"pool p{a,b}where can x", "pool p { a, b } where can x\n"},
      {"pool p {\na,\nb\n}", "pool p { a, b }\n"},
      {"request {\npool one of a, b\nat text\n}",
       "request {\n  pool  one of a, b\n  at    text\n}\n"},
  };
  for (const Row& row : rows) {
    const std::string before = std::string("language 1\n") + row.before;
    BOOST_TEST_CONTEXT(before) {
      BOOST_TEST(Formatted(before) == std::string("language 1\n") + row.after);
    }
  }
}

BOOST_AUTO_TEST_CASE(blanks_between_tokens) {
  const std::vector<Row> rows{
      {"route r when not(a==b){}", "route r when not (a == b) { }\n"},
      {"route r when((a==b)){}", "route r when ((a == b)) { }\n"},
      {"route r when a in(b,c , d){}", "route r when a in (b, c, d) { }\n"},
      {"route r when request.a<=5K{}", "route r when request.a <= 5K { }\n"},
      {"route r when a==\"x  y\"{}", "route r when a == \"x  y\" { }\n"},
      {"rollout r {move a->b}", "rollout r { move a -> b }\n"},
      {"rollout r {move a\n->b}", "rollout r {\n  move  a -> b\n}\n"},
      {"policy p {valid 2026-11-21..2027-11-21}", "policy p { valid 2026-11-21 .. 2027-11-21 }\n"},
      {"test \"t\" {given a (b,c),d 2%}", "test \"t\" { given a (b, c), d 2% }\n"},
      {"lint  MLP0702   off \"w\"", "lint MLP0702 off \"w\"\n"},
  };
  for (const Row& row : rows) {
    const std::string before = std::string("language 1\n") + row.before;
    BOOST_TEST_CONTEXT(before) {
      BOOST_TEST(Formatted(before) == std::string("language 1\n") + row.after);
    }
  }
}

BOOST_AUTO_TEST_CASE(comments_stay_with_what_they_stand_behind) {
  const std::vector<Row> rows{
      {"// a\n\n\n// b", "// a\n\n// b\n"},
      {"alert a { log } // x", "alert a { log }  // x\n"},
      {"alert a { // x\nlog }", "alert a {  // x\n  log\n}\n"},
      {"alert a {\n// x\n}", "alert a {\n  // x\n}\n"},
      {"alert a { log // x\n}// y", "alert a {\n  log  // x\n}  // y\n"},
      {"capability a; // x", "capability a  // x\n"},
      {"capability a // x\n  // y", "capability a  // x\n// y\n"},
      // A doc never stands behind a statement; a comment that looks like one does.
      {"capability a; /// d\ncapability b", "capability a\n/// d\ncapability b\n"},
      {"capability a /// d\ncapability b", "capability a  /// d\ncapability b\n"},
      {"alert a { log } /// d\ncapability b", "alert a { log }\n/// d\ncapability b\n"},
      {"request { /// d\na text\n}", "request {\n  /// d\n  a  text\n}\n"},
      {"route r when a == b // x\n\n// y\n  and c == d { }",
       "route r when a == b  // x\n  // y\n  and c == d { }\n"},
      {"pool p { // x\na }", "pool p {  // x\n  a\n}\n"},
  };
  for (const Row& row : rows) {
    const std::string before = std::string("language 1\n") + row.before;
    BOOST_TEST_CONTEXT(before) {
      BOOST_TEST(Formatted(before) == std::string("language 1\n") + row.after);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_line_is_broken_past_column_100_and_not_before) {
  const auto text = [](std::size_t length) {
    return "language 1\nroute r otherwise {\n  need  " + std::string(length, 'a') + ", bc\n}\n";
  };
  // Two of indent, six of keyword, four behind the name.
  BOOST_TEST(Formatted(text(88)) == text(88));
  BOOST_TEST(Formatted(text(89)) == "language 1\nroute r otherwise {\n  need  " +
                                        std::string(89, 'a') + ",\n        bc\n}\n");
}

BOOST_AUTO_TEST_CASE(what_says_something_else_is_told_apart) {
  SourceSet sources;
  Diagnostics diagnostics;
  const auto parse = [&](const std::string& text) {
    return Parse(sources, sources.Add("t.mlp", text), diagnostics);
  };
  const ast::Tree tree = parse("language 1\n// x\nalert a { log; callback b }");
  BOOST_TEST(SaysTheSame(sources, tree, parse("language 1 // x\nalert a {\nlog\ncallback b\n}")));
  for (const char* other :
       {"language 1\n// y\nalert a { log; callback b }", "language 1\nalert a { log; callback b }",
        "language 1\n// x\nalert a { callback b; log }", "language 1\n// x\nalert a { log }",
        "language 1\n// x\nalert a { log; callback c }",
        "language 1\n// x\nalert a { log; callback b; log }",
        "language 1\n// x\nalert a { log; callback b }\nalert c { log }"}) {
    BOOST_TEST(!SaysTheSame(sources, tree, parse(other)), other);
  }
  BOOST_TEST(diagnostics.all().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
