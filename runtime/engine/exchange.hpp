// One attempt on the wire: the request written and sent, its answer read, in pieces where it
// streams.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "mlp/http_client.hpp"
#include "mlp/protocol.hpp"

namespace mlp::engine {

/// What an exchange needs to know. What it points to lives until its end.
struct ExchangePlan {
  const WireProtocol* protocol = nullptr;  ///< not null
  /// With `stream` the answer comes in pieces where the protocol knows how.
  WireCall wire;
  const Headers* headers = nullptr;  ///< the provider's own, beside the protocol's; may be null
  std::uint64_t span = 0;            ///< the attempt's id in the caller's trace, where it has one
  std::int64_t connect_ms = 0;
  std::int64_t first_token_ms = 0;     ///< of a stream; 0: the total holds
  std::int64_t between_tokens_ms = 0;  ///< of a stream; 0: the total holds
  std::int64_t total_ms = 0;           ///< above 0
};

struct ExchangeEnd {
  const HttpResponse& response;  ///< the body of a stream is not in it
  ProviderReply reply;           ///< tells also what was left out
  bool broke_off = false;        ///< a stream failed after its first content, its usage not known
};

/// Whether the usage in the reply is all that there was: not where the answer broke off.
[[nodiscard]] inline bool CountsAreFinal(const ExchangeEnd& end) noexcept {
  // After a stream's own end, what became of the connection does not matter.
  return end.reply.usage.reported && !end.broke_off &&
         (end.response.error_class == ErrorClass::kNone ||
          end.reply.error_class == ErrorClass::kNone);
}

/// Made by std::make_shared; keeps itself alive until its end.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  /// Both are called where `http` runs its callbacks.
  struct Listener {
    /// Each piece of the answer; of an answer in one piece its text and tool calls. May be empty.
    std::function<void(const StreamDelta&)> on_delta;
    std::function<void(ExchangeEnd)> on_end;  ///< exactly once, the last
  };

  Exchange(const ExchangePlan& plan, Listener listener);

  /// Once. Returns the number by which `http` can cancel it; the end may have come before.
  std::uint64_t Send(HttpExecutor& http);

 private:
  [[nodiscard]] Piece Take(std::string_view bytes);
  void Finished(const HttpResponse& response);
  [[nodiscard]] ProviderReply Read(const HttpResponse& response, bool streamed);
  void HandOut();
  void HandOutWhole(const ProviderReply& reply);

  ExchangePlan plan_;
  const Listener listener_;
  std::unique_ptr<StreamReader> reader_;  ///< null: the answer comes in one piece
  std::vector<StreamDelta> deltas_;       ///< read and not yet handed out
  std::vector<std::string> left_out_;
  bool threw_ = false;  ///< the reader did, and is asked for nothing more
};

}  // namespace mlp::engine
