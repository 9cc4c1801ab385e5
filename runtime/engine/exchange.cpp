#include "runtime/engine/exchange.hpp"

#include <algorithm>
#include <utility>

#include "runtime/core/usage_sums.hpp"

#include "runtime/engine/observe/trace_context.hpp"

namespace mlp::engine {
namespace {

/// A reply that stands for an answer which never came.
ProviderReply ReplyOfTransport(const HttpResponse& response) {
  ProviderReply reply;
  reply.error_class = response.error_class;
  reply.error_message = response.error;
  reply.rule = "transport";
  return reply;
}

/// A reply that stands for an answer which its protocol could not read, though none should throw.
ProviderReply ReplyOfThrow(const HttpResponse& response) {
  ProviderReply reply;
  reply.http_status = response.status;
  reply.error_class = ErrorClass::kMalformedResponse;
  reply.rule = "protocol-threw";
  return reply;
}

/// Whether the model brought something forth, as opposed to the server being alive.
bool IsContent(const StreamDelta& delta) { return delta.kind != StreamDelta::Kind::kUsage; }

}  // namespace

Exchange::Exchange(const ExchangePlan& plan, Listener listener)
    : plan_(plan), listener_(std::move(listener)) {
  if (plan_.wire.stream) reader_ = plan_.protocol->ReadStream(plan_.wire);
  plan_.wire.stream = reader_ != nullptr;
}

std::uint64_t Exchange::Send(HttpExecutor& http) {
  HttpRequest request = plan_.protocol->BuildRequest(plan_.wire, left_out_);
  if (!plan_.wire.prompt->trace_headers.empty()) PassTrace(request.headers, plan_.span);
  if (plan_.headers != nullptr) {
    request.headers.insert(request.headers.end(), plan_.headers->begin(), plan_.headers->end());
  }
  request.connect_timeout_ms = plan_.connect_ms;
  request.total_timeout_ms = plan_.total_ms;
  if (reader_ != nullptr) {
    request.first_byte_timeout_ms = plan_.first_token_ms;
    request.idle_timeout_ms = plan_.between_tokens_ms;
    request.on_piece = [self = shared_from_this()](std::string_view bytes) {
      return self->Take(bytes);
    };
  }
  return http.Start(std::move(request), [self = shared_from_this()](const HttpResponse& response) {
    self->Finished(response);
  });
}

Piece Exchange::Take(std::string_view bytes) {
  StreamState state = StreamState::kFailed;
  try {
    state = reader_->Feed(bytes, deltas_);
  } catch (...) {
    threw_ = true;
  }
  const bool content = std::any_of(deltas_.begin(), deltas_.end(), IsContent);
  HandOut();
  switch (state) {
    case StreamState::kComplete:
      return Piece::kLast;
    case StreamState::kFailed:
      return Piece::kEnough;
    case StreamState::kOpen:
      break;
  }
  return content ? Piece::kContent : Piece::kIdle;
}

void Exchange::Finished(const HttpResponse& response) {
  const bool streamed = reader_ != nullptr && response.status >= 200 && response.status <= 299;
  ProviderReply reply = Read(response, streamed);
  if (streamed) {
    HandOut();
  } else {
    HandOutWhole(reply);
  }
  BoundTokens(reply.usage);
  reply.left_out = std::move(left_out_);
  // A refusal is an end like another: its counts hold.
  const bool broke_off = streamed && reply.error_class != ErrorClass::kNone &&
                         response.first_byte_us >= 0 && !reply.usage.verified;
  listener_.on_end({response, std::move(reply), broke_off});
}

// The thread that serves all calls must not end for what a server sent, nor for what a program's
// own protocol makes of it.
ProviderReply Exchange::Read(const HttpResponse& response, bool streamed) try {
  if (threw_) return ReplyOfThrow(response);
  if (streamed) return reader_->Finish(response, deltas_);
  if (response.error_class != ErrorClass::kNone) return ReplyOfTransport(response);
  return plan_.protocol->ParseResponse(plan_.wire, response);
} catch (...) {
  return ReplyOfThrow(response);
}

void Exchange::HandOut() {
  if (listener_.on_delta) {
    for (const StreamDelta& delta : deltas_) listener_.on_delta(delta);
  }
  deltas_.clear();
}

void Exchange::HandOutWhole(const ProviderReply& reply) {
  if (!listener_.on_delta || reply.error_class != ErrorClass::kNone) return;
  if (!reply.text.empty()) listener_.on_delta({.text = reply.text});
  std::uint32_t index = 0;
  for (const ToolCall& call : reply.tool_calls) {
    listener_.on_delta({.kind = StreamDelta::Kind::kToolCall,
                        .tool_call = {index++, call.id, call.name, call.arguments}});
  }
}

}  // namespace mlp::engine
