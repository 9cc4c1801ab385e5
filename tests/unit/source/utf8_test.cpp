#include "compiler/source/utf8.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

namespace mlp::compiler {
namespace {

BOOST_AUTO_TEST_SUITE(utf8)

// Written by the formula of RFC 3629, section 3.
std::string Encode(char32_t value) {
  const auto byte = [](char32_t bits) { return static_cast<char>(bits); };
  if (value < 0x80) return {byte(value)};
  if (value < 0x800) return {byte(0xC0 | (value >> 6)), byte(0x80 | (value & 0x3F))};
  if (value < 0x10000) {
    return {byte(0xE0 | (value >> 12)), byte(0x80 | ((value >> 6) & 0x3F)),
            byte(0x80 | (value & 0x3F))};
  }
  return {byte(0xF0 | (value >> 18)), byte(0x80 | ((value >> 12) & 0x3F)),
          byte(0x80 | ((value >> 6) & 0x3F)), byte(0x80 | (value & 0x3F))};
}

BOOST_AUTO_TEST_CASE(every_code_point_decodes_and_surrogates_do_not) {
  std::size_t wrong = 0;
  for (char32_t value = 0; value <= 0x110010; ++value) {
    const std::string bytes = Encode(value);
    const CodePoint point = DecodeUtf8(bytes + "x");
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    const bool expected = !surrogate && value <= 0x10FFFF;
    if (point.valid != expected) ++wrong;
    if (expected && (point.value != value || point.length != bytes.size())) ++wrong;
    if (!expected && point.length != 1) ++wrong;
  }
  BOOST_TEST(wrong == 0U);
}

BOOST_AUTO_TEST_CASE(malformed_bytes_are_one_byte_long) {
  const std::vector<std::string> malformed{"\x80",
                                           "\xBF",
                                           "\xC0\xAF",
                                           "\xC1\x81",
                                           "\xE0\x80\x80",
                                           "\xF0\x80\x80\x80",
                                           "\xF8\x88\x80\x80\x80",
                                           "\xFF",
                                           "\xFE",
                                           "\xC3",
                                           "\xE4\xBD",
                                           "\xF0\x9F\x98",
                                           "\xC3(",
                                           "\xE4(\xA0"};
  for (const std::string& bytes : malformed) {
    const CodePoint point = DecodeUtf8(bytes);
    BOOST_TEST(!point.valid);
    BOOST_TEST(point.length == 1U);
    BOOST_TEST(static_cast<std::uint32_t>(point.value) == 0xFFFDU);
  }
  BOOST_TEST(DecodeUtf8("").length == 0U);
}

BOOST_AUTO_TEST_CASE(widths_are_those_of_terminals) {
  BOOST_TEST(DisplayWidth(U'a') == 1);
  BOOST_TEST(DisplayWidth(U'\u00E9') == 1);
  BOOST_TEST(DisplayWidth(U'\u0301') == 0);      // combining acute
  BOOST_TEST(DisplayWidth(U'\u200B') == 0);      // zero width space
  BOOST_TEST(DisplayWidth(U'\u4F60') == 2);      // a Han character
  BOOST_TEST(DisplayWidth(U'\uD55C') == 2);      // a Hangul syllable
  BOOST_TEST(DisplayWidth(U'\U0001F600') == 2);  // an emoji
  BOOST_TEST(DisplayWidth(U'\u2192') == 1);      // an arrow
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
