// Every operation on the network fails once, and every answer breaks off at every byte: a call ends
// with what is true or survives by another candidate, and gives back what it took. Replaces the
// functions of the socket library for its whole executable.
#include <dlfcn.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <filesystem>
#include <mutex>
#include <string>
#include <utility>

#include "runtime/tools/loopback/http_server.hpp"
#include "runtime/tools/loopback/wire_answer.hpp"
#include "tests/unit/engine/engine_fixture.hpp"

namespace {

/// Counts the operations of one thread, the one that makes calls, and fails one of them.
thread_local int counting = 0;  // 0: this thread's are left alone
thread_local int made = 0;
thread_local const char* failed = "";

bool FailsNow(const char* name, int error) {
  if (counting == 0) return false;
  if (++made != counting) return false;
  failed = name;
  errno = error;
  return true;
}

template <typename Function>
Function* Real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {
int socket(int domain, int type, int protocol) {
  static const auto real = Real<int(int, int, int)>("socket");
  return FailsNow("socket", EMFILE) ? -1 : real(domain, type, protocol);
}
int connect(int fd, const sockaddr* address, socklen_t length) {
  static const auto real = Real<int(int, const sockaddr*, socklen_t)>("connect");
  return FailsNow("connect", ENETUNREACH) ? -1 : real(fd, address, length);
}
ssize_t send(int fd, const void* bytes, size_t count, int flags) {
  static const auto real = Real<ssize_t(int, const void*, size_t, int)>("send");
  return FailsNow("send", EPIPE) ? -1 : real(fd, bytes, count, flags);
}
ssize_t recv(int fd, void* bytes, size_t count, int flags) {
  static const auto real = Real<ssize_t(int, void*, size_t, int)>("recv");
  return FailsNow("recv", ECONNRESET) ? -1 : real(fd, bytes, count, flags);
}
int poll(pollfd* polled, nfds_t count, int timeout) {
  static const auto real = Real<int(pollfd*, nfds_t, int)>("poll");
  return FailsNow("poll", ENOMEM) ? -1 : real(polled, count, timeout);
}
int getsockopt(int fd, int level, int name, void* value, socklen_t* length) noexcept {
  static const auto real = Real<int(int, int, int, void*, socklen_t*)>("getsockopt");
  return FailsNow("getsockopt", ENOBUFS) ? -1 : real(fd, level, name, value, length);
}
int setsockopt(int fd, int level, int name, const void* value, socklen_t length) noexcept {
  static const auto real = Real<int(int, int, int, const void*, socklen_t)>("setsockopt");
  return FailsNow("setsockopt", ENOBUFS) ? -1 : real(fd, level, name, value, length);
}
}

namespace mlp::engine {
namespace {

using loopback::Ending;
using loopback::HeaderBytes;
using loopback::HttpServer;
using loopback::ServerAnswer;
using loopback::ServerRequest;
using loopback::WireFormat;

std::size_t OpenFiles() {
  const std::filesystem::directory_iterator files("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

/// Nothing of what calls take is left with anybody.
bool GivenBack(Client& client) {
  if (!client.Flush().ok()) return false;
  for (const BudgetState& state : client.Budgets()) {
    if (state.day.reserved.pico_usd != 0) return false;
  }
  for (const ModelHealth& model : client.Health().models) {
    if (model.in_flight != 0) return false;
  }
  return true;
}

struct FaultFixture : EngineFixture {
  FaultFixture() {
    for (TestPolicy* one : {&chain, &alone}) {
      one->Limit(Money{INT64_MAX / 4}, {});
      one->route().attempt_ms = 20'000;
      one->route().deadline_ms = 60'000;
      one->model(0).requests_per_minute = 100'000;
      one->model(0).tokens_per_minute = 1'000'000'000;
    }
    alone.KeepCandidates(1);
    options = Options();
    options.health.breakers = false;
    options.health.throttles = false;
    options.retries = {.share_ppm = 1'000'000, .per_second = 0, .at_once = 1'000};
  }
  TestPolicy chain{4, 0};
  TestPolicy alone{1, 0};
  ClientOptions options;
};

BOOST_FIXTURE_TEST_SUITE(io_faults, FaultFixture)

/// Fails the nth operation of a call, for every n; with a new connection in each or a kept one.
/// Returns how many there are.
int FailEach(FaultFixture& fixture, TestPolicy& policy, bool kept, bool survives) {
  const std::size_t files = OpenFiles();
  int n = 1;
  for (;; ++n) {
    Client client(policy.policy(), fixture.options);
    if (kept) BOOST_REQUIRE(Ask(client).ok());
    made = 0;
    failed = "";
    counting = n;
    const Result<Reply> reply = Ask(client);
    counting = 0;
    const bool hit = made >= n;
    BOOST_TEST_CONTEXT("operation " << n << " (" << failed << "): " << Story(reply)) {
      if (survives || !hit) BOOST_TEST(reply.ok());
      if (!reply.ok()) {
        BOOST_TEST((reply.error().error_class == ErrorClass::kConnection ||
                    reply.error().error_class == ErrorClass::kTimeout));
      }
      BOOST_TEST(GivenBack(client));
      BOOST_TEST(Ask(client).ok());
    }
    if (!hit) break;
    if (n > 1'000) break;
  }
  BOOST_TEST(OpenFiles() == files);
  return n - 1;
}

BOOST_AUTO_TEST_CASE(every_operation_of_a_new_connection) {
  const int with_others = FailEach(*this, chain, false, true);
  const int without = FailEach(*this, alone, false, false);
  BOOST_TEST_MESSAGE(with_others << " operations");
  BOOST_TEST(with_others >= 5);
  BOOST_TEST(without >= 5);
}

BOOST_AUTO_TEST_CASE(every_operation_of_a_kept_connection) {
  const int with_others = FailEach(*this, chain, true, true);
  const int without = FailEach(*this, alone, true, false);
  BOOST_TEST_MESSAGE(with_others << " operations");
  BOOST_TEST(with_others >= 2);
  BOOST_TEST(without >= 2);
}

/// The answer of opus breaks off after so many bytes.
struct CutServer {
  explicit CutServer(std::string whole_answer)
      : answer(std::move(whole_answer)), server([this](const ServerRequest&) {
          const std::lock_guard lock(mutex);
          ServerAnswer cut;
          cut.steps = {{0, answer.substr(0, bytes)}};
          cut.ending = bytes == answer.size() ? Ending::kKeepAlive : ending;
          return cut;
        }) {}
  void CutAt(std::size_t at, Ending how) {
    const std::lock_guard lock(mutex);
    bytes = at;
    ending = how;
  }
  std::string answer;
  std::mutex mutex;
  std::size_t bytes = 0;
  Ending ending = Ending::kClose;
  HttpServer server;
};

BOOST_AUTO_TEST_CASE(an_answer_that_breaks_off_at_any_byte) {
  const loopback::WireAnswer whole =
      loopback::WriteAnswer(WireFormat::kAnthropic, {.text = "yes"}, "opus-id");
  const std::string bytes =
      HeaderBytes(whole.status, whole.headers, whole.body.size()) + whole.body;
  CutServer cut(bytes);
  options.base_urls["anthropic"] = "http://127.0.0.1:" + std::to_string(cut.server.port());
  Client with_others(chain.policy(), options);
  Client without(alone.policy(), options);
  for (const Ending ending : {Ending::kClose, Ending::kReset}) {
    for (std::size_t n = 0; n <= bytes.size(); ++n) {
      cut.CutAt(n, ending);
      const Result<Reply> survives = Ask(with_others);
      const Result<Reply> ends = Ask(without);
      BOOST_TEST_CONTEXT("byte " << n << " of " << bytes.size() << ": " << Story(ends)) {
        BOOST_REQUIRE(survives.ok());
        BOOST_TEST(survives->model == (n == bytes.size() ? "opus" : "gpt"));
        BOOST_TEST(survives->text == (n == bytes.size() ? "yes" : "ok"));
        BOOST_TEST(ends.ok() == (n == bytes.size()));
        if (ends.ok()) continue;
        // Before its length is told, an answer that ends is one without a body.
        const bool told = n > bytes.find("Content-Length") + 20;
        BOOST_TEST((ends.error().error_class == ErrorClass::kConnection ||
                    (!told && ends.error().error_class == ErrorClass::kMalformedResponse)));
      }
    }
  }
  BOOST_TEST(GivenBack(with_others));
  BOOST_TEST(GivenBack(without));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
