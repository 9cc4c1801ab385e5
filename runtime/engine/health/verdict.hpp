// What the end of an attempt says of the model, of its provider, and to the facts.
#pragma once

#include <cstdint>

#include "mlp/record.hpp"
#include "runtime/engine/health/breaker.hpp"

namespace mlp::engine {

struct Verdict {
  Outcome model = Outcome::kExcluded;
  Outcome provider = Outcome::kExcluded;
  bool throttled = false;        ///< "too many": spare it, do not hold it to be broken
  bool providers_fault = false;  ///< of the facts `error-rate`: throttles and failures
  bool counts = true;            ///< among what ended; a cancelled attempt says nothing
};

/// | end | model's breaker | provider's breaker |
/// |---|---|---|
/// | answered | success | success |
/// | connection, auth | failure | failure |
/// | timeout | failure | - |
/// | server-error, overloaded, malformed-response, model-not-found | failure | success |
/// | rate-limited | throttle | success |
/// | quota-exhausted | throttle | - |
/// | the caller's fault, refusals, filters, cancelled | - | - |
///
/// A provider's breaker judges what all its models share: the way there, and the account. One that
/// is overloaded with one model may serve the next. Overload that names a Retry-After is a
/// throttle. A request that no limit of the provider would ever fit says nothing of others.
[[nodiscard]] Verdict JudgeEnd(ErrorClass error_class, std::int64_t retry_after_ms,
                               bool never_fits) noexcept;

}  // namespace mlp::engine
