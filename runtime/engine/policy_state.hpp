// All that a client keeps for the policy in force. Calls hold it, so that those which began under
// one policy end under it when another has taken over.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "mlp/client.hpp"
#include "mlp/http_client.hpp"
#include "runtime/engine/budget_book.hpp"
#include "runtime/engine/budgets.hpp"
#include "runtime/engine/control_loop.hpp"
#include "runtime/engine/health/health.hpp"
#include "runtime/engine/health/probes.hpp"
#include "runtime/engine/hedges.hpp"
#include "runtime/engine/model_limits.hpp"
#include "runtime/engine/observe/observer.hpp"
#include "runtime/engine/observe/secrets.hpp"
#include "runtime/engine/operator_watch.hpp"
#include "runtime/engine/providers.hpp"
#include "runtime/engine/quality/evaluators.hpp"
#include "runtime/engine/retry_budget.hpp"
#include "runtime/engine/rollout/rollouts.hpp"

namespace mlp::engine {

/// What a client has whatever its policy is.
struct PolicyGround {
  const ClientOptions& options;  ///< read while a state is made
  Secrets& secrets;
  BudgetBook& book;
  const RolloutListener& on_rollout;
  std::uint64_t seed = 0;
};

/// Made by std::make_shared. Thread-safe as its parts are.
class PolicyState {
 public:
  /// `ground` outlives it but for the options. What `before` knows by name is taken over: limits,
  /// breakers and measurements, probes, keys, counts, retries, what alerts told, shares of
  /// rollouts, which experiments run. Appends to `warnings`.
  PolicyState(std::shared_ptr<const Policy> policy_in_force, const PolicyGround& ground,
              PolicyState* before, std::vector<std::string>& warnings);
  PolicyState(const PolicyState&) = delete;
  PolicyState& operator=(const PolicyState&) = delete;

  [[nodiscard]] const Tables& tables() const noexcept { return policy->tables(); }
  [[nodiscard]] HealthReport Report();

  /// Ends what it does by itself, before another takes over; calls go on under it. Not on the
  /// thread of `http`'s callbacks.
  void Retire();

  const std::shared_ptr<const Policy> policy;
  Providers providers;
  ModelLimits limits;
  Budgets budgets;
  Evaluators evaluators;
  Observer observer;
  Health health;
  Probes probes;
  Hedges hedges;
  const std::shared_ptr<RetryBudget> retries;
  Rollouts rollouts;

 private:
  ControlLoop control_;
  std::unique_ptr<OperatorWatch> watch_;  // null without a store
};

}  // namespace mlp::engine
