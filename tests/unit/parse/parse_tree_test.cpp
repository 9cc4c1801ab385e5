// Where statements end, which words are names, and how conditions bind. The trees of all statements
// are in tests/golden/parse.
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "compiler/diag/render_text.hpp"
#include "compiler/parse/parse.hpp"

namespace mlp::compiler {
namespace {

BOOST_AUTO_TEST_SUITE(parse_tree)

struct Parsed {
  SourceSet sources;
  Diagnostics diagnostics;
  ast::Tree tree;
};

Parsed ParseText(std::string text) {
  Parsed parsed;
  const FileId file = parsed.sources.Add("t.mlp", std::move(text));
  parsed.tree = Parse(parsed.sources, file, parsed.diagnostics);
  return parsed;
}

/// A dump on one line: `(Try (Choice (Name "a")))`.
std::string OneLine(const std::string& dump) {
  std::string line;
  for (std::size_t i = 0; i < dump.size(); ++i) {
    if (dump[i] != '\n') {
      line += dump[i];
      continue;
    }
    while (i + 1 < dump.size() && dump[i + 1] == ' ') ++i;
    if (i + 1 < dump.size()) line += ' ';
  }
  return line;
}

struct TreeRow {
  std::string text;  // behind `language 1`
  std::string dump;  // inside `(File (Language ...) ... )`
};

void Check(const std::vector<TreeRow>& rows, const std::string& before, const std::string& after,
           const std::string& dump_before, const std::string& dump_after) {
  for (const TreeRow& row : rows) {
    const Parsed parsed = ParseText("language 1\n" + before + row.text + after);
    BOOST_TEST_CONTEXT(row.text) {
      BOOST_TEST(RenderText(parsed.sources, parsed.diagnostics.all()) == "");
      BOOST_TEST(OneLine(ast::Dump(parsed.tree, parsed.sources)) ==
                 "(File (Language (Integer \"1\")) " + dump_before + row.dump + dump_after + ")");
    }
  }
}

BOOST_AUTO_TEST_CASE(statements_end_with_their_lines_except_where_they_go_on) {
  const std::string a = R"((Try (Choice (Name "a"))))";
  const std::string b = R"((Else (Choice (Name "b"))))";
  const std::string ab = R"((Try (Choice (Name "a") (Name "b"))))";
  const std::string where =
      R"((Try (Choice (Name "a")) (Where (And (Can (Name "x")) (Can (Name "y"))))))";
  Check(
      {
          {"try a\nelse b\n", a + " " + b},
          {"try a; else b", a + " " + b},
          {";;try a;;\n;else b;", a + " " + b},
          {"try a // else c\nelse b// else d\n", a + " " + b},
          {"try a\r\nelse b\r\n", a + " " + b},
          {"\ttry\ta\n\n\n  // x\n\n\telse\tb", a + " " + b},
          {"try a,\nb", ab},
          {"try a, // first\n\n// second\n  b", ab},
          {"try a where can x\n and can y", where},
          {"try a where can x // first\n\n // second\n  and can y", where},
          {"try a where (can x\n and\n can y)", where},
          {"try a where can (\n x,\n y\n )",
           R"((Try (Choice (Name "a")) (Where (Can (Name "x") (Name "y")))))"},
          {"on timeout\n-> next", R"((On (Name "timeout") (Word "next")))"},
      },
      "route r otherwise {", "}", R"((Route (Name "r") (Otherwise "otherwise") )", ")");
}

BOOST_AUTO_TEST_CASE(conditions_bind_as_they_are_written) {
  const auto compare = [](const std::string& left, const std::string& right) {
    return "(Compare (Path (Name \"" + left + "\")) (Operator \"==\") (Path (Name \"" + right +
           "\")))";
  };
  const std::string ab = compare("a", "b");
  const std::string cd = compare("c", "d");
  const std::string ef = compare("e", "f");
  Check(
      {
          {"a == b", ab},
          {"((a == b))", ab},
          {"a == b and c == d and e == f", "(And " + ab + " " + cd + " " + ef + ")"},
          {"a == b or c == d or e == f", "(Or " + ab + " " + cd + " " + ef + ")"},
          {"(a == b and c == d) or e == f", "(Or (And " + ab + " " + cd + ") " + ef + ")"},
          {"a == b and (c == d or e == f)", "(And " + ab + " (Or " + cd + " " + ef + "))"},
          {"a == b and (c == d and e == f)", "(And " + ab + " (And " + cd + " " + ef + "))"},
          {"not a == b and c == d", "(And (Not " + ab + ") " + cd + ")"},
          {"not (a == b and c == d)", "(Not (And " + ab + " " + cd + "))"},
          {"not not a == b", "(Not (Not " + ab + "))"},
          {"a==b", ab},
          {"(a==b)and(c==d)", "(And " + ab + " " + cd + ")"},
          {"5 < a", R"((Compare (Integer "5") (Operator "<") (Path (Name "a"))))"},
          {"a<5", R"((Compare (Path (Name "a")) (Operator "<") (Integer "5")))"},
      },
      "route r when ", " {}", R"((Route (Name "r") (When )", "))");
}

BOOST_AUTO_TEST_CASE(keywords_end_where_names_would) {
  Check(
      {
          {"try at-least", R"((Try (Choice (Name "at-least"))))"},
          {"try a-b", R"((Try (Choice (Name "a-b"))))"},
          {"try where-not where can x",
           R"((Try (Choice (Name "where-not")) (Where (Can (Name "x")))))"},
          {"try spread, cheapest", R"((Try (Choice (Name "spread") (Name "cheapest"))))"},
          {"try cheapest, spread", R"((Try (Choice (Name "cheapest") (Name "spread"))))"},
          {"try cheapest of of", R"((Try (Objective (Word "cheapest") (Of (Name "of")))))"},
          {"try best best of best",
           R"((Try (Objective (Word "best") (Path (Name "best")) (Of (Name "best")))))"},
          {"attempt 5s", R"((AttemptTime (Duration "5s")))"},
          {"attempts at most 5", R"((Attempts (Integer "5")))"},
          {"retry 0 times", R"((Retry (Integer "0")))"},
          {"on timeout->next", R"((On (Name "timeout") (Word "next")))"},
          {"place a", R"((Place (Name "a")))"},
          {"place a.b", R"((Place (Path (Name "a") (Name "b"))))"},
      },
      "route r otherwise { ", " }", R"((Route (Name "r") (Otherwise "otherwise") )", ")");
}

BOOST_AUTO_TEST_CASE(doc_lines_belong_to_what_follows) {
  const Parsed parsed = ParseText(
      "// first\n/// of the file? no\nlanguage 1\n/// one\n\n/// two\n// not a doc\n//// nor this\n"
      "capability a\nrequest {\n/// of x\nx key // end\n/// dangling\n}\nroute r otherwise {\n"
      "/// a comment\ntry a }\n/// at the end");
  BOOST_TEST(RenderText(parsed.sources, parsed.diagnostics.all()) == "");
  BOOST_TEST(OneLine(ast::Dump(parsed.tree, parsed.sources)) ==
             R"((File (Language (Integer "1")) )"
             R"((Capability (Doc "/// one") (Doc "/// two") (Name "a")) )"
             R"((Request (Attribute (Doc "/// of x") (Name "x") (KeyType "key"))) )"
             R"((Route (Name "r") (Otherwise "otherwise") (Try (Choice (Name "a"))))))");
  std::vector<std::string> comments;
  for (const Span span : parsed.tree.comments) {
    comments.emplace_back(parsed.sources.text(span));
  }
  const std::vector<std::string> expected{
      "// first",     "/// of the file? no", "/// one",       "/// two",
      "// not a doc", "//// nor this",       "/// of x",      "// end",
      "/// dangling", "/// a comment",       "/// at the end"};
  BOOST_TEST(comments == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(comments_are_kept_once_however_often_they_are_read) {
  const Parsed parsed = ParseText(
      "language 1\r\nroute r when a == b // 1\r\n // 2\r\n and c == d // 3\r\n { try a, // 4\r\n b "
      "// 5\r\n }");
  std::string comments;
  for (const Span span : parsed.tree.comments) {
    comments += std::string(parsed.sources.text(span)) + "|";
  }
  BOOST_TEST(comments == "// 1|// 2|// 3|// 4|// 5|");
}

BOOST_AUTO_TEST_CASE(spans_cover_the_words_and_nothing_behind_them) {
  const Parsed parsed = ParseText(
      "language 1\n\n/// doc\nroute r when (a == b) and c == d   { // comment\n try x , y ;cost at "
      "most $1 per call // comment\n }");
  const ast::Tree& tree = parsed.tree;
  std::vector<std::string> texts;
  for (ast::NodeId id = 0; id < tree.nodes.size(); ++id) {
    switch (tree.kind(id)) {
      case ast::Kind::kAnd:
      case ast::Kind::kCompare:
      case ast::Kind::kWhen:
      case ast::Kind::kTry:
      case ast::Kind::kCost:
        texts.emplace_back(parsed.sources.text(tree.span(id)));
        break;
      default:
        break;
    }
  }
  const std::vector<std::string> expected{"a == b",
                                          "c == d",
                                          "(a == b) and c == d",
                                          "when (a == b) and c == d",
                                          "try x , y",
                                          "cost at most $1 per call"};
  BOOST_TEST(texts == expected, boost::test_tools::per_element());
  const ast::NodeId route = tree.Child(tree.root, ast::Kind::kRoute);
  BOOST_TEST(parsed.sources.text(tree.span(route)).substr(0, 7) == "/// doc");
  BOOST_TEST(parsed.sources.text(tree.span(route)).back() == '}');
}

BOOST_AUTO_TEST_CASE(broken_parts_are_errors_in_the_tree_and_the_rest_stays) {
  const std::vector<TreeRow> rows{
      {"route r otherwise { tri x; else y }",
       R"((Route (Name "r") (Otherwise "otherwise") (Error) (Else (Choice (Name "y")))))"},
      {"route r wen a == b { try x }", R"((Error (Name "r")))"},
      {"route { try x }", "(Error)"},
      {"pool p { a b }", R"((Error (Name "p")))"},
      {"rout r otherwise { try x }\ncapability c", R"((Error (Name "r")) (Capability (Name "c")))"},
      {"/// doc\ntest x { down a }", R"((Error (Name "x")))"},
      {"route r otherwise { try x",
       R"((Route (Name "r") (Otherwise "otherwise") (Try (Choice (Name "x")))))"},
  };
  for (const TreeRow& row : rows) {
    const Parsed parsed = ParseText("language 1\n" + row.text);
    BOOST_TEST_CONTEXT(row.text) {
      BOOST_TEST(parsed.diagnostics.all().size() == 1U);
      BOOST_TEST(OneLine(ast::Dump(parsed.tree, parsed.sources)) ==
                 "(File (Language (Integer \"1\")) " + row.dump + ")");
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
