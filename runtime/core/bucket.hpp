// Buckets whose salt is made of pieces, so that the decision needs no memory to join them.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace mlp {

/// A unit's bucket is below this; a share in ppm is compared with it as it is.
inline constexpr std::uint32_t kBucketCount = 1'000'000;
/// Behind an experiment's salt, so that its arms do not follow the canaries of a rollout with the
/// same salt: arms are drawn by BucketOfPieces({salt, kSplit}, unit).
inline constexpr std::string_view kSplit = "/split";

/// Bucket(salt, unit) of decide.hpp for the salt that the pieces make when joined.
[[nodiscard]] std::uint32_t BucketOfPieces(std::initializer_list<std::string_view> salt_pieces,
                                           std::string_view unit) noexcept;

}  // namespace mlp
