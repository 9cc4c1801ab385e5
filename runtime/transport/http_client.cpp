#include "mlp/http_client.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <memory>
#include <mutex>
#include <new>
#include <queue>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runtime/transport/transfer.hpp"

namespace mlp {

using transport::kNever;
using transport::NowUs;
using transport::Transfer;

/// The I/O thread and what it alone touches, and the queue through which others reach it.
class HttpClient::Loop {
 public:
  explicit Loop(HttpClientOptions options);
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();

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

namespace {

constexpr std::size_t kMostFree = 256;  // idle easy handles kept, about 20 KB each

void InitialiseCurl() {
  static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(result);
}

long ToLong(std::size_t value) noexcept {
  return static_cast<long>(std::min(value, std::size_t{std::numeric_limits<int>::max()}));
}

}  // namespace

HttpClient::Loop::Loop(HttpClientOptions options) : options_(options) {
  InitialiseCurl();
  multi_ = curl_multi_init();
  if (multi_ == nullptr) throw std::bad_alloc();
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
  curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS,
                    ToLong(options_.max_connections_per_host));
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, ToLong(options_.max_kept_connections));
  thread_ = std::thread([this] { Run(); });
}

HttpClient::Loop::~Loop() {
  free_.clear();
  curl_multi_cleanup(multi_);
}

void HttpClient::Loop::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  curl_multi_wakeup(multi_);
  thread_.join();
}

template <typename Put>
void HttpClient::Loop::Enqueue(Put put) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    put(queue_);
    wake = std::exchange(polling_, false);
  }
  if (wake) curl_multi_wakeup(multi_);
}

std::uint64_t HttpClient::Loop::Start(HttpRequest request, HttpCallback done) {
  const std::uint64_t id = next_id_.fetch_add(1, std::memory_order_relaxed);
  Enqueue([&](Queue& queue) { queue.begin.push_back({id, std::move(request), std::move(done)}); });
  return id;
}

void HttpClient::Loop::Cancel(std::uint64_t id) {
  Enqueue([id](Queue& queue) { queue.cancel.push_back(id); });
}

void HttpClient::Loop::After(std::int64_t delay_us, std::function<void()> action) {
  const std::int64_t now_us = NowUs();
  const std::int64_t at_us =
      delay_us < kNever - now_us ? now_us + std::max<std::int64_t>(delay_us, 0) : kNever;
  Enqueue([&](Queue& queue) { queue.timers.push_back({at_us, 0, std::move(action)}); });
}

void HttpClient::Loop::Run() {
  while (true) {
    if (!TakeQueue(true)) {
      curl_multi_poll(multi_, nullptr, 0, PollTimeoutMs(), nullptr);
      TakeQueue(false);
    }
    if (stop_) {
      ShutDown();
      return;
    }
    int running = 0;
    curl_multi_perform(multi_, &running);
    ReapFinished();
    const std::int64_t now_us = NowUs();
    RunChecks(now_us);
    RunTimers(now_us);
  }
}

// Acts on what others asked for. False where there was nothing; with `then_sleep` whoever enqueues
// from then on wakes the thread.
bool HttpClient::Loop::TakeQueue(bool then_sleep) {
  {
    const std::lock_guard lock(mutex_);
    stop_ = stopping_;
    const bool nothing = queue_.empty() && !stop_;
    polling_ = nothing && then_sleep;
    if (nothing) return false;
    std::swap(queue_, taken_);
  }
  for (Beginning& beginning : taken_.begin) Begin(std::move(beginning));
  for (const std::uint64_t id : taken_.cancel) CancelNow(id);
  for (Timer& timer : taken_.timers) {
    timer.order = timer_order_++;
    timers_.push_back(std::move(timer));
    std::push_heap(timers_.begin(), timers_.end(), Later);
  }
  taken_.begin.clear();
  taken_.cancel.clear();
  taken_.timers.clear();
  return true;
}

void HttpClient::Loop::Begin(Beginning beginning) {
  std::unique_ptr<Transfer> transfer;
  if (free_.empty()) {
    transfer = std::make_unique<Transfer>(options_);
  } else {
    transfer = std::move(free_.back());
    free_.pop_back();
  }
  const bool may_queue = active_.size() >= options_.max_connections_per_host;
  if (!transfer->Prepare(beginning.id, std::move(beginning.request), std::move(beginning.done),
                         may_queue)) {
    HttpResponse response = transfer->Finish(CURLE_OK);
    Complete(std::move(transfer), std::move(response));
    return;
  }
  if (stop_) {
    HttpResponse response = transfer->FinishCancelled();
    Complete(std::move(transfer), std::move(response));
    return;
  }
  if (curl_multi_add_handle(multi_, transfer->easy()) != CURLM_OK) {
    HttpResponse response = transfer->Finish(CURLE_FAILED_INIT);
    Complete(std::move(transfer), std::move(response));
    return;
  }
  Schedule(*transfer);
  active_.emplace(beginning.id, std::move(transfer));
}

void HttpClient::Loop::CancelNow(std::uint64_t id) {
  if (std::unique_ptr<Transfer> transfer = Detach(id)) {
    HttpResponse response = transfer->FinishCancelled();
    Complete(std::move(transfer), std::move(response));
  }
}

std::unique_ptr<Transfer> HttpClient::Loop::Detach(std::uint64_t id) {
  const auto found = active_.find(id);
  if (found == active_.end()) return nullptr;
  std::unique_ptr<Transfer> transfer = std::move(found->second);
  active_.erase(found);
  curl_multi_remove_handle(multi_, transfer->easy());
  return transfer;
}

void HttpClient::Loop::Complete(std::unique_ptr<Transfer> transfer, HttpResponse response) {
  const HttpCallback done = transfer->TakeCallback();
  if (free_.size() < kMostFree) free_.push_back(std::move(transfer));
  if (done) done(std::move(response));
}

void HttpClient::Loop::ReapFinished() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode result = message->data.result;
    Transfer* finished = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &finished);
    std::unique_ptr<Transfer> transfer = Detach(finished->id());
    HttpResponse response = transfer->Finish(result);
    Complete(std::move(transfer), std::move(response));
  }
}

// Keeps the earliest instant at which the transfer could be late. An instant that moves away is
// left in place and looked at when it comes, so that a read costs no timer.
void HttpClient::Loop::Schedule(Transfer& transfer) {
  const std::int64_t deadline_us = transfer.Deadline();
  if (deadline_us >= transfer.scheduled_us) return;
  transfer.scheduled_us = deadline_us;
  checks_.push({deadline_us, transfer.id()});
}

void HttpClient::Loop::RunChecks(std::int64_t now_us) {
  // Connecting and the first byte may bring a nearer deadline.
  for (const auto& [id, transfer] : active_) Schedule(*transfer);
  while (!checks_.empty() && checks_.top().at_us <= now_us) {
    const Check check = checks_.top();
    checks_.pop();
    const auto found = active_.find(check.id);
    if (found == active_.end() || found->second->scheduled_us != check.at_us) continue;
    if (found->second->Deadline() > now_us) {
      found->second->scheduled_us = kNever;
      Schedule(*found->second);
      continue;
    }
    std::unique_ptr<Transfer> transfer = Detach(check.id);
    HttpResponse response = transfer->FinishTimedOut();
    Complete(std::move(transfer), std::move(response));
  }
}

void HttpClient::Loop::RunTimers(std::int64_t now_us) {
  while (!timers_.empty() && timers_.front().at_us <= now_us) {
    std::pop_heap(timers_.begin(), timers_.end(), Later);
    const std::function<void()> action = std::move(timers_.back().action);
    timers_.pop_back();
    if (action) action();
  }
}

int HttpClient::Loop::PollTimeoutMs() const {
  std::int64_t next_us = kNever;
  if (!timers_.empty()) next_us = timers_.front().at_us;
  if (!checks_.empty()) next_us = std::min(next_us, checks_.top().at_us);
  if (next_us == kNever) return 60'000;
  const std::int64_t wait_us = std::max<std::int64_t>(next_us - NowUs(), 0);
  return static_cast<int>(std::min<std::int64_t>((wait_us + 999) / 1000, 60'000));
}

void HttpClient::Loop::ShutDown() {
  while (!active_.empty()) CancelNow(active_.begin()->first);
  std::vector<Timer> timers = std::move(timers_);
  timers_.clear();
  std::sort(timers.begin(), timers.end(),
            [](const Timer& a, const Timer& b) { return Later(b, a); });
  for (const Timer& timer : timers) {
    if (timer.action) timer.action();
  }
  // What those callbacks asked for: requests end as cancelled, timers are dropped.
  while (true) {
    {
      const std::lock_guard lock(mutex_);
      std::swap(queue_, taken_);
    }
    if (taken_.empty()) return;
    for (Beginning& beginning : taken_.begin) Begin(std::move(beginning));
    taken_ = Queue{};
  }
}

HttpClient::HttpClient(HttpClientOptions options) : loop_(std::make_unique<Loop>(options)) {}

// The loop stays reachable until its thread is gone, since callbacks may still start requests.
HttpClient::~HttpClient() { loop_->Stop(); }

std::uint64_t HttpClient::Start(HttpRequest request, HttpCallback done) {
  return loop_->Start(std::move(request), std::move(done));
}

void HttpClient::Cancel(std::uint64_t id) { loop_->Cancel(id); }

void HttpClient::After(std::int64_t delay_us, std::function<void()> action) {
  loop_->After(delay_us, std::move(action));
}

HttpResponse HttpClient::Perform(HttpRequest request) {
  HttpResponse answer;
  std::atomic<std::uint32_t> arrived{0};
  loop_->Start(std::move(request), [&](HttpResponse response) {
    answer = std::move(response);
    arrived.store(1, std::memory_order_release);
    arrived.notify_one();
  });
  arrived.wait(0, std::memory_order_acquire);
  return answer;
}

}  // namespace mlp
