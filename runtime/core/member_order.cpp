#include "runtime/core/member_order.hpp"

#include <algorithm>
#include <charconv>

#include "runtime/core/bucket.hpp"
#include "runtime/core/split_mix.hpp"
#include "runtime/core/wide.hpp"

namespace mlp {

void OrderByShare(std::span<const std::uint32_t> shares, std::uint64_t point,
                  MemberOrder& order) noexcept {
  const std::size_t count = std::min(shares.size(), kMaxMembers);
  std::size_t drawn = 0;
  while (drawn + 1 < count && point >= shares[drawn]) point -= shares[drawn++];

  order[0] = static_cast<std::uint8_t>(drawn);
  std::size_t placed = 1;
  for (std::size_t member = 0; member < count; ++member) {
    if (member == drawn) continue;
    std::size_t at = placed++;
    for (; at > 1 && shares[order[at - 1]] < shares[member]; --at) order[at] = order[at - 1];
    order[at] = static_cast<std::uint8_t>(member);
  }
}

void OrderByNibbles(std::uint64_t nibbles, std::uint32_t member_count,
                    MemberOrder& order) noexcept {
  std::uint32_t placed = 0;
  std::uint32_t seen = 0;
  const auto place = [&](std::uint32_t member) {
    if (member >= member_count || ((seen >> member) & 1) != 0) return;
    seen |= std::uint32_t{1} << member;
    order[placed++] = static_cast<std::uint8_t>(member);
  };
  for (std::uint32_t i = 0; i < kMaxMembers && placed < member_count; ++i) {
    place(static_cast<std::uint32_t>(nibbles >> (4 * i)) & 15);
  }
  for (std::uint32_t member = 0; member < std::min<std::uint32_t>(member_count, kMaxMembers);
       ++member) {
    place(member);
  }
}

std::uint64_t DrawPoint(std::string_view route, const Group& group, std::uint32_t group_number,
                        std::string_view unit, std::uint64_t draw, std::uint64_t total) noexcept {
  if (unit.empty()) return MultiplyShift(group_number > 1 ? Mix(draw + group_number) : draw, total);
  std::array<char, 3> digits;
  const char* const end =
      std::to_chars(digits.data(), digits.data() + digits.size(), group.step).ptr;
  const std::string_view step(digits.data(), static_cast<std::size_t>(end - digits.data()));
  return BucketOfPieces({route, "/", step}, unit) * total / kBucketCount;
}

}  // namespace mlp
