// When a second attempt may be made beside a slow one, and how many were.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mlp/tables.hpp"
#include "runtime/core/metrics/open_metrics.hpp"
#include "runtime/engine/health/health.hpp"
#include "runtime/engine/token_bucket.hpp"

namespace mlp::engine {

/// The hedges of one route: never more than its share of the first attempts, whenever they come.
/// Thread-safe and lock-free.
struct RouteHedges {
  /// What was saved up is worth no more than so many hedges.
  static constexpr std::uint32_t kMost = 10;
  TokenBucket tokens{kMost, 0};
  std::atomic<std::uint64_t> sent{0};
  std::atomic<std::uint64_t> won{0};
  std::atomic<std::uint64_t> refused{0};  ///< by the route's share or the client's retry budget
};

class Hedges {
 public:
  /// Routes of `before` with the same name share what it counted.
  explicit Hedges(const Tables& tables, const Hedges* before = nullptr);

  [[nodiscard]] RouteHedges& of(std::uint16_t route) const noexcept { return *routes_[route]; }
  void Write(OpenMetricsWriter& out) const;

 private:
  const Tables& tables_;
  std::vector<std::shared_ptr<RouteHedges>> routes_;
};

/// How long a first token may take before a hedge: the measured quantile of the model's time to
/// first token, at least a millisecond. Where too little was measured the prior of its latency, and
/// nothing where there is none. A first attempt that loses to its hedge is not measured, so that
/// the quantile leans to the quick side, by no more than the route's share of hedges.
[[nodiscard]] std::optional<std::int64_t> HedgeDelayUs(const Tables& tables, std::uint16_t model,
                                                       std::uint16_t percentile, Health& health,
                                                       std::int64_t now_us);

}  // namespace mlp::engine
