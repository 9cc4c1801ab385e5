// What was measured of one model in one sliding window of time.
#pragma once

#include <cstdint>
#include <optional>

#include "mlp/tables.hpp"
#include "runtime/core/histogram.hpp"
#include "runtime/engine/health/sliding_ring.hpp"

namespace mlp::engine {

/// How an attempt ended, as facts see it.
struct MeasuredAttempt {
  bool answered = false;
  bool providers_fault =
      false;  ///< it failed, and neither the caller nor the prompt was the reason
  std::int64_t latency_us = 0;
  std::int64_t first_byte_us = -1;  ///< -1: none came
  std::int64_t prompt_tokens = 0;
  std::int64_t output_tokens = 0;
};

/// Sums over attempts that began or ended within a stretch of time.
struct FactCounts {
  std::uint64_t begun = 0;
  std::uint64_t ended = 0;  ///< but for cancelled ones
  std::uint64_t answered = 0;
  std::uint64_t faults = 0;
  std::uint64_t tokens = 0;
  std::uint64_t scored = 0;  ///< answers
  std::uint64_t score_ppm = 0;
  std::uint64_t looks = 0;     ///< of the control loop
  std::uint64_t looks_up = 0;  ///< when the model was up
  Histogram latency;           ///< of answers
  Histogram first_token;
  // Of answers, for the line of latency (y, seconds) over output tokens (x).
  double sum_x = 0, sum_y = 0, sum_xx = 0, sum_xy = 0;

  void Merge(const FactCounts& other);
  void Subtract(const FactCounts& other);
  void Clear();
};

/// Sixty slots, so the window is exact to a sixtieth. Not thread-safe; microseconds of one steady
/// clock.
class FactWindow {
 public:
  /// Without `times` it measures rates alone.
  FactWindow(std::int64_t window_us, std::int64_t begun_us, bool times = true)
      : window_us_(window_us), begun_us_(begun_us), times_(times), ring_(window_us) {}

  void Begin(std::int64_t now_us);
  void End(std::int64_t now_us, const MeasuredAttempt& attempt);
  void Score(std::int64_t now_us, std::uint32_t score_ppm);
  void Look(std::int64_t now_us, bool up);

  /// The fact in its unit (see LiveFact), or nothing where too little was measured: a quantile q
  /// wants 1 / (1 - q) answers (2, 20, 100), below which it would be the slowest one; a rate wants
  /// ten ends, quality ten scores. Not kInFlight, which no window measures.
  [[nodiscard]] std::optional<std::int64_t> Value(LiveFact fact, std::int64_t now_us);

  [[nodiscard]] const FactCounts& Total(std::int64_t now_us);
  [[nodiscard]] std::int64_t window_us() const { return window_us_; }

 private:
  FactCounts* Slot(std::int64_t now_us);
  [[nodiscard]] std::int64_t PerMinute(std::uint64_t count, std::int64_t now_us) const;

  std::int64_t window_us_;
  std::int64_t begun_us_;  // before it nothing was measured
  bool times_;
  SlidingRing<FactCounts, 60> ring_;
  FactCounts total_;
};

/// The least ends that a rate is taken from.
inline constexpr std::uint64_t kLeastEnds = 10;

}  // namespace mlp::engine
