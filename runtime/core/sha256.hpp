// SHA-256 (FIPS 180-4), for buckets and policy hashes: the same on every machine, no library. Its
// time depends on the length only, but nothing secret is hashed with it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mlp {

using Sha256Digest = std::array<std::uint8_t, 32>;

/// The state before the first block (FIPS 180-4, section 5.3.3).
inline constexpr std::array<std::uint32_t, 8> kSha256Start = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

/// Takes bytes in any number of pieces. A value: copy it to branch off a common prefix. Allocates
/// nothing.
class Sha256Hasher {
 public:
  Sha256Hasher& Update(std::string_view bytes) noexcept;
  /// The digest of all bytes so far; the hasher must not be used afterwards.
  [[nodiscard]] Sha256Digest Finish() noexcept;

 private:
  void Compress(const std::uint8_t* block) noexcept;

  std::array<std::uint32_t, 8> state_ = kSha256Start;
  std::array<std::uint8_t, 64> block_{};
  std::uint64_t byte_count_ = 0;
};

/// The compression of one block of 64 bytes in plain C++, which the processor's own instructions
/// are held to.
void CompressSha256(std::array<std::uint32_t, 8>& state, const std::uint8_t* block) noexcept;

[[nodiscard]] Sha256Digest Sha256(std::string_view bytes) noexcept;

/// The states after two texts of equally many whole blocks, hashed side by side: with the
/// processor's own instructions in little more than the time for one. No digests: who needs those
/// of texts of several lengths hashes the states and the length. Precondition: both sizes are the
/// same multiple of kSha256BlockSize.
inline constexpr std::size_t kSha256BlockSize = 64;
[[nodiscard]] std::array<std::array<std::uint32_t, 8>, 2> Sha256SideBySide(
    std::string_view first, std::string_view second) noexcept;

/// 64 lower-case hexadecimal digits.
[[nodiscard]] std::string ToHex(const Sha256Digest& digest);

}  // namespace mlp
