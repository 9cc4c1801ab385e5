// Streamed answers: no bytes do harm, and it does not matter where they are cut. The first byte of
// an input names the wire format, the second one the length of the pieces.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/protocol.hpp"
#include "mlp/stream.hpp"

namespace mlp::fuzz {
namespace {

constexpr std::array<std::string_view, 4> kProtocols = {"openai", "anthropic", "google", "ollama"};

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "not so: %s\n", what);
  std::abort();
}

struct Told {
  std::string deltas;
  ProviderReply reply;
};

Told Read(const WireProtocol& protocol, std::string_view bytes, std::size_t piece_bytes) {
  static const Prompt prompt{.messages = {{"user", "hi"}}};
  WireCall call;
  call.url = "http://127.0.0.1:1";
  call.model_id = "m";
  call.stream = true;
  call.prompt = &prompt;
  const auto reader = protocol.ReadStream(call);
  Told told;
  std::vector<StreamDelta> deltas;
  StreamState state = StreamState::kOpen;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece_bytes, bytes.size()))) {
    const StreamState next = reader->Feed(bytes.substr(0, piece_bytes), deltas);
    Require(state == StreamState::kOpen || next == state, "a stream ends once");
    state = next;
  }
  HttpResponse response;
  response.status = 200;
  told.reply = reader->Finish(response, deltas);
  std::string text;
  for (const StreamDelta& delta : deltas) {
    told.deltas += std::to_string(static_cast<int>(delta.kind)) + "|" + delta.text + "|" +
                   std::to_string(delta.tool_call.index) + "|" + delta.tool_call.id + "|" +
                   delta.tool_call.name + "|" + delta.tool_call.arguments + "\n";
    if (delta.kind == StreamDelta::Kind::kText) text += delta.text;
  }
  if (told.reply.error_class == ErrorClass::kNone) {
    Require(text == told.reply.text, "the pieces of the text are the text");
  }
  return told;
}

void Run(std::string_view input) {
  static const ProtocolRegistry registry = ProtocolRegistry::BuiltIn();
  if (input.size() < 2) return;
  const auto byte = [input](std::size_t at) { return static_cast<unsigned char>(input[at]); };
  const WireProtocol& protocol = *registry.Find(kProtocols[byte(0) % kProtocols.size()]);
  const std::string_view bytes = input.substr(2);
  const Told whole = Read(protocol, bytes, std::max<std::size_t>(bytes.size(), 1));
  const Told cut = Read(protocol, bytes, 1U + byte(1) % 64U);
  Require(whole.deltas == cut.deltas, "cuts do not change what is told");
  Require(whole.reply.error_class == cut.reply.error_class && whole.reply.rule == cut.reply.rule &&
              whole.reply.text == cut.reply.text && whole.reply.usage == cut.reply.usage &&
              whole.reply.tool_calls == cut.reply.tool_calls,
          "cuts do not change the reply");
}

}  // namespace
}  // namespace mlp::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mlp::fuzz::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
