#include "runtime/report/page/course_chart.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "runtime/core/floor_divide.hpp"
#include "runtime/report/page/chart.hpp"
#include "runtime/report/page/slots.hpp"

namespace mlp {
namespace {

constexpr std::int64_t kMicros = 1'000'000;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
/// Of criteria that roll back and of those that are to be proved.
constexpr std::array kHarmColours = {5, 2, 4, 7};
constexpr std::array kProofColours = {3, 1, 6, 8};

class CourseSlots {
 public:
  CourseSlots(const RolloutCourse& course, std::int64_t until_s) : course_(course) {
    const std::int64_t first_us = course.at_s.front() * kMicros;
    const std::int64_t last_us = std::max(course.at_s.back(), until_s) * kMicros;
    slot_us_ = ChooseSlotUs(first_us, last_us);
    start_us_ = FloorDivide(first_us, slot_us_) * slot_us_;
    count_ = static_cast<std::size_t>((last_us - start_us_) / slot_us_) + 1;
  }

  /// `of(i)` is the value from entry i on. A slot has the highest of its entries, and the last
  /// before it where it has none.
  template <typename Value>
  [[nodiscard]] std::vector<double> Highest(const Value& of) const {
    return Slotted(of, [](double highest, double value) { return std::fmax(highest, value); });
  }
  /// A slot has the value at its end.
  template <typename Value>
  [[nodiscard]] std::vector<double> Last(const Value& of) const {
    return Slotted(of, [](double, double value) { return value; });
  }
  [[nodiscard]] Chart Begin(const char* title) const {
    Chart chart;
    chart.title = title;
    chart.columns = false;
    chart.start_us = start_us_;
    chart.slot_us = slot_us_;
    return chart;
  }

 private:
  template <typename Value, typename Combine>
  [[nodiscard]] std::vector<double> Slotted(const Value& of, const Combine& combine) const {
    std::vector<double> values(count_, kNone);
    double last = kNone;
    std::size_t next = 0;
    for (std::size_t slot = 0; slot < count_; ++slot) {
      double within = kNone;
      for (; next < course_.at_s.size() && SlotOf(next) <= slot; ++next) {
        last = of(next);
        within = combine(within, last);
      }
      values[slot] = std::isnan(within) ? last : within;
    }
    return values;
  }
  [[nodiscard]] std::size_t SlotOf(std::size_t entry) const {
    const std::int64_t since_us = course_.at_s[entry] * kMicros - start_us_;
    return static_cast<std::size_t>(std::max<std::int64_t>(since_us, 0) / slot_us_);
  }

  const RolloutCourse& course_;
  std::int64_t start_us_ = 0;
  std::int64_t slot_us_ = 1;
  std::size_t count_ = 0;
};

void AddLevel(Chart& chart, double value, const char* words) {
  for (ChartLevel& level : chart.levels) {
    if (std::abs(level.value - value) > 0.05) continue;
    if (level.words != words) level.words = "shown";
    return;
  }
  chart.levels.push_back({value, words});
}

Chart EvidenceChart(const RolloutCourse& course, const CourseSlots& slots) {
  Chart chart = slots.Begin("Evidence (ln E)");
  chart.is_signed = true;
  chart.words = [](double value) { return fmt::format("{:.3g}", value); };
  std::size_t harms = 0;
  std::size_t proofs = 0;
  for (const CriterionCourse& one : course.criteria) {
    const int colour = one.proof ? kProofColours[proofs++ % kProofColours.size()]
                                 : kHarmColours[harms++ % kHarmColours.size()];
    chart.series.push_back(
        {(one.proof ? "proves " : "rolls back: ") + one.words, colour,
         slots.Highest([&](std::size_t entry) { return one.log_evidence[entry]; })});
    AddLevel(chart, one.needed, one.proof ? "proved" : "harm shown");
  }
  return chart;
}

}  // namespace

std::string RenderCourse(const RolloutCourse& course, std::int64_t until_s) {
  if (course.at_s.empty()) return {};
  const CourseSlots slots(course, until_s);
  std::string html = RenderChart(EvidenceChart(course, slots));
  Chart share = slots.Begin("Share of users with the new model");
  share.low = true;
  share.words = [](double value) { return fmt::format("{:.3g}%", value); };
  share.series = {
      {"share", 1, slots.Last([&](std::size_t entry) { return course.share_ppm[entry] / 1e4; })}};
  return html + RenderChart(share);
}

}  // namespace mlp
