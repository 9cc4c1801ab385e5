// In which order the members of live groups are tried: `fastest`, `least-busy`, `balanced`. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "mlp/health.hpp"
#include "mlp/tables.hpp"

namespace mlp::engine {

/// One order of LiveState: all leaves' groups of its number have these members.
struct LiveGroup {
  GroupKind kind = GroupKind::kFastest;
  std::vector<std::uint16_t> models;           ///< the members in the table's order; at most 16
  std::vector<std::uint16_t> endpoints;        ///< parallel: the first that each may be asked at
  std::array<std::uint32_t, 4> weights_ppm{};  ///< capability, cost, performance, availability
};

/// By number; one that no leaf uses has no members.
[[nodiscard]] std::vector<LiveGroup> FindLiveGroups(const Tables& tables);

/// What was measured of a member.
struct MemberFacts {
  std::optional<double> seconds = {};  ///< of an answer, half take longer; measured or prior
  double success = 1;                  ///< share of the attempts that were answered
  double availability = 1;             ///< share of the time that it was up
  std::int64_t in_flight = 0;
  std::int64_t requests_per_minute = 0;
};

/// The members as they are to be tried, the best first, with what they are ordered by; the
/// language reference has the formulas. Equal ones stay in the table's order. `at_s` is the instant
/// whose prices count.
[[nodiscard]] std::vector<OrderMember> OrderLive(const Tables& tables, const LiveGroup& group,
                                                 std::span<const MemberFacts> facts,
                                                 std::int64_t at_s, std::uint64_t& nibbles);

/// The order of `least-busy` alone, as LiveState has it: least in flight, then fewest requests per
/// minute, then the table's order.
[[nodiscard]] std::uint64_t LeastBusy(std::span<const MemberFacts> facts) noexcept;

/// What an answer of `output_tokens` is expected to take in seconds: the median, moved along the
/// least-squares line of latency over output tokens, so that a model is not slow for saying more.
struct LatencyLine {
  double median_s = 0;
  double count = 0;
  double sum_x = 0, sum_y = 0, sum_xx = 0, sum_xy = 0;
};
[[nodiscard]] double SecondsAt(const LatencyLine& line, double output_tokens) noexcept;

}  // namespace mlp::engine
