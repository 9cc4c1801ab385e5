#include "compiler/prove/rollouts_words.hpp"

#include <array>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "compiler/diagram/unit_words.hpp"
#include "mlp/money.hpp"
#include "runtime/core/comparison.hpp"

namespace mlp::compiler {
namespace {

constexpr double kMinute_s = 60;
constexpr double kHour_s = 3'600;
constexpr double kDay_s = 86'400;

struct Unit {
  double from_s;  ///< durations from here on are written in it
  double seconds;
};
constexpr std::array kUnits = {Unit{72 * kHour_s, kDay_s}, Unit{2 * kHour_s, kHour_s},
                               Unit{120, kMinute_s}, Unit{0, 1}};

/// The unit that suits a duration, and how many of it, rounded up; a larger one of which it is a
/// whole number is preferred.
std::pair<const Unit*, double> Whole(double seconds) {
  for (const Unit& unit : kUnits) {
    const double exact = std::round(seconds / unit.seconds);
    if (exact >= 1 && std::abs(exact * unit.seconds - seconds) < 1e-6) return {&unit, exact};
    const double count = std::ceil(seconds / unit.seconds - 1e-6);
    if (seconds >= unit.from_s && seconds > 0) return {&unit, count};
  }
  return {&kUnits.back(), 0};
}

std::string ValueWords(CriterionModel::Unit unit, std::int64_t value) {
  switch (unit) {
    case CriterionModel::Unit::kRatio:
      return ShareWords(value);
    case CriterionModel::Unit::kMilliseconds:
      return fmt::format("{}ms", value);
    case CriterionModel::Unit::kPicodollars:
      return ToString(Money{value});
  }
  return {};
}

}  // namespace

std::string RoundedDurationWords(double seconds) {
  constexpr double kMost_s = 10 * 365 * kDay_s;
  if (!(seconds < kMost_s)) return "more than ten years";
  return DurationWords(std::llround(RoundUpDuration(seconds) * 1e3));
}

std::string FactorWords(double factor) { return RatioWords(std::llround(factor * 1e6)) + "x"; }

std::string PercentWords(double ratio) { return ShareWords(std::llround(ratio * 1e6)); }

std::string TrafficWords(std::int64_t units_per_day) {
  if (units_per_day % 24 == 0) return fmt::format("{} users per hour", units_per_day / 24);
  return fmt::format("{} users per day", units_per_day);
}

std::string CriterionWords(const CriterionModel& criterion, std::int64_t value) {
  const std::string_view sign = ToString(criterion.comparison);
  if (!criterion.relative) {
    return fmt::format("{} {} {}", criterion.subject, sign, ValueWords(criterion.unit, value));
  }
  return fmt::format("{} {} {}{}", criterion.subject, sign,
                     value == 1'000'000 ? "" : FactorWords(static_cast<double>(value) / 1e6) + " ",
                     criterion.baseline);
}

std::string CriterionWords(const CriterionModel& criterion) {
  return CriterionWords(criterion, criterion.value);
}

double RoundUp(double value) {
  if (!(value > 0)) return 0;
  const double unit = std::pow(10, std::floor(std::log10(value)) - 1);
  return std::ceil(value / unit - 1e-4) * unit;
}

double RoundUpDuration(double seconds) {
  const auto [unit, count] = Whole(seconds);
  return count * unit->seconds;
}

}  // namespace mlp::compiler
