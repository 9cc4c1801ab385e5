#include "compiler/diagram/course_lines.hpp"

#include <algorithm>
#include <functional>

namespace mlp::compiler {
namespace {

std::size_t TriedOf(const AttemptCosts& attempts, const CourseAttempts& count) {
  return std::min<std::size_t>(attempts.size(), count.most);
}

class Courses {
 public:
  Courses(std::span<const std::vector<CostLine>> tried, std::uint32_t retries,
          const CourseLimits& limits)
      : tried_(tried), retries_(retries), limits_(limits) {}

  /// False past a limit. `spare` attempts are left for `at` and those after it.
  bool Walk(std::size_t at, std::uint32_t spare, const std::vector<CostLine>& so_far) {
    if (at == tried_.size()) {
      return std::all_of(so_far.begin(), so_far.end(),
                         [&](const CostLine& line) { return Keep(found.lines, line); });
    }
    // What later candidates cannot take falls to this one: spare attempts are never left over
    // while they make the course dearer.
    const std::uint64_t later = std::uint64_t{tried_.size() - at - 1} * retries_;
    const std::uint32_t most = std::min(retries_, spare);
    const std::uint32_t least = spare > later ? static_cast<std::uint32_t>(spare - later) : 0;
    for (std::uint32_t own = std::min(least, most); own <= most; ++own) {
      std::vector<CostLine> sums;
      for (const CostLine& line : so_far) {
        if (tried_[at].empty() && !Keep(sums, line)) return false;
        for (const CostLine& attempt : tried_[at]) {
          if (!Keep(sums, AddTimes(line, attempt, 1 + std::int64_t{own}))) return false;
        }
      }
      if (!Walk(at + 1, spare - own, sums)) return false;
    }
    return true;
  }

  CourseLines found;

 private:
  bool Keep(std::vector<CostLine>& lines, const CostLine& line) {
    found.comparisons += 1 + lines.size();
    if (found.comparisons > limits_.comparisons) return false;
    KeepDearest(lines, line);
    return lines.size() <= limits_.lines;
  }

  std::span<const std::vector<CostLine>> tried_;
  std::uint32_t retries_;
  const CourseLimits& limits_;
};

}  // namespace

CourseLines WorstCourses(const AttemptCosts& attempts, const CourseAttempts& count,
                         const CourseLimits& limits) {
  const std::size_t tried = TriedOf(attempts, count);
  Courses courses({attempts.data(), tried}, count.retries, limits);
  courses.found.complete =
      courses.Walk(0, count.most - static_cast<std::uint32_t>(tried), {CostLine{}});
  return std::move(courses.found);
}

Int128 WorstCourseAt(const AttemptCosts& attempts, const CourseAttempts& count,
                     const TokenPoint& point) {
  const std::size_t tried = TriedOf(attempts, count);
  std::vector<Int128> costs;
  for (std::size_t i = 0; i < tried; ++i) costs.push_back(CostAt(attempts[i], point));
  Int128 all = 0;
  for (const Int128 cost : costs) all += cost;
  // The dearest are tried again first.
  std::sort(costs.begin(), costs.end(), std::greater<>());
  std::uint32_t spare = count.most - static_cast<std::uint32_t>(tried);
  for (const Int128 cost : costs) {
    const std::uint32_t again = std::min(spare, count.retries);
    all += cost * again;
    spare -= again;
  }
  return all;
}

Int128 CostAt(std::span<const CostLine> lines, const TokenPoint& point) {
  Int128 most = 0;
  for (const CostLine& line : lines) most = std::max(most, line.At(point.input, point.output));
  return most;
}

}  // namespace mlp::compiler
