// Texts without keys; keys stay out of messages in response_test.cpp.
#include "runtime/transport/redact.hpp"

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>
#include <string_view>

namespace mlp::transport {
namespace {

/// The rule about the queries of URLs, looked up anew for each question mark.
std::string BySearching(std::string_view text) {
  std::string out;
  for (; !text.empty(); text.remove_prefix(1)) {
    const std::string_view rest = text.substr(1);
    const std::string_view query = rest.substr(0, rest.find_first_of(" \t\r\n\"'<>)"));
    if (text.front() == '?' && out.find("://") != out.npos && query.find('=') != query.npos) {
      out += "?[query]";
      text.remove_prefix(query.size());
    } else {
      out += text.front() == '\n' ? ' ' : text.front();
    }
  }
  return out;
}

BOOST_AUTO_TEST_SUITE(redact)

BOOST_AUTO_TEST_CASE(queries_of_urls) {
  constexpr std::string_view kPieces[] = {"?", "=", ":", "/", "://", "a", " ", "\n", "\"", ")"};
  std::mt19937 random(13);
  BOOST_TEST_MESSAGE("seed 13");
  std::size_t hidden = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::size_t n = random() % 20; n > 0; --n) text += kPieces[random() % std::size(kPieces)];
    const std::string expected = BySearching(text);
    BOOST_REQUIRE_EQUAL(Redact(text), expected);
    if (expected.find("[query]") != expected.npos) ++hidden;
  }
  BOOST_TEST(hidden > 500U);
}

// Each of these took seconds where every question mark was looked around from.
BOOST_AUTO_TEST_CASE(many_question_marks) {
  constexpr std::size_t kMost = 4'000'000;
  for (const std::string_view begin : {"", "http://"}) {
    std::string text(begin);
    while (text.size() < 1'000'000) text += "?:";
    BOOST_TEST((Redact(text, {}, kMost) == text));
    text += ")?a=b";
    BOOST_TEST(Redact(text, {}, kMost).ends_with(begin.empty() ? "?a=b" : ")?[query]"));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::transport
