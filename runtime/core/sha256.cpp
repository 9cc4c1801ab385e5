#include "runtime/core/sha256.hpp"

#include <bit>
#include <cstring>

#include "runtime/core/sha256_constants.hpp"
#include "runtime/core/sha256_x86.hpp"

namespace mlp {
namespace {

constexpr std::size_t kBlockSize = kSha256BlockSize;
constexpr std::size_t kLengthSize = 8;

std::uint32_t ReadBigEndian(const std::uint8_t* bytes) noexcept {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
         std::uint32_t{bytes[2]} << 8 | std::uint32_t{bytes[3]};
}

}  // namespace

void Sha256Hasher::Compress(const std::uint8_t* block) noexcept {
  if (HasSha256Instructions()) {
    CompressWithInstructions(state_, block);
  } else {
    CompressSha256(state_, block);
  }
}

void CompressSha256(std::array<std::uint32_t, 8>& state, const std::uint8_t* block) noexcept {
  std::array<std::uint32_t, 64> words;
  for (std::size_t i = 0; i < 16; ++i) words[i] = ReadBigEndian(block + 4 * i);
  for (std::size_t i = 16; i < 64; ++i) {
    const std::uint32_t x = words[i - 15];
    const std::uint32_t y = words[i - 2];
    const std::uint32_t s0 = std::rotr(x, 7) ^ std::rotr(x, 18) ^ (x >> 3);
    const std::uint32_t s1 = std::rotr(y, 17) ^ std::rotr(y, 19) ^ (y >> 10);
    words[i] = words[i - 16] + s0 + words[i - 7] + s1;
  }
  auto [a, b, c, d, e, f, g, h] = state;
  for (std::size_t i = 0; i < 64; ++i) {
    const std::uint32_t s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
    const std::uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + kSha256RoundConstants[i] + words[i];
    const std::uint32_t s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
    const std::uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  const std::array<std::uint32_t, 8> sums{a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < 8; ++i) state[i] += sums[i];
}

Sha256Hasher& Sha256Hasher::Update(std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const std::size_t used = byte_count_ % kBlockSize;
    const std::size_t taken = bytes.size() < kBlockSize - used ? bytes.size() : kBlockSize - used;
    if (taken == kBlockSize) {
      Compress(reinterpret_cast<const std::uint8_t*>(bytes.data()));
    } else {
      std::memcpy(block_.data() + used, bytes.data(), taken);
      if (used + taken == kBlockSize) Compress(block_.data());
    }
    byte_count_ += taken;
    bytes.remove_prefix(taken);
  }
  return *this;
}

Sha256Digest Sha256Hasher::Finish() noexcept {
  const std::uint64_t bit_count = byte_count_ * 8;
  std::size_t used = byte_count_ % kBlockSize;
  block_[used++] = 0x80;
  if (used > kBlockSize - kLengthSize) {
    std::memset(block_.data() + used, 0, kBlockSize - used);
    Compress(block_.data());
    used = 0;
  }
  std::memset(block_.data() + used, 0, kBlockSize - kLengthSize - used);
  for (std::size_t i = 0; i < kLengthSize; ++i) {
    block_[kBlockSize - 1 - i] = static_cast<std::uint8_t>(bit_count >> (8 * i));
  }
  Compress(block_.data());

  Sha256Digest digest{};
  for (std::size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<std::uint8_t>(state_[i / 4] >> (24 - 8 * (i % 4)));
  }
  return digest;
}

Sha256Digest Sha256(std::string_view bytes) noexcept {
  return Sha256Hasher().Update(bytes).Finish();
}

std::array<std::array<std::uint32_t, 8>, 2> Sha256SideBySide(std::string_view first,
                                                             std::string_view second) noexcept {
  std::array<std::array<std::uint32_t, 8>, 2> states = {kSha256Start, kSha256Start};
  const bool quick = HasSha256Instructions();
  for (std::size_t at = 0; at < first.size(); at += kBlockSize) {
    const auto* one = reinterpret_cast<const std::uint8_t*>(first.data() + at);
    const auto* other = reinterpret_cast<const std::uint8_t*>(second.data() + at);
    if (quick) {
      CompressTwoWithInstructions(states[0], one, states[1], other);
    } else {
      CompressSha256(states[0], one);
      CompressSha256(states[1], other);
    }
  }
  return states;
}

std::string ToHex(const Sha256Digest& digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * digest.size());
  for (const std::uint8_t byte : digest) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

}  // namespace mlp
