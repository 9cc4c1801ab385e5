// The alerts of a policy: what each of them is about, looked at by the control loop, and told once
// for each change.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "mlp/budgets.hpp"
#include "mlp/health.hpp"
#include "mlp/http_client.hpp"
#include "mlp/observe.hpp"
#include "mlp/store.hpp"
#include "mlp/tables.hpp"
#include "runtime/core/split_mix.hpp"
#include "runtime/engine/observe/log_sink.hpp"
#include "runtime/engine/observe/policy_totals.hpp"
#include "runtime/engine/observe/webhook.hpp"

namespace mlp::engine {

/// What the alerts look at beside their measures.
struct Surroundings {
  const HealthReport& health;
  const StoreStats& store;
  const BudgetStats& budgets;
  std::int64_t in_flight = 0;
};

/// Of the steps 30, 7, 1 (days before a date) and 0 (it has come), the last that was reached;
/// kNoDateTold where none was.
[[nodiscard]] std::uint8_t DaysTold(std::int64_t date_s, std::int64_t wall_us) noexcept;
inline constexpr std::uint8_t kNoDateTold = 255;

/// Counts of one alert since the client began.
struct AlertState {
  std::string name;
  std::uint64_t firing = 0;  ///< of what it is about, how many hold now
  std::uint64_t raised = 0;
  std::uint64_t cleared = 0;
  std::uint64_t callback_failures = 0;
  WebhookStats webhooks;  ///< of all its webhooks
};

/// What is told is remembered for as long as this lives, and by who takes over from it: a restarted
/// client tells again what still holds. Look and Tell belong on the thread of `http`'s callbacks;
/// States is thread-safe.
class Alerts {
 public:
  /// `tables`, `log`, `secrets` and the totals outlive it. Appends to `warnings` what an alert
  /// names and nobody set or registered. `before` looks no more once this does: alerts of the same
  /// name go on with what it told, counted and measured, the last where the totals are the same
  /// (`same_totals`).
  Alerts(const Tables& tables, const AlertOptions& options, const LogOut& log, Secrets& secrets,
         std::uint64_t seed, std::vector<std::string>& warnings, const Alerts* before = nullptr,
         bool same_totals = false);

  [[nodiscard]] bool any() const noexcept { return !tables_.alerts.empty(); }
  /// Whether some alert looks at times.
  [[nodiscard]] static bool LookAtTimes(const Tables& tables) noexcept;

  /// Looks at everything; instants of the steady and of the wall clock.
  void Look(HttpExecutor& http, const Totals& totals, const Surroundings& around,
            std::int64_t now_us, std::int64_t wall_us);

  /// Something that has no end of its own: a step of a budget, of a rollout.
  struct News {
    AlertSource source = AlertSource::kBudget;
    std::string subject;
    std::string message;
    std::string value = {};
  };
  void Tell(HttpExecutor& http, std::string_view alert, News news, std::int64_t wall_us);

  [[nodiscard]] std::vector<AlertState> States() const;

 private:
  /// What an alert goes on with under the next policy.
  struct Hold {
    bool holds = false;
    bool looked_at = false;  ///< under the present policy
  };
  struct Told {
    std::map<std::pair<AlertSource, std::string>, Hold> holds;
    /// Of a model, whether it is retired or deprecated, and when: the last step of DaysTold.
    std::map<std::tuple<std::string, bool, std::int64_t>, std::uint8_t> dates;
    std::mutex mutex;
    AlertState state;                                ///< under mutex
    std::vector<std::shared_ptr<Webhook>> webhooks;  ///< all that it ever had; under mutex
  };
  struct Entry {
    std::vector<AlertCallback> callbacks;
    std::vector<std::shared_ptr<Webhook>> webhooks;
    std::vector<std::size_t> windows;  ///< per atom, in windows_
    std::shared_ptr<Told> told;
  };
  void Set(HttpExecutor& http, std::size_t alert, AlertSource source, const std::string& subject,
           bool holds, const std::string& message, std::int64_t wall_us);
  /// What is told and is no part of the policy any more is over.
  void ClearLeftOver(HttpExecutor& http, std::int64_t wall_us);
  void Deliver(HttpExecutor& http, std::size_t alert, AlertNotice notice);
  /// The one that posts there already, or a new one.
  std::shared_ptr<Webhook> WebhookTo(const std::string& url, const std::string& secret, Told& told);
  /// A new one begins with what `first` counts.
  std::size_t WindowOf(std::uint32_t window_s, std::int64_t now_us, const Totals& first);
  void LookAtCondition(HttpExecutor& http, std::size_t alert, std::int64_t in_flight,
                       std::int64_t wall_us);
  void LookAtBreakers(HttpExecutor& http, std::size_t alert, const HealthReport& health,
                      std::int64_t wall_us);
  void LookAtLosses(HttpExecutor& http, std::size_t alert, std::int64_t now_us,
                    std::int64_t wall_us);
  void LookAtDates(HttpExecutor& http, std::size_t alert, std::int64_t wall_us);

  const Tables& tables_;
  const AlertOptions options_;
  const LogOut& log_;
  SplitMix64 random_;
  std::vector<Entry> entries_;  // as in the tables
  struct Window {
    std::uint32_t window_s;
    GrowthWindow growth;
    Totals latest;
  };
  std::shared_ptr<std::vector<Window>> windows_;
  bool wired_ = false;    // the entries know their windows
  std::size_t hour_ = 0;  // in windows_
  struct Loss {
    std::uint64_t count = 0;
    std::int64_t until_us = INT64_MIN;  ///< it counts as going on
  };
  struct Seen {
    Loss records;
    Loss ledger;
  };
  std::shared_ptr<Seen> seen_;
};

}  // namespace mlp::engine
