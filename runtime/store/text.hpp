// Text as the store keeps it: UTF-8 without NUL, of bounded length.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mlp {

/// The longest text that is kept, in bytes.
inline constexpr std::size_t kMaxTextBytes = 4096;

/// `text` itself where it may be kept as it is. Else a copy in `buffer`, in which each NUL and each
/// byte that is not part of well-formed UTF-8 (Unicode 15, table 3-7) is U+FFFD, cut before the
/// code point that would pass kMaxTextBytes.
[[nodiscard]] std::string_view StorableText(std::string_view text, std::string& buffer);

}  // namespace mlp
