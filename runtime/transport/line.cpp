#include "runtime/transport/line.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace mlp::transport {
namespace {

constexpr std::int64_t kLongestPollMs = 60'000;

int PollMs(std::int64_t wait_us) noexcept {
  return static_cast<int>(std::min(wait_us / 1000 + 1, kLongestPollMs));
}

}  // namespace

std::string_view OriginOf(std::string_view url) noexcept {
  const std::size_t scheme = url.find("://");
  const std::size_t host = scheme == std::string_view::npos ? 0 : scheme + 3;
  return url.substr(0, url.find_first_of("/?#", host));
}

Line::Line(const HttpClientOptions& options, std::string_view origin)
    : origin_(origin), transfer_(options), multi_(curl_multi_init()) {
  if (multi_ == nullptr) throw std::bad_alloc();
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, 1L);
}

Line::~Line() { curl_multi_cleanup(multi_); }

void Line::Cancel() noexcept {
  cancelled_.store(true);
  curl_multi_wakeup(multi_);
}

HttpResponse Line::Perform(HttpRequest request) {
  if (!transfer_.Prepare(0, std::move(request), {}, false)) return transfer_.Finish(CURLE_OK);
  if (curl_multi_add_handle(multi_, transfer_.easy()) != CURLM_OK) {
    return transfer_.Finish(CURLE_FAILED_INIT);
  }
  return Drive();
}

HttpResponse Line::Drive() {
  const auto leave = [this] { curl_multi_remove_handle(multi_, transfer_.easy()); };
  while (true) {
    if (cancelled_.load()) {
      leave();
      return transfer_.FinishCancelled();
    }
    int running = 0;
    curl_multi_perform(multi_, &running);
    if (running == 0) {
      int left = 0;
      const CURLMsg* const message = curl_multi_info_read(multi_, &left);
      const CURLcode result = message == nullptr ? CURLE_FAILED_INIT : message->data.result;
      leave();
      return transfer_.Finish(result);
    }
    const std::int64_t deadline_us = transfer_.Deadline();
    const std::int64_t wait_us = deadline_us == kNever ? kNever : deadline_us - NowUs();
    if (wait_us <= 0) {
      leave();
      return transfer_.FinishTimedOut();
    }
    curl_multi_poll(multi_, nullptr, 0, PollMs(wait_us), nullptr);
  }
}

}  // namespace mlp::transport
