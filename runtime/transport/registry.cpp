#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "mlp/protocol.hpp"
#include "runtime/transport/anthropic.hpp"
#include "runtime/transport/google.hpp"
#include "runtime/transport/ollama.hpp"
#include "runtime/transport/openai.hpp"

namespace mlp {

std::string_view HttpResponse::header(std::string_view lower_case_name) const noexcept {
  for (const auto& [name, value] : headers) {
    if (name == lower_case_name) return value;
  }
  return {};
}

ProtocolRegistry ProtocolRegistry::BuiltIn() {
  ProtocolRegistry registry;
  registry.Register("openai", transport::MakeOpenAiProtocol());
  registry.Register("anthropic", transport::MakeAnthropicProtocol());
  registry.Register("google", transport::MakeGoogleProtocol());
  registry.Register("ollama", transport::MakeOllamaProtocol());
  return registry;
}

void ProtocolRegistry::Register(std::string name, std::unique_ptr<const WireProtocol> protocol) {
  protocols_.insert_or_assign(std::move(name), std::move(protocol));
}

const WireProtocol* ProtocolRegistry::Find(std::string_view name) const noexcept {
  const auto found = protocols_.find(name);
  return found == protocols_.end() ? nullptr : found->second.get();
}

}  // namespace mlp
