#include "runtime/transport/lines.hpp"

namespace mlp::transport {

void LineSplitter::Feed(std::string_view bytes, const OnLine& on_line) {
  for (std::size_t end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
    if (line_.empty()) {
      Take(bytes.substr(0, end), on_line);
    } else {
      line_ += bytes.substr(0, end);
      Take(line_, on_line);
      line_.clear();
    }
    bytes.remove_prefix(end + 1);
  }
  line_ += bytes;
}

void LineSplitter::End(const OnLine& on_line) {
  Take(line_, on_line);
  line_.clear();
}

void LineSplitter::Take(std::string_view line, const OnLine& on_line) {
  if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
  if (line.ends_with('\r')) line.remove_suffix(1);
  on_line(line);
}

}  // namespace mlp::transport
