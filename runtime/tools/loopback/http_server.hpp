// A small HTTP/1.1 server on 127.0.0.1 whose answers follow a script in bytes and delays, so that
// every fault of a provider can be played: silence, trickling, resets in mid-answer.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mlp::loopback {

struct ServerRequest {
  std::string method;
  std::string path;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  std::string body;
  std::int64_t at_us = 0;  ///< monotonic clock
  [[nodiscard]] std::string_view header(std::string_view lower_case_name) const noexcept;
};

/// Bytes sent as they are, `delay_us` after the step before.
struct Step {
  std::int64_t delay_us = 0;
  std::string bytes;
};

enum class Ending : std::uint8_t {
  kKeepAlive,  ///< ready for the next request
  kClose,      ///< an orderly end of the connection
  kReset,      ///< the peer sees a connection reset
  kHang,       ///< silence until the peer leaves
};

struct ServerAnswer {
  std::vector<Step> steps;
  Ending ending = Ending::kKeepAlive;
};

/// Status line, headers and `Content-Length: content_length`, up to the blank line.
[[nodiscard]] std::string HeaderBytes(
    int status, const std::vector<std::pair<std::string, std::string>>& headers,
    std::size_t content_length);

/// The same for a body of unknown length, which Chunk and kLastChunk then make up.
[[nodiscard]] std::string ChunkedHeaderBytes(
    int status, const std::vector<std::pair<std::string, std::string>>& headers);
[[nodiscard]] std::string Chunk(std::string_view bytes);  ///< of bytes that are not empty
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

/// Serves any number of kept connections on one thread of its own, bound to a free port.
class HttpServer {
 public:
  /// Called on the server's thread; must not throw.
  using Handler = std::function<ServerAnswer(const ServerRequest&)>;

  /// Throws std::system_error where no socket is to be had.
  explicit HttpServer(Handler handler);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  /// Drops all connections and joins.
  ~HttpServer();

  [[nodiscard]] int port() const noexcept;
  /// Connections accepted so far.
  [[nodiscard]] std::uint64_t connection_count() const noexcept;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace mlp::loopback
