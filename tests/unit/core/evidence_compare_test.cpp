// Comparisons of two arms by published numbers (R 4.2, statsmodels, confseq, GrowthBook, Newcombe
// 1998).
#include "runtime/core/evidence/compare.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <vector>

#include "runtime/core/evidence/mixture.hpp"

namespace mlp {
namespace {

Moments Of(const std::vector<double>& values) {
  Moments moments;
  for (const double value : values) {
    ++moments.count;
    moments.sum += value;
    moments.squares += value * value;
  }
  return moments;
}

bool Near(double a, double b, double within = 1e-8) { return std::abs(a - b) <= within; }

BOOST_AUTO_TEST_SUITE(evidence_compare)

BOOST_AUTO_TEST_CASE(welch) {
  const TestResult sleep = WelchTest(Of({0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0}),
                                     Of({1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4}), 0.05);
  BOOST_TEST(Near(sleep.statistic, -1.86081347));
  BOOST_TEST(Near(sleep.degrees, 17.7764735, 1e-7));
  BOOST_TEST(Near(sleep.p, 0.0793941402));
  BOOST_TEST(Near(sleep.interval.low, -3.365483231));
  BOOST_TEST(Near(sleep.interval.high, 0.205483231));
  const TestResult growth =
      WelchTest({3'461, 2'422.7, 134'698.29}, {3'407, 1'396.87, 52'377.9767}, 0.05);
  BOOST_TEST(Near(growth.interval.low, 0.04538, 5e-5));
  BOOST_TEST(Near(growth.interval.high, 0.53462, 5e-5));
  BOOST_TEST(Near(growth.p, 0.02016, 5e-5));
  BOOST_TEST(WelchTest({1, 1, 1}, {5, 5, 5}, 0.05).p == 1);
}

BOOST_AUTO_TEST_CASE(two_proportions) {
  const TestResult result = TwoProportionTest(5, 83, 12, 99);
  BOOST_TEST(Near(result.statistic, -1.40783042));
  BOOST_TEST(Near(result.p, 0.159181292));
}

BOOST_AUTO_TEST_CASE(newcombe) {
  struct Row {
    std::int64_t a, n, b, m;
    double low, high;
  };
  constexpr Row kRows[] = {
      {7, 34, 1, 34, 0.0189214439, 0.340368687},  {56, 70, 48, 80, 0.0524314724, 0.333872654},
      {9, 10, 3, 10, 0.170522724, 0.809017974},   {6, 7, 2, 7, 0.0582279275, 0.806249638},
      {5, 56, 0, 29, -0.0381371479, 0.192560014}, {10, 10, 0, 20, 0.679086037, 1},
  };
  for (const Row& row : kRows) {
    const Interval interval = NewcombeInterval(row.a, row.n, row.b, row.m);
    BOOST_TEST(Near(interval.low, row.low));
    BOOST_TEST(Near(interval.high, row.high));
  }
}

BOOST_AUTO_TEST_CASE(families) {
  const std::vector<double> p{0.01, 0.04, 0.03, 0.005};  // R's p.adjust
  const std::vector<double> holm{0.03, 0.06, 0.06, 0.02};
  const std::vector<double> adjusted = HolmAdjusted(p);
  for (std::size_t i = 0; i < p.size(); ++i) BOOST_TEST(Near(adjusted[i], holm[i]));
  BOOST_TEST(Near(BonferroniAdjusted(p)[1], 0.16));
  BOOST_TEST(BonferroniAdjusted(std::vector<double>{0.6, 0.6})[0] == 1);
}

BOOST_AUTO_TEST_CASE(quantiles) {
  BOOST_TEST(Near(NormalQuantile(0.975), kNormal95, 1e-9));
  BOOST_TEST(Near(NormalQuantile(0.1), -1.2815515655446004, 1e-9));
  BOOST_TEST(Near(StudentQuantile(0.05, 10), 2.2281388519649385, 1e-9));
  BOOST_TEST(Near(NormalCdf(1), 0.8413447460685429, 1e-12));
}

BOOST_AUTO_TEST_CASE(normal_mixture) {
  const double rho = BestRho(100, 0.05);
  BOOST_TEST(Near(rho, 12.60056, 1e-5));
  BOOST_TEST(Near(NormalMixtureLog(10, 100, rho), -0.6510052, 1e-6));
  BOOST_TEST(Near(NormalMixtureBound(100, rho, 0.05), 30.35209, 1e-5));
  // mSPRT is the same: tau2 = 1 / rho, n = 100, mean .1, sigma 1.
  BOOST_TEST(Near(std::exp(NormalMixtureLog(10, 100, 12.60056)), 0.521521301, 1e-7));
}

BOOST_AUTO_TEST_CASE(two_bernoulli_streams) {
  BOOST_TEST(Near(std::exp(BernoulliSprtLog(500, .02, .04, 1e-4)), 1.628025445));
  BOOST_TEST(Near(std::exp(BernoulliSprtLog(1'000, .02, .04, 1e-4)), 5.372949786));
  BOOST_TEST(Near(std::exp(BernoulliSprtLog(2'000, .02, .04, 1e-4)), 99.474948645, 1e-6));
}

BOOST_AUTO_TEST_CASE(shares_at_any_look) {
  BOOST_TEST(Near(BetaBinomialMixtureLog(10, 100, 100, 0.05, 0.2, 0.8), -0.6941012, 1e-6));
  struct Row {
    std::int64_t events, trials;
    double tuned_for, low, high;
  };
  constexpr Row kRows[] = {
      {700, 1'000, 100, 0.651629, 0.745949}, {15, 50, 50, 0.129556, 0.511896},
      {5, 50, 50, 0.013021, 0.269264},       {1, 50, 50, 0, 0.13489},
      {100, 200, 1, 0.328923, 0.671076},
  };
  for (const Row& row : kRows) {
    const Interval interval = AnytimeShare(row.events, row.trials, 0.05, row.tuned_for);
    BOOST_TEST(Near(interval.low, row.low, 2e-6));
    BOOST_TEST(Near(interval.high, row.high, 2e-6));
  }
  BOOST_TEST(AnytimeShare(0, 0, 0.05, 100).high == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp
