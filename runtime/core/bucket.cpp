#include "runtime/core/bucket.hpp"

#include "mlp/decide.hpp"
#include "runtime/core/sha256.hpp"
#include "runtime/core/wide.hpp"

namespace mlp {

std::uint32_t BucketOfPieces(std::initializer_list<std::string_view> salt_pieces,
                             std::string_view unit) noexcept {
  constexpr std::string_view kPrefix{"mlp1\0", 5};
  constexpr std::string_view kSeparator{"\0", 1};
  Sha256Hasher hasher;
  hasher.Update(kPrefix);
  for (const std::string_view piece : salt_pieces) hasher.Update(piece);
  const Sha256Digest digest = hasher.Update(kSeparator).Update(unit).Finish();
  std::uint64_t head = 0;
  for (std::size_t i = 0; i < 8; ++i) head = head << 8 | digest[i];
  return static_cast<std::uint32_t>(MultiplyShift(head, kBucketCount));
}

std::uint32_t Bucket(std::string_view salt, std::string_view unit) noexcept {
  return BucketOfPieces({salt}, unit);
}

}  // namespace mlp
