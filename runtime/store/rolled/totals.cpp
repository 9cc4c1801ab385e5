#include "runtime/store/rolled/totals.hpp"

#include <utility>
#include <vector>

#include "runtime/store/rolled/packing.hpp"

namespace mlp {
namespace {

enum RowKind : std::int64_t { kPolicy = 0, kRoute = 1, kModel = 2, kArm = 3 };
constexpr std::string_view kCanary = "canary";

/// Calls `visit` with each number that is no end, in the order in which a file keeps them.
template <typename Cells, typename Visit>
void ForEachOfHistogram(Cells& histogram, const Visit& visit) {
  for (auto& count : histogram.counts) visit(count);
  visit(histogram.sum);
}
template <typename Visit>
void ForEachNumber(RouteCells<std::uint64_t>& cells, const Visit& visit) {
  visit(cells.fallbacks);
  ForEachOfHistogram(cells.duration_us, visit);
  visit(cells.cost.nano);
  visit(cells.cost.pico_rest);
}
template <typename Visit>
void ForEachNumber(ModelCells<std::uint64_t>& cells, const Visit& visit) {
  visit(cells.retries);
  visit(cells.unpriced);
  for (std::uint64_t& tokens : cells.tokens) visit(tokens);
  ForEachOfHistogram(cells.prompt_tokens, visit);
  ForEachOfHistogram(cells.completion_tokens, visit);
  ForEachOfHistogram(cells.answered_us, visit);
  ForEachOfHistogram(cells.failed_us, visit);
  ForEachOfHistogram(cells.first_token_us, visit);
  visit(cells.cost.nano);
  visit(cells.cost.pico_rest);
}

template <typename Cells>
std::string PackNumbers(Cells cells) {
  NumberPacker packer;
  ForEachNumber(cells, [&packer](std::uint64_t value) { packer.Add(value); });
  return packer.bytes();
}

template <typename Cells>
bool MergeNumbers(std::string_view bytes, Cells& cells) {
  NumberUnpacker numbers(bytes);
  ForEachNumber(cells, [&numbers](std::uint64_t& value) { value += numbers.Next(); });
  return numbers.ok() && numbers.at_end();
}

std::string PackOutcomes(const OutcomeCells<std::uint64_t>& outcomes) {
  EndCounts ends{};
  for (std::size_t i = 0; i < ends.size(); ++i) ends[i] = static_cast<std::int64_t>(outcomes[i]);
  return PackEnds(ends);
}

bool MergeOutcomes(std::string_view words, OutcomeCells<std::uint64_t>& outcomes) {
  EndCounts ends{};
  if (!UnpackEnds(words, ends)) return false;
  for (std::size_t i = 0; i < ends.size(); ++i) outcomes[i] += static_cast<std::uint64_t>(ends[i]);
  return true;
}

}  // namespace

void CallTotals::Add(const CallRecord& call) {
  policies_[{call.policy, call.policy_version, call.policy_hash}] = true;
  CountCall(call, routes_[{call.policy, call.route, {}}]);
  for (const std::vector<AttemptRecord>* attempts : {&call.attempts, &call.lookups}) {
    for (const AttemptRecord& attempt : *attempts) {
      CountAttempt(attempt, models_[{call.policy, attempt.provider, attempt.model}]);
    }
  }
  ForEachArm(call.arms, [&](std::string_view rollout, bool canary) {
    arms_[{call.policy, std::string(rollout), canary ? "canary" : "stable"}]
         [IndexOf(call.outcome)] += 1;
  });
}

std::uint64_t CallTotals::calls() const {
  std::uint64_t count = 0;
  for (const auto& [names, cells] : routes_) {
    for (const std::uint64_t calls : cells.outcomes) count += calls;
  }
  return count;
}

CallMetrics CallTotals::Metrics() const {
  CallMetrics metrics;
  for (const auto& [names, used] : policies_) {
    metrics.policies.push_back({std::get<0>(names), std::get<1>(names), std::get<2>(names)});
  }
  for (const auto& [names, cells] : routes_) {
    metrics.routes.push_back({std::get<0>(names), std::get<1>(names), cells});
  }
  for (const auto& [names, cells] : models_) {
    metrics.models.push_back({std::get<0>(names), std::get<1>(names), std::get<2>(names), cells});
  }
  for (const auto& [names, outcomes] : arms_) {  // a rollout's arms come together
    const auto& [policy, rollout, arm] = names;
    auto& rollouts = metrics.rollouts;
    if (rollouts.empty() || rollouts.back().policy != policy ||
        rollouts.back().rollout != rollout) {
      rollouts.push_back({policy, rollout, {}});
    }
    RolloutCells<std::uint64_t>& cells = rollouts.back().cells;
    (arm == kCanary ? cells.canary : cells.stable) = outcomes;
  }
  return metrics;
}

void CallTotals::ForEachRow(const std::function<void(const Row&)>& visit) const {
  for (const auto& [names, used] : policies_) visit({kPolicy, names, {}, {}});
  for (const auto& [names, cells] : routes_) {
    visit({kRoute, names, PackOutcomes(cells.outcomes), PackNumbers(cells)});
  }
  for (const auto& [names, cells] : models_) {
    visit({kModel, names, PackOutcomes(cells.outcomes), PackNumbers(cells)});
  }
  for (const auto& [names, outcomes] : arms_) visit({kArm, names, PackOutcomes(outcomes), {}});
}

bool CallTotals::Merge(const Row& row) {
  switch (row.kind) {
    case kPolicy:
      policies_[row.names] = true;
      return true;
    case kRoute: {
      auto& cells = routes_[row.names];
      return MergeOutcomes(row.ends, cells.outcomes) && MergeNumbers(row.numbers, cells);
    }
    case kModel: {
      auto& cells = models_[row.names];
      return MergeOutcomes(row.ends, cells.outcomes) && MergeNumbers(row.numbers, cells);
    }
    case kArm:
      return MergeOutcomes(row.ends, arms_[row.names]);
    default:
      return false;
  }
}

}  // namespace mlp
