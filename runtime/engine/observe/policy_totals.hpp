// What alerts measure: totals over all calls of a client, and their growth over windows of time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "mlp/record.hpp"
#include "mlp/tables.hpp"
#include "runtime/core/metrics/call_cells.hpp"

namespace mlp::engine {

/// Times in buckets of a sixteenth of an octave: a bucket's middle is off by a 32nd at most.
inline constexpr std::size_t kTimeBucketCount = 640;
[[nodiscard]] std::size_t TimeBucketOf(std::int64_t time_us) noexcept;
[[nodiscard]] std::int64_t MiddleOfTimeBucket(std::size_t bucket) noexcept;

template <typename Cell>
struct TotalCells {
  Cell calls{};
  Cell answered{};
  Cell failures{};   ///< ended without an answer; neither refused nor cancelled
  Cell faults{};     ///< failures that a provider was the reason for
  Cell fallbacks{};  ///< calls, as FellBack
  Cell retries{};    ///< attempts
  Cell refusals{};   ///< calls that the policy or the model refused
  Cell scored{};     ///< answers that an evaluator scored
  Cell score_ppm{};  ///< their sum
  Cell rollbacks{};  ///< of rollouts
  MoneyCells<Cell> cost;
};

/// Totals at an instant; `latency` and `first_token` are empty where no alert looks at times.
struct Totals {
  TotalCells<std::uint64_t> counts;
  std::vector<std::uint64_t> latency;
  std::vector<std::uint64_t> first_token;
};

/// Thread-safe; counting takes no lock and allocates nothing.
class PolicyTotals {
 public:
  /// With `times` answered calls' latency and time to first token are counted too.
  explicit PolicyTotals(bool times);
  void Count(const CallRecord& call) noexcept;
  void CountRollback() noexcept { counts_.rollbacks += 1; }
  [[nodiscard]] Totals Read() const;
  [[nodiscard]] bool times() const noexcept { return !latency_.empty(); }

 private:
  using Times = std::vector<RelaxedCell>;
  TotalCells<RelaxedCell> counts_;
  Times latency_;
  Times first_token_;
};

/// The growth of totals over the last stretch of time, to a sixtieth of it. Before it has passed
/// once, beyond `first`. Not thread-safe; instants of one steady clock.
class GrowthWindow {
 public:
  GrowthWindow(std::int64_t window_us, std::int64_t now_us, Totals first = {});

  /// Notes the totals of now; returns what came since the window's beginning.
  [[nodiscard]] Totals Advance(const Totals& now, std::int64_t now_us);

 private:
  struct Mark {
    std::int64_t at_us = 0;
    Totals totals;
  };
  std::int64_t window_us_;
  std::deque<Mark> marks_;  // the first is the newest one that lies before the window
};

/// The measure over a window, in its unit; nothing where it is not known: a rate wants ten calls
/// that ended, quality ten scores, and a quantile q 1 / (1 - q).
[[nodiscard]] std::optional<std::int64_t> MeasureOf(AlertMeasure measure, const Totals& growth,
                                                    std::int64_t in_flight);

}  // namespace mlp::engine
