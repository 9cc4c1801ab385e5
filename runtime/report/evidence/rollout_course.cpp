#include "runtime/report/evidence/rollout_course.hpp"

#include <algorithm>
#include <limits>

#include "runtime/core/rollout/machine.hpp"
#include "runtime/store/rollout_rederive.hpp"

namespace mlp {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// Of a criterion by its words: an edited policy may bring others.
CriterionCourse& CriterionOf(const CriterionStanding& standing, RolloutCourse& course) {
  for (CriterionCourse& one : course.criteria) {
    if (one.words == standing.words && one.proof == standing.proof) return one;
  }
  CriterionCourse& made = course.criteria.emplace_back();
  made.words = standing.words;
  made.proof = standing.proof;
  made.log_evidence.assign(course.at_s.size() - 1, kNone);
  return made;
}

}  // namespace

RolloutCourse CourseOf(const std::vector<RolloutEntry>& log) {
  RolloutCourse course;
  const Rederived end = Rederive(log, [&](const RolloutEntry& entry, const Rederived& so_far) {
    course.at_s.push_back(entry.at_s);
    course.share_ppm.push_back(so_far.state.share_ppm);
    for (const CriterionStanding& one : Standing(so_far.plan, so_far.state)) {
      if (one.needed <= 0) continue;
      CriterionCourse& criterion = CriterionOf(one, course);
      criterion.needed = one.needed;
      criterion.log_evidence.push_back(one.log_evidence);
    }
    for (CriterionCourse& one : course.criteria) {
      if (one.log_evidence.size() < course.at_s.size()) one.log_evidence.push_back(kNone);
    }
  });
  course.difference = end.difference;
  std::stable_partition(course.criteria.begin(), course.criteria.end(),
                        [](const CriterionCourse& one) { return !one.proof; });
  return course;
}

}  // namespace mlp
