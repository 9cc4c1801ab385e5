// Bodies taken as they arrive: what the timeouts wait for, and how an exchange ends early.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <future>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "mlp/http_client.hpp"
#include "runtime/tools/loopback/http_server.hpp"

namespace {

using mlp::ErrorClass;
using mlp::HttpClient;
using mlp::HttpRequest;
using mlp::HttpResponse;
using mlp::Piece;
using mlp::loopback::Chunk;
using mlp::loopback::ChunkedHeaderBytes;
using mlp::loopback::Ending;
using mlp::loopback::HeaderBytes;
using mlp::loopback::HttpServer;
using mlp::loopback::kLastChunk;
using mlp::loopback::ServerAnswer;
using mlp::loopback::ServerRequest;

/// In the bodies: `.` is a sign of life, `c` content, `!` the last of it, `x` enough.
Piece Meaning(std::string_view bytes) {
  if (bytes.find('x') != std::string_view::npos) return Piece::kEnough;
  if (bytes.find('!') != std::string_view::npos) return Piece::kLast;
  return bytes.find('c') != std::string_view::npos ? Piece::kContent : Piece::kIdle;
}

ServerAnswer Serve(const ServerRequest& request) {
  const std::string& path = request.path;
  ServerAnswer answer{{{0, ChunkedHeaderBytes(200, {})}}, Ending::kHang};
  const auto send = [&answer](std::int64_t delay_us, std::string_view bytes) {
    answer.steps.push_back({delay_us, Chunk(bytes)});
  };
  const auto dots = [&send] {
    for (int i = 0; i < 1'000; ++i) send(5'000, ".");
  };
  if (path == "/error") {
    return {{{0, HeaderBytes(500, {}, 4) + "c!xc"}}, Ending::kKeepAlive};
  }
  if (path == "/dots") {
    dots();
  } else if (path == "/content-then-dots") {
    send(0, "c");
    dots();
  } else if (path == "/last-then-dots") {
    send(0, "c!");
    dots();
  } else if (path == "/enough") {
    send(0, "cx");
  } else if (path == "/big") {
    for (int i = 0; i < 100; ++i) send(0, std::string(1'000, 'c'));
  } else {
    for (int i = 0; i < 5; ++i) send(10'000, "c");
    answer.steps.push_back({0, std::string(kLastChunk)});
    answer.ending = Ending::kKeepAlive;
  }
  return answer;
}

struct Fixture {
  HttpServer server{Serve};
  HttpClient client;
  std::string taken;

  HttpRequest To(const std::string& path) {
    HttpRequest request;
    request.url = "http://127.0.0.1:" + std::to_string(server.port()) + path;
    request.total_timeout_ms = 20'000;
    request.on_piece = [this](std::string_view bytes) {
      taken += bytes;
      return Meaning(bytes);
    };
    return request;
  }

  /// On the thread that waits, and on the I/O thread.
  std::vector<std::pair<HttpResponse, std::string>> BothWays(HttpClient& by,
                                                             const HttpRequest& request) {
    std::vector<std::pair<HttpResponse, std::string>> ends;
    taken.clear();
    HttpResponse response = by.Perform(request);
    ends.emplace_back(std::move(response), taken);
    taken.clear();
    std::promise<HttpResponse> promise;
    by.Start(request, [&](HttpResponse got) { promise.set_value(std::move(got)); });
    response = promise.get_future().get();
    ends.emplace_back(std::move(response), taken);
    return ends;
  }
};

BOOST_FIXTURE_TEST_SUITE(pieces, Fixture)

BOOST_AUTO_TEST_CASE(arrive_one_by_one_and_are_not_kept) {
  for (const auto& [response, pieces] : BothWays(client, To("/"))) {
    BOOST_TEST(response.error == "");
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.body == "");
    BOOST_TEST(pieces == "ccccc");
    BOOST_TEST(response.first_byte_us >= 10'000);
    BOOST_TEST(response.total_us >= 50'000);
  }
  BOOST_TEST(server.connection_count() == 2U);  // kept for the next, each its own
  for (const auto& end : BothWays(client, To("/"))) BOOST_TEST(end.first.reused_connection);
}

BOOST_AUTO_TEST_CASE(of_an_error_the_body_is_kept_whole) {
  for (const auto& [response, pieces] : BothWays(client, To("/error"))) {
    BOOST_TEST(response.status == 500);
    BOOST_TEST(response.body == "c!xc");
    BOOST_TEST(pieces == "");
  }
}

BOOST_AUTO_TEST_CASE(signs_of_life_end_no_timeout) {
  HttpRequest request = To("/dots");
  request.first_byte_timeout_ms = 100;
  for (const auto& [response, pieces] : BothWays(client, request)) {
    BOOST_TEST((response.error_class == ErrorClass::kTimeout));
    BOOST_TEST(response.error == "the first-byte timeout passed");
    BOOST_TEST(response.first_byte_us == -1);
    BOOST_TEST(!pieces.empty());
  }
  request = To("/content-then-dots");
  request.first_byte_timeout_ms = 10'000;
  request.idle_timeout_ms = 100;
  for (const auto& [response, pieces] : BothWays(client, request)) {
    BOOST_TEST((response.error_class == ErrorClass::kTimeout));
    BOOST_TEST(response.error == "the idle timeout passed");
    BOOST_TEST(response.first_byte_us >= 0);
    BOOST_TEST(pieces.starts_with("c"));
  }
}

BOOST_AUTO_TEST_CASE(after_the_last_piece_no_end_is_waited_for) {
  for (const auto& [response, pieces] : BothWays(client, To("/last-then-dots"))) {
    BOOST_TEST((response.error_class == ErrorClass::kNone), response.error);
    BOOST_TEST(response.total_us >= 1'000'000);
    BOOST_TEST(response.total_us < 4'000'000);
    BOOST_TEST(pieces.starts_with("c!"));
  }
}

BOOST_AUTO_TEST_CASE(enough_ends_it_at_once_and_well) {
  for (const auto& [response, pieces] : BothWays(client, To("/enough"))) {
    BOOST_TEST((response.error_class == ErrorClass::kNone), response.error);
    BOOST_TEST(response.status == 200);
    BOOST_TEST(pieces == "cx");
  }
  // Its connection is gone; the next request opens another.
  for (const auto& end : BothWays(client, To("/"))) BOOST_TEST(end.second == "ccccc");
}

BOOST_AUTO_TEST_CASE(the_size_limit_holds_over_all_pieces) {
  HttpClient small({.max_response_bytes = 6'250});  // eight times as much in pieces
  for (const auto& [response, pieces] : BothWays(small, To("/big"))) {
    BOOST_TEST((response.error_class == ErrorClass::kMalformedResponse));
    BOOST_TEST(pieces.size() <= 50'000U);
    BOOST_TEST(pieces.size() >= 16'000U);
  }
}

BOOST_AUTO_TEST_CASE(cancelled_between_pieces) {
  std::atomic<bool> begun{false};
  HttpRequest request = To("/content-then-dots");
  request.on_piece = [&begun](std::string_view bytes) {
    begun = true;
    return Meaning(bytes);
  };
  std::promise<HttpResponse> promise;
  const std::uint64_t id =
      client.Start(request, [&](HttpResponse got) { promise.set_value(std::move(got)); });
  while (!begun) std::this_thread::yield();
  client.Cancel(id);
  const HttpResponse response = promise.get_future().get();
  BOOST_TEST((response.error_class == ErrorClass::kCancelled));
  BOOST_TEST(response.status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
