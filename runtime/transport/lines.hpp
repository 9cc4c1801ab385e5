// Newline-delimited JSON: whole lines from bytes that are cut anywhere.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace mlp::transport {

class LineSplitter {
 public:
  /// The line without its end (LF, or CRLF). Blank lines are left out.
  using OnLine = std::function<void(std::string_view)>;

  void Feed(std::string_view bytes, const OnLine& on_line);
  /// The end of the bytes, which ends a line too.
  void End(const OnLine& on_line);

  /// Bytes kept until their line ends.
  [[nodiscard]] std::size_t held() const noexcept { return line_.size(); }

 private:
  static void Take(std::string_view line, const OnLine& on_line);
  std::string line_;  ///< begun, its end not yet seen
};

}  // namespace mlp::transport
