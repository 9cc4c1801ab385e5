// In which order the members of a leaf's group are tried.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "mlp/live.hpp"
#include "mlp/tables.hpp"

namespace mlp {

inline constexpr std::size_t kMaxMembers = 16;
using MemberOrder = std::array<std::uint8_t, kMaxMembers>;

/// The drawn member first, the others by falling share, equal ones in their own order; as many
/// entries are set as there are shares (at most kMaxMembers). `point` is below the sum of the
/// shares.
void OrderByShare(std::span<const std::uint32_t> shares, std::uint64_t point,
                  MemberOrder& order) noexcept;

/// The members in the order that the control loop published; one that it does not name comes last.
void OrderByNibbles(std::uint64_t nibbles, std::uint32_t member_count, MemberOrder& order) noexcept;

/// Where in 0 .. total-1 a spread draws: from the unit where there is one, else from the random
/// bits. `group_number` (1-based in its leaf) keeps two spreads of one leaf independent.
[[nodiscard]] std::uint64_t DrawPoint(std::string_view route, const Group& group,
                                      std::uint32_t group_number, std::string_view unit,
                                      std::uint64_t draw, std::uint64_t total) noexcept;

}  // namespace mlp
