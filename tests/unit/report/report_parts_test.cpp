// The small parts: sums of money, instants, tables.
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>

#include "runtime/core/money_sum.hpp"
#include "runtime/report/since.hpp"
#include "runtime/report/text_table.hpp"

namespace {

using namespace mlp;  // NOLINT(google-build-using-namespace)

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();

MoneySum SumOf(std::initializer_list<std::int64_t> picos) {
  MoneySum sum;
  for (const std::int64_t pico : picos) sum.Add(Money{pico});
  return sum;
}

BOOST_AUTO_TEST_SUITE(report_parts)

BOOST_AUTO_TEST_CASE(sums_of_money_are_exact) {
  struct Case {
    MoneySum sum;
    const char* decimal;
    const char* rounded;
  };
  const Case cases[] = {
      {SumOf({}), "0.00", "$0.00"},
      {SumOf({1}), "0.000000000001", "<$0.0001"},
      {SumOf({100'000'000}), "0.0001", "$0.0001"},
      {SumOf({123'456'789'012}), "0.123456789012", "$0.1235"},
      {SumOf({999'949'999'999}), "0.999949999999", "$0.9999"},
      {SumOf({999'950'000'000}), "0.99995", "$1.00"},
      {SumOf({1'994'999'999'999}), "1.994999999999", "$1.99"},
      {SumOf({1'995'000'000'000}), "1.995", "$2.00"},
      {SumOf({999'999'999'999, 1}), "1.00", "$1.00"},
      {SumOf({-1}), "-0.000000000001", "$-0.000000000001"},
      {SumOf({-1'500'000'000'000}), "-1.50", "$-1.50"},
      {SumOf({-1'000'000'000'000}), "-1.00", "$-1.00"},
      {SumOf({5, -5}), "0.00", "$0.00"},
      {SumOf({kMost, kMost, kMost}), "27670116.110564327421", "$27670116.11"},
      {SumOf({kLeast}), "-9223372.036854775808", "$-9223372.036854775808"},
      {SumOf({kMost, kLeast, 1}), "0.00", "$0.00"},
  };
  for (const Case& each : cases) {
    BOOST_TEST(each.sum.Decimal() == each.decimal);
    BOOST_TEST(each.sum.Rounded() == each.rounded);
  }
}

BOOST_AUTO_TEST_CASE(instants_are_read_and_written) {
  constexpr std::int64_t kNow = 1'795'000'000'000'000;
  struct Case {
    const char* text;
    std::optional<std::int64_t> instant_us;
  };
  const Case cases[] = {
      {"90s", kNow - 90'000'000},
      {"30m", kNow - 1'800'000'000},
      {"24h", kNow - 86'400'000'000},
      {"7d", kNow - 604'800'000'000},
      {"2w", kNow - 1'209'600'000'000},
      {"0s", kNow},
      {"1970-01-01", 0},
      {"2026-11-20", 1'795'132'800'000'000},
      {"2024-02-29T23:59:59Z", 1'709'251'199'000'000},
      {"2026-11-20T14:00", 1'795'183'200'000'000},
      {"", std::nullopt},
      {"h", std::nullopt},
      {"24", std::nullopt},
      {"-1h", std::nullopt},
      {"+1h", std::nullopt},
      {"1.5h", std::nullopt},
      {"24 h", std::nullopt},
      {"31622400001s", std::nullopt},
      {"20000000w", std::nullopt},
      {"99999999999999999999h", std::nullopt},
      {"2025-02-29", std::nullopt},
      {"2026-13-01", std::nullopt},
      {"2026-1-1", std::nullopt},
      {"2026-11-20T", std::nullopt},
      {"2026-11-20T24:00", std::nullopt},
      {"2026-11-20T14:60", std::nullopt},
      {"2026-11-20T14:00:60", std::nullopt},
      {"2026-11-20T14:00:05+01:00", std::nullopt},
      {"yesterday", std::nullopt},
  };
  for (const Case& each : cases) {
    BOOST_TEST_CONTEXT(each.text) { BOOST_TEST((ParseSince(each.text, kNow) == each.instant_us)); }
  }
  BOOST_TEST(FormatInstant(1'709'251'199'999'999) == "2024-02-29T23:59:59Z");
  BOOST_TEST(FormatInstant(-1) == "1969-12-31T23:59:59Z");
}

BOOST_AUTO_TEST_CASE(tables_are_aligned_and_cut_in_the_first_column) {
  TextTable table({"Name", "n", "größe"});
  table.AddRow({"a", "1", "22"});
  table.AddRow({"a-much-longer-name", "1,000", "-"});
  BOOST_TEST(table.Render(100) ==
             "Name                    n  größe\n"
             "a                       1     22\n"
             "a-much-longer-name  1,000      -\n");
  BOOST_TEST(table.Render(26) ==
             "Name              n  größe\n"
             "a                 1     22\n"
             "a-much-long…  1,000      -\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
