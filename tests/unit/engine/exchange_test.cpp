// A protocol that throws, as none should: the call fails, and nothing else.
#include "runtime/engine/exchange.hpp"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mlp::engine {
namespace {

/// Throws at the byte `!`, and at the end where it is told to.
class ThrowingReader final : public StreamReader {
 public:
  explicit ThrowingReader(bool at_end) : at_end_(at_end) {}
  StreamState Feed(std::string_view bytes, std::vector<StreamDelta>& deltas) override {
    deltas.push_back({.text = std::string(bytes)});
    if (bytes.find('!') != bytes.npos) throw std::runtime_error("!");
    return StreamState::kOpen;
  }
  ProviderReply Finish(const HttpResponse&, std::vector<StreamDelta>&) override {
    if (at_end_) throw std::runtime_error("end");
    return {};
  }

 private:
  bool at_end_;
};

class ThrowingProtocol final : public WireProtocol {
 public:
  explicit ThrowingProtocol(bool at_end) : at_end_(at_end) {}
  HttpRequest BuildRequest(const WireCall&, std::vector<std::string>&) const override { return {}; }
  ProviderReply ParseResponse(const WireCall&, const HttpResponse&) const override {
    throw std::runtime_error("whole");
  }
  std::unique_ptr<StreamReader> ReadStream(const WireCall&) const override {
    return std::make_unique<ThrowingReader>(at_end_);
  }
  HttpRequest BuildProbe(std::string_view, std::string_view) const override { return {}; }

 private:
  bool at_end_;
};

/// Sends the pieces of an answer as they were given, until one is enough.
class Replay final : public HttpExecutor {
 public:
  explicit Replay(std::vector<std::string_view> pieces) : pieces_(std::move(pieces)) {}
  std::uint64_t Start(HttpRequest request, HttpCallback done) override {
    HttpResponse response;
    response.status = 200;
    for (const std::string_view piece : pieces_) {
      if (request.on_piece && request.on_piece(piece) == Piece::kEnough) break;
    }
    done(std::move(response));
    return 1;
  }
  void Cancel(std::uint64_t) override {}
  void After(std::int64_t, std::function<void()>) override {}

 private:
  std::vector<std::string_view> pieces_;
};

/// The pieces that were handed out and the end's class and rule.
std::string Told(bool stream, bool throws_at_end, std::vector<std::string_view> pieces) {
  const ThrowingProtocol protocol(throws_at_end);
  const Prompt prompt{.messages = {{"user", "hi"}}};
  ExchangePlan plan;
  plan.protocol = &protocol;
  plan.wire.stream = stream;
  plan.wire.prompt = &prompt;
  std::string told;
  Replay http(std::move(pieces));
  std::make_shared<Exchange>(
      plan, Exchange::Listener{[&](const StreamDelta& delta) { told += delta.text + "|"; },
                               [&](const ExchangeEnd& end) {
                                 told += std::string(ToString(end.reply.error_class)) + " " +
                                         end.reply.rule;
                               }})
      ->Send(http);
  return told;
}

BOOST_AUTO_TEST_SUITE(exchange)

BOOST_AUTO_TEST_CASE(a_protocol_that_throws_fails_its_call_alone) {
  BOOST_TEST(Told(true, false, {"a", "b"}) == "a|b|none ");
  BOOST_TEST(Told(true, false, {"a", "!", "c"}) == "a|!|malformed-response protocol-threw");
  BOOST_TEST(Told(true, true, {"a"}) == "a|malformed-response protocol-threw");
  BOOST_TEST(Told(false, false, {"a"}) == "malformed-response protocol-threw");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace mlp::engine
