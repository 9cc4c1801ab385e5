#include "runtime/tools/loopback/http_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <map>
#include <system_error>
#include <thread>
#include <unordered_map>

namespace mlp::loopback {
namespace {

constexpr std::size_t kMostRequestBytes = std::size_t{64} << 20;

std::int64_t NowUs() noexcept {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {
    if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "loopback server");
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { ::close(fd_); }
  [[nodiscard]] int get() const noexcept { return fd_; }

 private:
  int fd_;
};

struct Connection {
  explicit Connection(int fd) : socket(fd) {}
  Descriptor socket;
  std::string in;
  std::string out;
  std::size_t written = 0;
  ServerAnswer answer;
  std::size_t next_step = 0;
  bool answering = false;
  bool wants_write = false;
  std::uint64_t timer = 0;  ///< generation of the timer that counts
};

std::string_view ReasonPhrase(int status) noexcept { return status < 400 ? "OK" : "Error"; }

std::string HeadOf(int status, const std::vector<std::pair<std::string, std::string>>& headers) {
  std::string out = "HTTP/1.1 " + std::to_string(status) + " ";
  out += ReasonPhrase(status);
  out += "\r\n";
  for (const auto& [name, value] : headers) {
    out.append(name).append(": ").append(value).append("\r\n");
  }
  return out;
}

char LowerCase(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// The first complete request of `in`, which is cut off it; false where bytes are missing.
bool TakeRequest(std::string& in, ServerRequest& request) {
  const std::size_t head_end = in.find("\r\n\r\n");
  if (head_end == std::string::npos) return false;
  std::string_view head(in.data(), head_end);
  std::size_t length = 0;
  bool first = true;
  request = ServerRequest{};
  while (!head.empty()) {
    const std::size_t end = std::min(head.find("\r\n"), head.size());
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + 2, head.size()));
    if (first) {
      first = false;
      const std::size_t space = line.find(' ');
      request.method = line.substr(0, space);
      if (space == std::string_view::npos) continue;
      const std::string_view rest = line.substr(space + 1);
      request.path = rest.substr(0, rest.find(' '));
      continue;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    std::string name(line.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(), LowerCase);
    std::string_view value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    if (name == "content-length") {
      std::from_chars(value.data(), value.data() + value.size(), length);
    }
    request.headers.emplace_back(std::move(name), value);
  }
  if (in.size() - head_end - 4 < length) return false;
  request.body = in.substr(head_end + 4, length);
  in.erase(0, head_end + 4 + length);
  request.at_us = NowUs();
  return true;
}

}  // namespace

std::string_view ServerRequest::header(std::string_view lower_case_name) const noexcept {
  for (const auto& [name, value] : headers) {
    if (name == lower_case_name) return value;
  }
  return {};
}

std::string HeaderBytes(int status, const std::vector<std::pair<std::string, std::string>>& headers,
                        std::size_t content_length) {
  return HeadOf(status, headers) + "Content-Length: " + std::to_string(content_length) + "\r\n\r\n";
}

std::string ChunkedHeaderBytes(int status,
                               const std::vector<std::pair<std::string, std::string>>& headers) {
  return HeadOf(status, headers) + "Transfer-Encoding: chunked\r\n\r\n";
}

std::string Chunk(std::string_view bytes) {
  std::array<char, 16> size{};
  const auto end = std::to_chars(size.data(), size.data() + size.size(), bytes.size(), 16).ptr;
  std::string chunk(size.data(), end);
  chunk.append("\r\n").append(bytes).append("\r\n");
  return chunk;
}

class HttpServer::Loop {
 public:
  explicit Loop(Handler handler);
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();

  [[nodiscard]] int port() const noexcept { return port_; }
  [[nodiscard]] std::uint64_t connection_count() const noexcept { return accepted_.load(); }

 private:
  void Run();
  void Watch(int fd, std::uint32_t events, int operation) const;
  void Accept();
  void OnReadable(int fd);
  /// False where the connection is gone.
  bool Advance(Connection& connection);
  bool Flush(Connection& connection);
  void Drop(int fd, bool reset);
  void RunTimers();
  [[nodiscard]] int TimeoutMs() const;

  Handler handler_;
  Descriptor listener_;
  Descriptor epoll_;
  Descriptor stop_;
  int port_ = 0;
  std::atomic<std::uint64_t> accepted_{0};
  std::unordered_map<int, std::unique_ptr<Connection>> connections_;
  struct Due {
    int fd;
    std::uint64_t timer;
  };
  std::multimap<std::int64_t, Due> due_;
  std::uint64_t next_timer_ = 1;
  std::thread thread_;
};

HttpServer::Loop::Loop(Handler handler)
    : handler_(std::move(handler)),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      stop_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), length) != 0 ||
      ::listen(listener_.get(), 1024) != 0 ||
      ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    throw std::system_error(errno, std::generic_category(), "loopback server");
  }
  port_ = ntohs(address.sin_port);
  Watch(listener_.get(), EPOLLIN, EPOLL_CTL_ADD);
  Watch(stop_.get(), EPOLLIN, EPOLL_CTL_ADD);
  thread_ = std::thread([this] { Run(); });
}

HttpServer::Loop::~Loop() {
  const std::uint64_t one = 1;
  while (::write(stop_.get(), &one, sizeof one) < 0 && errno == EINTR) {
  }
  thread_.join();
}

void HttpServer::Loop::Watch(int fd, std::uint32_t events, int operation) const {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  ::epoll_ctl(epoll_.get(), operation, fd, &event);
}

void HttpServer::Loop::Run() {
  std::array<epoll_event, 64> events{};
  while (true) {
    const int count =
        ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), TimeoutMs());
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      const std::uint32_t what = events[static_cast<std::size_t>(i)].events;
      if (fd == stop_.get()) return;
      if (fd == listener_.get()) {
        Accept();
        continue;
      }
      if ((what & EPOLLOUT) != 0) {
        const auto found = connections_.find(fd);
        if (found == connections_.end() || !Advance(*found->second)) continue;
      }
      if ((what & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) OnReadable(fd);
    }
    RunTimers();
  }
}

void HttpServer::Loop::Accept() {
  while (true) {
    const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    accepted_.fetch_add(1);
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connections_.emplace(fd, std::make_unique<Connection>(fd));
    Watch(fd, EPOLLIN, EPOLL_CTL_ADD);
  }
}

void HttpServer::Loop::OnReadable(int fd) {
  const auto found = connections_.find(fd);
  if (found == connections_.end()) return;
  Connection& connection = *found->second;
  std::array<char, 65536> buffer;
  while (true) {
    const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (got > 0) {
      connection.in.append(buffer.data(), static_cast<std::size_t>(got));
      if (connection.in.size() > kMostRequestBytes) return Drop(fd, true);
      if (static_cast<std::size_t>(got) < buffer.size()) break;
      continue;
    }
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (got < 0 && errno == EINTR) continue;
    return Drop(fd, false);
  }
  Advance(connection);
}

// Sends what is due, then takes the next request, until it must wait for bytes, time or the peer.
bool HttpServer::Loop::Advance(Connection& connection) {
  const int fd = connection.socket.get();
  while (true) {
    if (!Flush(connection)) return false;
    if (connection.wants_write) return true;
    if (!connection.answering) {
      ServerRequest request;
      if (!TakeRequest(connection.in, request)) return true;
      connection.answer = handler_(request);
      connection.next_step = 0;
      connection.answering = true;
      connection.timer = 0;
    }
    if (connection.timer != 0) return true;  // a delay is running
    if (connection.next_step < connection.answer.steps.size()) {
      Step& step = connection.answer.steps[connection.next_step];
      if (step.delay_us > 0) {
        connection.timer = next_timer_++;
        due_.emplace(NowUs() + step.delay_us, Due{fd, connection.timer});
        step.delay_us = 0;
        return true;
      }
      connection.out += step.bytes;
      ++connection.next_step;
      continue;
    }
    switch (connection.answer.ending) {
      case Ending::kKeepAlive:
        connection.answering = false;
        break;
      case Ending::kClose:
        Drop(fd, false);
        return false;
      case Ending::kReset:
        Drop(fd, true);
        return false;
      case Ending::kHang:
        return true;
    }
  }
}

bool HttpServer::Loop::Flush(Connection& connection) {
  const int fd = connection.socket.get();
  while (connection.written < connection.out.size()) {
    const ssize_t sent = ::send(fd, connection.out.data() + connection.written,
                                connection.out.size() - connection.written, MSG_NOSIGNAL);
    if (sent >= 0) {
      connection.written += static_cast<std::size_t>(sent);
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) {
      Drop(fd, false);
      return false;
    }
    if (!connection.wants_write) Watch(fd, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
    connection.wants_write = true;
    return true;
  }
  connection.out.clear();
  connection.written = 0;
  if (connection.wants_write) Watch(fd, EPOLLIN, EPOLL_CTL_MOD);
  connection.wants_write = false;
  return true;
}

void HttpServer::Loop::Drop(int fd, bool reset) {
  if (reset) {
    const linger at_once{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  connections_.erase(fd);
}

void HttpServer::Loop::RunTimers() {
  while (!due_.empty() && due_.begin()->first <= NowUs()) {
    const Due due = due_.begin()->second;
    due_.erase(due_.begin());
    const auto found = connections_.find(due.fd);
    if (found == connections_.end() || found->second->timer != due.timer) continue;
    found->second->timer = 0;
    Advance(*found->second);
  }
}

int HttpServer::Loop::TimeoutMs() const {
  if (due_.empty()) return -1;
  const std::int64_t wait_us = std::max<std::int64_t>(due_.begin()->first - NowUs(), 0);
  return static_cast<int>(std::min<std::int64_t>((wait_us + 999) / 1000, 60'000));
}

HttpServer::HttpServer(Handler handler) : loop_(std::make_unique<Loop>(std::move(handler))) {}

HttpServer::~HttpServer() = default;

int HttpServer::port() const noexcept { return loop_->port(); }

std::uint64_t HttpServer::connection_count() const noexcept { return loop_->connection_count(); }

}  // namespace mlp::loopback
