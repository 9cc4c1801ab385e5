// The decision: from a request to a route and its candidates in order. noexcept, no allocation, no
// lock, no I/O, no clock; any number of threads at once.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "mlp/live.hpp"
#include "mlp/tables.hpp"

namespace mlp {

inline constexpr std::size_t kMaxCandidates = 32;

enum class DecisionOutcome : std::uint8_t {
  kServe,
  kRefused,      ///< the route refuses on purpose
  kNoRoute,      ///< no route takes the request
  kNoCandidate,  ///< the route has none that may serve it
  kDenied,       ///< a budget denies it
  kOutOfDomain,  ///< an attribute is outside its declared range: explained as no-route
};

struct Candidate {
  std::uint32_t row;  ///< in Tables::rows
  std::uint16_t model;
  std::uint16_t endpoint;
  std::uint16_t rollout;  ///< the rollout whose canary arm brought it here, or kNone16
  std::uint8_t step;
};

/// A value; `candidates` beyond `count` are not set.
struct Decision {
  DecisionOutcome outcome = DecisionOutcome::kNoRoute;
  std::uint8_t count = 0;
  std::uint16_t route = kNone16;
  std::uint32_t leaf = 0;
  std::uint32_t root = 0;
  std::uint32_t output_tokens = 0;  ///< the request's output after the route's cap
  std::uint32_t cache_ttl_s = 0;
  std::array<Candidate, kMaxCandidates> candidates;

  [[nodiscard]] std::span<const Candidate> list() const noexcept {
    return {candidates.data(), count};
  }
};

/// What a call may ask for beyond the request itself.
struct DecideOptions {
  std::uint64_t draw = 0;        ///< random bits for a `spread` without a key; 0: its first member
  bool prefer_cheapest = false;  ///< a budget's second order
};

/// The decision in force under `live`, which must have been made for these tables.
///
/// A `spread` with a key draws by Bucket(salt, key) with the salt ROUTE/STEP, the route's name and
/// the 0-based step in decimal; without a key, or with an empty one, by options.draw. The drawn
/// member comes first, the others follow by falling share, equal ones in the order of the table.
[[nodiscard]] Decision Decide(const Tables& tables, const LiveState& live,
                              const RequestView& request,
                              const DecideOptions& options = {}) noexcept;

/// What the route of an evaluator's judge does with a request, whose own condition is not asked.
/// Precondition: the evaluator has a judge.
[[nodiscard]] Decision DecideJudge(const Tables& tables, const LiveState& live,
                                   const RequestView& request, std::uint16_t evaluator,
                                   const DecideOptions& options = {}) noexcept;

/// The leaf that the diagram names for a request at a root, before rows are looked at.
/// Precondition: every code is within its attribute's size.
[[nodiscard]] std::uint32_t FindLeaf(const Tables& tables, std::uint32_t root,
                                     const RequestView& request) noexcept;

/// Worst-case price of one attempt on `row` at the instant, rounded up to a picodollar: the dearest
/// of the prices in force at any hour for this prompt; input at the dearer of input and, where the
/// protocol bills cache writes by itself (openai) or the route caches prompts, cache write; output
/// at the dearer of output and reasoning; times the endpoint's factor. Saturates at INT64_MAX; -1
/// where no price holds or the input or output price is missing while such tokens are asked.
[[nodiscard]] std::int64_t AttemptCostPico(const Tables& tables, const Row& row, std::int64_t at_s,
                                           std::int64_t input_tokens, std::int64_t output_tokens,
                                           bool caches_prompts) noexcept;

/// The bucket of a unit, 0 .. 999,999: the first 8 bytes, big-endian, of SHA-256("mlp1\0" salt "\0"
/// unit), times 10^6, shifted right by 64. A unit is in the canary arm while bucket < share.
[[nodiscard]] std::uint32_t Bucket(std::string_view salt, std::string_view unit) noexcept;

}  // namespace mlp
