#include "runtime/core/evidence/paired.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "runtime/core/split_mix.hpp"

namespace mlp {
namespace {

constexpr std::size_t kResamples = 10'000;
constexpr std::uint64_t kSeed = 0x6D6C7031;

double Reach(double a, double b, double correlation) noexcept {
  return std::sqrt(std::max(0.0, a * a - 2 * correlation * a * b + b * b));
}

/// Of the pairs, with Newcombe's correction where it is positive.
double Correlation(const PairedCounts& counts) noexcept {
  const auto a = static_cast<double>(counts.both);
  const auto b = static_cast<double>(counts.first);
  const auto c = static_cast<double>(counts.second);
  const auto d = static_cast<double>(counts.neither);
  const double margins = (a + b) * (c + d) * (a + c) * (b + d);
  if (margins <= 0) return 0;
  double product = a * d - b * c;
  if (product > 0) product = std::max(product - (a + b + c + d) / 2, 0.0);
  return product / std::sqrt(margins);
}

}  // namespace

PairedDifference NewcombePaired(const PairedCounts& counts, double z) noexcept {
  const std::uint64_t cases = counts.cases();
  if (cases == 0) return {0, -1, 1};
  const auto n = static_cast<double>(cases);
  const double first = static_cast<double>(counts.both + counts.first) / n;
  const double second = static_cast<double>(counts.both + counts.second) / n;
  const Interval of_first = WilsonInterval(counts.both + counts.first, cases, z);
  const Interval of_second = WilsonInterval(counts.both + counts.second, cases, z);
  const double correlation = Correlation(counts);
  const double estimate = first - second;
  return {
      estimate,
      std::max(-1.0, estimate - Reach(first - of_first.low, of_second.high - second, correlation)),
      std::min(1.0, estimate + Reach(of_first.high - first, second - of_second.low, correlation))};
}

PairedDifference BootstrapMean(std::span<const double> differences) {
  if (differences.empty()) return {0, 0, 0};
  const auto count = static_cast<double>(differences.size());
  double sum = 0;
  for (const double one : differences) sum += one;
  SplitMix64 random(kSeed);
  std::vector<double> means(kResamples);
  for (double& mean : means) {
    double resample = 0;
    for (std::size_t i = 0; i < differences.size(); ++i) {
      resample += differences[static_cast<std::size_t>(random.Uniform() * count)];
    }
    mean = resample / count;
  }
  std::sort(means.begin(), means.end());
  constexpr std::size_t kTail = kResamples / 40;
  return {sum / count, means[kTail - 1], means[kResamples - kTail]};
}

}  // namespace mlp
