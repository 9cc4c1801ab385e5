// One HTTP exchange on a libcurl easy handle: its options, what arrived so far, and its deadlines.
#pragma once

#include <curl/curl.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "mlp/http_client.hpp"

namespace mlp::transport {

inline constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

/// Microseconds of the monotonic clock.
[[nodiscard]] std::int64_t NowUs() noexcept;

/// Owns an easy handle and is used again for exchange after exchange: a handle that has been set up
/// once needs only the URL, headers and body of the next request. Lives on the I/O thread; its
/// address must not change, since libcurl's callbacks hold it.
class Transfer {
 public:
  explicit Transfer(const HttpClientOptions& options);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer();

  /// False where the request cannot be sent as it is; Finish then tells why. `may_queue`: it could
  /// have to wait for a connection, which is no part of connecting.
  [[nodiscard]] bool Prepare(std::uint64_t id, HttpRequest request, HttpCallback done,
                             bool may_queue);

  /// The instant at which a timeout of the request would be passed, if nothing arrives before.
  [[nodiscard]] std::int64_t Deadline() const noexcept;

  /// What the exchange came to. `result` is libcurl's verdict; a timeout is told by Deadline().
  [[nodiscard]] HttpResponse Finish(CURLcode result);
  [[nodiscard]] HttpResponse FinishTimedOut();
  [[nodiscard]] HttpResponse FinishCancelled();

  [[nodiscard]] CURL* easy() const noexcept { return easy_; }
  [[nodiscard]] std::uint64_t id() const noexcept { return id_; }
  [[nodiscard]] HttpCallback TakeCallback() { return std::move(done_); }

  /// The timer's instant that the loop holds for this transfer; kNever where it holds none.
  std::int64_t scheduled_us = kNever;

 private:
  static std::size_t OnHeader(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static std::size_t OnBody(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static int OnConnected(void* self, char*, char*, int, int) noexcept;
  static int OnResolve(void*, void*, void* self) noexcept;
  static int OnSocket(void* self, curl_socket_t, curlsocktype) noexcept;

  [[nodiscard]] bool TakeBody(std::string_view bytes);
  [[nodiscard]] HttpResponse Close(ErrorClass error_class, std::string error);
  [[nodiscard]] const char* PassedTimeout() const noexcept;
  void TakeHeader(std::string_view line);
  void NoteConnecting() noexcept;

  CURL* easy_ = nullptr;
  curl_slist* header_list_ = nullptr;
  std::size_t max_response_bytes_;
  std::size_t max_piece_bytes_ = 0;
  std::uint64_t id_ = 0;
  HttpRequest request_;
  HttpCallback done_;
  HttpResponse response_;
  std::array<char, CURL_ERROR_SIZE> error_{};
  std::int64_t start_us_ = 0;
  std::int64_t connecting_us_ = -1;  ///< -1: no new connection was begun
  std::int64_t last_read_us_ = -1;
  std::int64_t last_piece_us_ = -1;  ///< when Piece::kLast came
  std::size_t body_bytes_ = 0;
  bool connected_ = false;
  bool too_large_ = false;
  bool enough_ = false;  ///< Piece::kEnough came
};

}  // namespace mlp::transport
