#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "compiler/diagram/text_words.hpp"

namespace mlp::compiler {
namespace {

BOOST_AUTO_TEST_SUITE(text_words)

BOOST_AUTO_TEST_CASE(prefixes_within_prefixes) {
  // starts-with "ac", == "acme", starts-with "acme-", == "b"
  const std::vector<std::string> cuts{"ac", "acme", std::string("acme\0", 5), "acme-", "acme.",
                                      "ad", "b",    std::string("b\0", 2)};
  const auto words = [&](const std::vector<int>& classes) {
    std::vector<bool> in(cuts.size() + 1);
    for (const int one : classes) in[static_cast<std::size_t>(one)] = true;
    return TextSetWords("t", cuts, in).value_or("");
  };
  // Classes: 1, 3 and 5 are what is left of the prefix `ac`; 2 `acme`; 4 `acme-`; 7 `b`; 0, 6 and
  // 8 the rest.
  BOOST_TEST(words({1, 2, 3, 4, 5}) == "t starts-with \"ac\"");
  BOOST_TEST(words({1, 3, 4, 5}) == "t starts-with \"ac\" and t != \"acme\"");
  BOOST_TEST(words({1, 3, 5}) ==
             "t starts-with \"ac\" and t != \"acme\" and not t starts-with \"acme-\"");
  BOOST_TEST(words({2, 7}) == "(t == \"acme\" or t == \"b\")");
  BOOST_TEST(words({1, 2, 3, 5, 7}) ==
             "((t starts-with \"ac\" and not t starts-with \"acme-\") or t == \"b\")");
  BOOST_TEST(words({0, 6, 7, 8}) == "not t starts-with \"ac\"");
  BOOST_TEST(words({0, 2, 6, 8}) == "((not t starts-with \"ac\" and t != \"b\") or t == \"acme\")");
  // Comparisons tell these apart in no way; all of them ask nothing.
  BOOST_TEST(words({1}) == "");
  BOOST_TEST(words({0, 1, 2, 3, 4, 5, 6, 7, 8}) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
