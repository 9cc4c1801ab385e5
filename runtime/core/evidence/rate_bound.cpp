#include "runtime/core/evidence/rate_bound.hpp"

#include <algorithm>
#include <cmath>

namespace mlp {
namespace {

RatioGrid LogSpaced(double first, double last) noexcept {
  RatioGrid rates{};
  const double step = std::log(last / first) / static_cast<double>(rates.size() - 1);
  for (std::size_t i = 0; i < rates.size(); ++i) {
    rates[i] = first * std::exp(step * static_cast<double>(i));
  }
  return rates;
}

}  // namespace

RatioGrid RatesAbove(double bound) noexcept {
  const double first = std::min(1.25 * bound, (1 + bound) / 2);
  const double last = std::max(std::min(20 * bound, 1 - (1 - first) / 20), first * 1.0001);
  return LogSpaced(first, last);
}

RatioGrid RatesBelow(double bound) noexcept { return LogSpaced(bound / 1.1, bound / 4); }

void AddToBoundTest(double bound, std::span<const double> rates, std::int64_t units,
                    std::int64_t events, std::span<double> logs) noexcept {
  const auto shown = static_cast<double>(events);
  const auto others = static_cast<double>(units - events);
  for (std::size_t i = 0; i < logs.size() && i < rates.size(); ++i) {
    logs[i] += shown * std::log(rates[i] / bound) + others * std::log((1 - rates[i]) / (1 - bound));
  }
}

double LogMeanExp(std::span<const double> logs) noexcept {
  if (logs.empty()) return 0;
  const double most = *std::max_element(logs.begin(), logs.end());
  double sum = 0;
  for (const double one : logs) sum += std::exp(one - most);
  return most + std::log(sum / static_cast<double>(logs.size()));
}

}  // namespace mlp
