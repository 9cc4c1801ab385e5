// Server-sent events as WHATWG HTML 9.2.6 has them, from bytes that are cut anywhere.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace mlp::transport {

/// `type` is empty where none was named. Views live for the callback only.
struct SseEvent {
  std::string_view type;
  std::string_view data;
  /// No event: `data` is a line that is no comment and no field of the standard. Where a server
  /// sends JSON as it is, it comes so.
  bool stray = false;
};

class SseParser {
 public:
  using OnEvent = std::function<void(const SseEvent&)>;

  /// Lines end with LF, CR or CRLF; a byte order mark in front is skipped; fields `id` and `retry`
  /// are read over, as nobody reconnects here.
  void Feed(std::string_view bytes, const OnEvent& on_event);

  /// The end of the bytes. An event without a blank line behind it is told of too, which the
  /// standard would drop: some servers end so.
  void End(const OnEvent& on_event);

  /// Bytes kept until their line and event end.
  [[nodiscard]] std::size_t held() const noexcept { return line_.size() + data_.size(); }

 private:
  void TakeLine(std::string_view line, const OnEvent& on_event);
  void Dispatch(const OnEvent& on_event);

  std::string line_;  ///< begun, its end not yet seen
  std::string type_;
  std::string data_;
  bool has_data_ = false;
  bool at_start_ = true;
  bool after_cr_ = false;  ///< an LF that comes next belongs to the line end before it
};

}  // namespace mlp::transport
