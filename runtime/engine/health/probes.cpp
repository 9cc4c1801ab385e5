#include "runtime/engine/health/probes.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "runtime/core/split_mix.hpp"
#include "runtime/engine/clock.hpp"

namespace mlp::engine {
namespace {

// A question is short, however long answers of the model may take.
constexpr std::int64_t kMostMs = 10'000;
// Services that were started together do not ask together for ever.
constexpr double kJitter = 0.1;

/// A provider that has too many questions is there.
bool IsThere(const HttpResponse& response) {
  if (response.error_class != ErrorClass::kNone) return false;
  return (response.status >= 200 && response.status < 300) || response.status == 429;
}

std::string Words(const HttpResponse& response) {
  if (response.error_class != ErrorClass::kNone) {
    return fmt::format("{}: {}", ToString(response.error_class), response.error);
  }
  return IsThere(response) ? "ok" : fmt::format("status {}", response.status);
}

}  // namespace

Probes::Probes(const Tables& tables, const Providers& providers, Health& health, std::uint64_t seed,
               const Probes* before)
    : tables_(tables), providers_(providers), health_(health), random_(seed) {
  for (std::size_t i = 0; i < tables.providers.size(); ++i) {
    Entry& entry = entries_.emplace_back(tables.providers[i]);
    for (std::size_t k = 0; before != nullptr && k < before->entries_.size(); ++k) {
      if (!AskedAlike(before->tables_.providers[k], tables.providers[i])) continue;
      const std::lock_guard lock(before->mutex_);
      entry = before->entries_[k];
    }
    health_.SetProviderDown(static_cast<std::uint16_t>(i), DownReason::kProbe, !entry.state.up());
  }
}

bool Probes::AskedAlike(const Provider& a, const Provider& b) noexcept {
  return a.name == b.name && a.probe_every_ms == b.probe_every_ms &&
         a.probe_max_ms == b.probe_max_ms && a.probe_backoff_ppm == b.probe_backoff_ppm &&
         a.probe_down_after == b.probe_down_after && a.probe_up_after == b.probe_up_after;
}

const Endpoint* Probes::EndpointOf(std::uint16_t provider) const {
  for (const Endpoint& endpoint : tables_.endpoints) {
    if (endpoint.provider == provider) return &endpoint;
  }
  return nullptr;
}

void Probes::Start(HttpExecutor& http, const std::weak_ptr<const void>& owner) {
  owner_ = owner;
  for (std::size_t i = 0; i < tables_.providers.size(); ++i) {
    if (tables_.providers[i].probe_every_ms == 0) continue;
    const auto provider = static_cast<std::uint16_t>(i);
    const Endpoint* const endpoint = EndpointOf(provider);
    if (endpoint == nullptr) continue;
    const Providers::Access access = providers_.At(*endpoint);
    if (access.protocol == nullptr || access.key_missing) continue;
    {
      const std::lock_guard lock(mutex_);
      entries_[i].asked = true;
    }
    Ask(http, provider);
  }
}

void Probes::Ask(HttpExecutor& http, std::uint16_t provider) {
  const Providers::Access access = providers_.At(*EndpointOf(provider));
  HttpRequest request = access.protocol->BuildProbe(access.url, access.key);
  request.headers.insert(request.headers.end(), access.headers->begin(), access.headers->end());
  const Provider& asked = tables_.providers[provider];
  if (asked.connect_ms != 0) request.connect_timeout_ms = asked.connect_ms;
  request.total_timeout_ms =
      asked.total_ms == 0 ? kMostMs : std::min<std::int64_t>(asked.total_ms, kMostMs);
  http.Start(std::move(request),
             [this, owner = owner_, &http, provider](const HttpResponse& response) {
               if (const auto alive = owner.lock()) Heard(http, provider, response);
             });
}

void Probes::Heard(HttpExecutor& http, std::uint16_t provider, const HttpResponse& response) {
  if (response.error_class == ErrorClass::kCancelled) return;  // the client ends
  if (stopped_.load()) return;
  std::int64_t wait_us = 0;
  bool up = true;
  {
    const std::lock_guard lock(mutex_);
    Entry& entry = entries_[provider];
    const std::int64_t wait_ms = entry.state.Report(IsThere(response));
    up = entry.state.up();
    entry.at_us = WallUs();
    entry.said = Words(response);
    random_ = Mix(random_ + 0x9E3779B97F4A7C15);
    const double factor = 1 + kJitter * (static_cast<double>(random_ >> 11) * 0x1.0p-52 - 1);
    wait_us = static_cast<std::int64_t>(static_cast<double>(wait_ms) * 1e3 * factor);
  }
  health_.SetProviderDown(provider, DownReason::kProbe, !up);
  http.After(wait_us, [this, owner = owner_, &http, provider] {
    const auto alive = owner.lock();
    if (alive != nullptr && !stopped_.load()) Ask(http, provider);
  });
}

void Probes::Describe(HealthReport& report) const {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < entries_.size() && i < report.providers.size(); ++i) {
    ProviderHealth& shown = report.providers[i];
    shown.probed = entries_[i].asked;
    shown.probe_up = entries_[i].state.up();
    shown.probed_us = entries_[i].at_us;
    shown.probe_said = entries_[i].said;
  }
}

}  // namespace mlp::engine
