// Recorded calls from JSON lines: a service's structured log, or bare requests as `mlpc diff
// --traffic` takes them.
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <string>

#include "mlp/result.hpp"
#include "runtime/report/replay/recorded_call.hpp"

namespace mlp {

struct CallLogCounts {
  std::int64_t calls = 0;
  std::int64_t other_events = 0;  ///< lines of the log that are about no call: passed over
  std::int64_t earlier = 0;       ///< before `from_us`: passed over
};

/// Shows each call to `visit`. A line with the members `event` and `at` is one of the log; its call
/// began `durationUs` before `at`. Any other object holds request attributes, and "@date" when it
/// was made (left out: `now_us`); members that are no text, number or list of texts are ignored.
/// Blank lines count as nothing. The error names the line.
[[nodiscard]] Result<CallLogCounts> ReadCallLog(
    std::istream& lines, const std::string& name, std::int64_t from_us, std::int64_t now_us,
    const std::function<void(const RecordedCall&)>& visit);

}  // namespace mlp
