#include "compiler/diag/render_text.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

namespace mlp::compiler {
namespace {

BOOST_AUTO_TEST_SUITE(render_text)

Diagnostic Make(Code code, Span span, std::string message) {
  return {code, Info(code).severity, std::move(message), span, {}, {}, std::nullopt};
}

BOOST_AUTO_TEST_CASE(everything_that_a_diagnostic_has_is_shown) {
  SourceSet sources;
  sources.Add("a.mlp", "pool p { a }\n  try claude-sonet of p\n");
  Diagnostic diagnostic = Make(Code::k0201, {0, 19, 31}, "unknown model `claude-sonet`");
  diagnostic.related.push_back({{0, 0, 4}, "the pool is declared here"});
  diagnostic.help = {"the nearest model is `claude-sonnet`", "or declare it"};
  diagnostic.witness = Witness{{"tier", "free"}, {"tenant", "a b"}};
  BOOST_TEST(RenderText(sources, {diagnostic}) ==
             "a.mlp:2:7: error[MLP0201]: unknown model `claude-sonet`\n"
             "  2 |   try claude-sonet of p\n"
             "    |       ^~~~~~~~~~~~\n"
             "a.mlp:1:1: note: the pool is declared here\n"
             "  1 | pool p { a }\n"
             "    | ^~~~\n"
             "help: the nearest model is `claude-sonnet`\n"
             "help: or declare it\n"
             "witness: tier=free tenant='a b'\n");
  BOOST_TEST(RenderShort(sources, {diagnostic}) ==
             "a.mlp:2:7: error[MLP0201]: unknown model `claude-sonet`\n");
}

BOOST_AUTO_TEST_CASE(colour_comes_only_when_asked_for) {
  SourceSet sources;
  sources.Add("a", "x");
  const std::vector<Diagnostic> one{Make(Code::k0404, {0, 0, 1}, "m")};
  BOOST_TEST(RenderText(sources, one).find('\x1b') == std::string::npos);
  BOOST_TEST(RenderText(sources, one, {.color = true}) ==
             "\x1b[1ma:1:1:\x1b[0m \x1b[1;35mwarning[MLP0404]:\x1b[0m \x1b[1mm\x1b[0m\n"
             "  1 | x\n"
             "    | \x1b[1;32m^\x1b[0m\n");
}

struct CaretRow {
  std::string_view what;
  std::string text;
  std::uint32_t begin;
  std::uint32_t end;
  std::string shown;  // the two lines
};

BOOST_AUTO_TEST_CASE(the_caret_stands_under_exactly_the_span) {
  const std::string cjk = "\xE4\xBD\xA0\xE5\xA5\xBD";  // two Han characters, four columns
  const std::vector<CaretRow> rows{
      {"a word", "ab cd ef", 3, 5, "  1 | ab cd ef\n    |    ^~\n"},
      {"nothing", "ab", 1, 1, "  1 | ab\n    |  ^\n"},
      {"the end of the line", "ab\ncd", 2, 2, "  1 | ab\n    |   ^\n"},
      {"the end of the file", "ab\n", 3, 3, "  2 | \n    | ^\n"},
      {"tabs before and in it", "\ta\tb", 1, 4, "  1 |     a   b\n    |     ^~~~~\n"},
      {"wide characters before it", cjk + " x", 7, 8, "  1 | " + cjk + " x\n    |      ^\n"},
      {"wide characters in it", "a " + cjk, 2, 8, "  1 | a " + cjk + "\n    |   ^~~~\n"},
      {"narrow characters of two bytes", "\xC3\xA9 x", 3, 4, "  1 | \xC3\xA9 x\n    |   ^\n"},
      {"a combining accent", "e\xCC\x81 x", 4, 5, "  1 | e\xCC\x81 x\n    |   ^\n"},
      {"several lines", "abc {\n  d\n}", 4, 11, "  1 | abc {\n    |     ^\n"},
      {"wrong bytes",
       "a\xFF"
       "b c",
       4, 5,
       "  1 | a\xEF\xBF\xBD"
       "b c\n    |     ^\n"},
      {"control characters", "a\x1b[0m b", 6, 7, "  1 | a\xEF\xBF\xBD[0m b\n    |       ^\n"},
      {"a line with a carriage return", "ab\r\ncd", 4, 6, "  2 | cd\n    | ^~\n"},
      {"a byte order mark",
       "\xEF\xBB\xBF"
       "ab",
       3, 5, "  1 | ab\n    | ^~\n"},
      {"an empty file", "", 0, 0, "  1 | \n    | ^\n"},
  };
  for (const CaretRow& row : rows) {
    SourceSet sources;
    sources.Add("f", row.text);
    const std::string text = RenderText(sources, {Make(Code::k0101, {0, row.begin, row.end}, "m")});
    BOOST_TEST_CONTEXT(row.what) { BOOST_TEST(text.substr(text.find('\n') + 1) == row.shown); }
  }
}

BOOST_AUTO_TEST_CASE(long_lines_are_shown_in_a_window) {
  SourceSet sources;
  sources.Add("f", std::string(1'000, 'a') + "XYZ" + std::string(1'000'000, 'b'));
  const std::string text = RenderText(sources, {Make(Code::k0101, {0, 1'000, 1'003}, "m")});
  BOOST_TEST(text ==
             "f:1:1001: error[MLP0101]: m\n"
             "  1 | ..." +
                 std::string(80, 'a') + "XYZ" + std::string(157, 'b') + "...\n" + "    | " +
                 std::string(83, ' ') + "^~~\n");
}

BOOST_AUTO_TEST_CASE(at_most_twenty_are_shown_and_the_rest_counted) {
  SourceSet sources;
  sources.Add("f", "x");
  const std::vector<Diagnostic> many(25, Make(Code::k0101, {0, 0, 1}, "m"));
  const std::string text = RenderText(sources, many);
  std::size_t shown = 0;
  for (std::size_t at = text.find("error"); at != std::string::npos;
       at = text.find("error", at + 1)) {
    ++shown;
  }
  BOOST_TEST(shown == 20U);
  BOOST_TEST(text.substr(text.size() - 17) == "5 more not shown\n");
}

BOOST_AUTO_TEST_CASE(counts_read_as_words) {
  const Diagnostic error = Make(Code::k0101, {0, 0, 0}, "m");
  const Diagnostic warning = Make(Code::k0404, {0, 0, 0}, "m");
  Diagnostic note = error;
  note.severity = Severity::kNote;
  BOOST_TEST(CountText({}) == "");
  BOOST_TEST(CountText({note}) == "");
  BOOST_TEST(CountText({error}) == "1 error");
  BOOST_TEST(CountText({warning, warning}) == "2 warnings");
  BOOST_TEST(CountText({error, warning, note, error}) == "2 errors and 1 warning");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
