#include "compiler/diag/render_json.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

namespace mlp::compiler {
namespace {

BOOST_AUTO_TEST_SUITE(render_json)

BOOST_AUTO_TEST_CASE(the_document_is_the_contract_s) {
  SourceSet sources;
  sources.Add("a.mlp", "pool p { a }\n  try x\n");
  Diagnostics diagnostics;
  Diagnostic& first = diagnostics.Add(Code::k0201, {0, 19, 20}, "unknown \"x\"");
  first.related.push_back({{0, 0, 4}, "here"});
  first.help = {"write `a`"};
  first.witness = Witness{{"tier", "free"}, {"@date", "2027-01-01"}};
  diagnostics.Add(Code::k0404, {0, 0, 21}, "always holds");
  BOOST_TEST(
      RenderJson(sources, diagnostics.all()) ==
      R"({"version":1,"diagnostics":[{"code":"MLP0201","severity":"error","message":"unknown \"x\"",)"
      R"("file":"a.mlp","line":2,"column":7,"endLine":2,"endColumn":8,)"
      R"("related":[{"file":"a.mlp","line":1,"column":1,"message":"here"}],"help":["write `a`"],)"
      R"("witness":{"tier":"free","@date":"2027-01-01"}},)"
      R"({"code":"MLP0404","severity":"warning","message":"always holds","file":"a.mlp","line":1,)"
      R"("column":1,"endLine":3,"endColumn":1,"related":[],"help":[],"witness":null}],)"
      R"("summary":{"errors":1,"warnings":1}})"
      "\n");
}

BOOST_AUTO_TEST_CASE(nothing_found_is_a_document_too) {
  BOOST_TEST(RenderJson({}, {}) ==
             R"({"version":1,"diagnostics":[],"summary":{"errors":0,"warnings":0}})"
             "\n");
}

BOOST_AUTO_TEST_CASE(wrong_bytes_do_not_reach_the_document) {
  SourceSet sources;
  sources.Add("a\xFF.mlp", "x");
  Diagnostics diagnostics;
  diagnostics.Add(Code::k0101, {0, 0, 1}, "found `\xFE`");
  const std::string json = RenderJson(sources, diagnostics.all());
  BOOST_TEST(json.find('\xFF') == std::string::npos);
  BOOST_TEST(json.find('\xFE') == std::string::npos);
  BOOST_TEST(json.find("a\xEF\xBF\xBD.mlp") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_word_that_stands_in_a_witness_twice_keeps_both_values) {
  SourceSet sources;
  sources.Add("a.mlp", "x");
  Diagnostics diagnostics;
  diagnostics.Add(Code::k0403, {0, 0, 1}, "m").witness =
      Witness{{"@down", "a"}, {"tier", "free"}, {"@down", "b"}};
  BOOST_TEST(
      RenderJson(sources, diagnostics.all()).find(R"("witness":{"@down":"a,b","tier":"free"})") !=
      std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
