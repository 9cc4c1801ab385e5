#include "runtime/store/text.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

namespace {

using mlp::kMaxTextBytes;
using mlp::StorableText;

constexpr const char* kReplacement = "\xEF\xBF\xBD";

BOOST_AUTO_TEST_SUITE(text)

BOOST_AUTO_TEST_CASE(table_of_texts) {
  const std::string r = kReplacement;
  struct Case {
    std::string text;
    std::string stored;
  };
  const Case cases[] = {
      {"", ""},
      {"plain", "plain"},
      {"\x7F\x01", "\x7F\x01"},
      {"gr\xC3\xB6\xC3\x9F"
       "e",
       "gr\xC3\xB6\xC3\x9F"
       "e"},
      {"\xF0\x9F\xA6\x89", "\xF0\x9F\xA6\x89"},
      {std::string("a\0b", 3), "a" + r + "b"},
      {"\x80", r},                          // a tail alone
      {"\xC0\xAF", r + r},                  // overlong
      {"\xE0\x9F\xBF", r + r + r},          // overlong
      {"\xED\xA0\x80", r + r + r},          // a surrogate
      {"\xF4\x90\x80\x80", r + r + r + r},  // above U+10FFFF
      {"\xF8", r},                          // never a start
      {"\xE2\x82", r + r},                  // cut short
      {"\xE2\x82z", r + r + "z"},
      {"\xED\x9F\xBF\xEE\x80\x80", "\xED\x9F\xBF\xEE\x80\x80"},  // around the surrogates
  };
  for (const Case& each : cases) {
    std::string buffer;
    BOOST_TEST(StorableText(each.text, buffer) == each.stored);
  }
}

BOOST_AUTO_TEST_CASE(long_text_is_cut_between_code_points) {
  std::string buffer;
  const std::string longest(kMaxTextBytes, 'x');
  BOOST_TEST(StorableText(longest, buffer) == longest);
  BOOST_TEST(StorableText(longest + "y", buffer) == longest);
  const std::string odd = std::string(kMaxTextBytes - 1, 'x') + "\xC3\xB6";
  BOOST_TEST(StorableText(odd, buffer) == longest.substr(1));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
