// All that a client tells the world, behind one door: calls and keys are counted, ends logged,
// alerts looked after, metrics written.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "mlp/budgets.hpp"
#include "mlp/client.hpp"
#include "mlp/health.hpp"
#include "mlp/store.hpp"
#include "mlp/tables.hpp"
#include "runtime/engine/hedges.hpp"
#include "runtime/engine/observe/alerts.hpp"
#include "runtime/engine/observe/call_counters.hpp"
#include "runtime/engine/observe/key_counters.hpp"
#include "runtime/engine/observe/log_lines.hpp"
#include "runtime/engine/observe/log_sink.hpp"
#include "runtime/engine/observe/policy_totals.hpp"
#include "runtime/engine/observe/secrets.hpp"
#include "runtime/engine/retry_budget.hpp"
#include "runtime/engine/rollout/rollout_news.hpp"
#include "runtime/store/experiment_file.hpp"
#include "runtime/store/rollout_file.hpp"

namespace mlp::engine {

class Observer {
 public:
  /// `tables` and `secrets` outlive it. `before`, of the policy that was in force until now, looks
  /// no more once this does; every count goes on.
  Observer(const Tables& tables, const ClientOptions& options, Secrets& secrets, std::uint64_t seed,
           std::vector<std::string>& warnings, const Observer* before = nullptr);

  /// Thread-safe. Takes no lock and, unless a line is logged, allocates nothing.
  void CallEnded(const CallEnd& end) noexcept;
  /// Thread-safe.
  KeyCounters& keys() noexcept { return keys_; }

  // On the thread of `http`'s callbacks:
  /// What the control loop does each time; `health` may be empty where nothing watches().
  void Look(HttpExecutor& http, const Surroundings& around);
  void OnBudget(HttpExecutor& http, const BudgetNotice& notice);
  void OnRollout(HttpExecutor& http, const RolloutNews& news);

  /// Whether Look has anything to look at.
  [[nodiscard]] bool watches() const noexcept { return alerts_.any() || log_->on(); }

  struct State {
    const HealthReport& health;
    const std::vector<BudgetState>& budgets;
    const BudgetStats& budget_stats;
    const StoreStats& store;
    const Hedges& hedges;
    const RetryBudget& retries;
    const CacheStats& cache;
    const QualityStats& quality;
    const std::vector<RolloutRow>& rollouts;
    const std::vector<ExperimentRow>& experiments;
    std::int64_t in_flight = 0;
  };
  /// OpenMetrics; thread-safe.
  [[nodiscard]] std::string Metrics(const State& state) const;

 private:
  /// Whether the totals of `before` are what alerts of `tables` want.
  [[nodiscard]] static bool Goes(const Observer* before, const Tables& tables);
  void LogBreakers(const HealthReport& health, std::int64_t wall_us);
  void WriteOwn(OpenMetricsWriter& out) const;

  const Tables& tables_;
  std::shared_ptr<LogOut> log_;
  std::shared_ptr<CallCellStore> cells_;
  CallCounters counters_;
  KeyCounters keys_;
  std::shared_ptr<PolicyTotals> totals_;
  Alerts alerts_;
  std::unordered_set<std::string_view> logs_prompts_;  // routes
  using Generations = std::map<std::pair<bool, std::string>, std::uint32_t>;
  std::shared_ptr<Generations> generations_;  // of breakers that were logged: of a model, its name
  std::int64_t began_us_;
};

}  // namespace mlp::engine
