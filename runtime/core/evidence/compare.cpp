#include "runtime/core/evidence/compare.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace mlp {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

double LogGamma(double x) noexcept {
  int sign = 0;
  return lgamma_r(x, &sign);
}

/// The regularised incomplete beta function, by its continued fraction (Lentz).
double IncompleteBeta(double a, double b, double x) noexcept {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - IncompleteBeta(b, a, 1 - x);
  constexpr double kTiny = 1e-300;
  constexpr int kMostTerms = 500;
  const auto apart = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / apart(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int m = 1; m <= kMostTerms; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / apart(1 + even * d);
    c = apart(1 + even / c);
    fraction *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / apart(1 + odd * d);
    c = apart(1 + odd / c);
    const double change = d * c;
    fraction *= change;
    if (std::abs(change - 1) < 1e-15) break;
  }
  const double front =
      std::exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + a * std::log(x) + b * std::log1p(-x));
  return front * fraction / a;
}

/// The root of a falling function, between 0 and a bound that is doubled until it is below.
template <typename Falling>
double Root(Falling falling) noexcept {
  double high = 1;
  while (falling(high) > 0 && high < 1e12) high *= 2;
  double low = 0;
  for (int i = 0; i < 200; ++i) {
    const double middle = (low + high) / 2;
    (falling(middle) > 0 ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace

double NormalCdf(double z) noexcept { return std::erfc(-z / std::sqrt(2.0)) / 2; }

double NormalQuantile(double p) noexcept {
  if (p == 0.5) return 0;
  if (p < 0.5) return -NormalQuantile(1 - p);
  return Root([&](double z) { return std::erfc(z / std::sqrt(2.0)) / 2 - (1 - p); });
}

double StudentTwoSided(double t, double degrees) noexcept {
  return IncompleteBeta(degrees / 2, 0.5, degrees / (degrees + t * t));
}

double StudentQuantile(double p, double degrees) noexcept {
  return Root([&](double t) { return StudentTwoSided(t, degrees) - p; });
}

TestResult WelchTest(const Moments& a, const Moments& b, double alpha) noexcept {
  TestResult result;
  result.interval = {-kInfinite, kInfinite};
  if (a.count < 2 || b.count < 2) return result;
  const double of_a = a.variance() / static_cast<double>(a.count);
  const double of_b = b.variance() / static_cast<double>(b.count);
  const double error = std::sqrt(of_a + of_b);
  if (error <= 0) return result;
  const double difference = a.mean() - b.mean();
  result.statistic = difference / error;
  result.degrees = (of_a + of_b) * (of_a + of_b) /
                   (of_a * of_a / static_cast<double>(a.count - 1) +
                    of_b * of_b / static_cast<double>(b.count - 1));
  result.p = StudentTwoSided(result.statistic, result.degrees);
  const double reach = StudentQuantile(alpha, result.degrees) * error;
  result.interval = {difference - reach, difference + reach};
  return result;
}

TestResult TwoProportionTest(std::int64_t events_a, std::int64_t trials_a, std::int64_t events_b,
                             std::int64_t trials_b) noexcept {
  TestResult result;
  if (trials_a <= 0 || trials_b <= 0) return result;
  const auto n_a = static_cast<double>(trials_a);
  const auto n_b = static_cast<double>(trials_b);
  const double pooled = static_cast<double>(events_a + events_b) / (n_a + n_b);
  const double variance = pooled * (1 - pooled) * (1 / n_a + 1 / n_b);
  if (variance <= 0) return result;
  result.statistic = (static_cast<double>(events_a) / n_a - static_cast<double>(events_b) / n_b) /
                     std::sqrt(variance);
  result.p = std::erfc(std::abs(result.statistic) / std::sqrt(2.0));
  return result;
}

Interval NewcombeInterval(std::int64_t events_a, std::int64_t trials_a, std::int64_t events_b,
                          std::int64_t trials_b, double z) noexcept {
  if (trials_a <= 0 || trials_b <= 0) return {-1, 1};
  const double a = static_cast<double>(events_a) / static_cast<double>(trials_a);
  const double b = static_cast<double>(events_b) / static_cast<double>(trials_b);
  const auto wilson = [&](std::int64_t events, std::int64_t trials) {
    return WilsonInterval(static_cast<std::uint64_t>(events), static_cast<std::uint64_t>(trials),
                          z);
  };
  const Interval of_a = wilson(events_a, trials_a);
  const Interval of_b = wilson(events_b, trials_b);
  return {a - b - std::hypot(a - of_a.low, of_b.high - b),
          a - b + std::hypot(of_a.high - a, b - of_b.low)};
}

std::vector<double> HolmAdjusted(std::span<const double> p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<double> adjusted(p.size());
  double most = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    most = std::max(most, std::min(1.0, static_cast<double>(p.size() - i) * p[order[i]]));
    adjusted[order[i]] = most;
  }
  return adjusted;
}

std::vector<double> BonferroniAdjusted(std::span<const double> p) {
  std::vector<double> adjusted;
  for (const double one : p) {
    adjusted.push_back(std::min(1.0, static_cast<double>(p.size()) * one));
  }
  return adjusted;
}

}  // namespace mlp
