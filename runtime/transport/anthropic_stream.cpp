#include <map>
#include <optional>
#include <string>
#include <utility>

#include "runtime/transport/anthropic_parts.hpp"

namespace mlp::transport::anthropic {
namespace {

/// Further names of counts are left out: each that is added is compared with all.
constexpr std::size_t kMostCounts = 256;

/// A content block as its deltas build it.
struct OpenBlock {
  Json block;
  std::string text;                   ///< of a text block
  std::string thinking;               ///< of a thinking block
  std::string signature;              ///< likewise
  std::string input;                  ///< of a tool_use block: the JSON text of its input
  std::optional<std::uint32_t> call;  ///< of a tool_use block: which of the calls
  bool stopped = false;               ///< its end came
};

/// Events are told apart by the `type` in their data, which is also their name.
class Fold final : public AnswerFold {
 public:
  void Take(const Json& chunk, std::vector<StreamDelta>& deltas) override {
    const std::string type = Text(At(chunk, "type"));
    if (type == "message_start") {
      if (const Json& message = At(chunk, "message"); message.is_object()) answer_ = message;
    } else if (type == "content_block_start") {
      if (const auto index = Count(At(chunk, "index"))) {
        BeginBlock(*index, At(chunk, "content_block"), deltas);
      }
    } else if (type == "content_block_delta") {
      const auto found = blocks_.find(Count(At(chunk, "index")).value_or(-1));
      if (found != blocks_.end()) TakeDelta(found->second, At(chunk, "delta"), deltas);
    } else if (type == "content_block_stop") {
      const auto found = blocks_.find(Count(At(chunk, "index")).value_or(-1));
      if (found != blocks_.end()) found->second.stopped = true;
    } else if (type == "message_delta") {
      for (const char* name : {"stop_reason", "stop_sequence", "stop_details"}) {
        const Json& value = At(At(chunk, "delta"), name);
        if (!value.is_null()) answer_[name] = value;
      }
      // Cumulative counts; what is not stated again still holds.
      if (const Json& usage = At(chunk, "usage"); usage.is_object()) {
        Json& counts = answer_["usage"];
        if (!counts.is_object()) counts = Json::object();
        Hold(Dump(usage).size());
        for (const auto& [name, value] : usage.items()) {
          if (value.is_null()) continue;
          if (counts.size() < kMostCounts || counts.contains(name)) counts[name] = value;
        }
      }
    } else if (type == "message_stop") {
      stopped_ = true;
    }
  }

  bool complete() const override { return stopped_; }

  Json Answer() override {
    Json content = Json::array();
    const bool cut = At(answer_, "stop_reason") == Json("max_tokens");
    for (auto& [index, open] : blocks_) {
      const bool whole = open.stopped || !cut;
      content.push_back(Close(std::move(open), whole));
    }
    answer_["content"] = std::move(content);
    return std::move(answer_);
  }

  ProviderReply Read(const WireCall& call, const HttpResponse& response,
                     const Json& body) const override {
    return ReadReply(call, response, body);
  }

 private:
  void BeginBlock(std::int64_t index, const Json& block, std::vector<StreamDelta>& deltas) {
    if (!block.is_object()) return;
    const auto [at, is_new] = blocks_.try_emplace(index);
    if (!is_new) return;
    Hold(sizeof(OpenBlock) + Dump(block).size());
    OpenBlock& open = at->second;
    open.block = block;
    open.text = Text(At(block, "text"));
    open.thinking = Text(At(block, "thinking"));
    open.signature = Text(At(block, "signature"));
    const std::string type = Text(At(block, "type"));
    if (type == "tool_use") {
      open.call = calls_++;
      AddToolCall(
          {.index = *open.call, .id = Text(At(block, "id")), .name = Text(At(block, "name"))},
          deltas);
    } else if (type == "text") {
      AddText(open.text, deltas);
    }
    AddThought(type == "redacted_thinking" || !open.thinking.empty(), deltas);
  }

  void TakeDelta(OpenBlock& open, const Json& delta, std::vector<StreamDelta>& deltas) {
    const std::string type = Text(At(delta, "type"));
    const Json& block = At(open.block, "type");
    if (type == "text_delta" && block == Json("text")) {
      std::string text = Text(At(delta, "text"));
      open.text += text;
      Hold(text.size());
      AddText(std::move(text), deltas);
    } else if (type == "input_json_delta" && open.call) {
      std::string piece = Text(At(delta, "partial_json"));
      open.input += piece;
      Hold(piece.size());
      AddToolCall({.index = *open.call, .arguments = std::move(piece)}, deltas);
    } else if (type == "thinking_delta") {
      const std::string thinking = Text(At(delta, "thinking"));
      open.thinking += thinking;
      Hold(thinking.size());
      AddThought(!thinking.empty(), deltas);
    } else if (type == "signature_delta") {
      const std::string signature = Text(At(delta, "signature"));
      open.signature += signature;
      Hold(signature.size());
    }
  }

  static Json Close(OpenBlock open, bool whole) {
    const std::string type = Text(At(open.block, "type"));
    if (type == "text") open.block["text"] = std::move(open.text);
    if (type == "thinking") {
      open.block["thinking"] = std::move(open.thinking);
      open.block["signature"] = std::move(open.signature);
    }
    // Without deltas the input is the one that the block began with, as a rule an empty object.
    if (type == "tool_use" && !open.input.empty()) {
      open.block["input"] = ParseJson(open.input);
      if (!whole || open.block["input"].is_discarded()) open.block["input"] = nullptr;
    }
    return std::move(open.block);
  }

  Json answer_ = Json::object();
  std::map<std::int64_t, OpenBlock> blocks_;
  std::uint32_t calls_ = 0;
  bool stopped_ = false;
};

}  // namespace

std::unique_ptr<AnswerFold> MakeFold() { return std::make_unique<Fold>(); }

}  // namespace mlp::transport::anthropic
