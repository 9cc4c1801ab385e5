// UTF-8, one code point at a time, for checks of files and for drawing source lines.
#pragma once

#include <cstddef>
#include <string_view>

namespace mlp::compiler {

/// What stands at the start of a text.
struct CodePoint {
  char32_t value = 0;      ///< U+FFFD where the bytes are not UTF-8
  std::size_t length = 0;  ///< in bytes: 1 to 4, 1 for a wrong byte, 0 at the end of the text
  bool valid = false;
};

/// Decodes strictly (RFC 3629): no overlong forms, surrogates, or values past U+10FFFF.
[[nodiscard]] CodePoint DecodeUtf8(std::string_view text);

/// How many terminal columns a code point takes: 0, 1 or 2 (Unicode 15 East Asian Width W and F, in
/// ranges).
[[nodiscard]] int DisplayWidth(char32_t value);

/// The byte order mark that editors may put at the start of a file.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace mlp::compiler
