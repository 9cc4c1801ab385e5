#include "runtime/engine/cache/cache_turn.hpp"

#include <utility>

#include "runtime/engine/attempt.hpp"
#include "runtime/engine/clock.hpp"

namespace mlp::engine {
namespace {

std::int64_t NowS() { return WallUs() / 1'000'000; }

}  // namespace

std::shared_ptr<const CachedAnswer> CacheTurn::Find() const { return answers_.Find(key_, NowS()); }

bool CacheTurn::Lead(Flights::Landed landed) {
  // Who does not lead may be on another thread already: nothing of it is written here.
  if (!answers_.Lead(key_, std::move(landed))) return false;
  leads_ = true;
  return true;
}

void CacheTurn::End(const Reply* reply, bool of_first_candidate, std::int64_t ttl_s) {
  if (!std::exchange(leads_, false)) return;
  const bool whole = reply != nullptr && (reply->finish == FinishReason::kStop ||
                                          reply->finish == FinishReason::kToolCalls);
  // Another model's answer is right for this call, but not for the next.
  answers_.End(key_, whole && of_first_candidate ? KeepAnswer(*reply) : nullptr, NowS() + ttl_s);
}

}  // namespace mlp::engine
