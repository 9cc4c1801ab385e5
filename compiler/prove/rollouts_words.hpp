// Quantities as the policy language writes them, rounded to what is worth reading.
#pragma once

#include <cstdint>
#include <string>

#include "compiler/model/rollout.hpp"

namespace mlp::compiler {

/// `90s`, `36m`, `19h`, `12d`: rounded up to a whole number of the unit that suits it; `more than
/// ten years` past that.
[[nodiscard]] std::string RoundedDurationWords(double seconds);
/// `1.5x`.
[[nodiscard]] std::string FactorWords(double factor);
/// `0.5%`.
[[nodiscard]] std::string PercentWords(double ratio);
/// `2000 users per hour`, or per day where that is no whole number.
[[nodiscard]] std::string TrafficWords(std::int64_t units_per_day);
/// `failures <= 1.5x baseline`; `value` in place of the criterion's own.
[[nodiscard]] std::string CriterionWords(const CriterionModel& criterion, std::int64_t value);
[[nodiscard]] std::string CriterionWords(const CriterionModel& criterion);

/// Up to two significant digits.
[[nodiscard]] double RoundUp(double value);
/// A duration that the language can write and that is at least this one, in seconds.
[[nodiscard]] double RoundUpDuration(double seconds);

}  // namespace mlp::compiler
