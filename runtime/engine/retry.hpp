// What follows a failed attempt: the same model again and when, the next candidate, or the end.
// Pure.
#pragma once

#include <cstdint>

#include "mlp/call.hpp"
#include "mlp/tables.hpp"

namespace mlp::engine {

/// Where a call stands when an attempt has failed.
struct ChainState {
  std::uint32_t attempts_made = 1;        ///< over the whole chain, the failed one included
  std::uint32_t retries_made = 0;         ///< on this candidate
  std::uint32_t later_candidates = 0;     ///< not yet tried
  std::int64_t remaining_ms = INT64_MAX;  ///< to the call's deadline
  std::int64_t attempt_ms = 0;            ///< the most that one attempt may take
  bool closed_off = false;                ///< it failed so often that the model is left alone
  bool other_key = false;  ///< the provider has another key for one that was refused or limited:
                           ///< the retry is made with it, at once, whether the action is retry or
                           ///< next
};

/// Why a model's own rate limit refused.
struct LimitRefusal {
  std::int64_t wait_ms = 0;    ///< until it would pass; INT64_MAX: never
  std::int64_t waited_ms = 0;  ///< before this attempt so far
  bool waits = true;           ///< false: it is kept for those who have no other candidate
};

struct NextStep {
  enum class Kind : std::uint8_t { kRetry, kNextCandidate, kStop };
  Kind kind = Kind::kStop;
  std::int64_t wait_ms = 0;  ///< of kRetry
};

/// Full jitter (AWS, "Exponential Backoff And Jitter"): uniform in [0, min(cap, base * 2^retries)],
/// `uniform` in [0, 1).
[[nodiscard]] std::int64_t BackoffMs(std::int64_t base_ms, std::int64_t cap_ms,
                                     std::uint32_t retries, double uniform);

/// The longest Retry-After that is waited for; a longer one means the next candidate at once (as
/// OpenAI's SDK).
inline constexpr std::int64_t kMostRetryAfterMs = 120'000;

/// The route's action for the class, with the provider's word (x-should-retry, Retry-After as a
/// floor) and the language's rule: a retry is made only while attempts and time remain for one full
/// attempt at each later candidate.
[[nodiscard]] NextStep AfterFailure(const RoutePlan& route, const ProviderReply& failure,
                                    const ChainState& state, double uniform);

/// A candidate whose own rate limit (`limit` of its model) does not let it pass now, so that
/// nothing was sent: the route's action for rate-limited. kRetry waits for as long as the limit
/// says, where that and one full attempt at this and each later candidate fit the deadline and the
/// waits so far the two minutes that a provider may ask for.
[[nodiscard]] NextStep AfterLimit(const RoutePlan& route, const LimitRefusal& refusal,
                                  const ChainState& state);

}  // namespace mlp::engine
