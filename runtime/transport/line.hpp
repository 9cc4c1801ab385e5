// A connection of its own for a thread that waits for its answer: the exchange runs on that thread,
// which no other has to wake.
#pragma once

#include <curl/curl.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "mlp/http_client.hpp"
#include "runtime/transport/transfer.hpp"

namespace mlp::transport {

/// Scheme, host and port, between which a connection runs: `http://127.0.0.1:8080`.
[[nodiscard]] std::string_view OriginOf(std::string_view url) noexcept;

/// One exchange at a time, all of one origin; its connection is kept in between. Any thread, though
/// only Cancel while another is in Perform.
class Line {
 public:
  Line(const HttpClientOptions& options, std::string_view origin);
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  ~Line();

  [[nodiscard]] HttpResponse Perform(HttpRequest request);

  /// Ends this exchange as kCancelled, or the next one where none is under way.
  void Cancel() noexcept;
  /// Forgets a Cancel.
  void Reset() noexcept { cancelled_.store(false); }

  [[nodiscard]] const std::string& origin() const noexcept { return origin_; }

 private:
  [[nodiscard]] HttpResponse Drive();

  const std::string origin_;
  Transfer transfer_;
  CURLM* multi_;
  std::atomic<bool> cancelled_{false};
};

}  // namespace mlp::transport
