#include "compiler/diag/places.hpp"

#include <algorithm>
#include <string_view>

#include "compiler/source/utf8.hpp"

namespace mlp::compiler {

LineColumn Places::Locate(FileId file, std::uint32_t byte) {
  const std::string_view text = sources_.text(file);
  // Inside a byte order mark, which has no columns, and behind the end the set knows best.
  const bool inside = byte >= kByteOrderMark.size() && byte <= text.size();
  const bool near = known_ && inside && file == file_ && byte >= byte_;
  const std::string_view between = near ? text.substr(byte_, byte - byte_) : std::string_view();
  if (near && between.find('\n') == std::string_view::npos) {
    at_.column += static_cast<std::uint32_t>(std::count_if(
        between.begin(), between.end(), [](char c) { return (c & '\xC0') != '\x80'; }));
  } else {
    at_ = sources_.Locate(file, byte);
  }
  known_ = inside;
  file_ = file;
  byte_ = byte;
  return at_;
}

}  // namespace mlp::compiler
