#include "compiler/ast/literals.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace mlp::compiler::ast {
namespace {

BOOST_AUTO_TEST_SUITE(literals)

using Value = std::optional<std::int64_t>;
using Reader = Value (*)(std::string_view);

Value ReadMinutes(std::string_view text) {
  const auto minutes = ReadTimeOfDay(text);
  return minutes ? Value(*minutes) : Value();
}

struct ValueRow {
  std::string_view text;
  Value value;
};

void Check(Reader read, const std::vector<ValueRow>& rows) {
  for (const ValueRow& row : rows) {
    const Value value = read(row.text);
    BOOST_TEST_CONTEXT(row.text) {
      BOOST_TEST(value.has_value() == row.value.has_value());
      if (value && row.value) BOOST_TEST(*value == *row.value);
    }
  }
}

BOOST_AUTO_TEST_CASE(integers) {
  Check(ReadInteger, {{"42", 42},
                      {"0", 0},
                      {"200K", 200'000},
                      {"1M", 1'000'000},
                      {"9223372036854775807", INT64_MAX},
                      {"9223372036854775808", {}},
                      {"9223372036854M", 9'223'372'036'854'000'000},
                      {"9223372036855M", {}},
                      {"99999999999999999999999999", {}},
                      {"", {}},
                      {"K", {}},
                      {"1k", {}},
                      {"1.5K", {}},
                      {"-1", {}},
                      {"1 ", {}}});
}

BOOST_AUTO_TEST_CASE(numbers_in_millionths) {
  Check(ReadMicro, {{"0.95", 950'000},
                    {"95%", 950'000},
                    {"0.5%", 5'000},
                    {"0.0001%", 1},
                    {"0.00001%", {}},
                    {"1.3x", 1'300'000},
                    {"2x", 2'000'000},
                    {"42", 42'000'000},
                    {"0.000001", 1},
                    {"0.0000001", {}},
                    {"0.9500000000000000000000000", 950'000},  // zeros add no precision
                    {"9223372036854.775807", INT64_MAX},
                    {"9223372036854.775808", {}},
                    {"0.", {}},
                    {".5", {}},
                    {"1.2.3", {}},
                    {"x", {}}});
}

BOOST_AUTO_TEST_CASE(money_in_picodollars) {
  Check(ReadMoneyPico, {{"$0.05", 50'000'000'000},
                        {"$100", 100'000'000'000'000},
                        {"$0.000000000001", 1},
                        {"$0.0000000000001", {}},
                        {"$9223372.036854775807", INT64_MAX},
                        {"$9223372.036854775808", {}},
                        {"$9223373", {}},
                        {"0.05", {}},
                        {"$", {}},
                        {"$3/M", {}}});
}

BOOST_AUTO_TEST_CASE(prices_in_picodollars_per_token) {
  Check(ReadRatePico, {{"$3/M", 3'000'000},
                       {"$0.30/M", 300'000},
                       {"$0.000001/M", 1},
                       {"$0.0000001/M", {}},
                       {"$3", {}},
                       {"3/M", {}},
                       {"$3/K", {}}});
}

BOOST_AUTO_TEST_CASE(durations_in_milliseconds) {
  Check(ReadDurationMs, {{"250ms", 250},
                         {"4s", 4'000},
                         {"2.4s", 2'400},
                         {"0.0001s", {}},
                         {"0.5ms", {}},
                         {"10m", 600'000},
                         {"1.5m", 90'000},
                         {"1h", 3'600'000},
                         {"7d", 604'800'000},
                         {"106751991167d", 106'751'991'167LL * 86'400'000},
                         {"106751991168d", {}},
                         {"1w", {}},
                         {"s", {}}});
}

BOOST_AUTO_TEST_CASE(dates_in_seconds) {
  Check(ReadDate, {{"1970-01-01", 0},
                   {"1970-01-01T00:01Z", 60},
                   {"2000-02-29", 951'782'400},
                   {"2026-06-01", 1'780'272'000},
                   {"2026-08-16T16:00Z", 1'786'896'000},
                   {"1969-12-31", -86'400},
                   {"1900-02-29", {}},
                   {"2026-02-29", {}},
                   {"2026-13-01", {}},
                   {"2026-00-01", {}},
                   {"2026-01-00", {}},
                   {"2026-04-31", {}},
                   {"2026-06-01T24:00Z", {}},
                   {"2026-06-01T12:60Z", {}},
                   {"2026-06-01T12:00", {}},
                   {"2026-6-1", {}},
                   {"", {}}});
}

BOOST_AUTO_TEST_CASE(dates_and_their_spelling_are_inverse_on_every_day) {
  // Counted day by day with a plain calendar, from 0000-03-01 (day -719468) to 9999-12-31.
  constexpr std::array kLengths{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  int year = 0;
  std::size_t month = 3;
  int day = 1;
  std::size_t wrong = 0;
  for (std::int64_t days = -719'468; year <= 9999; ++days) {
    std::array<char, 40> text;
    std::snprintf(text.data(), text.size(), "%04d-%02zu-%02d", year, month, day);
    const std::int64_t seconds = days * 86'400;
    if (ReadDate(text.data()) != seconds || WriteDate(seconds) != text.data()) ++wrong;
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    const int length = kLengths[month - 1] + (month == 2 && leap ? 1 : 0);
    if (++day > length) {
      day = 1;
      if (++month > 12) {
        month = 1;
        ++year;
      }
    }
  }
  BOOST_TEST(wrong == 0U);
  BOOST_TEST(WriteDate(1'786'896'000) == "2026-08-16T16:00Z");
  BOOST_TEST(WriteDate(-60) == "1969-12-31T23:59Z");
}

BOOST_AUTO_TEST_CASE(times_of_day_in_minutes) {
  Check(ReadMinutes, {{"00:00", 0},
                      {"16:30", 990},
                      {"23:59", 1'439},
                      {"24:00", {}},
                      {"12:60", {}},
                      {"9:00", {}},
                      {"12-00", {}}});
}

BOOST_AUTO_TEST_CASE(strings) {
  const std::vector<std::pair<std::string_view, std::optional<std::string>>> rows{
      {R"("")", ""},
      {R"("plain")", "plain"},
      {R"("a\"b\\c\nd\te")", "a\"b\\c\nd\te"},
      {"\"\xC3\xA9\"", "\xC3\xA9"},
      {R"("a\qb")", {}},
      {R"("a\")", {}},
      {R"("a"b")", {}},
      {R"(")", {}},
      {R"(plain)", {}},
  };
  for (const auto& [text, value] : rows) {
    BOOST_TEST_CONTEXT(text) {
      BOOST_TEST(ReadString(text).has_value() == value.has_value());
      BOOST_TEST(ReadString(text).value_or("") == value.value_or(""));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler::ast
