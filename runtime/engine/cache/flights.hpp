// Calls that ask the same at the same time: the first goes, the others wait for its answer.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "runtime/engine/cache/answer_cache.hpp"

namespace mlp::engine {

/// Thread-safe.
class Flights {
 public:
  /// Null where the one that went had no answer to share: then who waited goes, by itself. Were
  /// they to wait for each other again, the last would wait as often as there are others.
  using Landed = std::function<void(std::shared_ptr<const CachedAnswer>)>;

  /// True: nobody is under way, and the caller goes and must Land. False: `landed` runs once, on
  /// the thread that lands.
  [[nodiscard]] bool Join(const Sha256Digest& key, Landed landed);
  /// True: as above. False: somebody is under way, and the caller goes all the same.
  [[nodiscard]] bool Depart(const Sha256Digest& key);
  void Land(const Sha256Digest& key, const std::shared_ptr<const CachedAnswer>& answer);

 private:
  std::mutex mutex_;
  std::unordered_map<Sha256Digest, std::vector<Landed>, DigestHash> waiting_;
};

}  // namespace mlp::engine
