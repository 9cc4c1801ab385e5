// A service on loopback with a store, and mlp run on that store beside it.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "mlp/client.hpp"
#include "runtime/tools/loopback/fake_providers.hpp"
#include "tests/cli/command.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/engine/test_policy.hpp"

namespace mlp {

/// Until it holds, at most ten seconds.
inline bool Await(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

struct ServiceFixture {
  ScratchFolder folder;
  loopback::FakeProviders servers;
  engine::TestPolicy policy;
  std::string store = folder / "m.db";

  [[nodiscard]] ClientOptions Options() const {
    ClientOptions options;
    options.store = store;
    for (const char* provider : {"anthropic", "openai", "ollama"}) {
      options.base_urls[provider] = servers.url(provider);
    }
    options.secret = [](const std::string&) { return "k-test"; };
    return options;
  }
  /// Rollouts and experiments that look every few milliseconds.
  [[nodiscard]] ClientOptions Fast() const {
    ClientOptions options = Options();
    options.rollouts = {.look_ms = 5, .write_ms = 5, .block_s = 0};
    return options;
  }
  static void AskAs(Client& client, int first, int end) {
    for (int user = first; user < end; ++user) {
      static_cast<void>(
          client.Complete(engine::TestPolicy::Request(1'000, 100, "user-" + std::to_string(user)),
                          {.messages = {{"user", "hi"}}}));
    }
    BOOST_REQUIRE(client.Flush().ok());
  }
  /// With --store; `words` are the command's.
  [[nodiscard]] Finished Mlp(std::vector<std::string> words) const {
    words.insert(words.begin(), MLP_MLP);
    words.insert(words.end(), {"--store", store});
    return Run(words);
  }
};

/// With one blank in place of each line break and what follows it.
inline std::string Flat(const std::string& text) {
  std::string flat;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n';
    if (!blank || (!flat.empty() && flat.back() != ' ')) flat += blank ? ' ' : c;
  }
  return flat;
}

/// Says what was found instead.
inline void Holds(const std::string& text, const std::string& part) {
  BOOST_TEST(text.find(part) != std::string::npos, "no `" << part << "` in\n" << text);
}

}  // namespace mlp
