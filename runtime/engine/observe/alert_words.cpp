#include "runtime/engine/observe/alert_words.hpp"

#include <fmt/format.h>

#include "runtime/core/comparison.hpp"

namespace mlp::engine {
namespace {

enum class Unit : std::uint8_t { kCount, kRatio, kMoney, kTime };

struct Named {
  std::string_view name;
  Unit unit;
};

Named NameOf(AlertMeasure measure) {
  switch (measure) {
    case AlertMeasure::kCalls:
      return {"calls", Unit::kCount};
    case AlertMeasure::kFailures:
      return {"failures", Unit::kCount};
    case AlertMeasure::kFallbacks:
      return {"fallbacks", Unit::kCount};
    case AlertMeasure::kRetries:
      return {"retries", Unit::kCount};
    case AlertMeasure::kRefusals:
      return {"refusals", Unit::kCount};
    case AlertMeasure::kRollbacks:
      return {"rollbacks", Unit::kCount};
    case AlertMeasure::kInFlight:
      return {"in-flight", Unit::kCount};
    case AlertMeasure::kErrorRate:
      return {"error-rate", Unit::kRatio};
    case AlertMeasure::kSuccessRate:
      return {"success-rate", Unit::kRatio};
    case AlertMeasure::kAvailability:
      return {"availability", Unit::kRatio};
    case AlertMeasure::kQuality:
      return {"quality", Unit::kRatio};
    case AlertMeasure::kCost:
      return {"cost", Unit::kMoney};
    case AlertMeasure::kLatencyP50:
      return {"latency.p50", Unit::kTime};
    case AlertMeasure::kLatencyP95:
      return {"latency.p95", Unit::kTime};
    case AlertMeasure::kLatencyP99:
      return {"latency.p99", Unit::kTime};
    case AlertMeasure::kTtftP50:
      return {"ttft.p50", Unit::kTime};
    case AlertMeasure::kTtftP95:
      return {"ttft.p95", Unit::kTime};
    case AlertMeasure::kTtftP99:
      return {"ttft.p99", Unit::kTime};
  }
  return {};
}

std::string Show(std::int64_t value, Unit unit) {
  switch (unit) {
    case Unit::kCount:
      return fmt::format("{}", value);
    case Unit::kRatio:
      return fmt::format("{:.4g}%", static_cast<double>(value) / 1e4);
    case Unit::kMoney:
      return ToString(Money{value});
    case Unit::kTime:
      return fmt::format("{}ms", value / 1'000);
  }
  return {};
}

std::string ShowWindow(std::uint32_t window_s) {
  constexpr std::uint32_t kMinute = 60;
  constexpr std::uint32_t kHour = 3'600;
  constexpr std::uint32_t kDay = 86'400;
  if (window_s % kDay == 0) return fmt::format("{}d", window_s / kDay);
  if (window_s % kHour == 0) return fmt::format("{}h", window_s / kHour);
  if (window_s % kMinute == 0) return fmt::format("{}m", window_s / kMinute);
  return fmt::format("{}s", window_s);
}

}  // namespace

std::string DescribeAtom(const AlertAtom& atom, std::optional<std::int64_t> value) {
  const Named named = NameOf(atom.measure);
  std::string words =
      fmt::format("{} {} {} {}", named.name, value ? Show(*value, named.unit) : "unknown",
                  ToString(atom.comparison), Show(atom.threshold, named.unit));
  if (atom.window_s != 0) words += " over " + ShowWindow(atom.window_s);
  return words;
}

bool Holds(const AlertAtom& atom, std::optional<std::int64_t> value) noexcept {
  return value && Compare(*value, atom.comparison, atom.threshold);
}

}  // namespace mlp::engine
