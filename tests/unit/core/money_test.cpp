#include "mlp/money.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <random>

namespace mlp {
namespace {

BOOST_AUTO_TEST_SUITE(money)

BOOST_AUTO_TEST_CASE(text_of_an_amount) {
  struct Row {
    std::int64_t pico_usd;
    std::string_view text;
  };
  const Row rows[] = {
      {0, "$0.00"},
      {1, "$0.000000000001"},
      {20'000'000'000, "$0.02"},
      {123'000'000, "$0.000123"},
      {-1'500'000'000'000, "-$1.50"},
      {kPicoPerUsd, "$1.00"},
      {12 * kPicoPerUsd + 300'000'000'000, "$12.30"},
      {INT64_MAX, "$9223372.036854775807"},
      {INT64_MIN, "-$9223372.036854775808"},
  };
  for (const Row& row : rows) {
    BOOST_TEST(ToString(Money{row.pico_usd}) == row.text);
    const std::optional<Money> read = ParseMoney(row.text);
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(read->pico_usd == row.pico_usd);
  }
}

BOOST_AUTO_TEST_CASE(texts_that_are_no_amount) {
  for (const std::string_view text :
       {"", "$", "1.00", "$.5", "$1.", "$1.0000000000001", "$1.2.3", "$-1", "--$1", "$1 ", " $1",
        "$1,000", "$9223372.036854775808", "-$9223372.036854775809", "$99999999999999999999", "$+1",
        "-"}) {
    BOOST_TEST(!ParseMoney(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(shorter_and_longer_spellings_are_read) {
  BOOST_TEST(ParseMoney("$5")->pico_usd == 5 * kPicoPerUsd);
  BOOST_TEST(ParseMoney("$5.1")->pico_usd == 5'100'000'000'000);
  BOOST_TEST(ParseMoney("$005.100000000000")->pico_usd == 5'100'000'000'000);
}

BOOST_AUTO_TEST_CASE(random_amounts_come_back) {
  std::mt19937_64 random(20261121);
  for (int i = 0; i < 20'000; ++i) {
    const auto amount = static_cast<std::int64_t>(random()) >> (random() % 64);
    BOOST_REQUIRE(ParseMoney(ToString(Money{amount})) == Money{amount});
  }
}

BOOST_AUTO_TEST_CASE(sums_and_products_know_their_range) {
  BOOST_TEST(CheckedAdd(Money{1}, Money{2})->pico_usd == 3);
  BOOST_TEST(!CheckedAdd(Money{INT64_MAX}, Money{1}).has_value());
  BOOST_TEST(CheckedMultiply(Money{3'000'000}, 1'000)->pico_usd == 3'000'000'000);
  BOOST_TEST(!CheckedMultiply(Money{INT64_MAX}, 2).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
