// A window of calls cut into equal slots of time, for plots.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mlp/result.hpp"
#include "runtime/report/money_sum.hpp"
#include "runtime/report/report.hpp"

namespace mlp {

struct TimeSlot {
  std::int64_t calls = 0;
  std::int64_t answered = 0;
  Quantiles latency;  ///< of answered calls
  MoneySum cost;
};

/// Slot i is [start_us + i * slot_us, start_us + (i + 1) * slot_us).
struct Timeline {
  std::int64_t start_us = 0;
  std::int64_t slot_us = 0;
  std::vector<TimeSlot> slots;
};

/// The widest span that a slot needs so that at most 100 cover first_us to last_us, from a minute
/// upwards in steps that people count in.
[[nodiscard]] std::int64_t ChooseSlotUs(std::int64_t first_us, std::int64_t last_us);

/// The calls of the report's store and window over time; no slots where it has no calls. A second
/// reading of the store: calls that came since are left out.
[[nodiscard]] Result<Timeline> QueryTimeline(const std::string& path, const Report& report);

}  // namespace mlp
