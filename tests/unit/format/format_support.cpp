#include "tests/unit/format/format_support.hpp"

#include <algorithm>
#include <sstream>

#include <boost/test/unit_test.hpp>

#include "compiler/diag/render_text.hpp"
#include "compiler/format/format.hpp"
#include "compiler/parse/parse.hpp"

namespace mlp::compiler::test {
namespace {

std::string WithoutEnd(std::string text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.pop_back();
  return text;
}

/// One line of a dump: strings as they are, docs without blanks at their ends, other blanks once.
std::string Normal(const std::string& line) {
  const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
  const std::string rest = line.substr(begin);
  if (rest.starts_with("(String ")) return line;
  const std::size_t quote = line.rfind('"');
  if (rest.starts_with("(Doc ")) return WithoutEnd(line.substr(0, quote)) + line.substr(quote);
  std::string normal = line.substr(0, begin);
  for (std::size_t i = begin; i < line.size(); ++i) {
    const bool escaped_end = line.compare(i, 2, "\\n") == 0;
    const bool blank = line[i] == ' ' || line[i] == '\t' || line[i] == '\r' || escaped_end;
    if (!blank) {
      normal += line[i];
    } else if (normal.back() != ' ') {
      normal += ' ';
    }
    if (escaped_end) ++i;
  }
  return normal;
}

}  // namespace

std::optional<Meaning> MeaningOf(const std::string& text) {
  SourceSet sources;
  Diagnostics diagnostics;
  const ast::Tree tree = Parse(sources, sources.Add("t.mlp", text), diagnostics);
  if (diagnostics.has_errors()) return std::nullopt;
  Meaning meaning;
  std::istringstream dump(ast::Dump(tree, sources));
  for (std::string line; std::getline(dump, line);) meaning.tree += Normal(line) + '\n';
  for (const Span comment : tree.comments)
    meaning.comments.push_back(WithoutEnd(std::string(sources.text(comment))));
  std::sort(meaning.comments.begin(), meaning.comments.end());
  return meaning;
}

std::string Formatted(const std::string& text) {
  SourceSet sources;
  Diagnostics diagnostics;
  const ast::Tree tree = Parse(sources, sources.Add("t.mlp", text), diagnostics);
  BOOST_REQUIRE_MESSAGE(!diagnostics.has_errors(), RenderText(sources, diagnostics.all()) << "in\n"
                                                                                          << text);
  return Format(sources, tree);
}

}  // namespace mlp::compiler::test
