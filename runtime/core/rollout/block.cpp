#include "runtime/core/rollout/block.hpp"

#include <algorithm>
#include <cmath>

namespace mlp {
namespace {

constexpr std::int64_t kSecondsPerHour = 3'600;
constexpr double kBucketsPerDoubling = 32;

std::int64_t ValueOf(const RolloutSample& sample, ValueKind kind) noexcept {
  switch (kind) {
    case ValueKind::kLatency:
      return sample.latency_us;
    case ValueKind::kTtft:
      return sample.ttft_us;
    case ValueKind::kCost:
      return sample.cost_pico;
    case ValueKind::kQuality:
      return sample.quality_ppm;
  }
  return -1;
}

/// Nothing where it cannot be told of this call.
std::optional<bool> Shows(const PlanCriterion& signal, const RolloutBaseline& baseline,
                          const RolloutSample& sample) {
  if (sample.cancelled) return std::nullopt;
  switch (signal.measured) {
    case Measured::kFailures:
    case Measured::kSuccess:
    case Measured::kEvent:
      return sample.error_class != ErrorClass::kNone;
    case Measured::kErrorClass:
      return sample.error_class == signal.error_class;
    case Measured::kLatency:
    case Measured::kTtft:
    case Measured::kCost:
    case Measured::kQuality:
      break;
  }
  const std::int64_t value = ValueOf(sample, KindOf(signal.measured));
  const std::optional<double> limit = LimitOf(signal, baseline, sample.canary);
  if (value < 0 || !limit) return std::nullopt;
  const auto measured = static_cast<double>(value);
  switch (signal.comparison) {
    case Comparison::kLess:
      return measured < *limit;
    case Comparison::kLessEqual:
      return measured <= *limit;
    case Comparison::kGreaterEqual:
      return measured >= *limit;
    case Comparison::kGreater:
    case Comparison::kEqual:
    case Comparison::kNotEqual:
      break;
  }
  return measured > *limit;
}

void Merge(SparseHistogram& into, const SparseHistogram& from) {
  for (const auto& [bucket, count] : from) {
    const auto at = std::lower_bound(into.begin(), into.end(), std::pair{bucket, std::int64_t{0}});
    if (at != into.end() && at->first == bucket) {
      at->second += count;
    } else {
      into.insert(at, {bucket, count});
    }
  }
}

void Merge(ArmCounts& into, const ArmCounts& from) {
  into.newcomers += from.newcomers;
  into.arrived += from.arrived;
  into.signals.resize(std::max(into.signals.size(), from.signals.size()));
  for (std::size_t i = 0; i < from.signals.size(); ++i) {
    into.signals[i].units += from.signals[i].units;
    into.signals[i].events += from.signals[i].events;
  }
  for (std::size_t i = 0; i < kValueKinds; ++i) {
    into.values[i].Add(from.values[i]);
  }
  Merge(into.latency, from.latency);
  Merge(into.ttft, from.ttft);
}

bool IsEmpty(const ArmCounts& arm) noexcept {
  return arm.newcomers == 0 && arm.arrived == 0 &&
         std::all_of(arm.signals.begin(), arm.signals.end(),
                     [](const SignalCount& one) { return one.units == 0; });
}

}  // namespace

ValueKind KindOf(Measured measured) noexcept {
  switch (measured) {
    case Measured::kTtft:
      return ValueKind::kTtft;
    case Measured::kCost:
      return ValueKind::kCost;
    case Measured::kQuality:
      return ValueKind::kQuality;
    default:
      return ValueKind::kLatency;
  }
}

void AddToHistogram(SparseHistogram& histogram, std::int64_t value) {
  const double positive = static_cast<double>(std::max<std::int64_t>(value, 1));
  const auto bucket =
      static_cast<std::int32_t>(std::floor(std::log2(positive) * kBucketsPerDoubling));
  Merge(histogram, {{bucket, 1}});
}

std::int64_t CountOf(const SparseHistogram& histogram) noexcept {
  std::int64_t count = 0;
  for (const auto& one : histogram) count += one.second;
  return count;
}

double PercentileOf(const SparseHistogram& histogram, int percentile) noexcept {
  const double wanted = static_cast<double>(CountOf(histogram)) * percentile / 100;
  std::int64_t count = 0;
  for (const auto& one : histogram) {
    count += one.second;
    if (static_cast<double>(count) >= wanted) {
      return std::exp2((static_cast<double>(one.first) + 0.5) / kBucketsPerDoubling);
    }
  }
  return 0;
}

bool RolloutBlock::empty() const noexcept { return IsEmpty(canary) && IsEmpty(stable); }

void RolloutBlock::Add(const RolloutBlock& other) {
  Merge(canary, other.canary);
  Merge(stable, other.stable);
}

std::optional<double> LimitOf(const PlanCriterion& signal, const RolloutBaseline& baseline,
                              bool canary) {
  const auto value = static_cast<double>(signal.value);
  if (!signal.relative) return value;
  if (!baseline.frozen) return std::nullopt;
  const bool event = signal.event != kNone16;
  const double factor = canary || event || signal.percentile == 0 ? value / 1e6 : 1;
  const auto kind = static_cast<std::size_t>(KindOf(signal.measured));
  if (signal.baseline_percentile == 0) return factor * baseline.means[kind];
  const auto& percentiles = signal.measured == Measured::kTtft ? baseline.ttft : baseline.latency;
  const std::size_t at =
      signal.baseline_percentile == 50 ? 0U : (signal.baseline_percentile == 95 ? 1U : 2U);
  return factor * percentiles[at];
}

void CountUnit(const std::vector<PlanCriterion>& signals, const RolloutBaseline& baseline,
               std::int64_t step, const RolloutSample& sample, UnitMarks& marks,
               RolloutBlock& block) {
  ArmCounts& arm = sample.canary ? block.canary : block.stable;
  const std::int64_t hour = sample.at_s / kSecondsPerHour;
  if (marks.hour < 0) ++arm.newcomers;
  if (marks.step != step) {
    ++arm.arrived;
    marks.shown = 0;
  } else if (marks.hour == hour) {
    return;
  }
  marks.hour = hour;
  marks.step = step;
  arm.signals.resize(std::max(arm.signals.size(), signals.size()));
  for (std::size_t i = 0; i < signals.size(); ++i) {
    const std::uint64_t bit = std::uint64_t{1} << i;
    if ((marks.shown & bit) != 0) continue;
    const std::optional<bool> shows = Shows(signals[i], baseline, sample);
    if (!shows) continue;
    ++arm.signals[i].units;
    if (!*shows) continue;
    ++arm.signals[i].events;
    marks.shown |= bit;
  }
  for (std::size_t i = 0; i < kValueKinds; ++i) {
    const std::int64_t value = ValueOf(sample, static_cast<ValueKind>(i));
    if (value >= 0) arm.values[i].Add(static_cast<double>(value));
  }
  if (sample.latency_us >= 0) AddToHistogram(arm.latency, sample.latency_us);
  if (sample.ttft_us >= 0) AddToHistogram(arm.ttft, sample.ttft_us);
}

}  // namespace mlp
