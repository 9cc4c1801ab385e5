// HTTP for the runtime: any number of requests under way on one I/O thread, connections kept and
// reused, HTTP/2 where a server offers it over TLS.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "mlp/protocol.hpp"

namespace mlp {

struct HttpClientOptions {
  /// Requests beyond it wait for a connection; only the total and first-byte timeouts run
  /// meanwhile.
  std::size_t max_connections_per_host = 64;
  std::size_t max_kept_connections = 256;
  std::size_t max_response_bytes = std::size_t{32} << 20;
  bool verify_tls = true;
};

/// Called on the I/O thread, exactly once; must not throw, block, or destroy the client.
using HttpCallback = std::function<void(HttpResponse)>;

/// Thread-safe. Redirects are not followed, since they would carry keys to another host.
class HttpClient {
 public:
  explicit HttpClient(HttpClientOptions options = {});
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  /// Ends what is under way as kCancelled, runs pending timers at once, and joins the thread. A
  /// request started meanwhile (by a callback) is cancelled too; a timer set meanwhile is dropped.
  ~HttpClient();

  /// Begins a request; the number is never 0 and never used again.
  std::uint64_t Start(HttpRequest request, HttpCallback done);

  /// Ends a request as kCancelled, unless it ended before: then nothing happens.
  void Cancel(std::uint64_t id);

  /// Waits for the answer. Not to be called on the I/O thread.
  [[nodiscard]] HttpResponse Perform(HttpRequest request);

  /// Runs `action` on the I/O thread, not before `delay_us` microseconds have passed and about a
  /// millisecond late at most while the thread has nothing else to do.
  void After(std::int64_t delay_us, std::function<void()> action);

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace mlp
