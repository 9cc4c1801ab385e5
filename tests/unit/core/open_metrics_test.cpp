// The writer of OpenMetrics, and the strict reader that other tests hold it against.
#include "runtime/core/metrics/open_metrics.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "runtime/core/metrics/metric_bounds.hpp"
#include "tests/support/open_metrics_parser.hpp"

namespace mlp {
namespace {

using test::Exposition;
using test::ParseOpenMetrics;

BOOST_AUTO_TEST_SUITE(open_metrics)

BOOST_AUTO_TEST_CASE(every_type_is_written_as_the_format_has_it) {
  OpenMetricsWriter out;
  const std::array<MetricLabel, 1> labels = {{{"route", "all"}}};
  out.Family("a_seconds", MetricType::kGauge, "seconds", "How long.");
  out.Sample({}, std::int64_t{-5});
  out.Family("b", MetricType::kCounter, "", "Calls.");
  out.Sample(labels, std::uint64_t{7});
  out.Family("c", MetricType::kInfo, "", "What.");
  out.Sample(labels, std::uint64_t{1});
  out.Family("d", MetricType::kStateSet, "", "How.");
  out.State(labels, "open", true);
  out.State({}, "open", false);
  out.Family("e_usd", MetricType::kCounter, "usd", "Cost.");
  out.Decimal(labels, 1'000'000'000'001, 12);
  const std::string text = out.Finish();
  BOOST_TEST(text ==
             "# TYPE a_seconds gauge\n# UNIT a_seconds seconds\n# HELP a_seconds How long.\n"
             "a_seconds -5\n"
             "# TYPE b counter\n# HELP b Calls.\nb_total{route=\"all\"} 7\n"
             "# TYPE c info\n# HELP c What.\nc_info{route=\"all\"} 1\n"
             "# TYPE d stateset\n# HELP d How.\nd{route=\"all\",d=\"open\"} 1\nd{d=\"open\"} 0\n"
             "# TYPE e_usd counter\n# UNIT e_usd usd\n# HELP e_usd Cost.\n"
             "e_usd_total{route=\"all\"} 1.000000000001\n"
             "# EOF\n");
  BOOST_TEST(ParseOpenMetrics(text).error == "");
  BOOST_TEST(OpenMetricsWriter().Finish() == "# EOF\n");
}

BOOST_AUTO_TEST_CASE(a_histogram_sums_its_buckets_up) {
  OpenMetricsWriter out;
  out.Family("h", MetricType::kHistogram, "", "Times.");
  const std::array<std::string_view, 2> bounds = {"0.5", "1.0"};
  const std::array<std::uint64_t, 3> counts = {2, 0, 5};
  out.Histogram({}, bounds, counts, 1'250, 3);
  const std::string text = out.Finish();
  BOOST_TEST(text ==
             "# TYPE h histogram\n# HELP h Times.\nh_bucket{le=\"0.5\"} 2\nh_bucket{le=\"1.0\"} 2\n"
             "h_bucket{le=\"+Inf\"} 7\nh_count 7\nh_sum 1.25\n# EOF\n");
  BOOST_TEST(ParseOpenMetrics(text).error == "");
}

BOOST_AUTO_TEST_CASE(labels_of_any_bytes_come_back) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"plain", "plain"},
      {"a\\b\"c\nd", "a\\b\"c\nd"},
      {"\\n", "\\n"},
      {"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"},
      {"\xFFx\xC3", "\xEF\xBF\xBDx\xEF\xBF\xBD"},
      {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
      {"}, ,=\"", "}, ,=\""},
      {"", ""},
  };
  for (const auto& [value, expected] : rows) {
    OpenMetricsWriter out;
    const std::array<MetricLabel, 1> labels = {{{"x", value}}};
    out.Family("m", MetricType::kGauge, "", value);
    out.Sample(labels, std::int64_t{1});
    const Exposition read = ParseOpenMetrics(out.Finish());
    BOOST_TEST(read.error == "", value);
    BOOST_REQUIRE(read.Find("m") != nullptr);
    BOOST_TEST(read.Find("m")->samples.front().labels.at("x") == expected);
    BOOST_TEST(read.Find("m")->help == expected);
  }
}

BOOST_AUTO_TEST_CASE(decimals_are_exact) {
  BOOST_TEST(DecimalText(0, 0) == "0");
  BOOST_TEST(DecimalText(0, 12) == "0");
  BOOST_TEST(DecimalText(1, 12) == "0.000000000001");
  BOOST_TEST(DecimalText(50, 2) == "0.5");
  BOOST_TEST(DecimalText(100, 2) == "1");
  BOOST_TEST(DecimalText(1'010, 0) == "1010");
  BOOST_TEST(DecimalText(UInt128{UINT64_MAX} * 1'000, 12) == "18446744073.709551615");
}

BOOST_AUTO_TEST_CASE(bounds_are_those_of_the_conventions) {
  for (std::size_t k = 0; k < kDurationBoundCount; ++k) {
    BOOST_TEST(kDurationBounds_us[k] == std::int64_t{10'000} << k);
    BOOST_TEST(std::strtod(std::string(kDurationBoundTexts[k]).c_str(), nullptr) * 1e6 ==
                   static_cast<double>(kDurationBounds_us[k]),
               boost::test_tools::tolerance(1e-12));
  }
  for (std::size_t k = 0; k < kTokenBoundCount; ++k) {
    BOOST_TEST(kTokenBounds[k] == std::int64_t{1} << (2 * k));
    BOOST_TEST(std::strtod(std::string(kTokenBoundTexts[k]).c_str(), nullptr) ==
               static_cast<double>(kTokenBounds[k]));
  }
}

BOOST_AUTO_TEST_CASE(the_reader_refuses_what_the_format_forbids) {
  const std::string gauge = "# TYPE m gauge\nm 1\n";
  const std::string histogram = "# TYPE h histogram\n";
  const std::pair<std::string, std::string> rows[] = {
      {"", "line 0: no # EOF"},
      {gauge, "line 2: no # EOF"},
      {gauge + "# EOF", "line 3: no line break at the end"},
      {gauge + "# EOF\n# EOF\n", "line 4: text behind the end"},
      {gauge + "\n# EOF\n", "line 3: an empty line"},
      {"# TYPE m gauge\nm 1\r\n# EOF\n", "line 2: a carriage return at the end"},
      {"m 1\n# EOF\n", "line 1: a sample without a family"},
      {"# a comment\n# EOF\n", "line 1: a comment that is none of the format's"},
      {"# TYPE m gauge\nm 1\n# HELP m late\n# EOF\n", "line 3: metadata of `m` behind its samples"},
      {"# TYPE m gauge\n# TYPE m gauge\n# EOF\n", "line 2: TYPE of `m` twice"},
      {gauge + "# TYPE n gauge\nn 1\n# TYPE m gauge\n# EOF\n", "line 5: family `m` comes again"},
      {"# TYPE m counter\nm 1\n# EOF\n", "line 2: `m` is no sample of counter `m`"},
      {"# TYPE m counter\nm_total -1\n# EOF\n", "line 2: `m_total` is negative or no number"},
      {"# TYPE m counter\nm_total NaN\n# EOF\n", "line 2: `m_total` is negative or no number"},
      {"# TYPE m counter\n# TYPE m_total gauge\n# EOF\n",
       "line 3: `m_total` may be of two families"},
      {"# TYPE m gauge\n# UNIT m seconds\n# EOF\n",
       "line 2: `m` does not end with its unit `seconds`"},
      {"# TYPE m gauge\nm{a=\"1\",a=\"2\"} 1\n# EOF\n", "line 2: label `a` twice"},
      {"# TYPE m gauge\nm{a=\"\\t\"} 1\n# EOF\n", "line 2: the escape \\t"},
      {"# TYPE m gauge\nm{a-b=\"\"} 1\n# EOF\n", "line 2: `a-b` is no label's name"},
      {"# TYPE m gauge\nm 1 1700000000\n# EOF\n", "line 2: `1 1700000000` is no number"},
      {"# TYPE m gauge\nm 1\nm 2\n# EOF\n", "line 4: `m` twice with the same labels"},
      {"# TYPE m gauge\nm 0x1\n# EOF\n", "line 2: `0x1` is no number"},
      {"# TYPE m info\nm_info 2\n# EOF\n", "line 2: an info that is not 1"},
      {"# TYPE m stateset\nm{a=\"x\"} 1\n# EOF\n", "line 2: a state without its label"},
      {histogram + "h_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 1\nh_count 1\nh_sum 1\n# EOF\n",
       "line 6: le `1` is not `1.0`"},
      {histogram + "h_bucket{le=\"1.0\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_count 1\nh_sum 1\n# EOF\n",
       "line 6: buckets of `h` are no sums"},
      {histogram + "h_bucket{le=\"1.0\"} 1\nh_count 1\nh_sum 1\n# EOF\n",
       "line 5: `h` without the bucket +Inf"},
      {histogram + "h_bucket{le=\"+Inf\"} 1\nh_count 2\nh_sum 1\n# EOF\n",
       "line 5: the count of `h` is not its +Inf"},
      {histogram + "h_bucket{le=\"+Inf\"} 1\nh_count 1\n# EOF\n",
       "line 4: `h` without count or sum"},
      {histogram + "h_bucket{le=\"+Inf\"} 0\nh_bucket{a=\"1\",le=\"+Inf\"} 0\n"
                   "h_count 0\nh_sum 0\n# EOF\n",
       "line 6: `h` without count or sum"},
      {"# TYPE m gauge\nm{a=\"\xFF\"} 1\n# EOF\n", "line 2: bytes that are not UTF-8"},
  };
  for (const auto& [text, error] : rows) {
    BOOST_TEST(ParseOpenMetrics(text).error == error, text << ParseOpenMetrics(text).error);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
