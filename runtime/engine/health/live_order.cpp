#include "runtime/engine/health/live_order.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

#include "mlp/cost.hpp"

namespace mlp::engine {
namespace {

constexpr std::size_t kMaxMembers = 16;
// A line wants some answers to go by.
constexpr double kLeastLine = 10;
// What never succeeds is a hundred times as slow.
constexpr double kLeastSuccess = 0.01;
// Unmeasured and under way: after everybody who is known.
constexpr double kUnknownSeconds = 1e6;
// The mix that `balanced` prices, in tokens; three in and one out are usual for a conversation.
constexpr std::int64_t kMixInput = 3'000;
constexpr std::int64_t kMixOutput = 1'000;

double Seconds(const MemberFacts& facts) {
  const double once = facts.seconds ? *facts.seconds : facts.in_flight > 0 ? kUnknownSeconds : 0;
  return once / std::max(facts.success, kLeastSuccess);
}

/// Picodollars of the mix, or nothing where it has no price.
std::optional<double> MixCost(const Tables& tables, std::uint16_t model, std::uint16_t endpoint,
                              std::int64_t at_s) {
  const Usage usage{.input = kMixInput, .output = kMixOutput};
  bool priced = true;
  const Money cost = SettleCost(tables, model, endpoint, at_s, usage, priced);
  if (!priced) return std::nullopt;
  return static_cast<double>(cost.pico_usd);
}

/// 1 for the best of all, else best / own; 1 for all where the best is 0 and so is the own.
double AgainstBest(double best, double own) {
  if (own <= 0) return 1;
  return std::clamp(best / own, 0.0, 1.0);
}

void ScoreBalanced(const Tables& tables, const LiveGroup& group, std::span<const MemberFacts> facts,
                   std::int64_t at_s, std::vector<OrderMember>& members) {
  std::uint64_t all_capabilities = 0;
  std::vector<std::optional<double>> costs;
  std::optional<double> least_cost;
  std::optional<double> least_seconds;
  for (std::size_t i = 0; i < group.models.size(); ++i) {
    all_capabilities |= tables.models[group.models[i]].capabilities;
    costs.push_back(MixCost(tables, group.models[i], group.endpoints[i], at_s));
    if (costs[i] && (!least_cost || *costs[i] < *least_cost)) least_cost = costs[i];
    const double seconds = Seconds(facts[i]);
    if (facts[i].seconds && (!least_seconds || seconds < *least_seconds)) least_seconds = seconds;
  }
  for (std::size_t i = 0; i < group.models.size(); ++i) {
    OrderMember& member = members[i];
    const int own = std::popcount(tables.models[group.models[i]].capabilities);
    const int all = std::popcount(all_capabilities);
    member.capability = all == 0 ? 1 : static_cast<double>(own) / all;
    member.cost = costs[i] ? AgainstBest(*least_cost, *costs[i]) : 0;
    const double seconds = Seconds(facts[i]);
    member.performance = AgainstBest(least_seconds.value_or(seconds), seconds);
    member.availability = facts[i].availability * facts[i].success;
    const std::array parts{member.capability, member.cost, member.performance, member.availability};
    for (std::size_t part = 0; part < parts.size(); ++part) {
      member.score += static_cast<double>(group.weights_ppm[part]) * 1e-6 * parts[part];
    }
  }
}

}  // namespace

std::vector<LiveGroup> FindLiveGroups(const Tables& tables) {
  std::vector<LiveGroup> found(tables.live_order_count);
  for (const Leaf& leaf : tables.leaves) {
    for (std::uint32_t number = 1; number <= leaf.group_count; ++number) {
      const Group& group = tables.groups[leaf.first_group + number - 1U];
      if (group.live_order == kNone16 || !found[group.live_order].models.empty()) continue;
      LiveGroup& live = found[group.live_order];
      live.kind = group.kind;
      if (group.kind == GroupKind::kBalanced) {
        const auto weights = tables.weights.subspan(group.first_weight, live.weights_ppm.size());
        std::copy(weights.begin(), weights.end(), live.weights_ppm.begin());
      }
      for (const Row& row : tables.rows.subspan(leaf.first_row, leaf.row_count)) {
        if (row.group != number || row.rollout != kNone16) continue;
        if (!live.models.empty() && live.models.back() == row.model) continue;
        if (live.models.size() == kMaxMembers) break;
        live.models.push_back(row.model);
        live.endpoints.push_back(row.endpoint);
      }
    }
  }
  return found;
}

std::vector<OrderMember> OrderLive(const Tables& tables, const LiveGroup& group,
                                   std::span<const MemberFacts> facts, std::int64_t at_s,
                                   std::uint64_t& nibbles) {
  std::vector<OrderMember> members(group.models.size());
  for (std::size_t i = 0; i < members.size(); ++i) {
    members[i].model = tables.models[group.models[i]].name;
    if (group.kind == GroupKind::kFastest) {
      members[i].score = -Seconds(facts[i]);
    } else if (group.kind == GroupKind::kLeastBusy) {
      members[i].score = -static_cast<double>(facts[i].in_flight);
    }
  }
  if (group.kind == GroupKind::kBalanced) ScoreBalanced(tables, group, facts, at_s, members);

  std::vector<std::size_t> order(members.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (members[a].score != members[b].score) return members[a].score > members[b].score;
    return group.kind == GroupKind::kLeastBusy &&
           facts[a].requests_per_minute < facts[b].requests_per_minute;
  });
  nibbles = 0;
  std::vector<OrderMember> sorted;
  for (std::size_t i = 0; i < order.size(); ++i) {
    nibbles |= static_cast<std::uint64_t>(order[i]) << (4 * i);
    sorted.push_back(std::move(members[order[i]]));
  }
  return sorted;
}

std::uint64_t LeastBusy(std::span<const MemberFacts> facts) noexcept {
  std::array<std::uint8_t, kMaxMembers> order{};
  const std::size_t count = std::min(facts.size(), kMaxMembers);
  for (std::size_t i = 0; i < count; ++i) order[i] = static_cast<std::uint8_t>(i);
  std::stable_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count),
                   [&](std::uint8_t a, std::uint8_t b) {
                     if (facts[a].in_flight != facts[b].in_flight) {
                       return facts[a].in_flight < facts[b].in_flight;
                     }
                     return facts[a].requests_per_minute < facts[b].requests_per_minute;
                   });
  std::uint64_t nibbles = 0;
  for (std::size_t i = 0; i < count; ++i) nibbles |= std::uint64_t{order[i]} << (4 * i);
  return nibbles;
}

double SecondsAt(const LatencyLine& line, double output_tokens) noexcept {
  if (line.count < kLeastLine) return line.median_s;
  const double mean_x = line.sum_x / line.count;
  const double mean_y = line.sum_y / line.count;
  const double variance = line.sum_xx / line.count - mean_x * mean_x;
  if (variance < 1e-6 * mean_x * mean_x || mean_x <= 0) return line.median_s;
  const double covariance = line.sum_xy / line.count - mean_x * mean_y;
  // A token takes no time less than none, and no more than all of it.
  const double slope = std::clamp(covariance / variance, 0.0, mean_y / mean_x);
  const double moved = line.median_s + slope * (output_tokens - mean_x);
  return std::max(moved, line.median_s * 0.1);
}

}  // namespace mlp::engine
