#include "runtime/transport/answer_fold.hpp"

#include <utility>

#include "runtime/transport/error_rules.hpp"
#include "runtime/transport/lines.hpp"
#include "runtime/transport/sse.hpp"
#include "runtime/transport/wire.hpp"

namespace mlp::transport {
namespace {

/// Errors are short; what is longer need not be tried again with each line.
constexpr std::size_t kLongestError = 16'384;

constexpr std::size_t kMostHeld = std::size_t{32} << 20;

/// An error in the form of any of the providers, and of the gateways before them.
bool TellsOfError(const Json& chunk) {
  return (!At(chunk, "error").is_null() && At(chunk, "choices").is_null()) ||
         At(chunk, "object") == Json("error");
}

/// Google wraps errors into an array at times.
Json ParseChunk(std::string_view text) {
  Json chunk = ParseJson(text);
  if (chunk.is_array() && chunk.size() == 1) return Json(chunk[0]);
  return chunk;
}

class FoldingReader final : public StreamReader {
 public:
  FoldingReader(std::string_view name, const WireCall& call, Framing framing,
                std::unique_ptr<AnswerFold> fold)
      : name_(name), call_(call), framing_(framing), fold_(std::move(fold)) {}

  StreamState Feed(std::string_view bytes, std::vector<StreamDelta>& deltas) override {
    if (state_ != StreamState::kOpen) return state_;
    if (framing_ == Framing::kSse) {
      events_.Feed(bytes, [&](const SseEvent& event) { TakeEvent(event, deltas); });
    } else {
      lines_.Feed(bytes, [&](std::string_view line) { Take(line, deltas); });
    }
    const std::size_t held = fold_->held() + events_.held() + lines_.held() + stray_.size();
    if (state_ == StreamState::kOpen && held > kMostHeld) {
      state_ = StreamState::kFailed;
      too_large_ = true;
    }
    return state_;
  }

  ProviderReply Finish(const HttpResponse& response, std::vector<StreamDelta>& deltas) override {
    if (state_ == StreamState::kOpen) TakeEnd(deltas);
    if (state_ == StreamState::kOpen && fold_->whole()) state_ = StreamState::kComplete;
    // Once the stream itself told how it ended, what became of the connection tells nothing more.
    HttpResponse whole = response;
    whole.error_class = ErrorClass::kNone;
    if (state_ == StreamState::kComplete) {
      ProviderReply reply = fold_->Read(call_, whole, body_.is_null() ? fold_->Answer() : body_);
      if (reply.error_class == ErrorClass::kNone) AddEnd(reply, deltas);
      return reply;
    }
    ProviderReply reply;
    if (state_ == StreamState::kFailed && !body_.is_null()) {
      reply = fold_->Read(call_, whole, body_);
    } else if (state_ == StreamState::kFailed) {
      reply = BeginReply(call_, whole);
      Fail(reply, ErrorClass::kMalformedResponse,
           name_ + (too_large_ ? "-stream-too-large" : "-stream-not-json"));
    } else {
      reply = BeginReply(call_, response);
      if (reply.error_class == ErrorClass::kNone) {
        Fail(reply, ErrorClass::kMalformedResponse, name_ + "-stream-truncated");
      }
    }
    const ProviderReply so_far = fold_->Read(call_, whole, fold_->Answer());
    reply.model = so_far.model;
    reply.response_id = so_far.response_id;
    reply.usage = so_far.usage;
    reply.usage.verified = false;
    return reply;
  }

 private:
  void Take(std::string_view text, std::vector<StreamDelta>& deltas) {
    if (state_ != StreamState::kOpen) return;
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return;
    if (framing_ == Framing::kSse && text == "[DONE]") {
      fold_->TakeDone();
    } else {
      const Json chunk = ParseChunk(text);
      if (!chunk.is_object()) {
        if (!ending_) state_ = StreamState::kFailed;  // at the end it may be cut off
        return;
      }
      if (TellsOfError(chunk)) {
        body_ = chunk;
        state_ = StreamState::kFailed;
        return;
      }
      any_ = true;
      fold_->Take(chunk, deltas);
    }
    if (fold_->complete()) state_ = StreamState::kComplete;
  }

  /// The last event or line without its end, and an answer in one piece from a server that does
  /// not stream.
  void TakeEnd(std::vector<StreamDelta>& deltas) {
    ending_ = true;
    if (framing_ == Framing::kSse) {
      events_.End([&](const SseEvent& event) { TakeEvent(event, deltas); });
    } else {
      lines_.End([&](std::string_view line) { Take(line, deltas); });
    }
    if (state_ != StreamState::kOpen || any_ || stray_.empty()) return;
    body_ = ParseJson(stray_);
    state_ = body_.is_object() ? StreamState::kComplete : StreamState::kFailed;
    if (!body_.is_object()) body_ = nullptr;
  }

  void TakeEvent(const SseEvent& event, std::vector<StreamDelta>& deltas) {
    if (!event.stray) return Take(event.data, deltas);
    if (state_ != StreamState::kOpen) return;
    stray_.append(event.data).append("\n");
    // Google sends errors in mid-stream as JSON of several lines outside of any event.
    if (stray_.size() > kLongestError || !(event.data.ends_with('}') || event.data.ends_with(']')))
      return;
    Json chunk = ParseChunk(stray_);
    if (!chunk.is_object() || !TellsOfError(chunk)) return;
    body_ = std::move(chunk);
    state_ = StreamState::kFailed;
  }

  void AddEnd(const ProviderReply& reply, std::vector<StreamDelta>& deltas) const {
    if (!body_.is_null()) {
      AddText(reply.text, deltas);
      std::uint32_t index = 0;
      for (const ToolCall& call : reply.tool_calls) {
        AddToolCall({index++, call.id, call.name, call.arguments}, deltas);
      }
    }
    if (reply.usage.reported) {
      deltas.push_back({.kind = StreamDelta::Kind::kUsage, .usage = reply.usage});
    }
    deltas.push_back({.kind = StreamDelta::Kind::kFinish, .finish = reply.finish});
  }

  const std::string name_;
  const WireCall call_;
  const Framing framing_;
  const std::unique_ptr<AnswerFold> fold_;
  SseParser events_;
  LineSplitter lines_;
  StreamState state_ = StreamState::kOpen;
  Json body_;            ///< what came instead of chunks: an error, or an answer in one piece
  std::string stray_;    ///< lines outside of any event
  bool any_ = false;     ///< a chunk came
  bool ending_ = false;  ///< what comes may be cut off
  bool too_large_ = false;
};

}  // namespace

std::unique_ptr<StreamReader> MakeStreamReader(std::string_view name, const WireCall& call,
                                               Framing framing, std::unique_ptr<AnswerFold> fold) {
  return std::make_unique<FoldingReader>(name, call, framing, std::move(fold));
}

void AddText(std::string text, std::vector<StreamDelta>& deltas) {
  if (!text.empty()) deltas.push_back({.text = std::move(text)});
}

void AddThought(bool happened, std::vector<StreamDelta>& deltas) {
  if (happened) deltas.push_back({.kind = StreamDelta::Kind::kThought});
}

void AddToolCall(ToolCallPiece piece, std::vector<StreamDelta>& deltas) {
  if (piece.id.empty() && piece.name.empty() && piece.arguments.empty()) return;
  deltas.push_back({.kind = StreamDelta::Kind::kToolCall, .tool_call = std::move(piece)});
}

}  // namespace mlp::transport
