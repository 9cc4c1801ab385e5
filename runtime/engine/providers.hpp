// The providers of a policy as the engine uses them: wire format, keys from the environment,
// headers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/client.hpp"
#include "mlp/protocol.hpp"
#include "mlp/tables.hpp"
#include "runtime/engine/key_ring.hpp"
#include "runtime/engine/observe/secrets.hpp"

namespace mlp::engine {

/// Resolved once at start-up; then const but for the turns and rests of keys.
/// Thread-safe.
class Providers {
 public:
  /// Appends to `warnings` what is missing: an unknown protocol, a key that is not set. Never a
  /// key's value. Providers of `before` with the same name and keys share its turns and rests.
  Providers(const Tables& tables, const ClientOptions& options, Secrets& secrets,
            std::vector<std::string>& warnings, const Providers* before = nullptr);

  struct Access {
    const WireProtocol* protocol = nullptr;  ///< null: the policy names one that nobody registered
    std::string_view url;
    std::string_view key;
    bool key_missing = false;  ///< the provider has keys declared and none is set
    const Headers* headers = nullptr;
    std::uint16_t provider = 0;
    std::uint32_t key_index = 0;
    std::int64_t chosen_us = 0;  ///< when, where there is a choice of keys
  };
  /// What an attempt at an endpoint needs; the next key in turn that does not rest.
  [[nodiscard]] Access At(const Endpoint& endpoint) const;
  /// How an attempt ended: see KeyRing::Note.
  void Note(const Access& access, const ProviderReply& reply) const;
  /// Whether the provider has another key that may serve where this one was refused or limited.
  [[nodiscard]] bool HasOtherKey(const Access& access, ErrorClass end) const;
  [[nodiscard]] std::size_t key_count(std::uint16_t provider) const {
    return entries_[provider].keys->size();
  }

 private:
  struct Entry {
    std::string name;
    const WireProtocol* protocol = nullptr;
    std::shared_ptr<const KeyRing> keys;
    bool wants_key = false;
    Headers headers;
    std::string base_url;  ///< replaces every endpoint's, or empty
  };
  ProtocolRegistry registry_;
  std::vector<std::shared_ptr<const WireProtocol>> own_;
  std::vector<Entry> entries_;
};

}  // namespace mlp::engine
