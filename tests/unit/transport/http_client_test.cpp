// Loopback only: what arrives, what fails how, and that every callback comes exactly once.
#include "mlp/http_client.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <future>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/tools/loopback/http_server.hpp"

namespace {

using mlp::ErrorClass;
using mlp::HttpClient;
using mlp::HttpRequest;
using mlp::HttpResponse;
using mlp::HttpStop;
using mlp::loopback::Ending;
using mlp::loopback::HeaderBytes;
using mlp::loopback::HttpServer;
using mlp::loopback::ServerAnswer;
using mlp::loopback::ServerRequest;

ServerAnswer Whole(std::string body) {
  std::string head = HeaderBytes(200, {}, body.size());
  return {{{0, head + body}}, Ending::kKeepAlive};
}

/// What the server does is named by the path.
ServerAnswer Serve(const ServerRequest& request) {
  const std::string& path = request.path;
  if (path == "/echo") {
    std::string told = request.method + "\n";
    for (const auto& [name, value] : request.headers) told += name + ": " + value + "\n";
    return Whole(told + "\n" + request.body);
  }
  if (path == "/status") {
    return {
        {{0, HeaderBytes(503, {{"Retry-After", "7"}, {"X-Mixed-Case", " padded "}}, 4) + "full"}},
        Ending::kKeepAlive};
  }
  if (path == "/hang") return {{}, Ending::kHang};
  if (path == "/stall") return {{{0, HeaderBytes(200, {}, 10)}}, Ending::kHang};
  if (path == "/half") return {{{0, HeaderBytes(200, {}, 10) + "12345"}}, Ending::kHang};
  if (path == "/reset") return {{}, Ending::kReset};
  if (path == "/reset-body") {
    return {{{0, HeaderBytes(200, {}, 10) + "12345"}, {5'000, {}}}, Ending::kReset};
  }
  if (path == "/truncated") return {{{0, HeaderBytes(200, {}, 10) + "12345"}}, Ending::kClose};
  if (path == "/close")
    return {{{0, HeaderBytes(200, {{"Connection", "close"}}, 2) + "ok"}}, Ending::kClose};
  if (path == "/big") return Whole(std::string(100'000, 'x'));
  if (path == "/slow") {
    return {{{30'000, HeaderBytes(200, {}, 2) + "ok"}}, Ending::kKeepAlive};
  }
  if (path == "/blanks") {
    return {{{0, HeaderBytes(200, {}, 6)}, {20'000, "\n\n"}, {20'000, "\r\n"}, {20'000, "ok"}},
            Ending::kKeepAlive};
  }
  if (path == "/redirect") {
    return {{{0, HeaderBytes(302, {{"Location", "/echo"}}, 0)}}, Ending::kKeepAlive};
  }
  return Whole("ok");
}

/// The answers to a request on the thread that waits for it and on the I/O thread.
std::vector<HttpResponse> BothWays(HttpClient& client, const HttpRequest& request) {
  std::promise<HttpResponse> promise;
  client.Start(request, [&](HttpResponse got) { promise.set_value(std::move(got)); });
  std::vector<HttpResponse> responses;
  responses.push_back(promise.get_future().get());
  responses.push_back(client.Perform(request));
  return responses;
}

struct Fixture {
  HttpServer server{Serve};
  HttpClient client;

  HttpRequest To(const std::string& path) const {
    HttpRequest request;
    request.url = "http://127.0.0.1:" + std::to_string(server.port()) + path;
    request.total_timeout_ms = 10'000;
    return request;
  }
};

std::int64_t ElapsedMs(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               since)
      .count();
}

BOOST_FIXTURE_TEST_SUITE(http_client, Fixture)

BOOST_AUTO_TEST_CASE(sends_method_headers_and_body) {
  HttpRequest request = To("/echo");
  request.headers = {{"Content-Type", "application/json"}, {"X-Trace", "a b"}};
  request.body = std::string("{\"a\":\"\0\"}", 9);
  for (const HttpResponse& response : BothWays(client, request)) {
    BOOST_TEST(response.error == "");
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.body.starts_with("POST\n"));
    BOOST_TEST(response.body.find("content-type: application/json\n") != std::string::npos);
    BOOST_TEST(response.body.find("x-trace: a b\n") != std::string::npos);
    BOOST_TEST(response.body.find("expect:") == std::string::npos);
    BOOST_TEST(response.body.ends_with("\n\n" + request.body));
  }
}

BOOST_AUTO_TEST_CASE(a_handle_changes_between_post_and_get) {
  HttpRequest post = To("/echo");
  post.body = "x";
  HttpRequest get = To("/echo");
  get.method = "GET";
  HttpRequest remove = To("/echo");
  remove.method = "DELETE";
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST(client.Perform(post).body.starts_with("POST\n"));
    const std::string got = client.Perform(get).body;
    BOOST_TEST(got.starts_with("GET\n"));
    BOOST_TEST(got.find("content-length") == std::string::npos);
    BOOST_TEST(client.Perform(remove).body.starts_with("DELETE\n"));
  }
}

BOOST_AUTO_TEST_CASE(reads_status_and_headers) {
  for (const HttpResponse& response : BothWays(client, To("/status"))) {
    BOOST_TEST((response.error_class == ErrorClass::kNone));
    BOOST_TEST(response.status == 503);
    BOOST_TEST(response.body == "full");
    BOOST_TEST(response.header("retry-after") == "7");
    BOOST_TEST(response.header("x-mixed-case") == "padded");
    BOOST_TEST(response.header("absent") == "");
  }
}

BOOST_AUTO_TEST_CASE(keeps_connections) {
  BOOST_TEST(!client.Perform(To("/")).reused_connection);
  for (int i = 0; i < 20; ++i) BOOST_TEST(client.Perform(To("/")).reused_connection);
  BOOST_TEST(server.connection_count() == 1U);
}

BOOST_AUTO_TEST_CASE(opens_anew_after_the_server_closed) {
  for (int i = 0; i < 5; ++i) {
    for (const HttpResponse& response : BothWays(client, To("/close"))) {
      BOOST_TEST(response.error == "");
      BOOST_TEST(response.body == "ok");
    }
  }
}

BOOST_AUTO_TEST_CASE(does_not_follow_redirects) {
  for (const HttpResponse& response : BothWays(client, To("/redirect"))) {
    BOOST_TEST((response.error_class == ErrorClass::kNone));
    BOOST_TEST(response.status == 302);
  }
}

BOOST_AUTO_TEST_CASE(faults_have_classes) {
  struct Row {
    const char* path;
    ErrorClass error_class;
    const char* body;
  };
  for (const Row& row : {Row{"/reset", ErrorClass::kConnection, ""},
                         Row{"/reset-body", ErrorClass::kConnection, "12345"},
                         Row{"/truncated", ErrorClass::kConnection, "12345"}}) {
    for (const HttpResponse& response : BothWays(client, To(row.path))) {
      BOOST_TEST_CONTEXT(row.path) {
        BOOST_TEST((response.error_class == row.error_class), response.error);
        BOOST_TEST(!response.error.empty());
        BOOST_TEST(response.body == row.body);
      }
    }
  }
  HttpRequest refused;
  {
    const HttpServer gone(Serve);
    refused.url = "http://127.0.0.1:" + std::to_string(gone.port()) + "/?key=SECRET";
  }
  for (const HttpResponse& response : BothWays(client, refused)) {
    BOOST_TEST((response.error_class == ErrorClass::kConnection));
    BOOST_TEST(response.error.find("SECRET") == std::string::npos);
  }

  HttpRequest unusable;
  for (const char* url : {"gopher://127.0.0.1/", ""}) {
    unusable.url = url;
    for (const HttpResponse& response : BothWays(client, unusable)) {
      BOOST_TEST((response.error_class == ErrorClass::kInvalidRequest));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_header_cannot_smuggle_another) {
  HttpRequest request = To("/echo");
  request.headers = {{"X-A", "1\r\nX-B: 2"}};
  for (const HttpResponse& response : BothWays(client, request)) {
    BOOST_TEST((response.error_class == ErrorClass::kInvalidRequest));
  }
  for (const HttpResponse& response : BothWays(client, To("/"))) BOOST_TEST(response.body == "ok");
}

BOOST_AUTO_TEST_CASE(timeouts) {
  struct Row {
    const char* path;
    std::int64_t first_byte_ms, idle_ms, total_ms;
    const char* error;
    std::int64_t least_ms;
  };
  for (const Row& row : {Row{"/hang", 0, 0, 60, "the total timeout passed", 60},
                         Row{"/hang", 40, 0, 5'000, "the first-byte timeout passed", 40},
                         Row{"/stall", 40, 5'000, 5'000, "the first-byte timeout passed", 40},
                         Row{"/half", 1'000, 30, 5'000, "the idle timeout passed", 30},
                         Row{"/half", 0, 0, 50, "the total timeout passed", 50},
                         Row{"/blanks", 30, 0, 5'000, "the first-byte timeout passed", 30}}) {
    HttpRequest request = To(row.path);
    request.first_byte_timeout_ms = row.first_byte_ms;
    request.idle_timeout_ms = row.idle_ms;
    request.total_timeout_ms = row.total_ms;
    for (const HttpResponse& response : BothWays(client, request)) {
      BOOST_TEST_CONTEXT(row.path << " " << row.error) {
        BOOST_TEST((response.error_class == ErrorClass::kTimeout));
        BOOST_TEST(response.error == row.error);
        BOOST_TEST(response.total_us >= row.least_ms * 1'000);
        BOOST_TEST(response.total_us < (row.least_ms + 1'000) * 1'000);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_connect_timeout_holds_where_nobody_accepts) {
  // A listener whose queue is full leaves a connection half open; a server that accepts but never
  // speaks TLS does the same to a handshake, and needs no tuning of queues.
  HttpRequest request = To("/");
  request.url.replace(0, 4, "https");
  const HttpServer silent([](const ServerRequest&) { return ServerAnswer{{}, Ending::kHang}; });
  request.url = "https://127.0.0.1:" + std::to_string(silent.port()) + "/";
  request.connect_timeout_ms = 50;
  for (const HttpResponse& response : BothWays(client, request)) {
    BOOST_TEST((response.error_class == ErrorClass::kTimeout), response.error);
    BOOST_TEST(response.total_us >= 50'000);
    BOOST_TEST(response.total_us < 1'000'000);
  }
}

BOOST_AUTO_TEST_CASE(blank_lines_are_not_the_first_byte) {
  for (const HttpResponse& response : BothWays(client, To("/blanks"))) {
    BOOST_TEST(response.body == "\n\n\r\nok");
    BOOST_TEST(response.first_byte_us >= 55'000);
    BOOST_TEST(response.total_us >= response.first_byte_us);
  }
}

BOOST_AUTO_TEST_CASE(answers_are_bounded) {
  HttpClient small({.max_response_bytes = 99'999});
  for (const HttpResponse& response : BothWays(small, To("/big"))) {
    BOOST_TEST((response.error_class == ErrorClass::kMalformedResponse));
  }
  HttpClient exact({.max_response_bytes = 100'000});
  for (const HttpResponse& response : BothWays(exact, To("/big"))) {
    BOOST_TEST((response.error_class == ErrorClass::kNone));
    BOOST_TEST(response.body.size() == 100'000U);
  }
}

BOOST_AUTO_TEST_CASE(cancelling) {
  std::promise<HttpResponse> promise;
  const std::uint64_t id =
      client.Start(To("/hang"), [&](HttpResponse got) { promise.set_value(std::move(got)); });
  BOOST_TEST(id != 0U);
  client.Cancel(id + 1'000);
  client.Cancel(id);
  client.Cancel(id);
  BOOST_TEST((promise.get_future().get().error_class == ErrorClass::kCancelled));
  client.Cancel(id);
  BOOST_TEST(client.Perform(To("/")).body == "ok");
}

BOOST_AUTO_TEST_CASE(cancelling_races_with_completion) {
  std::atomic<int> called{0};
  for (int i = 0; i < 500; ++i) {
    const std::uint64_t id = client.Start(To("/"), [&](HttpResponse got) {
      BOOST_TEST_REQUIRE(
          (got.error_class == ErrorClass::kNone || got.error_class == ErrorClass::kCancelled));
      called.fetch_add(1);
    });
    if (i % 2 == 0) std::this_thread::yield();
    client.Cancel(id);
  }
  while (called.load() < 500) std::this_thread::yield();
  BOOST_TEST(client.Perform(To("/")).body == "ok");
  BOOST_TEST(called.load() == 500);
}

BOOST_AUTO_TEST_CASE(one_who_waits_can_be_stopped) {
  // One line for those who wait, so that the second goes to the I/O thread.
  HttpClient narrow({.max_connections_per_host = 4});
  HttpStop stops[2];
  std::vector<std::future<HttpResponse>> answers;
  for (HttpStop& stop : stops) {
    answers.push_back(
        std::async(std::launch::async, [&] { return narrow.Perform(To("/hang"), stop); }));
  }
  while (server.connection_count() < 2) std::this_thread::yield();
  for (HttpStop& stop : stops) stop.Request();
  for (auto& answer : answers) {
    BOOST_TEST((answer.get().error_class == ErrorClass::kCancelled));
  }
  BOOST_TEST((narrow.Perform(To("/"), stops[0]).error_class == ErrorClass::kCancelled));
  BOOST_TEST(narrow.Perform(To("/")).body == "ok");
}

BOOST_AUTO_TEST_CASE(stopping_races_with_completion) {
  for (int i = 0; i < 200; ++i) {
    HttpStop stop;
    std::thread stopper([&] { stop.Request(); });
    const HttpResponse got = client.Perform(To("/"), stop);
    stopper.join();
    BOOST_TEST_REQUIRE(
        (got.error_class == ErrorClass::kNone || got.error_class == ErrorClass::kCancelled));
  }
  BOOST_TEST(client.Perform(To("/")).body == "ok");
}

BOOST_AUTO_TEST_CASE(many_wait_at_once) {
  constexpr int kThreads = 100;
  std::vector<std::future<bool>> answers;
  for (int i = 0; i < kThreads; ++i) {
    answers.push_back(std::async(std::launch::async, [&] {
      return client.Perform(To("/slow")).body == "ok" && client.Perform(To("/")).body == "ok";
    }));
  }
  for (auto& answer : answers) BOOST_TEST(answer.get());
  BOOST_TEST(server.connection_count() <= 64U);
}

BOOST_AUTO_TEST_CASE(the_destructor_ends_those_who_wait) {
  std::vector<std::future<HttpResponse>> answers;
  {
    HttpClient brief({.max_connections_per_host = 8});
    for (int i = 0; i < 4; ++i) {
      answers.push_back(std::async(std::launch::async, [&] { return brief.Perform(To("/hang")); }));
    }
    while (server.connection_count() < 4) std::this_thread::yield();
  }
  for (auto& answer : answers) {
    BOOST_TEST((answer.get().error_class == ErrorClass::kCancelled));
  }
}

BOOST_AUTO_TEST_CASE(kept_lines_are_bounded) {
  HttpClient few({.max_connections_per_host = 64, .max_kept_connections = 2});
  std::vector<std::future<HttpResponse>> answers;
  for (int i = 0; i < 8; ++i) {
    answers.push_back(std::async(std::launch::async, [&] { return few.Perform(To("/slow")); }));
  }
  for (auto& answer : answers) BOOST_TEST(answer.get().body == "ok");
  BOOST_TEST(few.Perform(To("/")).reused_connection);
}

BOOST_AUTO_TEST_CASE(two_hundred_at_once) {
  constexpr int kCount = 200;
  std::mutex mutex;
  std::multiset<std::uint64_t> done;
  std::promise<void> all;
  std::atomic<int> left{kCount};
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::uint64_t> ids(kCount);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = t; i < kCount; i += 4) {
        ids[static_cast<std::size_t>(i)] = client.Start(To("/slow"), [&, i](HttpResponse got) {
          const std::lock_guard lock(mutex);
          BOOST_TEST(got.body == "ok", got.error);
          done.insert(static_cast<std::uint64_t>(i));
          if (left.fetch_sub(1) == 1) all.set_value();
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  all.get_future().wait();
  BOOST_TEST(done.size() == 200U);
  BOOST_TEST(std::set<std::uint64_t>(done.begin(), done.end()).size() == 200U);
  BOOST_TEST(std::set<std::uint64_t>(ids.begin(), ids.end()).size() == 200U);
  // Five rounds of 48 connections, 30 ms each: far less than one after the other.
  BOOST_TEST(ElapsedMs(start) < 3'000);
  BOOST_TEST(server.connection_count() <= 64U);
}

BOOST_AUTO_TEST_CASE(waiting_for_a_connection_is_not_connecting) {
  HttpClient narrow({.max_connections_per_host = 1});
  std::vector<std::future<HttpResponse>> answers;
  for (int i = 0; i < 4; ++i) {
    HttpRequest request = To("/slow");
    request.connect_timeout_ms = 20;
    auto promise = std::make_shared<std::promise<HttpResponse>>();
    answers.push_back(promise->get_future());
    narrow.Start(std::move(request),
                 [promise](HttpResponse got) { promise->set_value(std::move(got)); });
  }
  for (auto& answer : answers) {
    const HttpResponse response = answer.get();
    BOOST_TEST(response.body == "ok", response.error);
  }
}

BOOST_AUTO_TEST_CASE(a_callback_may_start_the_next) {
  std::promise<std::string> promise;
  client.Start(To("/status"), [&](HttpResponse) {
    client.After(2'000, [&] {
      client.Start(To("/"), [&](HttpResponse got) { promise.set_value(got.body); });
    });
  });
  BOOST_TEST(promise.get_future().get() == "ok");
}

BOOST_AUTO_TEST_CASE(timers_run_in_order_and_not_early) {
  std::vector<int> order;
  std::promise<void> last;
  const auto start = std::chrono::steady_clock::now();
  client.After(30'000, [&] {
    order.push_back(3);
    BOOST_TEST(ElapsedMs(start) >= 30);
    last.set_value();
  });
  client.After(10'000, [&] { order.push_back(2); });
  client.After(0, [&] { order.push_back(0); });
  client.After(-5, [&] { order.push_back(1); });
  last.get_future().wait();
  BOOST_TEST(order.size() == 4U);
  BOOST_TEST(order.back() == 3);
  BOOST_TEST(order[2] == 2);
  BOOST_TEST(ElapsedMs(start) < 1'000);
}

BOOST_AUTO_TEST_CASE(the_destructor_ends_what_is_under_way) {
  std::atomic<int> cancelled{0};
  std::atomic<int> timers{0};
  std::atomic<int> chained{0};
  const auto start = std::chrono::steady_clock::now();
  {
    HttpClient brief;
    for (int i = 0; i < 100; ++i) {
      brief.Start(To("/hang"), [&](HttpResponse got) {
        if (got.error_class == ErrorClass::kCancelled) cancelled.fetch_add(1);
        if (cancelled.load() == 1) {
          brief.Start(To("/"), [&](HttpResponse next) {
            if (next.error_class == ErrorClass::kCancelled) chained.fetch_add(1);
          });
          brief.After(0, [&] { timers.fetch_add(100); });
        }
      });
    }
    brief.After(60'000'000, [&] { timers.fetch_add(1); });
  }
  BOOST_TEST(cancelled.load() == 100);
  BOOST_TEST(chained.load() == 1);
  BOOST_TEST(timers.load() == 1);
  BOOST_TEST(ElapsedMs(start) < 3'000);
}

BOOST_AUTO_TEST_CASE(an_idle_client_ends_at_once) {
  for (int i = 0; i < 20; ++i) const HttpClient unused;
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
