#include "runtime/engine/health/fact_window.hpp"

#include <algorithm>

namespace mlp::engine {
namespace {

constexpr std::int64_t kMicrosPerMinute = 60'000'000;
constexpr std::uint64_t kPpm = 1'000'000;

std::optional<std::int64_t> QuantileOf(const Histogram& times, double share, std::uint64_t least) {
  return times.count() < least ? std::nullopt : times.Quantile(share);
}

std::optional<std::int64_t> ShareOf(std::uint64_t part, std::uint64_t whole, std::uint64_t least) {
  if (whole < least) return std::nullopt;
  return static_cast<std::int64_t>(part * kPpm / whole);
}

}  // namespace

void FactCounts::Merge(const FactCounts& other) {
  begun += other.begun;
  ended += other.ended;
  answered += other.answered;
  faults += other.faults;
  tokens += other.tokens;
  scored += other.scored;
  score_ppm += other.score_ppm;
  looks += other.looks;
  looks_up += other.looks_up;
  latency.Merge(other.latency);
  first_token.Merge(other.first_token);
  sum_x += other.sum_x;
  sum_y += other.sum_y;
  sum_xx += other.sum_xx;
  sum_xy += other.sum_xy;
}

void FactCounts::Subtract(const FactCounts& other) {
  begun -= other.begun;
  ended -= other.ended;
  answered -= other.answered;
  faults -= other.faults;
  tokens -= other.tokens;
  scored -= other.scored;
  score_ppm -= other.score_ppm;
  looks -= other.looks;
  looks_up -= other.looks_up;
  latency.Subtract(other.latency);
  first_token.Subtract(other.first_token);
  sum_x -= other.sum_x;
  sum_y -= other.sum_y;
  sum_xx -= other.sum_xx;
  sum_xy -= other.sum_xy;
  if (answered == 0) sum_x = sum_y = sum_xx = sum_xy = 0;  // what rounding left
}

void FactCounts::Clear() {
  begun = ended = answered = faults = tokens = scored = score_ppm = looks = looks_up = 0;
  latency.Clear();
  first_token.Clear();
  sum_x = sum_y = sum_xx = sum_xy = 0;
}

FactCounts* FactWindow::Slot(std::int64_t now_us) {
  ring_.Advance(now_us, [this](const FactCounts& leaving) {
    if (leaving.begun + leaving.ended + leaving.looks + leaving.scored != 0)
      total_.Subtract(leaving);
  });
  return ring_.At(now_us);
}

const FactCounts& FactWindow::Total(std::int64_t now_us) {
  Slot(now_us);
  return total_;
}

void FactWindow::Begin(std::int64_t now_us) {
  FactCounts* const slot = Slot(now_us);
  if (slot == nullptr) return;
  ++slot->begun;
  ++total_.begun;
}

void FactWindow::End(std::int64_t now_us, const MeasuredAttempt& attempt) {
  FactCounts* const slot = Slot(now_us);
  if (slot == nullptr) return;
  const double x = static_cast<double>(attempt.output_tokens);
  const double y = static_cast<double>(attempt.latency_us) * 1e-6;
  const bool first_token = times_ && attempt.first_byte_us >= 0;
  const std::int32_t latency_bucket = times_ ? Histogram::BucketOf(attempt.latency_us) : 0;
  const std::int32_t first_bucket = first_token ? Histogram::BucketOf(attempt.first_byte_us) : 0;
  for (FactCounts* const counts : {slot, &total_}) {
    ++counts->ended;
    counts->tokens += static_cast<std::uint64_t>(
        std::max<std::int64_t>(attempt.prompt_tokens + attempt.output_tokens, 0));
    if (attempt.providers_fault) ++counts->faults;
    if (!attempt.answered) continue;
    ++counts->answered;
    if (!times_) continue;
    counts->latency.AddTo(latency_bucket);
    if (first_token) counts->first_token.AddTo(first_bucket);
    counts->sum_x += x;
    counts->sum_y += y;
    counts->sum_xx += x * x;
    counts->sum_xy += x * y;
  }
}

void FactWindow::Score(std::int64_t now_us, std::uint32_t score_ppm) {
  FactCounts* const slot = Slot(now_us);
  if (slot == nullptr) return;
  for (FactCounts* const counts : {slot, &total_}) {
    ++counts->scored;
    counts->score_ppm += score_ppm;
  }
}

void FactWindow::Look(std::int64_t now_us, bool up) {
  FactCounts* const slot = Slot(now_us);
  if (slot == nullptr) return;
  for (FactCounts* const counts : {slot, &total_}) {
    ++counts->looks;
    counts->looks_up += up ? 1 : 0;
  }
}

std::int64_t FactWindow::PerMinute(std::uint64_t count, std::int64_t now_us) const {
  // A window that has not passed yet is as long as it has been, yet at least a minute.
  const std::int64_t passed = std::max(now_us - begun_us_, kMicrosPerMinute);
  const double span = static_cast<double>(std::min(window_us_, passed));
  return static_cast<std::int64_t>(static_cast<double>(count) *
                                   static_cast<double>(kMicrosPerMinute) / span);
}

std::optional<std::int64_t> FactWindow::Value(LiveFact fact, std::int64_t now_us) {
  const FactCounts& total = Total(now_us);
  switch (fact) {
    case LiveFact::kLatencyP50:
      return QuantileOf(total.latency, 0.50, 2);
    case LiveFact::kLatencyP95:
      return QuantileOf(total.latency, 0.95, 20);
    case LiveFact::kLatencyP99:
      return QuantileOf(total.latency, 0.99, 100);
    case LiveFact::kTtftP50:
      return QuantileOf(total.first_token, 0.50, 2);
    case LiveFact::kTtftP95:
      return QuantileOf(total.first_token, 0.95, 20);
    case LiveFact::kTtftP99:
      return QuantileOf(total.first_token, 0.99, 100);
    case LiveFact::kErrorRate:
      return ShareOf(total.faults, total.ended, kLeastEnds);
    case LiveFact::kSuccessRate:
      return ShareOf(total.answered, total.ended, kLeastEnds);
    case LiveFact::kAvailability:
      return ShareOf(total.looks_up, total.looks, 1);
    case LiveFact::kRequestsPerMinute:
      return PerMinute(total.begun, now_us);
    case LiveFact::kTokensPerMinute:
      return PerMinute(total.tokens, now_us);
    case LiveFact::kQuality:
      if (total.scored < kLeastEnds) return std::nullopt;
      return static_cast<std::int64_t>(total.score_ppm / total.scored);
    case LiveFact::kInFlight:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace mlp::engine
