// The way out for log lines.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "mlp/observe.hpp"
#include "runtime/engine/observe/secrets.hpp"

namespace mlp::engine {

/// Thread-safe.
class LogOut {
 public:
  /// `secrets` outlive it.
  LogOut(LogSink sink, const Secrets& secrets) : sink_(std::move(sink)), secrets_(secrets) {}

  /// Whether the program takes log lines. Otherwise only alerts that `log` speak, on stderr.
  [[nodiscard]] bool on() const noexcept { return static_cast<bool>(sink_); }
  void Write(LogLevel level, std::string_view line) const noexcept;
  /// To stderr where the program takes none.
  void WriteAnyway(LogLevel level, std::string_view line) const noexcept;

  [[nodiscard]] const Secrets& secrets() const noexcept { return secrets_; }
  [[nodiscard]] std::uint64_t written() const noexcept {
    return written_.load(std::memory_order_relaxed);
  }
  void CountFailure() const noexcept { failures_.fetch_add(1, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t failures() const noexcept {
    return failures_.load(std::memory_order_relaxed);
  }

 private:
  const LogSink sink_;
  const Secrets& secrets_;
  mutable std::atomic<std::uint64_t> written_{0};
  mutable std::atomic<std::uint64_t> failures_{0};
};

}  // namespace mlp::engine
