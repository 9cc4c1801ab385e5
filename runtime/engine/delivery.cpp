#include "runtime/engine/delivery.hpp"

namespace mlp::engine {

void Delivery::HandOut(const StreamDelta& delta) {
  Event event;
  if (delta.kind == StreamDelta::Kind::kText) {
    event.kind = Event::Kind::kText;
    event.text = delta.text;
  } else if (delta.kind == StreamDelta::Kind::kToolCall) {
    event.kind = Event::Kind::kToolCall;
    event.tool_call = delta.tool_call;
  } else {
    return;
  }
  begun_ = true;
  bytes_ += event.text.size() + event.tool_call.arguments.size();
  handler_(std::move(event));
}

void Delivery::HandOutWhole(const std::string& text, const std::vector<ToolCall>& tool_calls) {
  if (!pieces_) return;
  if (!text.empty()) HandOut({.kind = StreamDelta::Kind::kText, .text = text});
  std::uint32_t index = 0;
  for (const ToolCall& call : tool_calls) {
    HandOut({.kind = StreamDelta::Kind::kToolCall,
             .tool_call = {
                 .index = index++, .id = call.id, .name = call.name, .arguments = call.arguments}});
  }
}

void Delivery::Restart() {
  if (!begun_) return;
  begun_ = false;
  bytes_ = 0;
  Event event;
  event.kind = Event::Kind::kRestart;
  handler_(std::move(event));
}

void Delivery::End(Reply reply) {
  Event event;
  event.kind = Event::Kind::kReply;
  event.reply = std::move(reply);
  handler_(std::move(event));
}

void Delivery::End(Error error) {
  Event event;
  event.kind = Event::Kind::kError;
  event.error = std::move(error);
  handler_(std::move(event));
}

}  // namespace mlp::engine
