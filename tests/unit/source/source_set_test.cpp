#include "compiler/source/source_set.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

namespace mlp::compiler {
namespace {

BOOST_AUTO_TEST_SUITE(source_set)

struct PlaceRow {
  std::string text;
  std::uint32_t byte;
  std::uint32_t line;
  std::uint32_t column;
};

BOOST_AUTO_TEST_CASE(bytes_have_lines_and_columns_in_code_points) {
  const std::vector<PlaceRow> rows{
      {"", 0, 1, 1},
      {"ab\ncd", 0, 1, 1},
      {"ab\ncd", 2, 1, 3},  // the line end belongs to its line
      {"ab\ncd", 3, 2, 1},
      {"ab\ncd", 5, 2, 3},
      {"ab\n", 3, 2, 1},
      {"\n\n\n", 2, 3, 1},
      {"\xC3\xA9x", 2, 1, 2},               // é is one column
      {"\xF0\x9F\x98\x80x", 4, 1, 2},       // so is an emoji
      {"\tx", 1, 1, 2},                     // and a tab
      {"\xEF\xBB\xBFlanguage 1", 3, 1, 1},  // a byte order mark is none
      {"\xEF\xBB\xBFlanguage 1", 0, 1, 1},
      {"ab", 99, 1, 3},  // behind the end counts as the end
  };
  for (const PlaceRow& row : rows) {
    SourceSet sources;
    const FileId file = sources.Add("f", row.text);
    const auto [line, column] = sources.Locate(file, row.byte);
    BOOST_TEST_CONTEXT(row.text << " at " << row.byte) {
      BOOST_TEST(line == row.line);
      BOOST_TEST(column == row.column);
    }
  }
}

BOOST_AUTO_TEST_CASE(lines_come_without_their_ends) {
  SourceSet sources;
  const FileId file = sources.Add("f",
                                  "\xEF\xBB\xBF"
                                  "one\r\ntwo\n\nfour");
  BOOST_TEST(sources.Line(file, 1) == "one");
  BOOST_TEST(sources.Line(file, 2) == "two");
  BOOST_TEST(sources.Line(file, 3) == "");
  BOOST_TEST(sources.Line(file, 4) == "four");
  BOOST_TEST(sources.Line(file, 5) == "");
  BOOST_TEST(sources.Line(file, 0) == "");
}

BOOST_AUTO_TEST_CASE(text_stays_where_it_is) {
  SourceSet sources;
  const FileId first = sources.Add("first", "x");  // short enough to live inside the string object
  const std::string_view text = sources.text(first);
  for (int i = 0; i < 1'000; ++i) sources.Add("more", "y");
  BOOST_TEST(sources.size() == 1'001U);
  BOOST_TEST(static_cast<const void*>(text.data()) ==
             static_cast<const void*>(sources.text(first).data()));
  BOOST_TEST(sources.name(first) == "first");
  BOOST_TEST(sources.text(Span{first, 0, 1}) == "x");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
