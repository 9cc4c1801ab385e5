#include "mlp/http_client.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "runtime/transport/io_thread.hpp"
#include "runtime/transport/line_pool.hpp"

namespace mlp {
namespace {

/// The part of a host's connections that is kept for those who wait in Perform.
constexpr std::size_t kLinesAmongConnections = 4;

HttpClientOptions Initialised(const HttpClientOptions& options) {
  static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(result);
  return options;
}

HttpClientOptions WithoutLines(HttpClientOptions options) {
  options.max_connections_per_host -= options.max_connections_per_host / kLinesAmongConnections;
  return options;
}

}  // namespace

void HttpStop::Request() {
  const std::lock_guard lock(mutex_);
  requested_ = true;
  if (end_) end_();
}

bool HttpStop::Arm(std::function<void()> end) {
  const std::lock_guard lock(mutex_);
  if (requested_) return false;
  end_ = std::move(end);
  return true;
}

void HttpStop::Disarm() {
  const std::lock_guard lock(mutex_);
  end_ = nullptr;
}

class HttpClient::Impl {
 public:
  explicit Impl(const HttpClientOptions& options)
      : lines_(Initialised(options), options.max_connections_per_host / kLinesAmongConnections),
        io_thread_(WithoutLines(options)) {}

  transport::IoThread& io_thread() { return io_thread_; }

  void Stop() {
    lines_.Stop();
    io_thread_.Stop();
  }

  HttpResponse Perform(HttpRequest request, HttpStop& stop) {
    std::unique_ptr<transport::Line> line = lines_.Take(transport::OriginOf(request.url));
    if (line == nullptr) return PerformOnThread(std::move(request), stop);
    const Taken taken{lines_, stop, line};
    if (!stop.Arm([&line] { line->Cancel(); })) line->Cancel();
    return line->Perform(std::move(request));
  }

 private:
  /// Gives the line back, also where memory ran out; before that, nobody may end it any more.
  struct Taken {
    transport::LinePool& pool;
    HttpStop& stop;
    std::unique_ptr<transport::Line>& line;
    ~Taken() {
      stop.Disarm();
      pool.Give(std::move(line));
    }
  };

  HttpResponse PerformOnThread(HttpRequest request, HttpStop& stop) {
    // Shared with the callback, which may still be notifying when this thread has its answer.
    struct Answer {
      HttpResponse response;
      std::atomic<std::uint32_t> arrived{0};
    };
    const auto answer = std::make_shared<Answer>();
    const std::uint64_t id = io_thread_.Start(std::move(request), [answer](HttpResponse response) {
      answer->response = std::move(response);
      answer->arrived.store(1, std::memory_order_release);
      answer->arrived.notify_one();
    });
    if (!stop.Arm([this, id] { io_thread_.Cancel(id); })) io_thread_.Cancel(id);
    answer->arrived.wait(0, std::memory_order_acquire);
    stop.Disarm();
    return std::move(answer->response);
  }

  transport::LinePool lines_;
  transport::IoThread io_thread_;
};

HttpClient::HttpClient(const HttpClientOptions& options) : impl_(std::make_unique<Impl>(options)) {}

// Reachable until its thread is gone, since callbacks may still start requests.
HttpClient::~HttpClient() { impl_->Stop(); }

std::uint64_t HttpClient::Start(HttpRequest request, HttpCallback done) {
  return impl_->io_thread().Start(std::move(request), std::move(done));
}

void HttpClient::Cancel(std::uint64_t id) { impl_->io_thread().Cancel(id); }

void HttpClient::After(std::int64_t delay_us, std::function<void()> action) {
  impl_->io_thread().After(delay_us, std::move(action));
}

HttpResponse HttpClient::Perform(HttpRequest request) {
  HttpStop never;
  return Perform(std::move(request), never);
}

HttpResponse HttpClient::Perform(HttpRequest request, HttpStop& stop) {
  return impl_->Perform(std::move(request), stop);
}

}  // namespace mlp
