// What tests of a client share: providers on loopback and a word for what happened.
#pragma once

#include <string>
#include <vector>

#include "mlp/client.hpp"
#include "runtime/tools/loopback/fake_providers.hpp"
#include "tests/unit/engine/test_policy.hpp"

namespace mlp::engine {

struct EngineFixture {
  loopback::FakeProviders servers;

  [[nodiscard]] ClientOptions Options() const {
    ClientOptions options;
    for (const char* provider : {"anthropic", "openai", "ollama"})
      options.base_urls[provider] = servers.url(provider);
    options.secret = [](const std::string& name) { return "k-" + name; };
    options.seed = 7;
    return options;
  }
};

inline Result<Reply> Ask(Client& client, const TestRequest& request = TestPolicy::Request(),
                         const CallOptions& options = {}) {
  return client.Complete(request, {.messages = {{"user", "hi"}}}, options);
}

/// `opus none, gpt overloaded` of a call's attempts.
inline std::string Story(const std::vector<AttemptRecord>& attempts) {
  std::string story;
  for (const AttemptRecord& attempt : attempts) {
    story += (story.empty() ? "" : ", ") + attempt.model + " " +
             std::string(ToString(attempt.error_class));
  }
  return story;
}
inline std::string Story(const Result<Reply>& reply) {
  return reply.ok()
             ? Story(reply->attempts)
             : std::string(ToString(reply.error().error_class)) + ": " + reply.error().context;
}

}  // namespace mlp::engine
