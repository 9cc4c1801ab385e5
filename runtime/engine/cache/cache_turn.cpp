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

void CacheTurn::LeadUnlessOthersDo() { leads_ = answers_.LeadUnlessOthersDo(key_); }

std::shared_ptr<const CachedAnswer> CacheTurn::FindSimilar(const Sha256Digest& scope,
                                                           std::vector<float> vector,
                                                           float least_cosine) {
  scope_ = scope;
  vector_ = std::move(vector);
  return answers_.FindSimilar(scope_, vector_, least_cosine, NowS());
}

void CacheTurn::Share(const std::shared_ptr<const CachedAnswer>& answer) {
  if (std::exchange(leads_, false)) answers_.Share(key_, answer);
}

void CacheTurn::End(const Reply* reply, std::uint16_t model, std::int64_t ttl_s) {
  if (!std::exchange(leads_, false)) return;
  const bool whole = reply != nullptr && (reply->finish == FinishReason::kStop ||
                                          reply->finish == FinishReason::kToolCalls);
  // Another model's answer is right for this call, but not for the next.
  if (!whole || model != model_) {
    answers_.End(key_, nullptr, 0);
    return;
  }
  const std::int64_t expires_s = NowS() + ttl_s;
  answers_.End(key_, KeepAnswer(*reply), expires_s);
  if (!vector_.empty()) answers_.PutSimilar(scope_, vector_, key_, expires_s);
}

}  // namespace mlp::engine
