// Webhooks against a real server on loopback that fails as told.
#include "runtime/engine/observe/webhook.hpp"

#include <boost/test/unit_test.hpp>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "mlp/http_client.hpp"
#include "runtime/core/hmac.hpp"
#include "runtime/tools/loopback/http_server.hpp"
#include "tests/unit/engine/observe/observe_fixture.hpp"

namespace mlp::engine {
namespace {

using loopback::ServerAnswer;
using loopback::ServerRequest;

/// Answers with the statuses in order, the last one again and again; 0: a reset.
class Receiver {
 public:
  explicit Receiver(std::vector<int> statuses)
      : statuses_(std::move(statuses)),
        server_([this](const ServerRequest& request) { return Answer(request); }) {}

  [[nodiscard]] std::string url() const {
    return "http://127.0.0.1:" + std::to_string(server_.port()) + "/hook?token=t0psecret";
  }
  [[nodiscard]] std::vector<ServerRequest> received() const {
    const std::lock_guard lock(mutex_);
    return received_;
  }

 private:
  ServerAnswer Answer(const ServerRequest& request) {
    const std::lock_guard lock(mutex_);
    const int status = statuses_[std::min(received_.size(), statuses_.size() - 1)];
    received_.push_back(request);
    if (status == 0) return {{}, loopback::Ending::kReset};
    return {{{0, loopback::HeaderBytes(status, {}, 0)}}, loopback::Ending::kKeepAlive};
  }

  const std::vector<int> statuses_;
  mutable std::mutex mutex_;
  std::vector<ServerRequest> received_;
  loopback::HttpServer server_;
};

AlertOptions Quick() {
  AlertOptions options;
  options.webhook_backoff_ms = 2;
  options.webhook_tries = 4;
  options.webhook_queue = 3;
  return options;
}

/// On the thread where the client's callbacks run, as the control loop does.
void Push(HttpClient& http, const std::shared_ptr<Webhook>& webhook, const std::string& id) {
  http.After(0, [&http, webhook, id] { webhook->Push(http, id, "{\"id\":\"" + id + "\"}"); });
}

BOOST_AUTO_TEST_SUITE(webhooks)

BOOST_AUTO_TEST_CASE(a_notice_is_signed_and_tried_again_after_a_reset_and_500) {
  Receiver receiver({0, 500, 204});
  const auto webhook = std::make_shared<Webhook>(receiver.url(), "s3cret-of-the-hook", Quick(), 1);
  HttpClient http;
  Push(http, webhook, "n1");
  BOOST_REQUIRE(Eventually([&] { return webhook->stats().delivered == 1; }));
  const auto received = receiver.received();
  BOOST_REQUIRE(received.size() == 3U);
  for (const ServerRequest& request : received) {
    BOOST_TEST(request.method == "POST");
    BOOST_TEST(request.path == "/hook?token=t0psecret");
    BOOST_TEST(request.header("content-type") == "application/json");
    BOOST_TEST(request.header("x-mlp-notice") == "n1");
    BOOST_TEST(request.body == "{\"id\":\"n1\"}");
    // As a receiver verifies it.
    const std::string signed_text =
        std::string(request.header("x-mlp-timestamp")) + "." + request.body;
    BOOST_TEST(request.header("x-mlp-signature") ==
               "v1=" + ToHex(HmacSha256("s3cret-of-the-hook", signed_text)));
  }
  BOOST_TEST(webhook->stats().retried == 2U);
  BOOST_TEST(webhook->stats().failed == 0U);
}

BOOST_AUTO_TEST_CASE(without_a_secret_nothing_is_signed) {
  Receiver receiver({200});
  const auto webhook = std::make_shared<Webhook>(receiver.url(), "", Quick(), 1);
  HttpClient http;
  Push(http, webhook, "n1");
  BOOST_REQUIRE(Eventually([&] { return webhook->stats().delivered == 1; }));
  BOOST_TEST(receiver.received()[0].header("x-mlp-signature").empty());
}

BOOST_AUTO_TEST_CASE(what_is_refused_is_given_up_and_the_next_goes_on) {
  Receiver receiver({400, 200});
  const auto webhook = std::make_shared<Webhook>(receiver.url(), "", Quick(), 1);
  HttpClient http;
  Push(http, webhook, "n1");
  Push(http, webhook, "n2");
  BOOST_REQUIRE(Eventually([&] { return webhook->stats().delivered == 1; }));
  BOOST_TEST(webhook->stats().failed == 1U);
  BOOST_TEST(webhook->stats().retried == 0U);
  const auto received = receiver.received();
  BOOST_REQUIRE(received.size() == 2U);
  BOOST_TEST(received[1].header("x-mlp-notice") == "n2");
}

BOOST_AUTO_TEST_CASE(after_the_last_try_it_is_given_up) {
  Receiver receiver({503});
  const auto webhook = std::make_shared<Webhook>(receiver.url(), "", Quick(), 1);
  HttpClient http;
  Push(http, webhook, "n1");
  BOOST_REQUIRE(Eventually([&] { return webhook->stats().failed == 1; }));
  BOOST_TEST(receiver.received().size() == 4U);
  BOOST_TEST(webhook->stats().queued == 0U);
}

BOOST_AUTO_TEST_CASE(a_full_queue_drops_and_what_is_in_it_arrives_once_and_in_order) {
  Receiver receiver({500, 200});
  AlertOptions options = Quick();
  options.webhook_backoff_ms = 200;
  const auto webhook = std::make_shared<Webhook>(receiver.url(), "", options, 1);
  HttpClient http;
  for (int i = 1; i <= 5; ++i) Push(http, webhook, "n" + std::to_string(i));
  BOOST_REQUIRE(Eventually([&] { return webhook->stats().delivered == 3; }));
  BOOST_TEST(webhook->stats().dropped == 2U);
  std::string order;
  for (const ServerRequest& request : receiver.received()) {
    order += std::string(request.header("x-mlp-notice")) + " ";
  }
  BOOST_TEST(order == "n1 n1 n2 n3 ");
}

BOOST_AUTO_TEST_CASE(a_receiver_that_hangs_keeps_no_client_from_ending) {
  loopback::HttpServer server([](const ServerRequest&) {
    return ServerAnswer{{}, loopback::Ending::kHang};
  });
  const auto webhook = std::make_shared<Webhook>(
      "http://127.0.0.1:" + std::to_string(server.port()), "", Quick(), 1);
  HttpClient http;
  Push(http, webhook, "n1");
  BOOST_REQUIRE(Eventually([&] { return webhook->stats().queued == 1; }));
  BOOST_TEST(webhook->stats().delivered == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
