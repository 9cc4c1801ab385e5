// A rollout's evidence over time, read from its log anew.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/store/rollout_file.hpp"

namespace mlp {

/// A criterion that is judged by an e-process.
struct CriterionCourse {
  std::string words;
  bool proof = false;
  double needed = 0;  ///< ln E at which it is shown
  /// ln E at RolloutCourse::at_s; NaN where the criterion was not judged then.
  std::vector<double> log_evidence;
};

struct RolloutCourse {
  std::vector<std::int64_t> at_s;  ///< of the log's entries, since 1970
  std::vector<std::uint32_t> share_ppm;
  std::vector<CriterionCourse> criteria;  ///< `rollback` before `prove`
  std::string difference;  ///< why it ends before the log does, or empty: see Rederive
};

[[nodiscard]] RolloutCourse CourseOf(const std::vector<RolloutEntry>& log);

}  // namespace mlp
