// What the streams of all wire formats have in common. Each provider's fold puts the chunks of its
// stream together into the answer that it would have given in one piece, so that one reading of
// answers serves both.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/protocol.hpp"
#include "mlp/stream.hpp"
#include "runtime/transport/wire_json.hpp"

namespace mlp::transport {

class AnswerFold {
 public:
  virtual ~AnswerFold() = default;
  /// A chunk, which is a JSON object and tells of no error.
  virtual void Take(const Json& chunk, std::vector<StreamDelta>& deltas) = 0;
  /// `data: [DONE]`.
  virtual void TakeDone() {}
  /// Whether the provider's own end has come.
  [[nodiscard]] virtual bool complete() const = 0;
  /// Whether it may end here, where a provider has no end of its own.
  [[nodiscard]] virtual bool whole() const { return complete(); }
  /// The answer so far in the form of one piece; what it was made of may be moved into it.
  [[nodiscard]] virtual Json Answer() = 0;
  /// As WireProtocol::ParseResponse with the body read as JSON.
  [[nodiscard]] virtual ProviderReply Read(const WireCall& call, const HttpResponse& response,
                                           const Json& body) const = 0;
  /// About how many bytes are kept of what was taken.
  [[nodiscard]] std::size_t held() const noexcept { return held_; }

 protected:
  void Hold(std::size_t bytes) noexcept { held_ += bytes; }

 private:
  std::size_t held_ = 0;
};

enum class Framing : std::uint8_t { kSse, kLines };

/// `name` begins the rules of its own failures: `NAME-stream-truncated`. An answer of which more
/// than 32 MiB would have to be kept is one, however much has passed by: the frame around a token
/// may be a hundred times as long as itself.
[[nodiscard]] std::unique_ptr<StreamReader> MakeStreamReader(std::string_view name,
                                                             const WireCall& call, Framing framing,
                                                             std::unique_ptr<AnswerFold> fold);

// Deltas, where there is something in them.
void AddText(std::string text, std::vector<StreamDelta>& deltas);
void AddThought(bool happened, std::vector<StreamDelta>& deltas);
void AddToolCall(ToolCallPiece piece, std::vector<StreamDelta>& deltas);

}  // namespace mlp::transport
