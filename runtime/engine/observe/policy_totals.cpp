#include "runtime/engine/observe/policy_totals.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "runtime/engine/health/fact_window.hpp"
#include "runtime/engine/health/verdict.hpp"

namespace mlp::engine {
namespace {

constexpr std::int64_t kParts = 60;
constexpr unsigned kPartBits = 4;  // 16 parts of an octave
constexpr std::int64_t kWhole = 1'000'000;

/// Calls may end for want of any candidate or time, too: then providers had kept it.
bool IsFault(ErrorClass outcome) noexcept {
  return outcome == ErrorClass::kDeadlineExceeded || outcome == ErrorClass::kNoCandidate ||
         JudgeEnd(outcome, -1, false).providers_fault;
}

void Subtract(std::vector<std::uint64_t>& from, const std::vector<std::uint64_t>& what) {
  for (std::size_t i = 0; i < what.size(); ++i) from[i] -= what[i];
}

Totals Difference(Totals now, const Totals& before) {
  TotalCells<std::uint64_t>& counts = now.counts;
  counts.calls -= before.counts.calls;
  counts.answered -= before.counts.answered;
  counts.failures -= before.counts.failures;
  counts.faults -= before.counts.faults;
  counts.fallbacks -= before.counts.fallbacks;
  counts.rollbacks -= before.counts.rollbacks;
  counts.retries -= before.counts.retries;
  counts.refusals -= before.counts.refusals;
  counts.scored -= before.counts.scored;
  counts.score_ppm -= before.counts.score_ppm;
  counts.cost.nano -= before.counts.cost.nano;
  counts.cost.pico_rest -= before.counts.cost.pico_rest;
  Subtract(now.latency, before.latency);
  Subtract(now.first_token, before.first_token);
  return now;
}

std::vector<std::uint64_t> ReadAll(const std::vector<RelaxedCell>& cells) {
  return {cells.begin(), cells.end()};
}

std::optional<std::int64_t> Quantile(const std::vector<std::uint64_t>& times, double share) {
  std::uint64_t count = 0;
  for (const std::uint64_t one : times) count += one;
  const auto least = static_cast<std::uint64_t>(std::llround(1 / (1 - share)));
  if (count < least) return std::nullopt;
  const auto rank = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < times.size(); ++i) {
    seen += times[i];
    if (seen >= rank) return MiddleOfTimeBucket(i);
  }
  return std::nullopt;
}

std::optional<std::int64_t> Rate(std::uint64_t part, std::uint64_t whole) {
  if (whole < kLeastEnds) return std::nullopt;
  return static_cast<std::int64_t>(UInt128{part} * kWhole / whole);
}

std::int64_t Count(std::uint64_t count) { return static_cast<std::int64_t>(count); }

}  // namespace

std::size_t TimeBucketOf(std::int64_t time_us) noexcept {
  const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(time_us, 0));
  if (value < (1U << kPartBits)) return value;
  const auto octave = static_cast<unsigned>(std::bit_width(value)) - 1;
  const std::uint64_t part = (value >> (octave - kPartBits)) & ((1U << kPartBits) - 1);
  const std::size_t bucket = ((octave - kPartBits + 1) << kPartBits) + part;
  return std::min(bucket, kTimeBucketCount - 1);
}

std::int64_t MiddleOfTimeBucket(std::size_t bucket) noexcept {
  if (bucket < (1U << kPartBits)) return static_cast<std::int64_t>(bucket);
  const std::size_t octave = (bucket >> kPartBits) + kPartBits - 1;
  const std::size_t part = bucket & ((1U << kPartBits) - 1);
  const std::uint64_t width = std::uint64_t{1} << (octave - kPartBits);
  return static_cast<std::int64_t>(((1U << kPartBits) + part) * width + width / 2);
}

PolicyTotals::PolicyTotals(bool times)
    : latency_(times ? kTimeBucketCount : 0), first_token_(times ? kTimeBucketCount : 0) {}

void PolicyTotals::Count(const CallRecord& call) noexcept {
  counts_.calls += 1;
  counts_.cost.Add(call.cost_pico);
  if (FellBack(call)) counts_.fallbacks += 1;
  for (const AttemptRecord& attempt : call.attempts) {
    if (attempt.kind == AttemptKind::kRetry) counts_.retries += 1;
    if (attempt.quality_ppm < 0) continue;
    counts_.scored += 1;
    counts_.score_ppm += static_cast<std::uint64_t>(attempt.quality_ppm);
  }
  if (call.outcome == ErrorClass::kRefused) {
    counts_.refusals += 1;
  } else if (call.outcome == ErrorClass::kNone) {
    counts_.answered += 1;
    if (latency_.empty()) return;
    latency_[TimeBucketOf(call.duration_us)] += 1;
    // Not always the last: a hedge that lost stands behind the one that answered.
    const auto answered =
        std::find_if(call.attempts.rbegin(), call.attempts.rend(),
                     [](const AttemptRecord& one) { return one.error_class == ErrorClass::kNone; });
    if (answered == call.attempts.rend() || answered->first_byte_us < 0) return;
    first_token_[TimeBucketOf(answered->first_byte_us)] += 1;
  } else if (call.outcome != ErrorClass::kCancelled) {
    counts_.failures += 1;
    if (IsFault(call.outcome)) counts_.faults += 1;
  }
}

Totals PolicyTotals::Read() const {
  return {{counts_.calls,
           counts_.answered,
           counts_.failures,
           counts_.faults,
           counts_.fallbacks,
           counts_.retries,
           counts_.refusals,
           counts_.scored,
           counts_.score_ppm,
           counts_.rollbacks,
           {counts_.cost.nano, counts_.cost.pico_rest}},
          ReadAll(latency_),
          ReadAll(first_token_)};
}

GrowthWindow::GrowthWindow(std::int64_t window_us, std::int64_t now_us, Totals first)
    : window_us_(window_us) {
  marks_.push_back({now_us, std::move(first)});
}

Totals GrowthWindow::Advance(const Totals& now, std::int64_t now_us) {
  if (now_us - marks_.back().at_us >= window_us_ / kParts) marks_.push_back({now_us, now});
  while (marks_.size() > 1 && marks_[1].at_us <= now_us - window_us_) marks_.pop_front();
  return Difference(now, marks_.front().totals);
}

std::optional<std::int64_t> MeasureOf(AlertMeasure measure, const Totals& growth,
                                      std::int64_t in_flight) {
  const TotalCells<std::uint64_t>& counts = growth.counts;
  const std::uint64_t ended = counts.answered + counts.failures;
  switch (measure) {
    case AlertMeasure::kCalls:
      return Count(counts.calls);
    case AlertMeasure::kFailures:
      return Count(counts.failures);
    case AlertMeasure::kFallbacks:
      return Count(counts.fallbacks);
    case AlertMeasure::kRetries:
      return Count(counts.retries);
    case AlertMeasure::kRefusals:
      return Count(counts.refusals);
    case AlertMeasure::kInFlight:
      return in_flight;
    case AlertMeasure::kErrorRate:
      return Rate(counts.failures, ended);
    case AlertMeasure::kSuccessRate:
      return Rate(counts.answered, ended);
    case AlertMeasure::kAvailability:
      return Rate(ended - std::min(counts.faults, ended), ended);
    case AlertMeasure::kCost: {
      const UInt128 pico = counts.cost.pico();
      return pico > UInt128{INT64_MAX} ? INT64_MAX : static_cast<std::int64_t>(pico);
    }
    case AlertMeasure::kLatencyP50:
      return Quantile(growth.latency, 0.5);
    case AlertMeasure::kLatencyP95:
      return Quantile(growth.latency, 0.95);
    case AlertMeasure::kLatencyP99:
      return Quantile(growth.latency, 0.99);
    case AlertMeasure::kTtftP50:
      return Quantile(growth.first_token, 0.5);
    case AlertMeasure::kTtftP95:
      return Quantile(growth.first_token, 0.95);
    case AlertMeasure::kTtftP99:
      return Quantile(growth.first_token, 0.99);
    case AlertMeasure::kRollbacks:
      return Count(counts.rollbacks);
    case AlertMeasure::kQuality:
      if (counts.scored < kLeastEnds) return std::nullopt;
      return static_cast<std::int64_t>(counts.score_ppm / counts.scored);
  }
  return std::nullopt;
}

}  // namespace mlp::engine
