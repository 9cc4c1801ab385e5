#include "runtime/engine/policy_state.hpp"

#include <cstdint>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "runtime/core/split_mix.hpp"
#include "runtime/engine/clock.hpp"

namespace mlp::engine {
namespace {

/// Calls `take(i, k)` for rows i and k of the same name.
template <typename Row, typename Take>
void ForSameNames(std::span<const Row> now, std::span<const Row> before, const Take& take) {
  for (std::size_t i = 0; i < now.size(); ++i) {
    for (std::size_t k = 0; k < before.size(); ++k) {
      if (now[i].name == before[k].name) {
        take(static_cast<std::uint16_t>(i), static_cast<std::uint16_t>(k));
      }
    }
  }
}

/// Rollouts of the same name stay at their share, and experiments that were stopped stay so, also
/// while the ledger cannot be read.
const Policy& WithArmsOf(const Policy& policy, const PolicyState* before) {
  if (before == nullptr) return policy;
  const Tables& from = before->tables();
  const LiveState& was = before->policy->live();
  LiveState& live = policy.live();
  ForSameNames(policy.tables().rollouts, from.rollouts,
               [&](std::uint16_t i, std::uint16_t k) { live.set_share_ppm(i, was.share_ppm(k)); });
  ForSameNames(policy.tables().experiments, from.experiments,
               [&](std::uint16_t i, std::uint16_t k) {
                 live.set_experiment_runs(i, was.experiment_runs(k));
               });
  return policy;
}

}  // namespace

PolicyState::PolicyState(std::shared_ptr<const Policy> policy_in_force, const PolicyGround& ground,
                         PolicyState* before, std::vector<std::string>& warnings)
    : policy(std::move(policy_in_force)),
      providers(tables(), ground.options, ground.secrets, warnings,
                before == nullptr ? nullptr : &before->providers),
      limits(tables(), before == nullptr ? nullptr : &before->limits, SteadyUs(),
             ground.options.health.throttle.most_cooldown_ms),
      budgets(*policy, ground.book, warnings),
      evaluators(tables(), ground.options.quality, warnings,
                 before == nullptr ? nullptr : &before->evaluators),
      observer(tables(), ground.options, ground.secrets, Mix(ground.seed + 2), warnings,
               before == nullptr ? nullptr : &before->observer),
      health(WithArmsOf(*policy, before), ground.options.health, Mix(ground.seed), SteadyUs(),
             before == nullptr ? nullptr : &before->health),
      probes(tables(), providers, health, Mix(ground.seed + 1),
             before == nullptr ? nullptr : &before->probes),
      hedges(tables(), before == nullptr ? nullptr : &before->hedges),
      retries(before == nullptr ? std::make_shared<RetryBudget>(ground.options.retries, SteadyUs())
                                : before->retries),
      rollouts(*policy,
               ground.options.store.empty() ? std::string() : ground.options.store + ".ledger",
               ground.options.rollouts, ground.on_rollout,
               before == nullptr ? nullptr : &before->rollouts),
      control_(*policy, health, ground.options.health.control_ms) {
  if (const std::string trouble = rollouts.trouble(); !trouble.empty()) {
    warnings.push_back(fmt::format("rollouts: {}; they stay at their first step", trouble));
  }
  if (ground.options.store.empty()) return;
  watch_ = std::make_unique<OperatorWatch>(tables(), health, ground.options.store + ".ledger",
                                           ground.options.health.operator_ms);
  for (const OperatorDown& down : Report().unknown_names) {
    warnings.push_back(
        fmt::format("`{}` is taken down by {}, and policy `{}` has no such model or provider",
                    down.name, down.who, tables().name));
  }
}

HealthReport PolicyState::Report() {
  HealthReport report;
  const std::int64_t now_us = SteadyUs();
  health.Describe(report, now_us, WallUs() - now_us);
  probes.Describe(report);
  if (watch_ != nullptr) watch_->Describe(report);
  return report;
}

void PolicyState::Retire() {
  probes.Stop();
  rollouts.Stop();
  control_.Stop();
  if (watch_ != nullptr) watch_->Stop();
}

}  // namespace mlp::engine
