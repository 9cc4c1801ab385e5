#include "runtime/engine/cache/cache_key.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace mlp::engine {
namespace {

// Changes when the fields do, so that answers kept on disk are not found by another reading.
constexpr std::string_view kForm = "mlp-answer-4";
constexpr std::string_view kScopeForm = "mlp-scope-3";

class FieldHasher {
 public:
  // In groups of 7 bits (LEB128, of which none begins another): nearly all are lengths below 128,
  // and eight bytes for each would be half of what is hashed for a short prompt.
  FieldHasher& Number(std::uint64_t value) noexcept {
    if (waiting_.size() - used_ < kMostNumberSize) Flush();
    for (; value >= 0x80; value >>= 7) {
      waiting_[used_++] = static_cast<char>((value & 0x7F) | 0x80);
    }
    waiting_[used_++] = static_cast<char>(value);
    return *this;
  }
  // Of a long text two halves are hashed side by side; their states stand for them.
  FieldHasher& Text(std::string_view text) noexcept {
    Number(text.size());
    if (text.size() >= kLongText) {
      const std::size_t half = text.size() / 2 / kSha256BlockSize * kSha256BlockSize;
      for (const auto& state : Sha256SideBySide(text.substr(0, half), text.substr(half, half))) {
        for (const std::uint32_t word : state) Number(word);
      }
      text.remove_prefix(2 * half);
    }
    if (text.size() > waiting_.size() - used_) Flush();
    if (text.size() > waiting_.size()) {
      hasher_.Update(text);
    } else if (!text.empty()) {
      std::memcpy(waiting_.data() + used_, text.data(), text.size());
      used_ += text.size();
    }
    return *this;
  }
  void Add(const Part& part) noexcept {
    Number(static_cast<std::uint64_t>(part.kind)).Text(part.data).Text(part.media_type);
  }
  void Add(const ToolCall& call) noexcept {
    Text(call.id).Text(call.name).Text(call.arguments).Text(call.signature);
  }
  void Add(const Message& message) noexcept {
    Text(message.role).Text(message.tool_call_id).Number(message.tool_error ? 1 : 0);
    All(message.parts);
    All(message.tool_calls);
  }
  void Add(const Tool& tool) noexcept {
    Text(tool.name).Text(tool.description).Text(tool.parameters);
  }
  void Add(const std::string& text) noexcept { Text(text); }
  /// All of a call but its messages.
  void AddFrame(std::string_view provider, const WireCall& call, const QualityBar& bar) noexcept {
    const Prompt& prompt = *call.prompt;
    const bool states_temperature = prompt.temperature.has_value() && call.takes_temperature;
    Text(provider).Text(call.model_id).Text(call.parameters);
    Text(bar.evaluator).Number(bar.floor_ppm);
    Number(static_cast<std::uint64_t>(call.max_output_tokens));
    Number(states_temperature ? 1 : 0);
    if (states_temperature) Number(std::bit_cast<std::uint64_t>(*prompt.temperature));
    Text(prompt.tool_choice).Text(prompt.response_schema);
    if (!prompt.response_schema.empty()) Text(prompt.response_schema_name);
    All(prompt.tools);
    All(prompt.stop);
  }
  template <typename List>
  void All(const List& list) noexcept {
    Number(list.size());
    for (const auto& one : list) Add(one);
  }
  [[nodiscard]] Sha256Digest Finish() noexcept {
    Flush();
    return hasher_.Finish();
  }

 private:
  void Flush() noexcept {
    hasher_.Update({waiting_.data(), used_});
    used_ = 0;
  }

  static constexpr std::size_t kMostNumberSize = 10;
  // From here on the states, 80 bytes of numbers, cost less than the second half.
  static constexpr std::size_t kLongText = 512;

  Sha256Hasher hasher_;
  // Most fields are short: together they cost the hasher one visit.
  std::array<char, 512> waiting_;
  std::size_t used_ = 0;
};

}  // namespace

Sha256Digest CacheKey(std::string_view provider, const WireCall& call,
                      const QualityBar& bar) noexcept {
  FieldHasher hasher;
  hasher.Text(kForm);
  hasher.AddFrame(provider, call, bar);
  hasher.All(call.prompt->messages);
  return hasher.Finish();
}

Sha256Digest ScopeKey(std::string_view provider, const WireCall& call, std::string_view vectors,
                      const QualityBar& bar) noexcept {
  const std::vector<Message>& messages = call.prompt->messages;
  FieldHasher hasher;
  hasher.Text(kScopeForm).Text(vectors);
  hasher.AddFrame(provider, call, bar);
  hasher.All(std::span(messages).first(messages.size() - 1));
  return hasher.Finish();
}

}  // namespace mlp::engine
