#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/transport/openai_parts.hpp"

namespace mlp::transport::openai {
namespace {

/// A call as its pieces build it.
struct OpenCall {
  std::string id;
  std::string name;
  std::string arguments;
};

class Fold final : public AnswerFold {
 public:
  void Take(const Json& chunk, std::vector<StreamDelta>& deltas) override {
    const auto keep = [&chunk](const char* name, std::string& kept) {
      if (kept.empty()) kept = Text(At(chunk, name));
    };
    keep("id", id_);
    keep("model", model_);
    if (const Json& usage = At(chunk, "usage"); usage.is_object()) {
      usage_ = usage;
    } else if (const Json& groq = At(At(chunk, "x_groq"), "usage"); groq.is_object()) {
      usage_ = groq;
    }
    for (const Json& choice : At(chunk, "choices")) {
      if (CountOr0(At(choice, "index")) != 0) continue;  // only one was asked for
      has_choice_ = true;
      TakeDelta(At(choice, "delta"), deltas);
      if (std::string finish = Text(At(choice, "finish_reason")); !finish.empty()) {
        finish_ = std::move(finish);
      }
    }
  }

  void TakeDone() override { done_ = true; }
  bool complete() const override { return done_; }

  Json Answer() override {
    Json calls = Json::array();
    for (OpenCall& call : calls_) {
      calls.push_back(
          {{"id", std::move(call.id)},
           {"function",
            {{"name", std::move(call.name)}, {"arguments", std::move(call.arguments)}}}});
    }
    Json choices = Json::array();
    if (has_choice_) {
      Json message = {{"content", std::move(text_)},
                      {"refusal", std::move(refusal_)},
                      {"tool_calls", std::move(calls)}};
      choices.push_back({{"finish_reason", finish_}, {"message", std::move(message)}});
    }
    return {{"id", id_}, {"model", model_}, {"choices", std::move(choices)}, {"usage", usage_}};
  }

  ProviderReply Read(const WireCall& call, const HttpResponse& response,
                     const Json& body) const override {
    return ReadReply(call, response, body);
  }

 private:
  void TakeDelta(const Json& delta, std::vector<StreamDelta>& deltas) {
    const Json& content = At(delta, "content");
    std::string text = content.is_string() ? Text(content) : std::string();
    if (content.is_array()) {  // Mistral's reasoning models answer in parts
      for (const Json& part : content) {
        if (At(part, "type") == Json("text")) {
          text += Text(At(part, "text"));
        } else {
          AddThought(true, deltas);
        }
      }
    }
    text_ += text;
    Hold(text.size());
    AddText(std::move(text), deltas);
    const std::string refusal = Text(At(delta, "refusal"));
    refusal_ += refusal;
    Hold(refusal.size());
    AddThought(!refusal.empty() || !Text(At(delta, "reasoning_content")).empty() ||
                   !Text(At(delta, "reasoning")).empty(),
               deltas);
    for (const Json& piece : At(delta, "tool_calls")) TakeCall(piece, deltas);
  }

  void TakeCall(const Json& piece, std::vector<StreamDelta>& deltas) {
    const Json& function = At(piece, "function");
    const Json& arguments = At(function, "arguments");
    ToolCallPiece taken{.id = Text(At(piece, "id")),
                        .name = Text(At(function, "name")),
                        .arguments = arguments.is_object() ? Dump(arguments) : Text(arguments)};
    taken.index = IndexOf(Count(At(piece, "index")), taken);
    OpenCall& call = calls_[taken.index];
    // Some servers repeat the id and the name in each piece.
    if (!call.id.empty()) taken.id.clear();
    if (!call.name.empty()) taken.name.clear();
    call.id += taken.id;
    call.name += taken.name;
    call.arguments += taken.arguments;
    Hold(taken.id.size() + taken.name.size() + taken.arguments.size());
    AddToolCall(std::move(taken), deltas);
  }

  /// Some servers number no calls: a new id then begins one. Some give all of them one number: a
  /// new id does so too, with a name, since others yet give each piece of a call an id of its own.
  std::uint32_t IndexOf(std::optional<std::int64_t> number, const ToolCallPiece& piece) {
    if (number) {
      const auto known = numbers_.find(*number);
      if (known != numbers_.end()) {
        const OpenCall& open = calls_[known->second];
        const bool other = !open.id.empty() && !piece.id.empty() && piece.id != open.id;
        if (!other || piece.name.empty()) return known->second;
      }
    } else if (!calls_.empty() && (piece.id.empty() || calls_.back().id == piece.id)) {
      return static_cast<std::uint32_t>(calls_.size() - 1);
    }
    const auto index = static_cast<std::uint32_t>(calls_.size());
    calls_.emplace_back();
    Hold(sizeof(OpenCall));
    if (number) numbers_.insert_or_assign(*number, index);
    return index;
  }

  std::string id_;
  std::string model_;
  std::string text_;
  std::string refusal_;
  std::string finish_;
  std::vector<OpenCall> calls_;
  std::map<std::int64_t, std::uint32_t> numbers_;  ///< the provider's, to those of calls_
  Json usage_;
  bool has_choice_ = false;
  bool done_ = false;
};

}  // namespace

std::unique_ptr<AnswerFold> MakeFold() { return std::make_unique<Fold>(); }

}  // namespace mlp::transport::openai
