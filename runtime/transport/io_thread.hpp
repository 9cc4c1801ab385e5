// The thread that carries out the exchanges of an HttpClient which nobody waits for, and runs
// timers.
#pragma once

#include <curl/curl.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <queue>
#include <thread>
#include <unordered_map>
#include <vector>

#include "mlp/http_client.hpp"
#include "runtime/transport/transfer.hpp"

namespace mlp::transport {

/// The I/O thread and what it alone touches, and the queue through which others reach it.
class IoThread {
 public:
  explicit IoThread(const HttpClientOptions& options);
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;
  ~IoThread();

  /// Everything under way has ended and the thread is gone when it returns.
  void Stop();
  std::uint64_t Start(HttpRequest request, HttpCallback done);
  void Cancel(std::uint64_t id);
  void After(std::int64_t delay_us, std::function<void()> action);

 private:
  struct Beginning {
    std::uint64_t id;
    HttpRequest request;
    HttpCallback done;
  };
  struct Timer {
    std::int64_t at_us;
    std::uint64_t order;  // of two at one instant, the first set runs first
    std::function<void()> action;
  };
  struct Queue {
    std::vector<Beginning> begin;
    std::vector<std::uint64_t> cancel;
    std::vector<Timer> timers;
    [[nodiscard]] bool empty() const noexcept {
      return begin.empty() && cancel.empty() && timers.empty();
    }
  };
  /// When to look at a transfer's timeouts; stale where the transfer holds another instant.
  struct Check {
    std::int64_t at_us;
    std::uint64_t id;
    friend bool operator>(const Check& a, const Check& b) noexcept { return a.at_us > b.at_us; }
  };
  static bool Later(const Timer& a, const Timer& b) noexcept {
    return a.at_us != b.at_us ? a.at_us > b.at_us : a.order > b.order;
  }

  template <typename Put>
  void Enqueue(Put put);
  void Run();
  bool TakeQueue(bool then_sleep);
  void Begin(Beginning beginning);
  void CancelNow(std::uint64_t id);
  void ReapFinished();
  void Schedule(Transfer& transfer);
  void RunChecks(std::int64_t now_us);
  void RunTimers(std::int64_t now_us);
  void ShutDown();
  [[nodiscard]] int PollTimeoutMs() const;
  std::unique_ptr<Transfer> Detach(std::uint64_t id);
  void Complete(std::unique_ptr<Transfer> transfer, HttpResponse response);

  const HttpClientOptions options_;
  CURLM* multi_;
  std::atomic<std::uint64_t> next_id_{1};

  std::mutex mutex_;
  Queue queue_;            // guarded by mutex_
  bool polling_ = false;   // guarded by mutex_: the thread sleeps or is about to
  bool stopping_ = false;  // guarded by mutex_

  // Only of the I/O thread.
  Queue taken_;
  bool stop_ = false;
  std::unordered_map<std::uint64_t, std::unique_ptr<Transfer>> active_;
  std::vector<std::unique_ptr<Transfer>> free_;
  std::vector<Timer> timers_;  // a heap, the earliest in front
  std::uint64_t timer_order_ = 0;
  std::priority_queue<Check, std::vector<Check>, std::greater<>> checks_;

  std::thread thread_;
};

}  // namespace mlp::transport
