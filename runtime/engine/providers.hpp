// The providers of a policy as the engine uses them: wire format, keys from the environment,
// headers.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/client.hpp"
#include "mlp/protocol.hpp"
#include "mlp/tables.hpp"

namespace mlp::engine {

/// Resolved once at start-up; then const but for the counter that spreads requests over keys.
/// Thread-safe.
class Providers {
 public:
  /// Appends to `warnings` what is missing: an unknown protocol, a key that is not set. Never a
  /// key's value.
  Providers(const Tables& tables, const ClientOptions& options, std::vector<std::string>& warnings);

  struct Access {
    const WireProtocol* protocol = nullptr;  ///< null: the policy names one that nobody registered
    std::string_view url;
    std::string_view key;
    bool key_missing = false;  ///< the provider has keys declared and none is set
    const Headers* headers = nullptr;
  };
  /// What an attempt at an endpoint needs; the next key in turn.
  [[nodiscard]] Access At(const Endpoint& endpoint) const;

 private:
  struct Entry {
    const WireProtocol* protocol = nullptr;
    std::vector<std::string> keys;
    bool wants_key = false;
    Headers headers;
    std::string base_url;  ///< replaces every endpoint's, or empty
    std::unique_ptr<std::atomic<std::uint32_t>> turn =
        std::make_unique<std::atomic<std::uint32_t>>(0);
  };
  ProtocolRegistry registry_;
  std::vector<std::shared_ptr<const WireProtocol>> own_;
  std::vector<Entry> entries_;
};

}  // namespace mlp::engine
