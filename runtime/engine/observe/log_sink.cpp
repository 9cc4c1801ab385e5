#include "runtime/engine/observe/log_sink.hpp"

#include <cstdio>
#include <string>

namespace mlp::engine {

void LogOut::Write(LogLevel level, std::string_view line) const noexcept {
  if (!sink_) return;
  try {
    sink_(level, line);
    written_.fetch_add(1, std::memory_order_relaxed);
  } catch (...) {
    failures_.fetch_add(1, std::memory_order_relaxed);
  }
}

void LogOut::WriteAnyway(LogLevel level, std::string_view line) const noexcept {
  if (sink_) {
    Write(level, line);
    return;
  }
  // One call, so that the lines of several threads stay whole.
  std::fprintf(stderr, "%.*s\n", static_cast<int>(line.size()), line.data());
  written_.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace mlp::engine
