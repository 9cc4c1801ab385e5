// What a client tells the world: log lines and alerts. (Its metrics are Client::Metrics.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace mlp {

enum class LogLevel : std::uint8_t { kInfo, kWarning, kError };
/// `info`, `warning`, `error`.
[[nodiscard]] std::string_view ToString(LogLevel level) noexcept;

/// Gets one JSON object in a line, without a line break; the view lives for the call. Called from
/// many threads, also from those that make calls; must not block. What it throws is caught and
/// counted.
using LogSink = std::function<void(LogLevel level, std::string_view line)>;

/// Why an alert speaks.
enum class AlertSource : std::uint8_t {
  kCondition,  ///< its own `when`
  kFailovers,  ///< more fallbacks in an hour than AlertOptions::failovers_per_hour
  kBreaker,    ///< a model's or provider's breaker is not closed, or probes fail
  kLifecycle,  ///< a deprecation or retirement comes near
  kStore,      ///< records or the budgets' ledger lose something
  kBudget,     ///< `at X% alert NAME`
  kRollout,    ///< a rollout that names it
};
/// `condition`, `failovers`, ...
[[nodiscard]] std::string_view ToString(AlertSource source) noexcept;

/// Told once for each change: when what it is about begins and, but for kLifecycle and kBudget,
/// when it ends.
struct AlertNotice {
  std::string id;  ///< 32 hexadecimal digits; the same in every try to deliver it
  std::string policy;
  std::string policy_version;
  std::string alert;
  AlertSource source = AlertSource::kCondition;
  std::string subject;  ///< the model, provider or budget that it is about, or empty
  bool raised = true;   ///< false: cleared
  std::string message;
  /// Of a budget with a `per`: the value. Only callbacks get it; logs and webhooks have the first
  /// 16 digits of its SHA-256.
  std::string value;
  std::int64_t at_us = 0;  ///< since 1970 UTC
};
/// Runs on the client's I/O thread; must not block. What it throws is caught and counted.
using AlertCallback = std::function<void(const AlertNotice&)>;

struct AlertOptions {
  /// By the names that alerts have behind `callback`.
  std::map<std::string, AlertCallback, std::less<>> callbacks = {};
  std::int64_t interval_ms = 1'000;      ///< between two looks at what alerts are about
  std::int64_t own_window_ms = 300'000;  ///< of measures without `over`
  std::uint64_t failovers_per_hour = 3;  ///< of alerts without a `when`
  std::size_t webhook_queue = 256;       ///< notices that wait for each webhook; more are dropped
  std::uint32_t webhook_tries = 6;
  std::int64_t webhook_backoff_ms = 1'000;  ///< doubles with each try, up to a minute
  std::int64_t webhook_timeout_ms = 10'000;
};

}  // namespace mlp
