#include "runtime/report/page/axis.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include "runtime/core/floor_divide.hpp"

namespace mlp {
namespace {

constexpr std::int64_t kMinuteUs = 60'000'000;
constexpr std::int64_t kHourUs = 60 * kMinuteUs;
constexpr std::int64_t kDayUs = 24 * kHourUs;

/// The least of 1, 2, 5 times a power of ten that is at least `value`.
double RoundUp(double value) {
  const double power = std::pow(10, std::floor(std::log10(value)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= value * 0.999999) return factor * power;
  }
  return 10 * power;
}

std::string TickWords(std::int64_t at_us, bool days) {
  static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::sys_days day{std::chrono::days(static_cast<int>(
      std::clamp<std::int64_t>(FloorDivide(at_us, kDayUs), -10'000'000, 10'000'000)))};
  const std::chrono::year_month_day date(day);
  const std::int64_t minute = FloorDivide(at_us, kMinuteUs) - FloorDivide(at_us, kDayUs) * 1'440;
  if (!days && minute != 0) return fmt::format("{:02}:{:02}", minute / 60, minute % 60);
  return fmt::format("{} {}", kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<unsigned>(date.day()));
}

}  // namespace

ValueAxis ValueAxis::Linear(double low, double high) {
  ValueAxis axis;
  if (!(high > low)) high = low + 1;
  const double step = RoundUp((high - low) / 4);
  axis.low_ = std::floor(low / step) * step;
  axis.high_ = std::ceil(high / step - 1e-9) * step;
  const auto count = static_cast<int>(std::lround((axis.high_ - axis.low_) / step));
  for (int i = 0; i <= count; ++i) axis.ticks_.push_back(axis.low_ + i * step);
  return axis;
}

ValueAxis ValueAxis::Logarithmic(double low, double high) {
  ValueAxis axis;
  axis.logarithmic_ = true;
  if (!(high > low)) high = low * 2;
  axis.low_ = low / 1.15;
  axis.high_ = high * 1.15;
  const bool fine = high / low < 200;
  for (double power = std::pow(10, std::floor(std::log10(axis.low_))); power <= axis.high_;
       power *= 10) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double tick = factor * power;
      if ((factor == 1 || fine) && tick >= axis.low_ && tick <= axis.high_) {
        axis.ticks_.push_back(tick);
      }
    }
  }
  return axis;
}

double ValueAxis::Share(double value) const {
  const double share = logarithmic_
                           ? std::log(std::max(value, low_) / low_) / std::log(high_ / low_)
                           : (value - low_) / (high_ - low_);
  return std::clamp(share, 0.0, 1.0);
}

std::vector<TimeTick> TimeTicks(std::int64_t from_us, std::int64_t to_us) {
  constexpr std::array kSteps{5 * kMinuteUs, 15 * kMinuteUs, 30 * kMinuteUs, kHourUs,
                              3 * kHourUs,   6 * kHourUs,    12 * kHourUs,   kDayUs,
                              2 * kDayUs,    5 * kDayUs,     7 * kDayUs,     14 * kDayUs,
                              28 * kDayUs,   84 * kDayUs,    336 * kDayUs};
  constexpr std::int64_t kMostTicks = 7;
  std::int64_t step = kSteps.back();
  for (const std::int64_t one : kSteps) {
    if ((to_us - from_us) / one < kMostTicks) {
      step = one;
      break;
    }
  }
  while ((to_us - from_us) / step >= kMostTicks) step *= 2;
  std::vector<TimeTick> ticks;
  const auto width = static_cast<double>(to_us - from_us);
  for (std::int64_t at = (FloorDivide(from_us - 1, step) + 1) * step; at <= to_us; at += step) {
    const double share = static_cast<double>(at - from_us) / width;
    if (share <= 0.96) ticks.push_back({share, TickWords(at, step >= kDayUs)});
  }
  return ticks;
}

}  // namespace mlp
