#include "runtime/report/timeline.hpp"

#include <array>

#include "runtime/report/quantiles.hpp"
#include "runtime/store/reader.hpp"

namespace mlp {
namespace {

constexpr std::int64_t kMinuteUs = 60'000'000;
constexpr std::int64_t kDayUs = 1'440 * kMinuteUs;
constexpr std::int64_t kMostSlots = 100;  // a day that begins at any minute has quarters of hours

// Of instants before 1970 too, which only a wrong clock writes.
std::int64_t FloorDivide(std::int64_t value, std::int64_t divisor) {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}

}  // namespace

std::int64_t ChooseSlotUs(std::int64_t first_us, std::int64_t last_us) {
  constexpr std::array kSpans{kMinuteUs,       5 * kMinuteUs, 15 * kMinuteUs, 60 * kMinuteUs,
                              360 * kMinuteUs, kDayUs,        7 * kDayUs,     28 * kDayUs};
  const auto slots = [=](std::int64_t span) {
    return FloorDivide(last_us, span) - FloorDivide(first_us, span) + 1;
  };
  for (const std::int64_t span : kSpans) {
    if (slots(span) <= kMostSlots) return span;
  }
  std::int64_t span = kSpans.back();
  while (slots(span) > kMostSlots) span *= 2;
  return span;
}

Result<Timeline> QueryTimeline(const std::string& path, const Report& report) {
  Timeline timeline;
  if (report.total.calls == 0) return timeline;
  timeline.slot_us = ChooseSlotUs(report.first_us, report.last_us);
  timeline.start_us = FloorDivide(report.first_us, timeline.slot_us) * timeline.slot_us;
  const auto index = [&timeline](std::int64_t instant_us) {
    return static_cast<std::size_t>((instant_us - timeline.start_us) / timeline.slot_us);
  };
  timeline.slots.resize(index(report.last_us) + 1);
  std::vector<std::vector<std::int64_t>> latency_us(timeline.slots.size());

  auto reader = StoreReader::Open(path);
  if (!reader) return reader.error();
  const Status status =
      reader->ForEachCall(report.first_us, report.last_us + 1, [&](const CallRecord& call) {
        TimeSlot& slot = timeline.slots[index(call.started_us)];
        ++slot.calls;
        for (const AttemptRecord& attempt : call.attempts) slot.cost.Add(Money{attempt.cost_pico});
        if (FindAnswer(call) == nullptr && !IsFromCache(call)) return true;
        ++slot.answered;
        latency_us[index(call.started_us)].push_back(call.duration_us);
        return true;
      });
  if (!status) return status.error();
  for (std::size_t i = 0; i < timeline.slots.size(); ++i) {
    timeline.slots[i].latency = MakeQuantiles(latency_us[i]);
  }
  return timeline;
}

}  // namespace mlp
