// A rollout's evidence and share over time as plots.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/report/evidence/rollout_course.hpp"

namespace mlp {

/// The evidence of each criterion with the limit at which it is shown, then the new model's share;
/// up to `until_s`. Empty of an empty course.
[[nodiscard]] std::string RenderCourse(const RolloutCourse& course, std::int64_t until_s);

}  // namespace mlp
