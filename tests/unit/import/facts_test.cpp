#include "compiler/import/facts.hpp"

#include <boost/test/unit_test.hpp>
#include <limits>
#include <vector>

namespace {

using namespace mlp::compiler;

BOOST_AUTO_TEST_SUITE(ImportFacts)

BOOST_AUTO_TEST_CASE(WritesTokensShortWhereThatIsExact) {
  const std::vector<std::pair<std::int64_t, std::string>> rows{
      {200'000, "200K"},      {1'000'000, "1M"}, {1'050'000, "1050K"}, {131'072, "131072"},
      {1'048'576, "1048576"}, {0, "0"},          {999, "999"},         {2'000'000, "2M"}};
  for (const auto& [count, text] : rows) BOOST_TEST(WriteTokens(count) == text);
}

BOOST_AUTO_TEST_CASE(ReadsPricesExactlyAndWritesThemBack) {
  struct Row {
    std::string text;
    std::int64_t pico;
    std::string written;
  };
  const std::vector<Row> rows{{"3", 3'000'000, "$3/M"},
                              {"0.3", 300'000, "$0.30/M"},
                              {"0.30", 300'000, "$0.30/M"},
                              {"12.5", 12'500'000, "$12.50/M"},
                              {"0.003625", 3'625, "$0.003625/M"},
                              {"0", 0, "$0/M"},
                              {"22.5", 22'500'000, "$22.50/M"},
                              {"0.075", 75'000, "$0.075/M"},
                              {"999999.999999", 999'999'999'999, "$999999.999999/M"}};
  for (const Row& row : rows) {
    const auto rate = ReadRate(row.text);
    BOOST_REQUIRE_MESSAGE(rate.has_value(), row.text);
    BOOST_TEST(*rate == row.pico);
    BOOST_TEST(WriteRate(*rate) == row.written);
  }
  for (const std::string text :
       {"", ".5", "1.", "-1", "1e3", "0.0000001", "1,5", "1234567", "1.2.3"}) {
    BOOST_TEST(!ReadRate(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(RoundsFloatingPointPricesToPicodollars) {
  BOOST_TEST(RateFromDollarsPerToken(2.5e-06)->pico_per_token == 2'500'000);
  BOOST_TEST(RateFromDollarsPerToken(2.5e-06)->exact);
  BOOST_TEST(RateFromDollarsPerToken(3.625e-09)->pico_per_token == 3'625);
  BOOST_TEST(RateFromDollarsPerToken(3.625e-09)->exact);
  BOOST_TEST(RateFromDollarsPerToken(1.5e-12)->pico_per_token == 2);
  BOOST_TEST(!RateFromDollarsPerToken(1.5e-12)->exact);
  BOOST_TEST(RateFromDollarsPerMillion(0.003625)->pico_per_token == 3'625);
  BOOST_TEST(RateFromDollarsPerMillion(0.003625)->exact);
  BOOST_TEST(!RateFromDollarsPerMillion(0.00000033)->exact);
  BOOST_TEST(!RateFromDollarsPerMillion(-1).has_value());
  BOOST_TEST(!RateFromDollarsPerMillion(2e6).has_value());
  BOOST_TEST(!RateFromDollarsPerMillion(std::numeric_limits<double>::infinity()).has_value());
  BOOST_TEST(!RateFromDollarsPerMillion(std::numeric_limits<double>::quiet_NaN()).has_value());
}

BOOST_AUTO_TEST_CASE(RoundsEveryCatalogPriceExactly) {
  // The oracle is the decimal text: every price with up to six decimals below $2 must survive a
  // double.
  for (std::int64_t pico = 0; pico < 2'000'000; pico += 7) {
    const std::string written = WriteRate(pico);
    const std::string text = written.substr(1, written.size() - 3);
    const auto rate = RateFromDollarsPerMillion(std::stod(text));
    if (!rate || rate->pico_per_token != pico || !rate->exact || ReadRate(text) != pico) {
      BOOST_ERROR("lost " << written);
    }
  }
}

BOOST_AUTO_TEST_CASE(ReadsDatesAndFillsInAnUnknownDay) {
  struct Row {
    std::string text;
    std::string date;
    bool unknown_day;
  };
  const std::vector<Row> rows{{"2026-06-01", "2026-06-01", false},
                              {"2026-10", "2026-10-01", true},
                              {"2026", "2026-01-01", true},
                              {"2024-02-29", "2024-02-29", false},
                              {"2026-08-16T16:00Z", "2026-08-16T16:00Z", false},
                              {"2026-08-16T00:00Z", "2026-08-16", false}};
  for (const Row& row : rows) {
    const auto date = ReadDateFact(row.text);
    BOOST_REQUIRE_MESSAGE(date.has_value(), row.text);
    BOOST_TEST(date->text == row.date);
    BOOST_TEST(date->unknown_day == row.unknown_day, row.text);
  }
  for (const std::string text :
       {"", "26", "2026-13", "2026-00-01", "2025-02-29", "2026-06-31", "2026/06/01", "2026-6-1",
        "2026-06-01T24:00Z", "2026-06-01T16:00", "2026-06-01 16:00", "2026-06-011", "earliest 2026",
        "1969-01-01"}) {
    BOOST_TEST(!ReadDateFact(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(FindsTheLastDateOfARange) {
  BOOST_TEST(LastDateIn("2026-08-22") == "2026-08-22");
  BOOST_TEST(LastDateIn("2026-10-15 / 2026-10-28") == "2026-10-28");
  BOOST_TEST(LastDateIn("2025-02-06..2026-07-24") == "2026-07-24");
  BOOST_TEST(LastDateIn("2026-09-22..24") == "2026-09-22");
  BOOST_TEST(LastDateIn("2026-05") == "2026-05-01");
  BOOST_TEST(LastDateIn("2025-12..2026-09") == "2026-09-01");
  BOOST_TEST(LastDateIn("-") == "");
}

BOOST_AUTO_TEST_CASE(QuotesWhatTheLanguageWouldMisread) {
  BOOST_TEST(Quote("a\"b\\c\nd") == "\"a\\\"b\\\\c d\"");
  BOOST_TEST(OneLine("a\tb\x7f") == "a b ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
