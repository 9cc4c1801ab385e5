// What is remembered of a call: one record for the decision and one for each attempt. No prompt, no
// reply, no key, and of the unit only a hash.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mlp/cache.hpp"
#include "mlp/call.hpp"
#include "mlp/error_class.hpp"

namespace mlp {

enum class AttemptKind : std::uint8_t {
  kFirst,
  kRetry,
  kFallback,
  kHedge,
  kVectors,  ///< no answer was asked for: vectors, to find a similar prompt's answer by
};
[[nodiscard]] std::string_view ToString(AttemptKind kind) noexcept;

struct AttemptRecord {
  std::uint32_t number = 0;  ///< 0-based within the call
  AttemptKind kind = AttemptKind::kFirst;
  std::string provider;
  std::string model;           ///< the policy's name
  std::string model_id;        ///< what was asked for
  std::string response_model;  ///< what answered
  std::string endpoint;        ///< place or host, never with parameters
  std::string rollout;         ///< the rollout whose canary arm this candidate came from, or empty
  std::uint32_t step = 0;
  ErrorClass error_class = ErrorClass::kNone;
  int http_status = 0;
  std::string error_type;
  std::string error_code;
  std::string rule;        ///< which mapping rule chose the class
  std::string request_id;  ///< the provider's
  std::string finish;
  Usage usage;
  std::int64_t cost_pico = 0;  ///< 0 and priced = false where a price is missing
  bool priced = true;
  std::int64_t reserved_pico = 0;  ///< the worst case assumed before the attempt
  std::int64_t started_us = 0;     ///< since 1970 UTC
  std::int64_t latency_us = 0;
  std::int64_t first_byte_us = -1;
  std::int64_t waited_us = 0;  ///< before this attempt: backoff or Retry-After
  std::int64_t retry_after_ms = -1;
  std::int32_t quality_ppm = -1;  ///< what the route's evaluator made of the answer; -1: nothing
};

struct CallRecord {
  std::string call_id;          ///< 128 random bits, hex
  std::int64_t started_us = 0;  ///< since 1970 UTC
  std::int64_t duration_us = 0;
  std::string policy;
  std::string policy_version;
  std::string policy_hash;
  std::string route;
  std::string request;  ///< the attributes as ATTR=VALUE words without texts and keys
  std::string arms;     ///< `rollout:canary` and `rollout:stable` words
  /// Candidates of the route that were left alone, and why: `opus:breaker gpt:operator`.
  std::string skipped;
  std::string trace_id;  ///< of the caller's traceparent, 32 hexadecimal digits, or empty
  std::uint64_t unit_hash = 0;
  ErrorClass outcome = ErrorClass::kNone;
  std::int64_t cost_pico = 0;
  std::int64_t decide_ns = 0;
  /// kHit, kShared and kSimilar: no model was asked for an answer.
  CacheUse cache = CacheUse::kNone;
  std::vector<AttemptRecord> attempts;
  /// Of kind kVectors: not part of the chain, but its cost is the call's.
  std::vector<AttemptRecord> lookups;
};

/// What a user made of a call's answer.
struct Feedback {
  std::string call_id;
  std::int64_t at_us = 0;  ///< since 1970 UTC
  std::int32_t score_ppm = 0;
  std::string note;
};

}  // namespace mlp
