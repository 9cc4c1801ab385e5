#include "runtime/core/call_answer.hpp"

#include <algorithm>

namespace mlp {

bool IsFromCache(const CallRecord& call) noexcept {
  return call.outcome == ErrorClass::kNone && call.attempts.empty() &&
         call.cache != CacheUse::kNone && call.cache != CacheUse::kMiss;
}

const AttemptRecord* FindAnswer(const CallRecord& call) noexcept {
  if (call.outcome != ErrorClass::kNone) return nullptr;
  const auto last = std::find_if(
      call.attempts.rbegin(), call.attempts.rend(),
      [](const AttemptRecord& attempt) { return attempt.error_class == ErrorClass::kNone; });
  return last == call.attempts.rend() ? nullptr : &*last;
}

}  // namespace mlp
