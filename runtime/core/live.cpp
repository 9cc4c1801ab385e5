#include "mlp/live.hpp"

#include <algorithm>

namespace mlp {
namespace {

constexpr std::uint64_t kTableOrder = 0xFEDCBA9876543210;

constexpr std::size_t WordsFor(std::size_t bit_count) noexcept { return (bit_count + 63) / 64; }

}  // namespace

LiveState::LiveState(const Tables& tables)
    : up_(std::make_unique<Word[]>(WordsFor(tables.models.size()))),
      conditions_(std::make_unique<Word[]>(WordsFor(tables.live_conditions.size()))),
      orders_(std::make_unique<Word[]>(tables.live_order_count)),
      shares_(std::make_unique<std::atomic<std::uint32_t>[]>(tables.rollouts.size())),
      experiments_(std::make_unique<Word[]>(WordsFor(tables.experiments.size()))),
      output_caps_(std::make_unique<std::uint32_t[]>(tables.routes.size())) {
  for (std::size_t i = 0; i < WordsFor(tables.models.size()); ++i) up_[i] = ~std::uint64_t{0};
  for (std::size_t i = 0; i < WordsFor(tables.live_conditions.size()); ++i) {
    conditions_[i] = ~std::uint64_t{0};
  }
  for (std::size_t i = 0; i < tables.live_order_count; ++i) orders_[i] = kTableOrder;
  for (std::size_t i = 0; i < tables.rollouts.size(); ++i) {
    const std::span<const RampStep> steps = tables.rollouts[i].steps;
    shares_[i] = steps.empty() ? 0 : steps.front().share_ppm;
  }
  for (std::size_t i = 0; i < WordsFor(tables.experiments.size()); ++i) {
    experiments_[i] = ~std::uint64_t{0};
  }
  for (std::size_t i = 0; i < tables.routes.size(); ++i)
    output_caps_[i] = tables.routes[i].output_cap;
}

std::uint32_t RootAt(const Tables& tables, std::int64_t at_s) noexcept {
  const auto after =
      std::upper_bound(tables.roots.begin(), tables.roots.end(), at_s,
                       [](std::int64_t at, const Root& root) { return at < root.from_s; });
  return after == tables.roots.begin()
             ? 0
             : static_cast<std::uint32_t>(after - tables.roots.begin() - 1);
}

}  // namespace mlp
