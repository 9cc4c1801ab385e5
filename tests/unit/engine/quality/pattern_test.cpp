#include "runtime/engine/quality/pattern.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace mlp::engine {
namespace {

BOOST_AUTO_TEST_SUITE(pattern)

struct Row {
  std::string_view pattern;
  std::string_view text;
  bool matches;
};

/// What ECMAScript says where other dialects say something else.
BOOST_AUTO_TEST_CASE(the_dialect_is_that_of_ecmascript) {
  using namespace std::string_view_literals;
  constexpr auto kRows = std::to_array<Row>({
      {R"(^\u0041\u{1F600}$)", "A\xF0\x9F\x98\x80", true},
      {R"(^\x41$)", "A", true},
      {R"(^a$)", "a\n", false},
      {R"(^a.b$)", "a\nb", false},
      {R"(^a.b$)", "a\rb", false},
      {R"(^a[^]b$)", "a\nb", true},
      {R"([])", "a", false},
      {R"(^.$)", "\xC3\xA9", true},
      {R"(^\w$)", "\xC3\xA9", false},
      {R"(^\d$)", "\xD9\xA3", false},
      {R"(^(?:(a)|b)\1$)", "b", true},
      {R"(^(?=.*[0-9])[a-z0-9]{4}$)", "abc1", true},
      {R"(^(?=.*[0-9])[a-z0-9]{4}$)", "abcd", false},
      {R"(^(?!x)..$)", "xy", false},
      {R"((?<=\$)4)", "$4", true},
      {R"(^(?<year>\d{4})-\k<year>$)", "2024-2024", true},
      {R"(^\p{Lu}$)", "\xC3\x89", true},
      {R"(^a\/b$)", "a/b", true},
      {R"(b)", "a\xFFz\0b"sv, true},
      {R"(^$)", "", true},
      {R"()", "", true},
  });
  for (const Row& row : kRows) {
    const auto pattern = Pattern::Parse(row.pattern);
    BOOST_REQUIRE_MESSAGE(pattern.ok(), row.pattern);
    BOOST_TEST(pattern->text() == row.pattern);
    BOOST_TEST((pattern->Matches(row.text) == row.matches), row.pattern << " on " << row.text);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_expression_says_where) {
  const auto open = Pattern::Parse("ab(");
  BOOST_REQUIRE(!open.ok());
  BOOST_TEST(open.error().context ==
             "`ab(` is no regular expression: missing closing parenthesis (at byte 3)");
  for (const char* text : {"[", "*", "a{2,1}", "\\u{110000}", "a\xFF", "(?<a", "\\C"}) {
    BOOST_TEST(!Pattern::Parse(text).ok(), text);
  }
}

BOOST_AUTO_TEST_CASE(work_is_bounded) {
  const std::string many(1'000'000, 'a');
  const auto simple = Pattern::Parse("^[ab]*$");
  BOOST_TEST((simple->Matches(many) == true));
  BOOST_TEST((simple->Matches(many + "c") == false));
  const auto exponential = Pattern::Parse("^(a+)+$");
  BOOST_TEST((exponential->Matches(many) == true));
  BOOST_TEST((exponential->Matches(many + "c") == std::nullopt));
  // Every turn may be gone back to: memory is bounded too.
  const auto turns = Pattern::Parse("^(?:a|b)*$");
  BOOST_TEST((turns->Matches(many + many + many + "c") == std::nullopt));
  BOOST_TEST((turns->Matches(std::string(10'000, 'a') + "c") == false));
}

/// All expressions of up to four of these parts, on all texts of up to four letters, as the
/// standard library matches them.
BOOST_AUTO_TEST_CASE(small_expressions_match_as_the_standard_library_has_it) {
  constexpr auto kParts =
      std::to_array<std::string_view>({"a", "b", ".", "*", "?", "|", "(", ")", "^", "$", "[^a]"});
  std::vector<std::string> texts = {""};
  for (std::size_t i = 0; i < texts.size() && texts[i].size() < 4; ++i) {
    for (const char letter : {'a', 'b'}) texts.push_back(texts[i] + letter);
  }
  std::vector<std::string> patterns = {""};
  std::size_t begin = 0;
  for (int length = 0; length < 4; ++length) {
    const std::size_t end = patterns.size();
    for (; begin < end; ++begin) {
      for (const std::string_view part : kParts) {
        patterns.push_back(patterns[begin] + std::string(part));
      }
    }
  }
  int compared = 0;
  for (const std::string& text : patterns) {
    const auto pattern = Pattern::Parse(text);
    try {
      const std::regex oracle(text);
      if (!pattern.ok()) continue;  // "(*" and the like, which the standard library lets pass
      for (const std::string& one : texts) {
        const bool matches = std::regex_search(one, oracle);
        if (pattern->Matches(one) != matches) {
          BOOST_ERROR("`" << text << "` on `" << one << "`: the oracle says " << matches);
        }
        ++compared;
      }
    } catch (const std::regex_error&) {
      continue;  // "a**", "a??b" and the like are judged in their own ways
    }
  }
  BOOST_TEST(compared > 140'000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
