// What is counted of calls, the same in a running client (atomic cells) and from records (plain
// ones).
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mlp/error_class.hpp"
#include "mlp/record.hpp"
#include "runtime/core/metrics/metric_bounds.hpp"
#include "runtime/core/usage_sums.hpp"
#include "runtime/core/wide.hpp"

namespace mlp {

/// A counter that many threads add to; a reader sees each cell as of some moment.
class RelaxedCell {
 public:
  void operator+=(std::uint64_t count) noexcept {
    value_.fetch_add(count, std::memory_order_relaxed);
  }
  operator std::uint64_t() const noexcept {  // NOLINT(google-explicit-constructor)
    return value_.load(std::memory_order_relaxed);
  }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// Picodollars beyond 64 bits: whole nanodollars and the rest are added up apart. Good for 18
/// billion dollars; negative amounts do not count.
template <typename Cell>
struct MoneyCells {
  Cell nano{};
  Cell pico_rest{};
  void Add(std::int64_t pico) noexcept {
    if (pico <= 0) return;
    const auto amount = static_cast<std::uint64_t>(pico);
    nano += amount / 1'000;
    pico_rest += amount % 1'000;
  }
  [[nodiscard]] UInt128 pico() const noexcept {
    return UInt128{std::uint64_t{nano}} * 1'000 + std::uint64_t{pico_rest};
  }
};

template <typename Cell, std::size_t N>
struct HistogramCells {
  std::array<Cell, N + 1> counts{};  ///< per bucket alone; the last beyond every bound
  Cell sum{};
  void Add(const std::array<std::int64_t, N>& bounds, std::int64_t value) noexcept {
    std::size_t bucket = 0;
    while (bucket < N && value > bounds[bucket]) ++bucket;
    counts[bucket] += 1;
    if (value > 0) sum += static_cast<std::uint64_t>(value);
  }
  [[nodiscard]] std::uint64_t count() const noexcept {
    std::uint64_t total = 0;
    for (const Cell& one : counts) total += one;
    return total;
  }
};

template <typename Cell>
using OutcomeCells = std::array<Cell, kErrorClassCount>;
template <typename Cell>
using DurationCells = HistogramCells<Cell, kDurationBoundCount>;
template <typename Cell>
using TokenCells = HistogramCells<Cell, kTokenBoundCount>;

/// The classes of tokens that usage states, in the order of Usage.
inline constexpr std::array<std::string_view, 6> kUsageClasses = {
    "input", "cache-read", "cache-write", "cache-write-long", "output", "reasoning"};

/// Of a route's calls.
template <typename Cell>
struct RouteCells {
  OutcomeCells<Cell> outcomes{};
  Cell fallbacks{};
  DurationCells<Cell> duration_us;
  MoneyCells<Cell> cost;
};

/// Of attempts at a model.
template <typename Cell>
struct ModelCells {
  OutcomeCells<Cell> outcomes{};
  Cell retries{};
  Cell unpriced{};
  std::array<Cell, kUsageClasses.size()> tokens{};
  TokenCells<Cell> prompt_tokens;
  TokenCells<Cell> completion_tokens;
  DurationCells<Cell> answered_us;
  DurationCells<Cell> failed_us;
  DurationCells<Cell> first_token_us;
  MoneyCells<Cell> cost;
};

/// Of the calls whose unit is in an arm of a rollout.
template <typename Cell>
struct RolloutCells {
  OutcomeCells<Cell> canary{};
  OutcomeCells<Cell> stable{};
};

[[nodiscard]] constexpr std::size_t IndexOf(ErrorClass error_class) noexcept {
  return static_cast<std::size_t>(error_class);
}

/// Whether another candidate than the first was asked, since that one failed.
[[nodiscard]] bool FellBack(const CallRecord& call) noexcept;

template <typename Cell>
void CountCall(const CallRecord& call, RouteCells<Cell>& to) noexcept {
  to.outcomes[IndexOf(call.outcome)] += 1;
  if (FellBack(call)) to.fallbacks += 1;
  to.duration_us.Add(kDurationBounds_us, call.duration_us);
  to.cost.Add(call.cost_pico);
}

template <typename Cell>
void CountAttempt(const AttemptRecord& attempt, ModelCells<Cell>& to) noexcept {
  const bool answered = attempt.error_class == ErrorClass::kNone;
  to.outcomes[IndexOf(attempt.error_class)] += 1;
  if (attempt.kind == AttemptKind::kRetry) to.retries += 1;
  if (!attempt.priced) to.unpriced += 1;
  const bool was_sent = attempt.latency_us > 0;
  if (was_sent) {
    (answered ? to.answered_us : to.failed_us).Add(kDurationBounds_us, attempt.latency_us);
  }
  if (answered && attempt.first_byte_us >= 0) {
    to.first_token_us.Add(kDurationBounds_us, attempt.first_byte_us);
  }
  to.cost.Add(attempt.cost_pico);
  if (!attempt.usage.reported) return;
  Usage usage = attempt.usage;
  BoundTokens(usage);  // a damaged record's may be anything
  to.prompt_tokens.Add(kTokenBounds, usage.prompt());
  to.completion_tokens.Add(kTokenBounds, usage.completion());
  const std::array<std::int64_t, kUsageClasses.size()> by_class = {
      usage.input,  usage.cache_read, usage.cache_write, usage.cache_write_long,
      usage.output, usage.reasoning};
  for (std::size_t i = 0; i < by_class.size(); ++i) {
    if (by_class[i] > 0) to.tokens[i] += static_cast<std::uint64_t>(by_class[i]);
  }
}

/// Calls `count(rollout, is_canary)` for each of the words of CallRecord::arms; experiments' arms
/// are others.
template <typename Count>
void ForEachArm(std::string_view arms, Count&& count) {
  while (!arms.empty()) {
    const std::string_view word = arms.substr(0, arms.find(' '));
    arms.remove_prefix(word.size() < arms.size() ? word.size() + 1 : word.size());
    const std::size_t colon = word.rfind(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view arm = word.substr(colon + 1);
    if (arm == "canary" || arm == "stable") count(word.substr(0, colon), arm == "canary");
  }
}

}  // namespace mlp
