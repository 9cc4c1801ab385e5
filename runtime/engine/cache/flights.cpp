#include "runtime/engine/cache/flights.hpp"

#include <utility>

namespace mlp::engine {

bool Flights::Join(const Sha256Digest& key, Landed landed) {
  const std::lock_guard lock(mutex_);
  const auto [at, first] = waiting_.try_emplace(key);
  if (!first) at->second.push_back(std::move(landed));
  return first;
}

bool Flights::Depart(const Sha256Digest& key) {
  const std::lock_guard lock(mutex_);
  return waiting_.try_emplace(key).second;
}

void Flights::Land(const Sha256Digest& key, const std::shared_ptr<const CachedAnswer>& answer) {
  std::vector<Landed> waiting;
  {
    const std::lock_guard lock(mutex_);
    const auto found = waiting_.find(key);
    if (found == waiting_.end()) return;
    waiting = std::move(found->second);
    waiting_.erase(found);
  }
  for (const Landed& landed : waiting) landed(answer);
}

}  // namespace mlp::engine
