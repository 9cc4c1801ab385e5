#include "runtime/engine/observe/webhook.hpp"

#include <algorithm>
#include <utility>

#include "runtime/core/hmac.hpp"
#include "runtime/engine/clock.hpp"

namespace mlp::engine {
namespace {

constexpr std::int64_t kMostBackoffMs = 60'000;
constexpr std::int64_t kMicrosPerMilli = 1'000;
constexpr std::uint32_t kMostDoublings = 16;

bool IsTaken(const HttpResponse& response) {
  return response.error_class == ErrorClass::kNone && response.status >= 200 &&
         response.status < 300;
}

/// Whether another try may be taken: the server was not there, or said that it is its own fault.
bool MayRetry(const HttpResponse& response) {
  if (response.error_class != ErrorClass::kNone) {
    return response.error_class != ErrorClass::kInvalidRequest;
  }
  constexpr int kRequestTimeout = 408;
  constexpr int kTooMany = 429;
  return response.status >= 500 || response.status == kRequestTimeout ||
         response.status == kTooMany;
}

}  // namespace

std::string SignWebhook(std::string_view secret, std::string_view timestamp,
                        std::string_view body) {
  std::string message(timestamp);
  message += '.';
  message += body;
  return "v1=" + ToHex(HmacSha256(secret, message));
}

Webhook::Webhook(std::string url, std::string secret, const AlertOptions& options,
                 std::uint64_t seed)
    : url_(std::move(url)), secret_(std::move(secret)), options_(options), random_(seed) {}

void Webhook::Push(HttpExecutor& http, std::string id, std::string body) {
  if (queue_.size() >= std::max<std::size_t>(options_.webhook_queue, 1)) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  queue_.push_back({std::move(id), std::move(body)});
  queued_.store(queue_.size(), std::memory_order_relaxed);
  if (queue_.size() == 1) Send(http);
}

void Webhook::Send(HttpExecutor& http) {
  Notice& notice = queue_.front();
  ++notice.tries;
  const std::string timestamp = std::to_string(WallUs() / 1'000'000);
  HttpRequest request;
  request.url = url_;
  request.headers = {{"Content-Type", "application/json"},
                     {"X-MLP-Notice", notice.id},
                     {"X-MLP-Timestamp", timestamp}};
  if (!secret_.empty()) {
    request.headers.emplace_back("X-MLP-Signature", SignWebhook(secret_, timestamp, notice.body));
  }
  request.body = notice.body;
  request.total_timeout_ms = options_.webhook_timeout_ms;
  http.Start(std::move(request), [self = shared_from_this(), &http](const HttpResponse& response) {
    self->Ended(http, response);
  });
}

void Webhook::Ended(HttpExecutor& http, const HttpResponse& response) {
  // Cancelled: the client ends, and with it this.
  if (response.error_class == ErrorClass::kCancelled) return;
  const std::uint32_t tries = queue_.front().tries;
  if (!IsTaken(response) && MayRetry(response) && tries < options_.webhook_tries) {
    retried_.fetch_add(1, std::memory_order_relaxed);
    const std::int64_t grown = options_.webhook_backoff_ms << std::min(tries - 1, kMostDoublings);
    const auto most = static_cast<double>(std::min(grown, kMostBackoffMs) * kMicrosPerMilli);
    // Half of it and up to as much again by chance: many clients must not come back together.
    const auto wait_us = static_cast<std::int64_t>(most * (0.5 + 0.5 * random_.Uniform()));
    http.After(wait_us, [self = shared_from_this(), &http] { self->Send(http); });
    return;
  }
  (IsTaken(response) ? delivered_ : failed_).fetch_add(1, std::memory_order_relaxed);
  queue_.pop_front();
  queued_.store(queue_.size(), std::memory_order_relaxed);
  if (!queue_.empty()) Send(http);
}

WebhookStats Webhook::stats() const noexcept {
  return {delivered_.load(std::memory_order_relaxed), retried_.load(std::memory_order_relaxed),
          failed_.load(std::memory_order_relaxed), dropped_.load(std::memory_order_relaxed),
          queued_.load(std::memory_order_relaxed)};
}

}  // namespace mlp::engine
