// Every example of the language's reference parses: blocks marked `mlp` as whole files, those
// marked `mlp fragment` behind `language 1`.
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "compiler/diag/render_text.hpp"
#include "compiler/parse/parse.hpp"

namespace mlp::compiler {
namespace {

BOOST_AUTO_TEST_SUITE(reference)

BOOST_AUTO_TEST_CASE(every_example_parses_and_every_kind_has_one) {
  const std::string path = std::string(MLP_SOURCE_DIR) + "/grammar/language.md";
  std::ifstream stream(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  std::set<ast::Kind> kinds;
  std::size_t blocks = 0;
  const std::string fence = "\n```";
  for (std::size_t at = text.find(fence); at != std::string::npos; at = text.find(fence, at)) {
    const std::size_t line_end = text.find('\n', at + 1);
    const std::string mark = text.substr(at + fence.size(), line_end - at - fence.size());
    const std::size_t end = text.find(fence, line_end);
    BOOST_REQUIRE(end != std::string::npos);
    BOOST_TEST((mark == "mlp" || mark == "mlp fragment"), "unknown block ```" << mark);
    const std::string block = text.substr(line_end + 1, end - line_end);
    SourceSet sources;
    Diagnostics diagnostics;
    const FileId file = sources.Add("language.md", mark == "mlp" ? block : "language 1\n" + block);
    const ast::Tree tree = Parse(sources, file, diagnostics);
    BOOST_TEST(RenderText(sources, diagnostics.all()) == "");
    for (const ast::Node& node : tree.nodes) kinds.insert(node.kind);
    ++blocks;
    at = end + fence.size();
  }
  BOOST_TEST(blocks > 10U);
#define MLP_KIND(name, children)                                                               \
  BOOST_TEST((ast::Kind::k##name == ast::Kind::kError || kinds.count(ast::Kind::k##name) > 0), \
             #name << " stands in no example of the reference");
#include "compiler/ast/kinds.def"
#undef MLP_KIND
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
