#include <string>
#include <utility>

#include "runtime/transport/google_parts.hpp"

namespace mlp::transport::google {
namespace {

/// Each chunk has the form of an answer: parts are to be joined, of the rest the last counts.
class Fold final : public AnswerFold {
 public:
  void Take(const Json& chunk, std::vector<StreamDelta>& deltas) override {
    for (const char* name : {"usageMetadata", "modelVersion", "responseId", "promptFeedback"}) {
      if (const Json& value = At(chunk, name); !value.is_null()) answer_[name] = value;
    }
    const Json& candidate = At(At(chunk, "candidates"), std::size_t{0});
    if (!candidate.is_object()) return;
    if (std::string finish = Text(At(candidate, "finishReason")); !finish.empty()) {
      finish_ = std::move(finish);
    }
    has_candidate_ = true;
    const Json& parts = At(At(candidate, "content"), "parts");
    if (!parts.is_array()) return;
    has_parts_ = true;
    for (const Json& part : parts) TakePart(part, deltas);
  }

  // No end of its own: what makes it whole is a reason why it ended. Usage may still follow.
  bool complete() const override { return false; }
  bool whole() const override {
    return !finish_.empty() || !Text(At(At(answer_, "promptFeedback"), "blockReason")).empty();
  }

  Json Answer() override {
    Json content = Json::object();
    if (has_parts_) {
      content["parts"] = std::move(calls_);
      if (!text_.empty()) content["parts"].push_back({{"text", std::move(text_)}});
    }
    if (has_candidate_) {
      answer_["candidates"] = Json::array(
          {Json{{"content", std::move(content)}, {"finishReason", std::move(finish_)}}});
    }
    return std::move(answer_);
  }

  ProviderReply Read(const WireCall& call, const HttpResponse& response,
                     const Json& body) const override {
    return ReadReply(call, response, body);
  }

 private:
  void TakePart(const Json& part, std::vector<StreamDelta>& deltas) {
    if (At(part, "thought") == Json(true)) return AddThought(true, deltas);
    std::string text = Text(At(part, "text"));
    text_ += text;
    Hold(text.size());
    AddText(std::move(text), deltas);
    const Json& call = At(part, "functionCall");
    if (!call.is_object()) return;
    const Json& arguments = At(call, "args");
    ToolCallPiece piece{.index = static_cast<std::uint32_t>(calls_.size()),
                        .id = Text(At(call, "id")),
                        .name = Text(At(call, "name")),
                        .arguments = arguments.is_object() ? Dump(arguments) : "{}"};
    if (piece.id.empty()) piece.id = "call_" + std::to_string(piece.index);
    AddToolCall(std::move(piece), deltas);
    Json kept = {{"functionCall", call}};
    if (const Json& signature = At(part, "thoughtSignature"); !signature.is_null()) {
      kept["thoughtSignature"] = signature;
    }
    Hold(Dump(kept).size());
    calls_.push_back(std::move(kept));
  }

  Json answer_ = Json::object();
  std::string text_;
  std::string finish_;
  Json calls_ = Json::array();  ///< parts that are function calls
  bool has_candidate_ = false;
  bool has_parts_ = false;
};

}  // namespace

std::unique_ptr<AnswerFold> MakeFold() { return std::make_unique<Fold>(); }

}  // namespace mlp::transport::google
