#include "runtime/report/page/anomalies.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace mlp {
namespace {

constexpr std::size_t kMostBefore = 28;
constexpr std::size_t kLeastBefore = 7;
constexpr std::int64_t kLeastCalls = 50;
constexpr std::int64_t kLeastFailures = 10;
constexpr double kDeviations = 6;
constexpr double kPerMad = 1.4826;
constexpr double kLeastRise = 1.5;

double MedianOf(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::vector<PageMark> Mark(const ReportPage& page,
                           const std::function<double(const PageSlot&)>& value) {
  std::vector<double> values;
  values.reserve(page.slots.size());
  for (const PageSlot& slot : page.slots) {
    values.push_back(slot.calls < kLeastCalls ? -1 : value(slot));
  }
  constexpr std::int64_t kDayUs = 86'400'000'000;
  const bool several = page.slot_us < kDayUs && kDayUs % page.slot_us == 0;
  return AnomaliesOf(values, several ? static_cast<std::size_t>(kDayUs / page.slot_us) : 1);
}

}  // namespace

std::string AnomalyRule() {
  return "A mark stands where a value is more than half above the median of the slots at the same "
         "time of the up to 28 days before it, and further above it than six of their scaled "
         "median "
         "absolute deviations; with fewer than 7 such slots, 50 calls or (of failures) 10 failures "
         "nothing is judged.";
}

std::vector<PageMark> AnomaliesOf(const std::vector<double>& values, std::size_t period) {
  std::vector<PageMark> marks;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!(values[i] > 0)) continue;
    std::vector<double> before;
    for (std::size_t back = period; back <= i && before.size() < kMostBefore; back += period) {
      if (values[i - back] >= 0) before.push_back(values[i - back]);
    }
    if (before.size() < kLeastBefore) continue;
    const double median = MedianOf(before);
    for (double& one : before) one = std::abs(one - median);
    const double spread = kPerMad * MedianOf(std::move(before));
    if (values[i] > median + kDeviations * spread && values[i] > kLeastRise * median) {
      marks.push_back({i, values[i], median});
    }
  }
  return marks;
}

void MarkAnomalies(ReportPage& page) {
  page.cost_marks = Mark(page, [](const PageSlot& slot) { return slot.cost.Approximate(); });
  page.latency_marks = Mark(page, [](const PageSlot& slot) {
    const auto p95 = slot.latency.Quantile(0.95);
    return p95 ? static_cast<double>(*p95) : -1.0;
  });
  page.failure_marks = Mark(page, [](const PageSlot& slot) {
    if (slot.attempts == 0) return -1.0;
    const std::int64_t failed = slot.attempts - slot.attempt_ends[0];
    // A few stand out of none, and mean nothing.
    if (failed < kLeastFailures) return 0.0;
    return static_cast<double>(failed) / static_cast<double>(slot.attempts);
  });
}

}  // namespace mlp
