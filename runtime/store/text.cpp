#include "runtime/store/text.hpp"

#include <algorithm>

namespace mlp {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// Bytes of the code point at the start of `text`, 0 where it is not one or is NUL.
std::size_t CodePointBytes(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto in = [byte](std::size_t i, unsigned low, unsigned high) {
    return byte(i) >= low && byte(i) <= high;
  };
  const auto tail = [in](std::size_t i) { return in(i, 0x80, 0xBF); };
  if (in(0, 0x01, 0x7F)) return 1;
  if (in(0, 0xC2, 0xDF)) return tail(1) ? 2 : 0;
  if (in(0, 0xE0, 0xEF)) {
    const unsigned low = byte(0) == 0xE0 ? 0xA0 : 0x80;   // no overlong forms
    const unsigned high = byte(0) == 0xED ? 0x9F : 0xBF;  // no surrogates
    return in(1, low, high) && tail(2) ? 3 : 0;
  }
  if (in(0, 0xF0, 0xF4)) {
    const unsigned low = byte(0) == 0xF0 ? 0x90 : 0x80;
    const unsigned high = byte(0) == 0xF4 ? 0x8F : 0xBF;  // at most U+10FFFF
    return in(1, low, high) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

std::string_view StorableText(std::string_view text, std::string& buffer) {
  const bool plain = text.size() <= kMaxTextBytes &&
                     std::all_of(text.begin(), text.end(), [](char c) { return c > 0; });
  if (plain) return text;
  buffer.clear();
  while (!text.empty()) {
    const std::size_t bytes = CodePointBytes(text);
    const std::string_view piece = bytes == 0 ? kReplacement : text.substr(0, bytes);
    if (buffer.size() + piece.size() > kMaxTextBytes) break;
    buffer += piece;
    text.remove_prefix(std::max<std::size_t>(bytes, 1));
  }
  return buffer;
}

}  // namespace mlp
