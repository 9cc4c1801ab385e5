#include "runtime/core/hmac.hpp"

#include <array>
#include <cstring>

namespace mlp {
namespace {

constexpr std::size_t kBlockBytes = 64;
constexpr unsigned char kInnerPad = 0x36;
constexpr unsigned char kOuterPad = 0x5C;

std::string_view Bytes(const Sha256Digest& digest) noexcept {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

Sha256Digest HmacSha256(std::string_view key, std::string_view message) noexcept {
  std::array<char, kBlockBytes> block{};
  if (key.size() > kBlockBytes) {
    const Sha256Digest short_key = Sha256(key);
    std::memcpy(block.data(), short_key.data(), short_key.size());
  } else if (!key.empty()) {
    std::memcpy(block.data(), key.data(), key.size());
  }
  std::array<char, kBlockBytes> inner{};
  std::array<char, kBlockBytes> outer{};
  for (std::size_t i = 0; i < kBlockBytes; ++i) {
    inner[i] = static_cast<char>(static_cast<unsigned char>(block[i]) ^ kInnerPad);
    outer[i] = static_cast<char>(static_cast<unsigned char>(block[i]) ^ kOuterPad);
  }
  const Sha256Digest digest =
      Sha256Hasher().Update({inner.data(), inner.size()}).Update(message).Finish();
  return Sha256Hasher().Update({outer.data(), outer.size()}).Update(Bytes(digest)).Finish();
}

}  // namespace mlp
