#include "compiler/diag/witness.hpp"

#include <boost/test/unit_test.hpp>

namespace mlp::compiler {
namespace {

BOOST_AUTO_TEST_SUITE(witness)

BOOST_AUTO_TEST_CASE(words_are_quoted_for_a_shell_where_needed) {
  BOOST_TEST(ShellQuoted("free") == "free");
  BOOST_TEST(ShellQuoted("2026-06-01T16:00Z") == "2026-06-01T16:00Z");
  BOOST_TEST(ShellQuoted("a,b") == "a,b");
  BOOST_TEST(ShellQuoted("80%") == "80%");
  BOOST_TEST(ShellQuoted("a b") == "'a b'");
  BOOST_TEST(ShellQuoted("$HOME") == "'$HOME'");
  BOOST_TEST(ShellQuoted("it's") == "'it'\\''s'");
  BOOST_TEST(ShellQuoted("") == "''");
  BOOST_TEST(ShellQuoted("a\nb") == "'a\nb'");
}

BOOST_AUTO_TEST_CASE(a_witness_is_one_line_of_words) {
  BOOST_TEST(WitnessWords({{"tier", "free"}, {"tenant", "a b"}, {"@down", "anthropic"}}) ==
             "tier=free tenant='a b' @down=anthropic");
  BOOST_TEST(WitnessWords({{"asks", ""}}) == "asks=");
  BOOST_TEST(WitnessWords({}) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
