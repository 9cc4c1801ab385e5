// A webhook of an alert: notices posted as JSON, signed, in order, tried again until they are
// taken.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "mlp/http_client.hpp"
#include "mlp/observe.hpp"
#include "runtime/core/split_mix.hpp"

namespace mlp::engine {

struct WebhookStats {
  std::uint64_t delivered = 0;
  std::uint64_t retried = 0;
  std::uint64_t failed = 0;   ///< given up: refused for good, or after the last try
  std::uint64_t dropped = 0;  ///< the queue was full
  std::uint64_t queued = 0;
};

/// Everything but stats() and Posts() belongs on the thread where `http` runs its callbacks. Made
/// by std::make_shared; keeps itself alive while it has something to deliver.
class Webhook : public std::enable_shared_from_this<Webhook> {
 public:
  /// `secret` may be empty: then nothing is signed.
  Webhook(std::string url, std::string secret, const AlertOptions& options, std::uint64_t seed);
  Webhook(const Webhook&) = delete;
  Webhook& operator=(const Webhook&) = delete;

  /// Sends at once, or when those before are done.
  void Push(HttpExecutor& http, std::string id, std::string body);
  /// Thread-safe.
  [[nodiscard]] WebhookStats stats() const noexcept;
  /// Whether it posts to this URL with this secret. Thread-safe.
  [[nodiscard]] bool Posts(const std::string& url, const std::string& secret) const noexcept {
    return url_ == url && secret_ == secret;
  }

 private:
  struct Notice {
    std::string id;
    std::string body;
    std::uint32_t tries = 0;
  };
  void Send(HttpExecutor& http);
  void Ended(HttpExecutor& http, const HttpResponse& response);

  const std::string url_;
  const std::string secret_;
  const AlertOptions options_;
  SplitMix64 random_;
  std::deque<Notice> queue_;  // the first one is under way, or waits for its next try
  std::atomic<std::uint64_t> delivered_{0};
  std::atomic<std::uint64_t> retried_{0};
  std::atomic<std::uint64_t> failed_{0};
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<std::uint64_t> queued_{0};
};

/// `v1=` and the hexadecimal HMAC-SHA256 under the secret of `TIMESTAMP.BODY`.
[[nodiscard]] std::string SignWebhook(std::string_view secret, std::string_view timestamp,
                                      std::string_view body);

}  // namespace mlp::engine
