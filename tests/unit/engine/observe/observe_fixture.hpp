// What tests of alerts and logs share: a log that remembers, and a wait for what comes by itself.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/unit/engine/engine_fixture.hpp"

namespace mlp::engine {

/// Thread-safe.
class Lines {
 public:
  [[nodiscard]] LogSink Sink() {
    return [this](LogLevel, std::string_view line) {
      const std::lock_guard lock(mutex_);
      lines_.emplace_back(line);
    };
  }
  /// Those with this `event`.
  [[nodiscard]] std::vector<nlohmann::json> Of(const std::string& event) const {
    std::vector<nlohmann::json> found;
    const std::lock_guard lock(mutex_);
    for (const std::string& line : lines_) {
      nlohmann::json json = nlohmann::json::parse(line);
      if (json.at("event") == event) found.push_back(std::move(json));
    }
    return found;
  }
  [[nodiscard]] std::string All() const {
    std::string all;
    const std::lock_guard lock(mutex_);
    for (const std::string& line : lines_) all += line + '\n';
    return all;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

/// Whether it came true within half a minute.
inline bool Eventually(const std::function<bool()>& holds) {
  for (int i = 0; i < 6'000; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return holds();
}

}  // namespace mlp::engine
