// The health report of the models, their breakers and their orders.
#include <fmt/format.h>

#include "runtime/engine/health/health.hpp"

namespace mlp::engine {
namespace {

std::string Why(const Breaker& breaker, ErrorClass last, std::int64_t window_ms) {
  const Breaker::Trip& trip = breaker.trip();
  if (trip.ends == 0) return {};
  if (trip.expired) return "its probe did not come back";
  const std::string ending = fmt::format("the last with {}", ToString(last));
  if (trip.as_probe) return fmt::format("its probe failed, {}", ending);
  if (trip.in_a_row) return fmt::format("{} failures in a row, {}", trip.failures, ending);
  return fmt::format("{} of {} calls failed within {} s, {}", trip.failures, trip.ends,
                     window_ms / 1'000, ending);
}

BreakerHealth ShowState(const Breaker& breaker, ErrorClass last, const BreakerRules& rules,
                        std::int64_t now_us, std::int64_t wall_offset_us) {
  BreakerHealth shown;
  shown.state = breaker.state();
  shown.generation = breaker.generation();
  if (breaker.generation() != 0) shown.since_us = breaker.since_us() + wall_offset_us;
  if (breaker.state() == BreakerState::kOpen) {
    shown.open_until_us = breaker.open_until_us() + wall_offset_us;
  }
  shown.share = breaker.Share(now_us);
  shown.why = Why(breaker, last, rules.window_ms);
  return shown;
}

}  // namespace

void Health::Describe(HealthReport& report, std::int64_t now_us, std::int64_t wall_offset_us) {
  report.at_us = now_us + wall_offset_us;
  for (std::size_t i = 0; i < models_.size(); ++i) {
    ModelEntry& entry = *models_[i];
    ModelHealth& shown = report.models.emplace_back();
    shown.name = tables_.models[i].name;
    shown.provider = tables_.providers[tables_.models[i].provider].name;
    const std::uint32_t down = entry.down.load(std::memory_order_relaxed);
    shown.up = down == 0;
    for (std::size_t reason = 0; reason < kDownReasonCount; ++reason) {
      if (((down >> reason) & 1) != 0) shown.down.push_back(static_cast<DownReason>(reason));
    }
    shown.in_flight = entry.in_flight.load(std::memory_order_relaxed);
    const std::lock_guard lock(entry.mutex);
    shown.breaker =
        ShowState(entry.breaker, entry.last_failure, options_.breaker, now_us, wall_offset_us);
    if (entry.throttle.cooling(now_us)) {
      shown.cooldown_until_us = entry.throttle.cool_until_us() + wall_offset_us;
    }
    shown.throttled = entry.throttle.HeldBack(now_us);
    const auto own = [&](LiveFact fact) { return entry.own.Value(fact, now_us); };
    shown.latency_p50_us = own(LiveFact::kLatencyP50);
    shown.latency_p95_us = own(LiveFact::kLatencyP95);
    shown.latency_p99_us = own(LiveFact::kLatencyP99);
    shown.first_token_p50_us = own(LiveFact::kTtftP50);
    shown.first_token_p95_us = own(LiveFact::kTtftP95);
    shown.first_token_p99_us = own(LiveFact::kTtftP99);
    shown.success_ppm = own(LiveFact::kSuccessRate);
    shown.error_ppm = own(LiveFact::kErrorRate);
    shown.availability_ppm = own(LiveFact::kAvailability);
    shown.quality_ppm = own(LiveFact::kQuality);
    shown.requests_per_minute =
        entry.minute.Value(LiveFact::kRequestsPerMinute, now_us).value_or(0);
    shown.tokens_per_minute = entry.minute.Value(LiveFact::kTokensPerMinute, now_us).value_or(0);
  }
  for (std::size_t i = 0; i < providers_.size(); ++i) {
    ProviderEntry& entry = *providers_[i];
    ProviderHealth& shown = report.providers.emplace_back();
    shown.name = tables_.providers[i].name;
    const std::lock_guard lock(entry.mutex);
    shown.breaker =
        ShowState(entry.breaker, entry.last_failure, options_.breaker, now_us, wall_offset_us);
  }
  const std::lock_guard lock(orders_mutex_);
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    report.orders.push_back({static_cast<std::uint16_t>(i), groups_[i].kind, orders_[i]});
  }
}

}  // namespace mlp::engine
