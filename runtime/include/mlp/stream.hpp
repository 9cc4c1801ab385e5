// A streamed answer: what it is made of, and how a wire format reads it from the bytes as they
// arrive.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/call.hpp"

namespace mlp {

struct HttpResponse;

/// The next piece of a function call. Pieces of several calls may alternate.
struct ToolCallPiece {
  std::uint32_t index = 0;     ///< which call, as it will stand in the reply's tool_calls
  std::string id = {};         ///< stated once, as a rule in a call's first piece
  std::string name = {};       ///< likewise
  std::string arguments = {};  ///< what follows of their JSON text; may be cut anywhere
};

struct StreamDelta {
  enum class Kind : std::uint8_t {
    kText,
    kToolCall,
    kThought,  ///< the model thinks, or declines in words of its own: tokens that nobody is shown
    kUsage,    ///< at the end
    kFinish,   ///< at the end of an answer, the last
  };
  Kind kind = Kind::kText;
  std::string text = {};                      ///< kText: never empty, whole characters of UTF-8
  ToolCallPiece tool_call = {};               ///< kToolCall
  Usage usage = {};                           ///< kUsage
  FinishReason finish = FinishReason::kStop;  ///< kFinish
};

enum class StreamState : std::uint8_t {
  kOpen,
  kComplete,  ///< the provider's own end has come: nothing more can change the reply
  kFailed,    ///< the provider told of an error, or what came is not its wire format
};

/// Reads one answer. Not thread-safe. Its memory grows with the answer alone.
class StreamReader {
 public:
  virtual ~StreamReader() = default;
  /// The next bytes, which may be cut anywhere; appends what became known with them. What comes
  /// after the first state other than kOpen is ignored.
  virtual StreamState Feed(std::string_view bytes, std::vector<StreamDelta>& deltas) = 0;
  /// The end of the transfer, once: the same reply as WireProtocol::ParseResponse would have made
  /// of the answer in one piece. An end before the provider's own is the transport's failure that
  /// `response` (without a body) tells of, or else malformed-response; usage stated so far is in
  /// the reply, not verified. After kComplete a failure of the transport no longer matters.
  virtual ProviderReply Finish(const HttpResponse& response, std::vector<StreamDelta>& deltas) = 0;
};

}  // namespace mlp
