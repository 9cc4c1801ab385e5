#include "runtime/transport/sse.hpp"

#include <algorithm>
#include <utility>

namespace mlp::transport {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

void SseParser::Feed(std::string_view bytes, const OnEvent& on_event) {
  while (!bytes.empty()) {
    if (after_cr_) {
      after_cr_ = false;
      if (bytes.front() == '\n') bytes.remove_prefix(1);
      continue;
    }
    const std::size_t end = bytes.find_first_of("\r\n");
    if (end == std::string_view::npos) {
      line_ += bytes;
      return;
    }
    const std::string_view line = bytes.substr(0, end);
    after_cr_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    if (line_.empty()) {
      TakeLine(line, on_event);
    } else {
      line_ += line;
      TakeLine(line_, on_event);
      line_.clear();
    }
  }
}

void SseParser::End(const OnEvent& on_event) {
  if (!line_.empty()) TakeLine(line_, on_event);
  line_.clear();
  Dispatch(on_event);
}

void SseParser::TakeLine(std::string_view line, const OnEvent& on_event) {
  if (at_start_ && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  at_start_ = false;
  if (line.empty()) return Dispatch(on_event);
  if (line.front() == ':') return;
  const std::size_t colon = std::min(line.find(':'), line.size());
  const std::string_view field = line.substr(0, colon);
  std::string_view value = line.substr(std::min(colon + 1, line.size()));
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "data") {
    if (has_data_) data_ += '\n';
    data_ += value;
    has_data_ = true;
  } else if (field == "event") {
    type_ = value;
  } else if (field != "id" && field != "retry") {
    on_event({{}, line, true});
  }
}

void SseParser::Dispatch(const OnEvent& on_event) {
  // Cleared first: whatever the callback does, an event is told of once.
  const std::string type = std::exchange(type_, {});
  const std::string data = std::exchange(data_, {});
  if (std::exchange(has_data_, false)) on_event({type, data, false});
}

}  // namespace mlp::transport
