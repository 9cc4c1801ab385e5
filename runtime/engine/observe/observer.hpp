// All that a client tells the world, behind one door: calls and keys are counted, ends logged,
// alerts looked after, metrics written.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "mlp/budgets.hpp"
#include "mlp/client.hpp"
#include "mlp/health.hpp"
#include "mlp/store.hpp"
#include "mlp/tables.hpp"
#include "runtime/engine/observe/alerts.hpp"
#include "runtime/engine/observe/call_counters.hpp"
#include "runtime/engine/observe/key_counters.hpp"
#include "runtime/engine/observe/log_lines.hpp"
#include "runtime/engine/observe/log_sink.hpp"
#include "runtime/engine/observe/policy_totals.hpp"
#include "runtime/engine/observe/secrets.hpp"

namespace mlp::engine {

class Observer {
 public:
  /// `tables` and `secrets` outlive it.
  Observer(const Tables& tables, const ClientOptions& options, Secrets& secrets, std::uint64_t seed,
           std::vector<std::string>& warnings);

  /// Thread-safe. Takes no lock and, unless a line is logged, allocates nothing.
  void CallEnded(const CallEnd& end) noexcept;
  /// Thread-safe.
  KeyCounters& keys() noexcept { return keys_; }

  // On the thread of `http`'s callbacks:
  /// What the control loop does each time; `health` may be empty where nothing watches().
  void Look(HttpExecutor& http, const Surroundings& around);
  void OnBudget(HttpExecutor& http, const BudgetNotice& notice);

  /// Whether Look has anything to look at.
  [[nodiscard]] bool watches() const noexcept { return alerts_.any() || log_.on(); }

  struct State {
    const HealthReport& health;
    const std::vector<BudgetState>& budgets;
    const BudgetStats& budget_stats;
    const StoreStats& store;
    std::int64_t in_flight = 0;
  };
  /// OpenMetrics; thread-safe.
  [[nodiscard]] std::string Metrics(const State& state) const;

 private:
  void LogBreakers(const HealthReport& health, std::int64_t wall_us);
  void WriteOwn(OpenMetricsWriter& out) const;

  const Tables& tables_;
  LogOut log_;
  CallCounters counters_;
  KeyCounters keys_;
  PolicyTotals totals_;
  Alerts alerts_;
  std::unordered_set<std::string_view> logs_prompts_;  // routes
  std::vector<std::uint32_t> generations_;             // of models' breakers, then providers'
  std::int64_t began_us_;
};

}  // namespace mlp::engine
