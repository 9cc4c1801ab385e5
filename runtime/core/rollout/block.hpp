// Counts of one stretch of a rollout, and how a unit's call becomes part of them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "mlp/error_class.hpp"
#include "runtime/core/rollout/plan.hpp"

namespace mlp {

/// A call of a unit whose first-choice attempt was at one of the rollout's two models.
struct RolloutSample {
  std::uint64_t unit = 0;  ///< a hash
  std::int64_t at_s = 0;
  bool canary = false;
  bool cancelled = false;  ///< by the caller: the unit came, and nothing is known of the answer
  ErrorClass error_class = ErrorClass::kNone;  ///< of the first-choice attempt
  std::int64_t latency_us = -1;                ///< of an answer; -1: not known, as what follows
  std::int64_t ttft_us = -1;
  std::int64_t cost_pico = -1;
  std::int64_t quality_ppm = -1;
};

/// What is remembered of a unit, once for each rollout or experiment.
struct UnitMarks {
  std::int64_t hour = -1;   ///< since 1970, of its last call that counted
  std::int64_t step = -1;   ///< of the ramp, then
  std::uint64_t shown = 0;  ///< the signals that it showed in that step
};

struct SignalCount {
  std::int64_t units = 0;
  std::int64_t events = 0;
  /// 0 without units.
  [[nodiscard]] double rate() const noexcept {
    return units == 0 ? 0 : static_cast<double>(events) / static_cast<double>(units);
  }
};

struct ValueSum {
  std::int64_t count = 0;
  double sum = 0;
  double squares = 0;
  void Add(double value) noexcept {
    ++count;
    sum += value;
    squares += value * value;
  }
  void Add(const ValueSum& other) noexcept {
    count += other.count;
    sum += other.sum;
    squares += other.squares;
  }
};

/// In steps of 2^(1/32), about 2.2% each: sorted pairs of bucket and count.
using SparseHistogram = std::vector<std::pair<std::int32_t, std::int64_t>>;
void AddToHistogram(SparseHistogram& histogram, std::int64_t value);
[[nodiscard]] std::int64_t CountOf(const SparseHistogram& histogram) noexcept;
/// The least value with `percentile` percent of the counts at or below it, to a bucket's middle.
[[nodiscard]] double PercentileOf(const SparseHistogram& histogram, int percentile) noexcept;

enum class ValueKind : std::uint8_t { kLatency, kTtft, kCost, kQuality };
inline constexpr std::size_t kValueKinds = 4;
/// What a criterion or measure looks at; kLatency where it is none of the other three.
[[nodiscard]] ValueKind KindOf(Measured measured) noexcept;

struct ArmCounts {
  std::int64_t newcomers = 0;        ///< units that were never seen before
  std::int64_t arrived = 0;          ///< units that were not seen before in this step
  std::vector<SignalCount> signals;  ///< in the order of SignalsOf
  std::array<ValueSum, kValueKinds> values{};
  SparseHistogram latency;
  SparseHistogram ttft;
  /// Nothing where it was never counted.
  [[nodiscard]] SignalCount signal(std::size_t index) const noexcept {
    return index < signals.size() ? signals[index] : SignalCount{};
  }
};

struct RolloutBlock {
  ArmCounts canary;
  ArmCounts stable;
  [[nodiscard]] bool empty() const noexcept;
  void Add(const RolloutBlock& other);
};

/// The stable arm as it was when the rollout began.
struct RolloutBaseline {
  bool frozen = false;
  double failure_rate = 0;
  std::array<double, kValueKinds> means{};
  std::array<double, 3> latency{};  ///< p50, p95, p99
  std::array<double, 3> ttft{};
};

/// The limit of an event or percentile in its unit; nothing while it hangs on a baseline that is
/// not frozen. A percentile that is judged as such leaves the stable arm its own, without the
/// factor: of the stable arm's units 5% are beyond its p95, whatever the canary is allowed.
[[nodiscard]] std::optional<double> LimitOf(const PlanCriterion& signal,
                                            const RolloutBaseline& baseline, bool canary = true);

/// Counts a call of a unit: once an hour, and each signal until the unit showed it in this step,
/// so that one who always fails is one. `marks` is what is remembered of the unit.
void CountUnit(const std::vector<PlanCriterion>& signals, const RolloutBaseline& baseline,
               std::int64_t step, const RolloutSample& sample, UnitMarks& marks,
               RolloutBlock& block);

}  // namespace mlp
