#include "compiler/diag/render_github.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

namespace mlp::compiler {
namespace {

BOOST_AUTO_TEST_SUITE(render_github)

BOOST_AUTO_TEST_CASE(what_would_end_a_property_or_a_line_is_escaped) {
  SourceSet sources;
  sources.Add("a,b:c%.mlp", "abc");
  Diagnostics diagnostics;
  diagnostics.Add(Code::k0101, {0, 1, 2}, "100%\r\nwrong: x, y").help.emplace_back("mend it");
  diagnostics.Add(Code::k0404, {0, 0, 1}, "m").severity = Severity::kNote;
  BOOST_TEST(RenderGithub(sources, diagnostics.all()) ==
             "::error file=a%2Cb%3Ac%25.mlp,line=1,endLine=1,col=2,endColumn=3,"
             "title=MLP0101 syntax error::100%25%0D%0Awrong: x, y%0Ahelp: mend it\n"
             "::notice file=a%2Cb%3Ac%25.mlp,line=1,endLine=1,col=1,endColumn=2,"
             "title=MLP0404 condition that can never hold%2C or always holds::m\n");
}

BOOST_AUTO_TEST_CASE(a_finding_over_several_lines_has_no_columns) {
  SourceSet sources;
  sources.Add("a.mlp", "ab\ncd\n");
  Diagnostics diagnostics;
  diagnostics.Add(Code::k0404, {0, 1, 4}, "m");
  BOOST_TEST(RenderGithub(sources, diagnostics.all())
                 .find("::warning file=a.mlp,line=1,endLine=2,title=") == 0U);
}

BOOST_AUTO_TEST_CASE(columns_count_characters) {
  SourceSet sources;
  sources.Add("a.mlp", "\"\xC3\xA4\xF0\x9F\x98\x80\" x");  // a letter of two bytes, one of four
  Diagnostics diagnostics;
  diagnostics.Add(Code::k0404, {0, 9, 10}, "m");
  BOOST_TEST(RenderGithub(sources, diagnostics.all()).find(",col=6,endColumn=7,") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(related_places_and_the_witness_follow_in_the_same_line) {
  SourceSet sources;
  sources.Add("a.mlp", "ab\ncd\n");
  Diagnostics diagnostics;
  Diagnostic& diagnostic = diagnostics.Add(Code::k0401, {0, 0, 1}, "m");
  diagnostic.related.push_back({{0, 3, 4}, "here, too"});
  diagnostic.help = {"one", "two"};
  diagnostic.witness = Witness{{"tenant", "a b"}};
  const std::string line = RenderGithub(sources, diagnostics.all());
  BOOST_TEST(line.substr(line.rfind("::")) ==
             "::m%0Aa.mlp:2:1: note: here, too%0Ahelp: one%0Ahelp: two%0Awitness: tenant='a b'\n");
}

BOOST_AUTO_TEST_CASE(nothing_found_is_no_line) { BOOST_TEST(RenderGithub({}, {}).empty()); }

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
