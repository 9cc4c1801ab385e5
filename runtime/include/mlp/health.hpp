// What a client knows of the models and providers that it calls: whether they are up, since when
// and why not, what was measured, and the order that live groups have by it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/tables.hpp"

namespace mlp {

enum class BreakerState : std::uint8_t { kClosed, kOpen, kHalfOpen };
/// `closed`, `open`, `half-open`.
[[nodiscard]] std::string_view ToString(BreakerState state) noexcept;

/// When a breaker opens, and how it closes again.
struct BreakerRules {
  std::int64_t window_ms = 30'000;
  std::uint32_t least_calls = 10;  ///< in the window, for its share of failures to count
  double most_failures = 0.5;      ///< the share that Wilson's lower bound (95%) may reach
  std::uint32_t consecutive = 5;   ///< failures in a row
  std::int64_t open_base_ms = 10'000;
  std::int64_t open_cap_ms = 300'000;
  std::uint32_t probes = 3;             ///< successes in a row that close it
  std::int64_t lease_grace_ms = 5'000;  ///< beyond a probe's own time, until it counts as failed
  std::int64_t slow_start_ms = 60'000;  ///< until everything is admitted again
  double slow_start_from = 0.1;
};

/// How a provider that says "too many" is spared: Google's SRE book, "Handling Overload".
struct ThrottleRules {
  std::int64_t window_ms = 120'000;
  double multiplier = 1.5;  ///< K: requests beyond K times what was accepted are held back
  std::uint32_t least_requests = 10;
  std::int64_t most_cooldown_ms = 3'600'000;  ///< a longer Retry-After is cut to it
};

struct HealthOptions {
  bool breakers = true;   ///< false: nothing is ever closed off by failures
  bool throttles = true;  ///< false: nothing is held back after "too many"
  bool probes = true;     ///< false: no provider is asked how it is
  BreakerRules breaker = {};
  ThrottleRules throttle = {};
  std::int64_t control_ms = 50;          ///< between two looks of the control loop
  std::int64_t operator_ms = 500;        ///< between two looks at what operators took down
  std::int64_t own_window_ms = 300'000;  ///< of facts without `over`; rates per minute: 60 s
};

/// Why a model is not tried. Several may hold at once.
enum class DownReason : std::uint8_t {
  kBreaker,          ///< its breaker is open, or its one probe is under way
  kProviderBreaker,  ///< its provider's is
  kCooldown,         ///< it asked to be left alone for a while (Retry-After)
  kProbe,            ///< its provider fails the questions how it is
  kOperator,         ///< an operator took it, or its provider, down
  kQuality,          ///< its answers were scored below an evaluator's floor
};
inline constexpr std::size_t kDownReasonCount = 6;
/// `breaker`, `provider-breaker`, `cooldown`, `probe`, `operator`, `quality`.
[[nodiscard]] std::string_view ToString(DownReason reason) noexcept;

/// Times are microseconds since 1970 UTC; 0: none.
struct BreakerHealth {
  BreakerState state = BreakerState::kClosed;
  std::uint32_t generation = 0;  ///< changes of state so far
  std::int64_t since_us = 0;
  std::int64_t open_until_us = 0;
  double share = 1;  ///< of the requests that are admitted when closed; below 1 in a slow start
  std::string why;   ///< it opened last, in words; empty while it never did
};

/// What an operator took down.
struct OperatorDown {
  std::string name;
  std::int64_t until_s = kForever;  ///< seconds since 1970 UTC
  std::string why;
  std::string who;
  std::int64_t at_s = 0;
  friend bool operator==(const OperatorDown&, const OperatorDown&) = default;
};

/// Facts over HealthOptions::own_window_ms; nothing where too little was measured.
struct ModelHealth {
  std::string name;
  std::string provider;
  bool up = true;
  std::vector<DownReason> down;
  BreakerHealth breaker;
  std::int64_t cooldown_until_us = 0;
  double throttled = 0;  ///< the share of requests that is held back
  std::optional<std::int64_t> latency_p50_us, latency_p95_us, latency_p99_us;
  std::optional<std::int64_t> first_token_p50_us, first_token_p95_us, first_token_p99_us;
  std::optional<std::int64_t> success_ppm, error_ppm, availability_ppm, quality_ppm;
  std::int64_t in_flight = 0;
  std::int64_t requests_per_minute = 0;
  std::int64_t tokens_per_minute = 0;
};

struct ProviderHealth {
  std::string name;
  BreakerHealth breaker;
  bool probed = false;  ///< the policy has it asked how it is
  bool probe_up = true;
  std::int64_t probed_us = 0;  ///< the last answer, or its absence
  std::string probe_said;      ///< `ok`, or what was wrong
  std::optional<OperatorDown> taken_down;
};

/// A part is 0 .. 1, more is better; `score` is what the order goes by, the highest first.
struct OrderMember {
  std::string model;
  double score = 0;
  double capability = 0;  ///< of kBalanced, as the next three
  double cost = 0;
  double performance = 0;
  double availability = 0;
};
struct LiveOrder {
  std::uint16_t number = 0;  ///< in LiveState
  GroupKind kind = GroupKind::kFastest;
  std::vector<OrderMember> members;  ///< as they are tried now
};

struct HealthReport {
  std::int64_t at_us = 0;
  std::vector<ModelHealth> models;        ///< as in the tables
  std::vector<ProviderHealth> providers;  ///< as in the tables
  std::vector<LiveOrder> orders;
  std::vector<OperatorDown> taken_down;     ///< in force, names of this policy
  std::vector<OperatorDown> unknown_names;  ///< in force, names that this policy does not have
  std::string operator_trouble;  ///< why what operators took down cannot be read, or empty
};

}  // namespace mlp
