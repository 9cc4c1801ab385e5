#include "runtime/engine/providers.hpp"

#include <chrono>
#include <optional>

#include <fmt/format.h>

namespace mlp::engine {
namespace {

std::int64_t SteadyUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Providers::Providers(const Tables& tables, const ClientOptions& options, Secrets& secrets,
                     std::vector<std::string>& warnings, const Providers* before)
    : registry_(ProtocolRegistry::BuiltIn()) {
  for (const Provider& provider : tables.providers) {
    Entry entry;
    entry.name = provider.name;
    entry.protocol = registry_.Find(provider.protocol_name);
    for (const auto& [name, protocol] : options.protocols) {
      if (name != provider.protocol_name) continue;
      own_.push_back(protocol);
      entry.protocol = protocol.get();
    }
    if (entry.protocol == nullptr) {
      warnings.push_back(fmt::format("provider `{}`: no protocol `{}` is registered", provider.name,
                                     provider.protocol_name));
    }
    entry.wants_key = !provider.key_env.empty();
    std::vector<std::string> keys;
    for (const std::string_view name : provider.key_env) {
      if (std::optional<std::string> key = secrets.Get(std::string(name)))
        keys.push_back(*std::move(key));
    }
    for (std::size_t i = 0; before != nullptr && i < before->entries_.size(); ++i) {
      const Entry& known = before->entries_[i];
      if (known.name == entry.name && known.keys->Holds(keys)) entry.keys = known.keys;
    }
    if (entry.keys == nullptr) entry.keys = std::make_shared<const KeyRing>(std::move(keys));
    if (entry.wants_key && entry.keys->empty()) {
      warnings.push_back(
          fmt::format("provider `{}`: {} is not set", provider.name, provider.key_env.front()));
    }
    for (const std::string_view header : provider.headers) {
      const std::size_t colon = header.find(": ");
      std::string name(header.substr(0, colon));
      std::string value(colon == std::string_view::npos ? std::string_view()
                                                        : header.substr(colon + 2));
      if (value.starts_with('$')) {
        std::optional<std::string> secret = secrets.Get(value.substr(1));
        if (!secret) {
          warnings.push_back(fmt::format("provider `{}`: {} is not set, so that `{}` is not sent",
                                         provider.name, value.substr(1), name));
          continue;
        }
        value = *std::move(secret);
      }
      entry.headers.emplace_back(std::move(name), std::move(value));
    }
    if (const auto url = options.base_urls.find(provider.name); url != options.base_urls.end()) {
      entry.base_url = url->second;
    }
    entries_.push_back(std::move(entry));
  }
}

Providers::Access Providers::At(const Endpoint& endpoint) const {
  const Entry& entry = entries_[endpoint.provider];
  Access access;
  access.protocol = entry.protocol;
  access.url = entry.base_url.empty() ? endpoint.url : std::string_view(entry.base_url);
  access.headers = &entry.headers;
  access.key_missing = entry.wants_key && entry.keys->empty();
  access.provider = endpoint.provider;
  if (!entry.keys->empty()) {
    // A clock is only read where there is a choice.
    if (entry.keys->size() > 1) access.chosen_us = SteadyUs();
    const std::size_t index = entry.keys->Next(access.chosen_us);
    access.key_index = static_cast<std::uint32_t>(index);
    access.key = entry.keys->key(index);
  }
  return access;
}

void Providers::Note(const Access& access, const ProviderReply& reply) const {
  const KeyRing& keys = *entries_[access.provider].keys;
  if (keys.size() < 2) return;
  keys.Note(access.key_index, reply.error_class, reply.retry_after_ms, access.chosen_us,
            SteadyUs());
}

bool Providers::HasOtherKey(const Access& access, ErrorClass end) const {
  const KeyRing& keys = *entries_[access.provider].keys;
  const bool of_key = end == ErrorClass::kAuth || end == ErrorClass::kRateLimited ||
                      end == ErrorClass::kQuotaExhausted;
  return of_key && keys.size() > 1 && keys.AnyAwake(SteadyUs());
}

}  // namespace mlp::engine
