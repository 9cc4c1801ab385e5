#include "runtime/engine/observe/call_counters.hpp"

#include <algorithm>

namespace mlp::engine {
namespace {

template <typename Row>
std::unordered_map<std::string_view, std::size_t> IndexByName(std::span<const Row> rows) {
  std::unordered_map<std::string_view, std::size_t> index;
  for (std::size_t i = 0; i < rows.size(); ++i) index.emplace(rows[i].name, i);
  return index;
}

template <std::size_t N>
std::array<std::uint64_t, N> Copy(const std::array<RelaxedCell, N>& from) {
  std::array<std::uint64_t, N> to{};
  std::copy(from.begin(), from.end(), to.begin());
  return to;
}

template <std::size_t N>
HistogramCells<std::uint64_t, N> Copy(const HistogramCells<RelaxedCell, N>& from) {
  return {Copy(from.counts), from.sum};
}

MoneyCells<std::uint64_t> Copy(const MoneyCells<RelaxedCell>& from) {
  return {from.nano, from.pico_rest};
}

RouteCells<std::uint64_t> Copy(const RouteCells<RelaxedCell>& from) {
  return {Copy(from.outcomes), from.fallbacks, Copy(from.duration_us), Copy(from.cost)};
}

ModelCells<std::uint64_t> Copy(const ModelCells<RelaxedCell>& from) {
  return {Copy(from.outcomes),
          from.retries,
          from.unpriced,
          Copy(from.tokens),
          Copy(from.prompt_tokens),
          Copy(from.completion_tokens),
          Copy(from.answered_us),
          Copy(from.failed_us),
          Copy(from.first_token_us),
          Copy(from.cost)};
}

}  // namespace

CallCounters::CallCounters(const Tables& tables, std::shared_ptr<CallCellStore> cells)
    : tables_(tables),
      route_index_(IndexByName(tables.routes)),
      model_index_(IndexByName(tables.models)),
      cells_(std::move(cells)) {
  for (const RoutePlan& route : tables.routes) {
    routes_.push_back(&cells_->routes.At(tables.name, route.name));
  }
  routes_.push_back(&cells_->routes.At(tables.name, ""));
  for (const Model& model : tables.models) {
    models_.push_back(
        &cells_->models.At(tables.name, tables.providers[model.provider].name, model.name));
  }
  for (const Rollout& rollout : tables.rollouts) {
    rollouts_.push_back(&cells_->rollouts.At(tables.name, rollout.name));
  }
}

void CallCounters::Count(const CallRecord& call) noexcept {
  const auto route = route_index_.find(call.route);
  CountCall(call, *routes_[route == route_index_.end() ? tables_.routes.size() : route->second]);
  for (const std::vector<AttemptRecord>* attempts : {&call.attempts, &call.lookups}) {
    for (const AttemptRecord& attempt : *attempts) {
      const auto model = model_index_.find(attempt.model);
      if (model != model_index_.end()) CountAttempt(attempt, *models_[model->second]);
    }
  }
  ForEachArm(call.arms, [&](std::string_view name, bool canary) {
    for (std::size_t i = 0; i < tables_.rollouts.size(); ++i) {
      if (tables_.rollouts[i].name != name) continue;
      (canary ? rollouts_[i]->canary : rollouts_[i]->stable)[IndexOf(call.outcome)] += 1;
      return;
    }
  });
}

CallMetrics CallCounters::Metrics() const {
  CallMetrics metrics;
  metrics.policies.push_back(
      {std::string(tables_.name), std::string(tables_.version), std::string(tables_.hash)});
  cells_->routes.ForEach([&](const auto& name, const auto& cells) {
    metrics.routes.push_back({name[0], name[1], Copy(cells)});
  });
  cells_->models.ForEach([&](const auto& name, const auto& cells) {
    metrics.models.push_back({name[0], name[1], name[2], Copy(cells)});
  });
  cells_->rollouts.ForEach([&](const auto& name, const auto& cells) {
    metrics.rollouts.push_back({name[0], name[1], {Copy(cells.canary), Copy(cells.stable)}});
  });
  return metrics;
}

}  // namespace mlp::engine
