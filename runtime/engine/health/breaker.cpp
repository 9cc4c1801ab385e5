#include "runtime/engine/health/breaker.hpp"

#include <algorithm>

#include "runtime/core/evidence/wilson.hpp"
#include "runtime/core/split_mix.hpp"

namespace mlp::engine {
namespace {

constexpr std::int64_t kMicrosPerMilli = 1'000;
// base * 2^30 passes every cap that is of use.
constexpr std::uint32_t kMostDoublings = 30;

/// In [0, 1), 53 bits of it random.
double Uniform(std::uint64_t random) { return static_cast<double>(random >> 11) * 0x1.0p-53; }

}  // namespace

double Breaker::Share(std::int64_t now_us) const {
  const std::int64_t slow_us = rules_.slow_start_ms * kMicrosPerMilli;
  if (state_ != BreakerState::kClosed || open_us_ < 0 || slow_us <= 0) return 1;
  const double passed = static_cast<double>(std::max<std::int64_t>(now_us - since_us_, 0)) /
                        static_cast<double>(slow_us);
  return std::min(1.0, rules_.slow_start_from + (1 - rules_.slow_start_from) * passed);
}

Breaker::Permit Breaker::Admit(std::int64_t now_us, std::int64_t lease_us, std::uint64_t random) {
  Advance(now_us, random);
  switch (state_) {
    case BreakerState::kClosed:
      return {Uniform(Mix(random)) < Share(now_us), false, false, generation_};
    case BreakerState::kOpen:
      return {};
    case BreakerState::kHalfOpen:
      if (probe_out_) return {};
      probe_out_ = true;
      lease_until_us_ = now_us + lease_us;
      return {true, true, false, generation_};
  }
  return {};
}

void Breaker::Report(const Permit& permit, Outcome outcome, std::int64_t now_us,
                     std::uint64_t random) {
  Advance(now_us, random);
  if (!permit.admitted || permit.generation != generation_) return;
  if (permit.forced) {
    if (outcome != Outcome::kSuccess || state_ != BreakerState::kOpen) return;
    Enter(BreakerState::kHalfOpen, now_us);
    in_a_row_ = 1;
  } else if (state_ == BreakerState::kClosed) {
    if (outcome != Outcome::kExcluded) EndInClosed(outcome == Outcome::kFailure, now_us, random);
    return;
  } else if (permit.probe) {
    probe_out_ = false;
    if (outcome == Outcome::kExcluded) return;
    if (outcome == Outcome::kFailure) {
      trip_ = {.failures = 1, .ends = 1, .as_probe = true};
      ++exponent_;
      Open(now_us, random);
      return;
    }
    ++in_a_row_;
  }
  if (state_ == BreakerState::kHalfOpen && in_a_row_ >= rules_.probes) {
    Enter(BreakerState::kClosed, now_us);
  }
}

void Breaker::Advance(std::int64_t now_us, std::uint64_t random) {
  if (state_ == BreakerState::kOpen && now_us >= open_until_us_) {
    Enter(BreakerState::kHalfOpen, now_us);
  } else if (state_ == BreakerState::kHalfOpen && probe_out_ && now_us >= lease_until_us_) {
    trip_ = {.failures = 1, .ends = 1, .as_probe = true, .expired = true};
    ++exponent_;
    Open(now_us, random);
  }
}

void Breaker::EndInClosed(bool failed, std::int64_t now_us, std::uint64_t random) {
  ends_.Advance(now_us);
  if (Ends* const slot = ends_.At(now_us)) {
    ++slot->all;
    slot->failures += failed ? 1 : 0;
  }
  in_a_row_ = failed ? in_a_row_ + 1 : 0;
  if (!failed) return;
  Ends sum;
  for (const Ends& slot : ends_.slots()) {
    sum.all += slot.all;
    sum.failures += slot.failures;
  }
  const bool in_a_row = in_a_row_ >= rules_.consecutive;
  if (!in_a_row && (sum.all < rules_.least_calls ||
                    WilsonInterval(sum.failures, sum.all).low <= rules_.most_failures)) {
    return;
  }
  trip_ = {.failures = in_a_row ? in_a_row_ : sum.failures,
           .ends = in_a_row ? in_a_row_ : sum.all,
           .in_a_row = in_a_row};
  const bool stable = open_us_ < 0 || now_us - since_us_ >= 2 * open_us_;
  exponent_ = stable ? 0 : exponent_ + 1;
  Open(now_us, random);
}

void Breaker::Open(std::int64_t now_us, std::uint64_t random) {
  exponent_ = std::min(exponent_, kMostDoublings);
  const double ceiling_ms = std::min(static_cast<double>(rules_.open_cap_ms),
                                     static_cast<double>(rules_.open_base_ms) *
                                         static_cast<double>(std::uint64_t{1} << exponent_));
  open_us_ = static_cast<std::int64_t>(ceiling_ms * static_cast<double>(kMicrosPerMilli) *
                                       Uniform(random));
  Enter(BreakerState::kOpen, now_us);
  open_until_us_ = now_us + open_us_;
}

void Breaker::Enter(BreakerState state, std::int64_t now_us) {
  state_ = state;
  since_us_ = now_us;
  ++generation_;
  in_a_row_ = 0;
  probe_out_ = false;
  ends_.Clear();
}

}  // namespace mlp::engine
