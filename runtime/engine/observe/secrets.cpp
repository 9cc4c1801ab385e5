#include "runtime/engine/observe/secrets.hpp"

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <utility>

#include "runtime/transport/redact.hpp"
#include "runtime/transport/wire.hpp"

namespace mlp::engine {
namespace {

// A shorter one is a placeholder such as `none`, and blanking it would only spoil the text.
constexpr std::size_t kShortest = 8;

std::optional<std::string> FromEnvironment(const std::string& name) {
  const char* value =
      std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): start-up, nobody writes
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string(value);
}

void ReplaceAll(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

}  // namespace

Secrets::Secrets(Lookup lookup) : lookup_(lookup ? std::move(lookup) : Lookup(FromEnvironment)) {}

std::optional<std::string> Secrets::Get(const std::string& name) {
  std::optional<std::string> value = lookup_(name);
  if (!value) return value;
  const std::string_view bare = transport::TrimKey(*value);
  if (bare.empty()) return std::nullopt;
  const std::lock_guard lock(mutex_);
  if (bare.size() >= kShortest && std::find(known_.begin(), known_.end(), bare) == known_.end()) {
    known_.emplace_back(bare);
    std::sort(known_.begin(), known_.end(),
              [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
  }
  return std::string(bare);
}

std::string Secrets::Redact(std::string_view text, std::size_t most_bytes) const {
  std::string clean(text);
  const std::shared_lock lock(mutex_);
  for (const std::string& secret : known_) ReplaceAll(clean, secret, "[key]");
  return transport::Redact(clean, {}, most_bytes);
}

}  // namespace mlp::engine
