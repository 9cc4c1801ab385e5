#include "runtime/transport/io_thread.hpp"

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

namespace mlp::transport {
namespace {

constexpr std::size_t kMostFree = 256;  // idle easy handles kept, about 20 KB each

long ToLong(std::size_t value) noexcept {
  return static_cast<long>(std::min(value, std::size_t{std::numeric_limits<int>::max()}));
}

}  // namespace

IoThread::IoThread(const HttpClientOptions& options) : options_(options) {
  multi_ = curl_multi_init();
  if (multi_ == nullptr) throw std::bad_alloc();
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
  curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS,
                    ToLong(options_.max_connections_per_host));
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, ToLong(options_.max_kept_connections));
  thread_ = std::thread([this] { Run(); });
}

IoThread::~IoThread() {
  free_.clear();
  curl_multi_cleanup(multi_);
}

void IoThread::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  curl_multi_wakeup(multi_);
  thread_.join();
}

template <typename Put>
void IoThread::Enqueue(Put put) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    put(queue_);
    wake = std::exchange(polling_, false);
  }
  if (wake) curl_multi_wakeup(multi_);
}

std::uint64_t IoThread::Start(HttpRequest request, HttpCallback done) {
  const std::uint64_t id = next_id_.fetch_add(1, std::memory_order_relaxed);
  Enqueue([&](Queue& queue) { queue.begin.push_back({id, std::move(request), std::move(done)}); });
  return id;
}

void IoThread::Cancel(std::uint64_t id) {
  Enqueue([id](Queue& queue) { queue.cancel.push_back(id); });
}

void IoThread::After(std::int64_t delay_us, std::function<void()> action) {
  const std::int64_t now_us = NowUs();
  const std::int64_t at_us =
      delay_us < kNever - now_us ? now_us + std::max<std::int64_t>(delay_us, 0) : kNever;
  Enqueue([&](Queue& queue) { queue.timers.push_back({at_us, 0, std::move(action)}); });
}

void IoThread::Run() {
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
bool IoThread::TakeQueue(bool then_sleep) {
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

void IoThread::Begin(Beginning beginning) {
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

void IoThread::CancelNow(std::uint64_t id) {
  if (std::unique_ptr<Transfer> transfer = Detach(id)) {
    HttpResponse response = transfer->FinishCancelled();
    Complete(std::move(transfer), std::move(response));
  }
}

std::unique_ptr<Transfer> IoThread::Detach(std::uint64_t id) {
  const auto found = active_.find(id);
  if (found == active_.end()) return nullptr;
  std::unique_ptr<Transfer> transfer = std::move(found->second);
  active_.erase(found);
  curl_multi_remove_handle(multi_, transfer->easy());
  return transfer;
}

void IoThread::Complete(std::unique_ptr<Transfer> transfer, HttpResponse response) {
  const HttpCallback done = transfer->TakeCallback();
  if (free_.size() < kMostFree) free_.push_back(std::move(transfer));
  if (done) done(std::move(response));
}

void IoThread::ReapFinished() {
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
void IoThread::Schedule(Transfer& transfer) {
  const std::int64_t deadline_us = transfer.Deadline();
  if (deadline_us >= transfer.scheduled_us) return;
  transfer.scheduled_us = deadline_us;
  checks_.push({deadline_us, transfer.id()});
}

void IoThread::RunChecks(std::int64_t now_us) {
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

void IoThread::RunTimers(std::int64_t now_us) {
  while (!timers_.empty() && timers_.front().at_us <= now_us) {
    std::pop_heap(timers_.begin(), timers_.end(), Later);
    const std::function<void()> action = std::move(timers_.back().action);
    timers_.pop_back();
    if (action) action();
  }
}

int IoThread::PollTimeoutMs() const {
  std::int64_t next_us = kNever;
  if (!timers_.empty()) next_us = timers_.front().at_us;
  if (!checks_.empty()) next_us = std::min(next_us, checks_.top().at_us);
  if (next_us == kNever) return 60'000;
  const std::int64_t wait_us = std::max<std::int64_t>(next_us - NowUs(), 0);
  return static_cast<int>(std::min<std::int64_t>((wait_us + 999) / 1000, 60'000));
}

void IoThread::ShutDown() {
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

}  // namespace mlp::transport
