#include "runtime/core/rollout/alarms.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "runtime/core/evidence/shares.hpp"
#include "runtime/core/evidence/wilson.hpp"

namespace mlp {
namespace {

constexpr std::uint32_t kWhole = 1'000'000;
/// A common outage: both arms fail so many baselines, of which none is taken for less than 1%.
constexpr double kOutageFactor = 5;
constexpr double kLeastBaseline = 0.01;
constexpr double kMostOutageRate = 0.9;
constexpr std::int64_t kOutageUnits = 5;
constexpr std::int64_t kOutageS = 600;
/// A dead canary: so many units failed, most likely more than half of all. The stable arm's bound
/// is below one half, since this is looked at after every block: simulated, an arm of 20% failures
/// is taken for dead in fewer than one rollout in a thousand.
constexpr std::int64_t kDeadUnits = 5;
constexpr double kDeadRate = 0.5;
constexpr double kAliveRate = 0.25;

}  // namespace

std::string Numbers(const char* format, double a, double b, double c) {
  char text[160];
  std::snprintf(text, sizeof text, format, a, b, c);
  return text;
}

RolloutBlock Recent(const RolloutState& state, std::int64_t after_s) {
  RolloutBlock sum;
  for (const TimedBlock& one : state.recent) {
    if (one.at_s > after_s) sum.Add(one.counts);
  }
  return sum;
}

bool IsOutage(const RolloutState& state, std::int64_t at_s) {
  if (!state.baseline.frozen) return state.outage;
  const RolloutBlock last = Recent(state, at_s - kOutageS);
  const SignalCount canary = last.canary.signal(0);
  const SignalCount stable = last.stable.signal(0);
  const double limit = std::min(
      kOutageFactor * std::max(state.baseline.failure_rate, kLeastBaseline), kMostOutageRate);
  if (state.outage) return stable.units == 0 || stable.rate() > limit;
  return canary.units >= kOutageUnits && stable.units >= kOutageUnits && canary.rate() > limit &&
         stable.rate() > limit;
}

std::string OutageWords(const RolloutState& state, std::int64_t at_s) {
  const RolloutBlock last = Recent(state, at_s - kOutageS);
  return Numbers(
      "in ten minutes %.1f%% of the canary's and %.1f%% of the stable arm's units failed, %.2f%% "
      "at the start",
      100 * last.canary.signal(0).rate(), 100 * last.stable.signal(0).rate(),
      100 * state.baseline.failure_rate);
}

bool IsDead(const RolloutState& state, const RolloutBlock& pending) {
  RolloutBlock last = Recent(state, state.updated_s - kRecentS);
  last.Add(pending);
  const SignalCount canary = last.canary.signal(0);
  const SignalCount stable = last.stable.signal(0);
  if (canary.events < kDeadUnits || stable.units == 0) return false;
  const auto interval = [](const SignalCount& count) {
    return WilsonInterval(static_cast<std::uint64_t>(count.events),
                          static_cast<std::uint64_t>(count.units));
  };
  return interval(canary).low > kDeadRate && interval(stable).high < kAliveRate;
}

std::string DeathWords(const RolloutState& state) {
  const RolloutBlock last = Recent(state, state.updated_s - kRecentS);
  const SignalCount canary = last.canary.signal(0);
  return Numbers("lately %.0f of its %.0f units failed, and %.1f%% of the stable arm's",
                 static_cast<double>(canary.events), static_cast<double>(canary.units),
                 100 * last.stable.signal(0).rate());
}

double SharesLog(const RolloutState& state) {
  if (state.share_ppm == 0 || state.share_ppm >= kWhole) return 0;
  const double share = static_cast<double>(state.share_ppm) / kWhole;
  return LogSharesEvidence(std::array{share, 1 - share},
                           std::array{state.canary_newcomers, state.stable_newcomers});
}

bool SharesAreOthers(const RolloutState& state) {
  return state.shares_log + SharesLog(state) > -std::log(kSharesAlpha);
}

std::string SharesWords(const RolloutState& state) {
  return Numbers(
      "%.0f new units of the canary and %.0f of the stable arm do not fit a share of %.4g%%",
      static_cast<double>(state.canary_newcomers), static_cast<double>(state.stable_newcomers),
      state.share_ppm / 1e4);
}

}  // namespace mlp
