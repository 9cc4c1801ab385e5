// What `mlp metrics` counts of all calls there ever were: kept beyond their rows.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "mlp/record.hpp"
#include "runtime/core/metrics/call_metrics.hpp"

namespace mlp {

class CallTotals {
 public:
  using Names = std::tuple<std::string, std::string, std::string>;

  void Add(const CallRecord& call);

  [[nodiscard]] std::uint64_t calls() const;
  /// Lives as long as it is not changed.
  [[nodiscard]] CallMetrics Metrics() const;

  /// What a file keeps of one series: its ends by name and its other numbers packed.
  struct Row {
    std::int64_t kind = 0;  ///< 0 policy, version, hash; 1 policy, route; 2 policy, provider,
                            ///< model; 3 policy, rollout, `canary` or `stable`
    Names names;
    std::string ends;
    std::string numbers;
  };
  void ForEachRow(const std::function<void(const Row&)>& visit) const;
  /// Adds a row of before; false where it is none of ours.
  [[nodiscard]] bool Merge(const Row& row);

 private:
  std::map<Names, bool> policies_;
  std::map<Names, RouteCells<std::uint64_t>> routes_;
  std::map<Names, ModelCells<std::uint64_t>> models_;
  std::map<Names, OutcomeCells<std::uint64_t>> arms_;
};

}  // namespace mlp
