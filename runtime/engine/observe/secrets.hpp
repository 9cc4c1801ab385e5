// The secrets of a client: fetched by name, and known from then on wherever text goes out.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

namespace mlp::engine {

/// Filled at start-up and with each policy that is loaded. Thread-safe.
class Secrets {
 public:
  using Lookup = std::function<std::optional<std::string>(const std::string& name)>;

  /// Without a `lookup`: from the environment, where an empty variable counts as not set.
  explicit Secrets(Lookup lookup);

  /// Without the blanks and line ends around it, as files and shells leave them; one of nothing
  /// else is not set.
  [[nodiscard]] std::optional<std::string> Get(const std::string& name);

  /// Without any secret that was fetched and is 8 bytes or longer, and without what looks like a
  /// key: see transport::Redact.
  [[nodiscard]] std::string Redact(std::string_view text, std::size_t most_bytes = 300) const;

 private:
  Lookup lookup_;
  mutable std::shared_mutex mutex_;
  std::vector<std::string> known_;  // the longest first: one may be a part of another; under mutex_
};

}  // namespace mlp::engine
