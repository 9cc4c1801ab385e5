// The lines of an HttpClient: which are idle and which are taken.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "mlp/http_client.hpp"
#include "runtime/transport/line.hpp"

namespace mlp::transport {

/// Thread-safe.
class LinePool {
 public:
  /// `most_per_origin` lines at most are taken at once for one origin of plain HTTP. For one of
  /// HTTPS it is one: over HTTP/2 the further requests share a connection of the I/O thread's.
  LinePool(const HttpClientOptions& options, std::size_t most_per_origin);

  /// A line to the origin, kept ones first, the one used last before the others; null where as many
  /// as may be are taken, or after Stop. Whoever took it gives it back.
  [[nodiscard]] std::unique_ptr<Line> Take(std::string_view origin);
  void Give(std::unique_ptr<Line> line);

  /// Cancels what runs on taken lines and returns when all are back.
  void Stop();

 private:
  [[nodiscard]] std::size_t MostTaken(std::string_view origin) const noexcept;

  const HttpClientOptions options_;
  const std::size_t most_per_origin_;
  std::mutex mutex_;
  std::condition_variable back_;
  std::vector<std::unique_ptr<Line>> idle_;  // the one used last at the end
  std::vector<Line*> taken_;
  bool stopping_ = false;
};

}  // namespace mlp::transport
