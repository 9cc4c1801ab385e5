// Which error, where, and how many: one for each broken statement. Whole texts are in
// tests/golden/parse.
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "compiler/parse/parse.hpp"

namespace mlp::compiler {
namespace {

BOOST_AUTO_TEST_SUITE(parse_errors)

struct ErrorRow {
  std::string text;  // the words between [[ and ]] are the span
  std::string message;
};

BOOST_AUTO_TEST_CASE(the_span_is_exactly_the_wrong_words) {
  const std::string open = "[[";
  const std::string close = "]]";
  const std::vector<ErrorRow> rows{
      {"[[rout]] a otherwise { }", "expected a declaration, found `rout`"},
      {"route a otherwise { [[trry]] x, y, z }", "expected a statement of `route`, found `trry`"},
      {"route a otherwise { retry 1 [[timess]] }", "expected `times` or `time`, found `timess`"},
      {"route a otherwise { cost [[$5]] }", "expected `at`, found `$5`"},
      {"route a otherwise { cost at most $5 per [[request]] }", "expected `call`, found `request`"},
      {"route a otherwise { cost at most $5 [[for]] all }",
       "expected `per` or the end of the statement, found `for`"},
      {"model m { status [[activ]] }",
       "expected `candidate`, `evaluating`, `staging`, `active`, `deprecated`, `retired` "
       "or `archived`, found `activ`"},
      {"model m { retires not [["
       "after]] 2026-01-01 }",
       "expected `before`, found `after`"},
      {"model m { pin [[\"x\"]] }", "expected `exact`, `family`, `tier` or `alias`, found `\"x\"`"},
      {"request { a [[oneof]] x, y }",
       "expected a type: `one of`, `set of`, `text`, `key`, `tokens up to` or `number`, found "
       "`oneof`"},
      {"import [[\"a.mlp]]", "the string is not closed on its line"},
      {"import \"a.mlp\" [[\"b.mlp\"]]", "expected the end of the statement, found `\"b.mlp\"`"},
      {"lint [[MLP7]] off \"x\"", "expected a code such as `MLP0702`, found `MLP7`"},
      {"assert \"x\" when a == b [[mostly]] c == d",
       "expected `over`, `and`, `or`, `always`, `never` or `survives`, found `mostly`"},
  };
  for (const ErrorRow& row : rows) {
    std::string text = "language 1\n" + row.text;
    const std::size_t begin = text.find(open);
    text.erase(begin, open.size());
    const std::size_t end = text.find(close);
    text.erase(end, close.size());
    SourceSet sources;
    Diagnostics diagnostics;
    const ast::Tree tree = Parse(sources, sources.Add("t", text), diagnostics);
    BOOST_TEST_CONTEXT(row.text) {
      BOOST_REQUIRE(diagnostics.all().size() == 1U);
      const Diagnostic& diagnostic = diagnostics.all()[0];
      BOOST_TEST(diagnostic.message == row.message);
      BOOST_TEST(diagnostic.span.begin == begin);
      BOOST_TEST(diagnostic.span.end == end);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_broken_statement_is_reported_in_one_run) {
  std::string text = "language 1\n";
  for (int i = 0; i < 150; ++i) {
    const std::string name = "r" + std::to_string(i);
    text += "route " + name + " when a = b {\n  tri x\n  else y z\n  deadline 5\n  try ok\n}\n";
    text += "pool " + name + " { a b }\n";
  }
  SourceSet sources;
  Diagnostics diagnostics;
  const ast::Tree tree = Parse(sources, sources.Add("t", text), diagnostics);
  BOOST_TEST(diagnostics.all().size() == 5U * 150U);
}

BOOST_AUTO_TEST_CASE(past_a_thousand_errors_the_rest_is_not_read) {
  std::string text = "language 1\n";
  for (int i = 0; i < 5'000; ++i) text += "nonsense\n";
  SourceSet sources;
  Diagnostics diagnostics;
  const ast::Tree tree = Parse(sources, sources.Add("t", text), diagnostics);
  BOOST_REQUIRE(diagnostics.all().size() == 1'001U);
  BOOST_TEST((diagnostics.all().back().code == Code::k0801));
  BOOST_TEST(diagnostics.all().back().message ==
             "more than 1000 syntax errors; the rest of the file is not read");
}

BOOST_AUTO_TEST_CASE(wrong_bytes_are_reported_where_they_are_and_once) {
  SourceSet sources;
  Diagnostics diagnostics;
  constexpr char kBytes[] =
      "language 1\nroute a\x80\x81\x82 otherwise { try \0x }\nroute b otherwise { tri x }";
  const std::string text(kBytes, sizeof(kBytes) - 1);
  const ast::Tree tree = Parse(sources, sources.Add("t", text), diagnostics);
  BOOST_REQUIRE(diagnostics.all().size() == 3U);
  BOOST_TEST(diagnostics.all()[0].message == "byte 0x80 is not UTF-8");
  BOOST_TEST(diagnostics.all()[0].span.begin == text.find('\x80'));
  BOOST_TEST(diagnostics.all()[0].span.end == text.find('\x80') + 1);
  BOOST_TEST(diagnostics.all()[1].message == "a NUL byte is not text");
  BOOST_TEST(diagnostics.all()[1].span.begin == text.find('\0'));
  BOOST_TEST(diagnostics.all()[2].message == "expected a statement of `route`, found `tri`");
}

BOOST_AUTO_TEST_CASE(a_binary_file_is_told_by_its_first_bytes) {
  std::string text = "language 1\n";
  for (int i = 0; i < 100'000; ++i) text += "\xFF ";
  SourceSet sources;
  Diagnostics diagnostics;
  const ast::Tree tree = Parse(sources, sources.Add("t", text), diagnostics);
  BOOST_TEST(diagnostics.all().size() == 20U);
  BOOST_TEST((tree.kind(tree.root) == ast::Kind::kFile));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
