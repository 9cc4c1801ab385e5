// Carries out one call on the thread that waits for it: its exchanges and its waits before retries.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "mlp/http_client.hpp"

namespace mlp::engine {

/// One exchange at a time. Start on the thread that is in Run, or before Run; the others on any
/// thread and at any time, also after Run: then they do nothing.
class CallerLoop final : public HttpExecutor {
 public:
  /// `http` must live until Run returns.
  explicit CallerLoop(HttpClient& http) : http_(http) {}

  std::uint64_t Start(HttpRequest request, HttpCallback done) override;
  /// Ends what runs and all that comes, whatever the number: a call that is cancelled begins
  /// nothing more.
  void Cancel(std::uint64_t id) override;
  void After(std::int64_t delay_us, std::function<void()> action) override;

  /// Carries out what was asked for until `ended`, which a callback sets.
  void Run(const bool& ended);

 private:
  struct Exchange {
    HttpRequest request;
    HttpCallback done;
  };
  struct Timer {
    std::int64_t at_us;
    std::function<void()> action;
  };
  [[nodiscard]] std::function<void()> NextAction();

  HttpClient& http_;
  HttpStop stop_;
  std::uint64_t last_id_ = 0;
  std::optional<Exchange> next_;

  std::mutex mutex_;
  std::condition_variable timer_set_;
  std::vector<Timer> timers_;  // guarded by mutex_
  bool closed_ = false;        // guarded by mutex_
};

}  // namespace mlp::engine
