#include "compiler/prove/rollouts_words.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

#include "compiler/ast/literals.hpp"

namespace mlp::compiler {
namespace {

BOOST_AUTO_TEST_SUITE(rollouts_words)

BOOST_AUTO_TEST_CASE(durations) {
  struct Row {
    double seconds;
    const char* words;
  };
  const Row rows[] = {{0, "0s"},
                      {-0.0, "0s"},
                      {0.2, "1s"},
                      {59.5, "1m"},
                      {60, "1m"},
                      {119, "119s"},
                      {121, "3m"},
                      {1'800, "30m"},
                      {3'600, "1h"},
                      {5'000, "84m"},
                      {7'201, "3h"},
                      {86'400, "1d"},
                      {100'000, "28h"},
                      {259'200, "3d"},
                      {259'201, "4d"},
                      {604'800, "7d"},
                      {2e8, "2315d"},
                      {4e8, "more than ten years"},
                      {std::numeric_limits<double>::infinity(), "more than ten years"},
                      {std::nan(""), "more than ten years"}};
  for (const Row& row : rows) BOOST_TEST(RoundedDurationWords(row.seconds) == row.words);
}

BOOST_AUTO_TEST_CASE(rounded_durations_are_written_exactly_and_are_no_shorter) {
  for (double seconds = 0.7; seconds < 3e7; seconds *= 1.37) {
    const double rounded = RoundUpDuration(seconds);
    BOOST_TEST(rounded >= seconds);
    BOOST_TEST(rounded <= 2 * seconds + 1);
    const auto read = ast::ReadDurationMs(RoundedDurationWords(rounded));
    BOOST_TEST_CONTEXT(seconds) { BOOST_TEST(read.value_or(0) == std::llround(rounded * 1e3)); }
  }
}

BOOST_AUTO_TEST_CASE(two_digits) {
  BOOST_TEST(RoundUp(1.01) == 1.1, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(RoundUp(2.0) == 2.0, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(RoundUp(201) == 210, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(RoundUp(0.0321) == 0.033, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(RoundUp(0) == 0);
}

BOOST_AUTO_TEST_CASE(other_quantities) {
  BOOST_TEST(FactorWords(1.5) == "1.5x");
  BOOST_TEST(FactorWords(20) == "20x");
  BOOST_TEST(PercentWords(0.005) == "0.5%");
  BOOST_TEST(PercentWords(1) == "100%");
  BOOST_TEST(TrafficWords(48'000) == "2000 users per hour");
  BOOST_TEST(TrafficWords(1'001) == "1001 users per day");
  CriterionModel criterion;
  criterion.subject = "failures";
  criterion.relative = true;
  criterion.baseline = "baseline";
  BOOST_TEST(CriterionWords(criterion) == "failures > baseline");
  BOOST_TEST(CriterionWords(criterion, 1'500'000) == "failures > 1.5x baseline");
  criterion.relative = false;
  BOOST_TEST(CriterionWords(criterion, 25'000) == "failures > 2.5%");
  criterion.unit = CriterionModel::Unit::kMilliseconds;
  BOOST_TEST(CriterionWords(criterion, 250) == "failures > 250ms");
  criterion.unit = CriterionModel::Unit::kPicodollars;
  BOOST_TEST(CriterionWords(criterion, 10'000'000'000) == "failures > $0.01");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::compiler
