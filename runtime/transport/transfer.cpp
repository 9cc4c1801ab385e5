#include "runtime/transport/transfer.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <new>
#include <string_view>
#include <utility>

#include "runtime/transport/redact.hpp"

namespace mlp::transport {
namespace {

/// How long a server may take to end a body after the last of its content.
constexpr std::int64_t kAfterLastMs = 1'000;
constexpr std::int64_t kLongestConnectMs = std::int64_t{24} * 3600 * 1000;

char LowerCase(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool IsBlank(char c) noexcept { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view Trim(std::string_view text) noexcept {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

// A line break in a header would let its value write further headers.
bool BreaksLine(std::string_view text) noexcept {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

// A proxy of the environment cannot reach this machine's own addresses.
bool IsLoopback(std::string_view url) noexcept {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return false;
  url.remove_prefix(scheme + 3);
  return url.starts_with("127.") || url.starts_with("localhost") || url.starts_with("[::1]");
}

std::int64_t After(std::int64_t from_us, std::int64_t timeout_ms) noexcept {
  return timeout_ms >= (kNever - from_us) / 1000 ? kNever : from_us + timeout_ms * 1000;
}

}  // namespace

std::int64_t NowUs() noexcept {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Transfer::Transfer(const HttpClientOptions& options)
    : easy_(curl_easy_init()), max_response_bytes_(options.max_response_bytes) {
  // Pieces pass by, mostly frame; whoever takes them bounds what it keeps.
  constexpr std::size_t kPiecesTimes = 8;
  max_piece_bytes_ =
      max_response_bytes_ > SIZE_MAX / kPiecesTimes ? SIZE_MAX : max_response_bytes_ * kPiecesTimes;
  if (easy_ == nullptr) throw std::bad_alloc();
  curl_easy_setopt(easy_, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_.data());
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy_, CURLOPT_NOPROGRESS, 1L);
  curl_easy_setopt(easy_, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(easy_, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy_, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy_, CURLOPT_USERAGENT, "mlp");
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYPEER, options.verify_tls ? 1L : 0L);
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYHOST, options.verify_tls ? 2L : 0L);
  // Ending a transfer must not wait for a name server: all other transfers would wait with it.
  curl_easy_setopt(easy_, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &Transfer::OnHeader);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &Transfer::OnBody);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy_, CURLOPT_PREREQFUNCTION, &Transfer::OnConnected);
  curl_easy_setopt(easy_, CURLOPT_PREREQDATA, this);
  curl_easy_setopt(easy_, CURLOPT_RESOLVER_START_FUNCTION, &Transfer::OnResolve);
  curl_easy_setopt(easy_, CURLOPT_RESOLVER_START_DATA, this);
  curl_easy_setopt(easy_, CURLOPT_SOCKOPTFUNCTION, &Transfer::OnSocket);
  curl_easy_setopt(easy_, CURLOPT_SOCKOPTDATA, this);
}

Transfer::~Transfer() {
  curl_easy_cleanup(easy_);
  curl_slist_free_all(header_list_);
}

bool Transfer::Prepare(std::uint64_t id, HttpRequest request, HttpCallback done, bool may_queue) {
  id_ = id;
  request_ = std::move(request);
  done_ = std::move(done);
  response_ = HttpResponse{};
  error_[0] = '\0';
  start_us_ = NowUs();
  connecting_us_ = -1;
  last_read_us_ = -1;
  last_piece_us_ = -1;
  body_bytes_ = 0;
  connected_ = false;
  too_large_ = false;
  enough_ = false;
  scheduled_us = kNever;

  curl_slist_free_all(std::exchange(header_list_, nullptr));
  std::string line;
  const auto append = [&] {
    curl_slist* list = curl_slist_append(header_list_, line.c_str());
    if (list == nullptr) throw std::bad_alloc();
    header_list_ = list;
  };
  for (const auto& [name, value] : request_.headers) {
    if (name.empty() || BreaksLine(name) || BreaksLine(value)) {
      response_.error = "a header holds a line break";
      return false;
    }
    line.assign(name).append(value.empty() ? ";" : ": ").append(value);
    append();
  }
  // A large body would otherwise wait for the server's "go on", which many never send.
  line.assign("Expect:");
  append();

  const bool has_body = !request_.body.empty() || request_.method == "POST";
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, header_list_);
  curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, has_body ? request_.body.c_str() : nullptr);
  curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE,
                   static_cast<curl_off_t>(request_.body.size()));
  if (!has_body) curl_easy_setopt(easy_, CURLOPT_HTTPGET, 1L);
  const bool plain = request_.method == (has_body ? "POST" : "GET");
  curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, plain ? nullptr : request_.method.c_str());
  // On HTTP/2 a request had better join the first connection than open one of its own.
  curl_easy_setopt(easy_, CURLOPT_PIPEWAIT, request_.url.starts_with("https:") ? 1L : 0L);
  curl_easy_setopt(easy_, CURLOPT_PROXY, IsLoopback(request_.url) ? "" : nullptr);
  // libcurl divides it among the addresses of a host. It counts from the start, though, so that a
  // request that may queue has to rely on Deadline() alone.
  const std::int64_t connect_ms = request_.connect_timeout_ms;
  const bool bounded = !may_queue && connect_ms > 0 && connect_ms < kLongestConnectMs;
  curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(bounded ? connect_ms : kLongestConnectMs));
  if (curl_easy_setopt(easy_, CURLOPT_URL, request_.url.c_str()) != CURLE_OK) {
    response_.error = "unusable URL";
    return false;
  }
  return true;
}

std::int64_t Transfer::Deadline() const noexcept {
  std::int64_t deadline = kNever;
  const auto add = [&deadline](std::int64_t from_us, std::int64_t timeout_ms) {
    if (timeout_ms > 0) deadline = std::min(deadline, After(from_us, timeout_ms));
  };
  add(start_us_, request_.total_timeout_ms);
  if (!connected_ && connecting_us_ >= 0) add(connecting_us_, request_.connect_timeout_ms);
  if (last_piece_us_ >= 0) {
    add(last_piece_us_, kAfterLastMs);
  } else if (response_.first_byte_us < 0) {
    add(start_us_, request_.first_byte_timeout_ms);
  } else {
    add(last_read_us_, request_.idle_timeout_ms);
  }
  return deadline;
}

const char* Transfer::PassedTimeout() const noexcept {
  const std::int64_t deadline = Deadline();
  const auto is = [deadline](std::int64_t from_us, std::int64_t timeout_ms) {
    return timeout_ms > 0 && After(from_us, timeout_ms) == deadline;
  };
  if (is(start_us_, request_.total_timeout_ms)) return "the total timeout passed";
  if (!connected_ && is(connecting_us_, request_.connect_timeout_ms)) {
    return "the connect timeout passed";
  }
  if (response_.first_byte_us < 0) return "the first-byte timeout passed";
  return "the idle timeout passed";
}

HttpResponse Transfer::Close(ErrorClass error_class, std::string error) {
  long value = 0;
  if (curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &value) == CURLE_OK) {
    response_.status = static_cast<int>(value);
  }
  value = 1;
  if (connected_ && curl_easy_getinfo(easy_, CURLINFO_NUM_CONNECTS, &value) == CURLE_OK) {
    response_.reused_connection = value == 0;
  }
  response_.total_us = NowUs() - start_us_;
  response_.error_class = error_class;
  response_.error = std::move(error);
  // Keys and prompts live no longer than their exchange.
  request_ = HttpRequest{};
  curl_slist_free_all(std::exchange(header_list_, nullptr));
  return std::move(response_);
}

HttpResponse Transfer::Finish(CURLcode result) {
  if (!response_.error.empty()) {
    return Close(ErrorClass::kInvalidRequest, std::move(response_.error));
  }
  if (result == CURLE_OK || enough_) return Close(ErrorClass::kNone, {});
  if (too_large_) return Close(ErrorClass::kMalformedResponse, "the answer passed the size limit");
  std::string error = error_[0] != '\0' ? error_.data() : curl_easy_strerror(result);
  error = Redact(error);
  switch (result) {
    case CURLE_OPERATION_TIMEDOUT:
      return Close(ErrorClass::kTimeout, std::move(error));
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return Close(ErrorClass::kInvalidRequest, std::move(error));
    default:
      return Close(ErrorClass::kConnection, std::move(error));
  }
}

HttpResponse Transfer::FinishTimedOut() {
  if (last_piece_us_ >= 0) return Close(ErrorClass::kNone, {});
  return Close(ErrorClass::kTimeout, PassedTimeout());
}

HttpResponse Transfer::FinishCancelled() { return Close(ErrorClass::kCancelled, "cancelled"); }

std::size_t Transfer::OnHeader(char* data, std::size_t size, std::size_t count, void* self) noexcept
    try {
  static_cast<Transfer*>(self)->TakeHeader({data, size * count});
  return size * count;
} catch (...) {
  return 0;  // out of memory: libcurl ends the transfer
}

void Transfer::TakeHeader(std::string_view line) {
  if (line.starts_with("HTTP/")) {
    response_.headers.clear();  // those of an interim answer
    return;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  std::string name(Trim(line.substr(0, colon)));
  std::transform(name.begin(), name.end(), name.begin(), LowerCase);
  response_.headers.emplace_back(std::move(name), Trim(line.substr(colon + 1)));
}

std::size_t Transfer::OnBody(char* data, std::size_t size, std::size_t count, void* self) noexcept
    try {
  return static_cast<Transfer*>(self)->TakeBody({data, size * count}) ? size * count : 0;
} catch (...) {
  return 0;
}

// False ends the transfer.
bool Transfer::TakeBody(std::string_view bytes) {
  long status = 0;
  if (request_.on_piece) curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  const bool in_pieces = status >= 200 && status <= 299;
  const std::size_t most = in_pieces ? max_piece_bytes_ : max_response_bytes_;
  if (bytes.size() > most - std::min(most, body_bytes_)) {
    too_large_ = true;
    return false;
  }
  body_bytes_ += bytes.size();
  Piece piece = Piece::kIdle;
  if (in_pieces) {
    piece = request_.on_piece(bytes);
  } else {
    response_.body.append(bytes);
    // Some servers send blank lines to hold the connection while a call waits in their queue.
    if (response_.first_byte_us >= 0 || !Trim(bytes).empty()) piece = Piece::kContent;
  }
  const std::int64_t now_us = NowUs();
  if (piece != Piece::kIdle && response_.first_byte_us < 0) {
    response_.first_byte_us = now_us - start_us_;
  }
  if (piece != Piece::kIdle) last_read_us_ = now_us;
  if (piece == Piece::kLast && last_piece_us_ < 0) last_piece_us_ = now_us;
  enough_ = piece == Piece::kEnough;
  return !enough_;
}

int Transfer::OnConnected(void* self, char*, char*, int, int) noexcept {
  Transfer& transfer = *static_cast<Transfer*>(self);
  transfer.connected_ = true;
  transfer.response_.sent = true;
  return CURL_PREREQFUNC_OK;
}

void Transfer::NoteConnecting() noexcept {
  // Connected already: the kept connection was dead and libcurl opens another.
  if (connecting_us_ < 0 || connected_) connecting_us_ = NowUs();
  connected_ = false;
}

int Transfer::OnResolve(void*, void*, void* self) noexcept {
  static_cast<Transfer*>(self)->NoteConnecting();
  return 0;
}

int Transfer::OnSocket(void* self, curl_socket_t, curlsocktype) noexcept {
  static_cast<Transfer*>(self)->NoteConnecting();
  return CURL_SOCKOPT_OK;
}

}  // namespace mlp::transport
