#include "runtime/engine/hedges.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mlp::engine {
namespace {

constexpr std::int64_t kMicrosPerMilli = 1'000;

LiveFact FactOf(std::uint16_t percentile) {
  constexpr std::uint16_t kMedian = 50;
  constexpr std::uint16_t kTail = 99;
  if (percentile == kMedian) return LiveFact::kTtftP50;
  return percentile == kTail ? LiveFact::kTtftP99 : LiveFact::kTtftP95;
}

}  // namespace

Hedges::Hedges(const Tables& tables, const Hedges* before) : tables_(tables) {
  for (const RoutePlan& route : tables.routes) {
    std::shared_ptr<RouteHedges> kept;
    for (std::size_t i = 0; before != nullptr && i < before->routes_.size(); ++i) {
      if (before->tables_.routes[i].name == route.name) kept = before->routes_[i];
    }
    routes_.push_back(kept != nullptr ? std::move(kept) : std::make_shared<RouteHedges>());
  }
}

void Hedges::Write(OpenMetricsWriter& out) const {
  out.Family("mlp_hedges", MetricType::kCounter, "",
             "Second attempts beside a slow one: sent, of these the first to answer, and not made "
             "for the sake of the route's share or the retry budget.");
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    if (tables_.routes[i].hedge_percentile == 0) continue;
    const std::array<std::pair<std::string_view, const std::atomic<std::uint64_t>*>, 3> results = {
        {{"sent", &routes_[i]->sent},
         {"won", &routes_[i]->won},
         {"refused", &routes_[i]->refused}}};
    for (const auto& [result, count] : results) {
      const std::array<MetricLabel, 3> labels = {
          {{"policy", tables_.name}, {"route", tables_.routes[i].name}, {"result", result}}};
      out.Sample(labels, count->load(std::memory_order_relaxed));
    }
  }
}

std::optional<std::int64_t> HedgeDelayUs(const Tables& tables, std::uint16_t model,
                                         std::uint16_t percentile, Health& health,
                                         std::int64_t now_us) {
  const LiveFact fact = FactOf(percentile);
  if (const auto measured = health.Fact(model, fact, 0, now_us)) {
    return std::max(*measured, kMicrosPerMilli);
  }
  const Model& asked = tables.models[model];
  const std::uint32_t prior_ms = fact == LiveFact::kTtftP50   ? asked.prior_p50_ms
                                 : fact == LiveFact::kTtftP95 ? asked.prior_p95_ms
                                                              : 0;
  if (prior_ms == 0) return std::nullopt;
  return prior_ms * kMicrosPerMilli;
}

}  // namespace mlp::engine
