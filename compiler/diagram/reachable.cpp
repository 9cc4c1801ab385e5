#include "compiler/diagram/reachable.hpp"

#include <cstddef>

namespace mlp::compiler {

std::vector<bool> ReachableCandidates(const PolicyModel& model) {
  std::vector<bool> reachable(model.candidates.size());
  for (const RouteModel& route : model.routes) {
    if (route.cache_vectors != kNoIndex) reachable[route.cache_vectors] = true;
    for (const StepModel& step : route.steps) {
      for (const Index candidate : step.models) reachable[candidate] = true;
      const bool lists = step.kind == ObjectiveKind::kList || step.kind == ObjectiveKind::kSpread;
      if (lists) continue;
      if (step.pool != kNoIndex && model.pools[step.pool].listed) {
        for (const Index candidate : model.pools[step.pool].members) reachable[candidate] = true;
      } else {
        reachable.assign(reachable.size(), true);
      }
    }
  }
  for (const RolloutModel& rollout : model.rollouts) {
    if (rollout.to != kNoIndex) reachable[rollout.to] = true;
  }
  for (const ExperimentModel& experiment : model.experiments) {
    for (const ExperimentModel::Arm& arm : experiment.arms) {
      if (arm.candidate != kNoIndex) reachable[arm.candidate] = true;
    }
  }
  for (std::size_t round = 0; round < reachable.size(); ++round) {
    bool grown = false;
    for (std::size_t i = 0; i < reachable.size(); ++i) {
      const Index next = model.candidates[i].successor_index;
      if (!reachable[i] || next == kNoIndex || reachable[next]) continue;
      reachable[next] = true;
      grown = true;
    }
    if (!grown) break;
  }
  return reachable;
}

}  // namespace mlp::compiler
