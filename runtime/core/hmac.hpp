// HMAC-SHA256 (RFC 2104), for signing what is sent.
#pragma once

#include <string_view>

#include "runtime/core/sha256.hpp"

namespace mlp {

/// Keys of any length; one of 32 bytes or more is worth its length.
[[nodiscard]] Sha256Digest HmacSha256(std::string_view key, std::string_view message) noexcept;

}  // namespace mlp
