#include "compiler/emit/spelling.hpp"

#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

#include "compiler/emit/writer.hpp"

namespace mlp::compiler::emit {
namespace {

BOOST_AUTO_TEST_SUITE(spelling)

BOOST_AUTO_TEST_CASE(identifiers) {
  BOOST_TEST(Identifier("claude-sonnet-4-5") == "claude_sonnet_4_5");
  BOOST_TEST(Identifier("class") == "class_");
  BOOST_TEST(Identifier("or") == "or_");
  BOOST_TEST(Identifier("xor-eq") == "xor_eq_");
  BOOST_TEST(Identifier("co-await") == "co_await_");
  BOOST_TEST(Identifier("alignas") == "alignas_");
  BOOST_TEST(Identifier("final") == "final");
}

BOOST_AUTO_TEST_CASE(type_names_never_meet) {
  BOOST_TEST(TypeName("cost-center") == "CostCenter");
  BOOST_TEST(TypeName("gpt-5-4") == "Gpt_5_4");
  BOOST_TEST(TypeName("request") == "Request_");
  std::set<std::string> seen;
  for (const char* name : {"a-1", "a1", "a-b", "ab", "a-b-1", "a-b1", "ab-1", "ab1"}) {
    BOOST_TEST(seen.insert(TypeName(name)).second, name);
  }
}

BOOST_AUTO_TEST_CASE(literals) {
  BOOST_TEST(Quoted("a \"b\" \\ c") == R"("a \"b\" \\ c")");
  BOOST_TEST(Quoted("two\nlines\t.") == R"("two\nlines\t.")");
  BOOST_TEST(Quoted(std::string("\x01", 1)) == R"("\001")");
  BOOST_TEST(Quoted("what?"
                    "?/") == R"("what\?\?/")");
  BOOST_TEST(Quoted("größer") == "\"größer\"");
  BOOST_TEST(Literal(INT64_MAX) == "mlp::kForever");
  BOOST_TEST(Literal(INT64_MIN) == "INT64_MIN");
  BOOST_TEST(Literal(-7) == "-7");
}

BOOST_AUTO_TEST_CASE(templates_are_filled_and_indented) {
  Writer out;
  {
    const Writer::Indent indent(out);
    out.Print("one $a$ $b$\n\ntwo", {{"a", "x"}, {"b", "y"}});
  }
  out.Line("three");
  BOOST_TEST(out.Take() == "  one x y\n\n  two\nthree\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler::emit
