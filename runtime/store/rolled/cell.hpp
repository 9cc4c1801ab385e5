// What is kept of calls beyond their rows: sums over a minute, an hour or a day. Plain values.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <string>

#include "mlp/error_class.hpp"
#include "mlp/record.hpp"
#include "runtime/core/histogram.hpp"
#include "runtime/core/money_sum.hpp"

namespace mlp {

/// Every call is in one cell of each: the reader takes the widest that fits its window.
enum class RollLevel : std::uint8_t { kMinute, kHour, kDay };
inline constexpr std::array kRollLevels{RollLevel::kMinute, RollLevel::kHour, RollLevel::kDay};

/// Spans begin at multiples of their length since 1970.
[[nodiscard]] constexpr std::int64_t SpanSeconds(RollLevel level) noexcept {
  return level == RollLevel::kMinute ? 60 : level == RollLevel::kHour ? 3'600 : 86'400;
}

/// What is summed up, and the names behind the policy's. The file has the number.
enum class CellKind : std::uint8_t {
  kCalls = 0,     ///< route
  kAttempts = 1,  ///< route, provider, model
  /// Calls that did not end with the model that they were begun on: that model, the one that
  /// answered (empty: none did), the class that the first attempt ended with.
  kFlow = 2,
  kArm = 3,      ///< rollout, `canary` or `stable`
  kLookups = 4,  ///< as kAttempts, of CallRecord::lookups
};

struct CellKey {
  CellKind kind = CellKind::kCalls;
  std::string policy;
  std::array<std::string, 3> names;
  friend auto operator<=>(const CellKey&, const CellKey&) = default;  // NOLINT: no pointer is here
};

/// The counts mean what they mean in a ReportRow; those that a kind does not have are 0. A sum that
/// passes 64 bits, which only damaged records reach, goes round.
struct RolledCell {
  std::int64_t calls = 0;  ///< kAttempts, kLookups: calls that tried the model
  std::int64_t answered = 0;
  std::int64_t fallbacks = 0;
  std::int64_t took_over = 0;
  std::int64_t cache_asked = 0;
  std::int64_t cached = 0;
  std::int64_t attempts = 0;
  std::int64_t succeeded = 0;
  std::int64_t retries = 0;
  std::int64_t hedges = 0;
  std::int64_t input = 0;
  std::int64_t cache_read = 0;
  std::int64_t cache_write = 0;
  std::int64_t cache_write_long = 0;
  std::int64_t output = 0;
  std::int64_t reasoning = 0;
  std::int64_t unpriced = 0;
  std::int64_t unverified = 0;
  std::int64_t unreported = 0;
  std::int64_t scored = 0;       ///< attempts that an evaluator scored
  std::int64_t quality_ppm = 0;  ///< the sum of their scores
  MoneySum cost;
  std::int64_t first_us = 0;  ///< the first and the last call's start; kCalls
  std::int64_t last_us = 0;
  Histogram latency;     ///< kCalls: of answered calls; kAttempts: of successful attempts
  Histogram first_byte;  ///< kAttempts: of successful attempts that state it
  std::array<std::int64_t, kErrorClassCount> ends{};  ///< by ErrorClass

  void Merge(const RolledCell& other);
  friend bool operator==(const RolledCell&, const RolledCell&) = default;
};

/// The counters with their columns in the file.
struct RolledCounter {
  const char* column;
  std::int64_t RolledCell::*field;
};
inline constexpr auto kRolledCounters = std::to_array<RolledCounter>({
    {"calls", &RolledCell::calls},
    {"answered", &RolledCell::answered},
    {"fallbacks", &RolledCell::fallbacks},
    {"took_over", &RolledCell::took_over},
    {"cache_asked", &RolledCell::cache_asked},
    {"cached", &RolledCell::cached},
    {"attempts", &RolledCell::attempts},
    {"succeeded", &RolledCell::succeeded},
    {"retries", &RolledCell::retries},
    {"hedges", &RolledCell::hedges},
    {"input", &RolledCell::input},
    {"cache_read", &RolledCell::cache_read},
    {"cache_write", &RolledCell::cache_write},
    {"cache_write_long", &RolledCell::cache_write_long},
    {"output", &RolledCell::output},
    {"reasoning", &RolledCell::reasoning},
    {"unpriced", &RolledCell::unpriced},
    {"unverified", &RolledCell::unverified},
    {"unreported", &RolledCell::unreported},
    {"scored", &RolledCell::scored},
    {"quality_ppm", &RolledCell::quality_ppm},
});

using RolledCells = std::map<CellKey, RolledCell>;

/// Counts one call into the cells of its span.
void AddCall(const CallRecord& call, RolledCells& cells);

}  // namespace mlp
