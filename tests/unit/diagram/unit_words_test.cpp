#include <boost/test/unit_test.hpp>

#include "compiler/diagram/unit_words.hpp"

namespace mlp::compiler {
namespace {

BOOST_AUTO_TEST_SUITE(unit_words)

BOOST_AUTO_TEST_CASE(values_have_their_shortest_exact_form) {
  BOOST_TEST(DurationWords(0) == "0s");
  BOOST_TEST(DurationWords(250) == "250ms");
  BOOST_TEST(DurationWords(90'000) == "90s");
  BOOST_TEST(DurationWords(3'600'000) == "1h");
  BOOST_TEST(DurationWords(259'200'000) == "3d");
  BOOST_TEST(ShareWords(5'000) == "0.5%");
  BOOST_TEST(ShareWords(1'000'000) == "100%");
  BOOST_TEST(RatioWords(1'300'000) == "1.3");
  BOOST_TEST(PriceWords(3'000'000) == "$3/M");
  BOOST_TEST(PriceWords(300'000) == "$0.30/M");
  BOOST_TEST(PriceWords(-1) == "none");
  BOOST_TEST(CostWords(20'000'000'000) == "$0.02");
  BOOST_TEST(CostWords(-1) == "unknown");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
