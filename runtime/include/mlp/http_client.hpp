// HTTP for the runtime: any number of requests under way on one I/O thread, or each on the thread
// that waits for it; connections kept and reused, HTTP/2 where a server offers it over TLS.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>

#include "mlp/protocol.hpp"

namespace mlp {

struct HttpClientOptions {
  /// A quarter of them serve those who wait in Perform, over plain HTTP; the rest is the I/O
  /// thread's. Requests beyond it wait for a connection; only the total and first-byte timeouts run
  /// meanwhile.
  std::size_t max_connections_per_host = 64;
  std::size_t max_kept_connections = 256;
  std::size_t max_response_bytes = std::size_t{32} << 20;  ///< eight times as much in pieces
  bool verify_tls = true;
};

/// Called exactly once; must not throw, block, or destroy what calls it.
using HttpCallback = std::function<void(HttpResponse)>;

/// Where exchanges are carried out and timers run, their callbacks one at a time.
class HttpExecutor {
 public:
  virtual ~HttpExecutor() = default;

  /// Begins a request; the number is never 0 and never used again.
  virtual std::uint64_t Start(HttpRequest request, HttpCallback done) = 0;

  /// Ends a request as kCancelled, unless it ended before: then nothing happens.
  virtual void Cancel(std::uint64_t id) = 0;

  /// Runs `action` not before `delay_us` microseconds have passed and about a millisecond late at
  /// most while there is nothing else to do.
  virtual void After(std::int64_t delay_us, std::function<void()> action) = 0;
};

/// With it other threads end a Perform. Thread-safe; for one Perform at a time.
class HttpStop {
 public:
  /// Ends the Perform that is under way as kCancelled, and every later one before it begins.
  void Request();

 private:
  friend class HttpClient;
  [[nodiscard]] bool Arm(std::function<void()> end);  // false where it was requested before
  void Disarm();

  std::mutex mutex_;
  bool requested_ = false;
  std::function<void()> end_;
};

/// Thread-safe. Redirects are not followed, since they would carry keys to another host. Callbacks
/// and timers run on the I/O thread.
class HttpClient final : public HttpExecutor {
 public:
  explicit HttpClient(const HttpClientOptions& options = {});
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  /// Ends what is under way as kCancelled, runs pending timers at once, and joins the thread. A
  /// request started meanwhile (by a callback) is cancelled too; a timer set meanwhile is dropped.
  ~HttpClient() override;

  std::uint64_t Start(HttpRequest request, HttpCallback done) override;
  void Cancel(std::uint64_t id) override;
  void After(std::int64_t delay_us, std::function<void()> action) override;

  /// Waits for the answer, as a rule carrying out the exchange on this very thread: handing it to
  /// the I/O thread and waking up again would add some 20 us (2-core EPYC, 2026-11-21). Not to be
  /// called on the I/O thread.
  [[nodiscard]] HttpResponse Perform(HttpRequest request);
  [[nodiscard]] HttpResponse Perform(HttpRequest request, HttpStop& stop);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mlp
