#include "runtime/engine/health/fail_open.hpp"

#include <set>

#include <fmt/format.h>

namespace mlp::engine {
namespace {

/// The reason that weighs most: what a person did comes first.
DownReason ReasonToName(std::uint32_t bits) {
  for (const DownReason reason : {DownReason::kOperator, DownReason::kProbe, DownReason::kCooldown,
                                  DownReason::kProviderBreaker, DownReason::kQuality}) {
    if (((bits >> static_cast<std::uint32_t>(reason)) & 1) != 0) return reason;
  }
  return DownReason::kBreaker;
}

}  // namespace

std::unique_ptr<LiveState> LiveUnlessTakenDown(const Policy& policy, const Health& health) {
  const Tables& tables = policy.tables();
  const LiveState& live = policy.live();
  auto other = std::make_unique<LiveState>(tables);
  other->set_root(live.root());
  for (std::size_t i = 0; i < tables.models.size(); ++i) {
    const auto model = static_cast<std::uint16_t>(i);
    other->set_model_up(model, health.MayForce(model));
  }
  for (std::size_t i = 0; i < tables.live_conditions.size(); ++i) {
    const auto condition = static_cast<std::uint16_t>(i);
    other->set_condition(condition, live.condition(condition));
  }
  for (std::size_t i = 0; i < tables.live_order_count; ++i) {
    const auto order = static_cast<std::uint16_t>(i);
    other->set_order(order, live.order(order));
  }
  for (std::size_t i = 0; i < tables.rollouts.size(); ++i) {
    const auto rollout = static_cast<std::uint16_t>(i);
    other->set_share_ppm(rollout, live.share_ppm(rollout));
  }
  for (std::size_t i = 0; i < tables.experiments.size(); ++i) {
    const auto experiment = static_cast<std::uint16_t>(i);
    other->set_experiment_runs(experiment, live.experiment_runs(experiment));
  }
  return other;
}

std::optional<std::uint32_t> ReopensFirst(const Decision& decision, Health& health,
                                          std::int64_t now_us) {
  std::optional<std::uint32_t> first;
  std::int64_t earliest = INT64_MAX;
  for (std::uint32_t i = 0; i < decision.count; ++i) {
    const std::uint16_t model = decision.candidates[i].model;
    if (!health.MayForce(model)) continue;
    const std::int64_t until = health.ClosedUntil(model, now_us);
    if (until >= earliest) continue;
    earliest = until;
    first = i;
  }
  return first;
}

std::string DescribeDown(const Tables& tables, const Decision& decision, const Health& health) {
  if (decision.route == kNone16) return {};
  const Leaf& leaf = tables.leaves[decision.leaf];
  std::set<std::uint16_t> seen;
  std::string words;
  for (const Row& row : tables.rows.subspan(leaf.first_row, leaf.row_count)) {
    const std::uint32_t bits = health.DownBits(row.model);
    if (bits == 0 || !seen.insert(row.model).second) continue;
    words += fmt::format("{}{}:{}", words.empty() ? "" : " ", tables.models[row.model].name,
                         ToString(ReasonToName(bits)));
  }
  return words;
}

std::string DescribeRefusal(const Model& model, const Health::Lease& lease) {
  switch (lease.refusal) {
    case Health::Refusal::kSlowStart:
      return fmt::format("{}:slow-start", model.name);
    case Health::Refusal::kThrottled:
      return fmt::format("{}:throttled", model.name);
    case Health::Refusal::kDown:
    case Health::Refusal::kNone:
      break;
  }
  return fmt::format("{}:{}", model.name, ToString(lease.reason));
}

}  // namespace mlp::engine
