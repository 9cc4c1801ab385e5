// Asks providers how they are, as the policy's `probe` statements say.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "mlp/health.hpp"
#include "mlp/http_client.hpp"
#include "mlp/tables.hpp"
#include "runtime/engine/health/health.hpp"
#include "runtime/engine/health/probe_state.hpp"
#include "runtime/engine/providers.hpp"

namespace mlp::engine {

/// `tables`, `providers` and `health` outlive it.
class Probes {
 public:
  /// Providers that `before` asks in the same way go on as it left them.
  Probes(const Tables& tables, const Providers& providers, Health& health, std::uint64_t seed,
         const Probes* before = nullptr);
  Probes(const Probes&) = delete;
  Probes& operator=(const Probes&) = delete;

  /// Asks each provider with a probe at once, and from then on until Stop, for as long as `http`
  /// and `owner`, whose part this is, live.
  void Start(HttpExecutor& http, const std::weak_ptr<const void>& owner);
  void Stop() noexcept { stopped_.store(true); }

  /// Adds what was heard to the report's providers, which are those of the tables.
  void Describe(HealthReport& report) const;

 private:
  struct Entry {
    explicit Entry(const Provider& provider) : state(provider) {}
    ProbeState state;
    bool asked = false;
    std::int64_t at_us = 0;  // since 1970
    std::string said;
  };
  void Ask(HttpExecutor& http, std::uint16_t provider);
  void Heard(HttpExecutor& http, std::uint16_t provider, const HttpResponse& response);
  /// The provider's first endpoint; null without one.
  [[nodiscard]] const Endpoint* EndpointOf(std::uint16_t provider) const;

  [[nodiscard]] static bool AskedAlike(const Provider& a, const Provider& b) noexcept;

  const Tables& tables_;
  const Providers& providers_;
  Health& health_;
  std::weak_ptr<const void> owner_;
  std::atomic<bool> stopped_{false};
  std::uint64_t random_;  // under mutex_, as are the entries
  mutable std::mutex mutex_;
  std::deque<Entry> entries_;
};

}  // namespace mlp::engine
