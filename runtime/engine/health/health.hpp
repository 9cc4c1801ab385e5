// What a client knows of the models that it calls, and which of them may be asked: breakers,
// throttles, and everything measured. Attempts write it; decisions read the bits that it publishes.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "mlp/health.hpp"
#include "mlp/policy.hpp"
#include "runtime/engine/health/breaker.hpp"
#include "runtime/engine/health/fact_window.hpp"
#include "runtime/engine/health/live_order.hpp"
#include "runtime/engine/health/throttle.hpp"
#include "runtime/engine/health/verdict.hpp"

namespace mlp::engine {

/// Thread-safe: a small mutex for each model and provider, never held together nor while anything
/// waits. All times but those called at_s are microseconds of the steady clock. A model's bit in
/// LiveState is written in the very call that changes it.
class Health {
 public:
  /// `policy` outlives it. Publishes every bit, order and condition. What `before` knows of models
  /// and providers of the same names (and ids) is shared with it from then on: calls under either
  /// policy write it, and both policies' bits follow.
  Health(const Policy& policy, const HealthOptions& options, std::uint64_t seed,
         std::int64_t now_us, const Health* before = nullptr);
  ~Health();
  Health(const Health&) = delete;
  Health& operator=(const Health&) = delete;

  /// Why an attempt is not made.
  enum class Refusal : std::uint8_t { kNone, kDown, kSlowStart, kThrottled };
  struct Lease {
    Refusal refusal = Refusal::kNone;
    std::uint16_t model = kNone16;
    DownReason reason = DownReason::kBreaker;  ///< of kDown
    std::int64_t begun_us = 0;
    Breaker::Permit of_model;
    Breaker::Permit of_provider;
    [[nodiscard]] bool ok() const { return refusal == Refusal::kNone; }
  };
  /// Asked before each attempt. One that is granted must be reported or returned, once.
  [[nodiscard]] Lease Admit(std::uint16_t model, std::int64_t now_us, std::int64_t attempt_ms);
  /// Grants whatever breakers and throttles say, since there is nobody else.
  [[nodiscard]] Lease Force(std::uint16_t model, std::int64_t now_us);

  struct End {
    ErrorClass error_class = ErrorClass::kNone;
    std::int64_t retry_after_ms = -1;
    bool never_fits = false;
    bool of_one_key = false;  ///< it was about a key, and the provider has others
    std::int64_t latency_us = 0;
    std::int64_t first_byte_us = -1;
    std::int64_t prompt_tokens = 0;
    std::int64_t output_tokens = 0;
  };
  void Report(const Lease& lease, const End& end, std::int64_t now_us);
  /// The attempt was not made.
  void Return(const Lease& lease, std::int64_t now_us) {
    Report(lease, {.error_class = ErrorClass::kCancelled}, now_us);
  }

  /// An answer of the model was scored, in millionths.
  void Score(std::uint16_t model, std::uint32_t score_ppm, std::int64_t now_us);
  /// Its answers were not good enough: left alone until then.
  void RestForQuality(std::uint16_t model, std::int64_t until_us);

  /// Whether a model is down for reasons that a measurement gave and no operator: then it may be
  /// tried when there is nobody else.
  [[nodiscard]] bool MayForce(std::uint16_t model) const noexcept;
  /// When what closes a model off ends, as far as that is known; now where nothing does.
  [[nodiscard]] std::int64_t ClosedUntil(std::uint16_t model, std::int64_t now_us);
  [[nodiscard]] bool any_down() const noexcept {
    return down_count_.load(std::memory_order_relaxed) != 0;
  }
  /// A bit for each DownReason; 0: up.
  [[nodiscard]] std::uint32_t DownBits(std::uint16_t model) const noexcept {
    return models_[model]->down.load(std::memory_order_relaxed);
  }

  /// Down for another reason than a pause that it asked for.
  [[nodiscard]] bool ClosedOff(std::uint16_t model) const noexcept;

  /// By those who ask providers, and operators.
  void SetProviderDown(std::uint16_t provider, DownReason reason, bool down);
  void SetModelDown(std::uint16_t model, DownReason reason, bool down);

  /// The measured fact, for live conditions.
  [[nodiscard]] std::optional<std::int64_t> Fact(std::uint16_t model, LiveFact fact,
                                                 std::uint32_t window_s, std::int64_t now_us);

  /// What the control loop does each time: what time changes in breakers and throttles, conditions,
  /// orders.
  void Tick(std::int64_t now_us, std::int64_t at_s);

  /// Models, breakers and orders of the report; `wall_offset_us` turns its times into those since
  /// 1970.
  void Describe(HealthReport& report, std::int64_t now_us, std::int64_t wall_offset_us);

 private:
  /// Whose live bits and orders follow an entry, and under which number.
  struct Reader {
    Health* health;
    std::uint16_t model;
  };
  struct ModelEntry {
    ModelEntry(const HealthOptions& options, std::int64_t now_us)
        : breaker(options.breaker),
          throttle(options.throttle),
          own(options.own_window_ms * 1'000, now_us),
          minute(60'000'000, now_us, false) {}
    std::mutex mutex;  // of what follows, up to the atomics
    Breaker breaker;
    Throttle throttle;
    FactWindow own;
    FactWindow minute;
    std::vector<FactWindow> windows;  // those that conditions name
    ErrorClass last_failure = ErrorClass::kNone;
    std::int64_t rests_until_us = 0;  // for its answers' quality
    std::atomic<std::int64_t> in_flight{0};
    std::atomic<std::int64_t> requests_per_minute{0};  // at the last tick
    std::atomic<std::uint32_t> down{0};                // written under readers_mutex
    std::atomic<bool> in_busy_order{false};  // some reader has a `least-busy` order with it
    std::mutex readers_mutex;                // the innermost
    std::vector<Reader> readers;
  };
  struct ProviderEntry {
    explicit ProviderEntry(const HealthOptions& options) : breaker(options.breaker) {}
    std::mutex mutex;
    Breaker breaker;
    ErrorClass last_failure = ErrorClass::kNone;
  };
  [[nodiscard]] std::shared_ptr<ModelEntry> EntryOf(const Model& model, const Health* before,
                                                    std::int64_t now_us) const;
  [[nodiscard]] std::shared_ptr<ProviderEntry> EntryOf(const Provider& provider,
                                                       const Health* before) const;
  /// Makes this a reader of its models.
  void Read();
  void PublishUp(std::uint16_t model, bool up);
  [[nodiscard]] std::uint64_t Random() noexcept;
  [[nodiscard]] std::int64_t LeaseUs(std::int64_t attempt_ms) const noexcept;
  void CountInFlight(ModelEntry& entry, std::int64_t change);
  void AdmitModel(ModelEntry& entry, std::int64_t now_us, std::int64_t attempt_ms, Lease& lease);
  void Begin(ModelEntry& entry, std::int64_t now_us);
  [[nodiscard]] std::uint16_t ProviderOf(std::uint16_t model) const {
    return tables_.models[model].provider;
  }
  void ShowBreaker(std::uint16_t model, const Breaker& breaker);
  void ShowProvider(std::uint16_t provider);  // under its mutex
  void PublishBusy(std::uint16_t number);
  void PublishBusyOrdersOf(std::uint16_t model);
  [[nodiscard]] std::vector<MemberFacts> FactsOf(const LiveGroup& group, std::int64_t now_us);

  const Policy& policy_;
  const Tables& tables_;
  const HealthOptions options_;
  std::atomic<std::uint64_t> random_;
  std::atomic<std::int64_t> down_count_{0};
  std::vector<std::shared_ptr<ModelEntry>> models_;
  std::vector<std::shared_ptr<ProviderEntry>> providers_;
  std::vector<std::vector<std::uint16_t>> models_of_;    // by provider
  std::vector<std::vector<std::uint16_t>> busy_orders_;  // by model: `least-busy` orders with it
  std::vector<LiveGroup> groups_;
  std::mutex orders_mutex_;
  std::vector<std::vector<OrderMember>> orders_;  // as published; under orders_mutex_
};

}  // namespace mlp::engine
