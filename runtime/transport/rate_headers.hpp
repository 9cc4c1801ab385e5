// What an answer's headers say is left of a provider's rate limits.
#pragma once

#include <cstdint>
#include <optional>

#include "mlp/protocol.hpp"

namespace mlp::transport {

struct RateHeaders {
  std::optional<std::int64_t> requests_left;
  std::optional<std::int64_t> tokens_left;
  friend bool operator==(const RateHeaders&, const RateHeaders&) = default;
};

/// `x-ratelimit-remaining-requests` and `-tokens` (OpenAI and those that speak its format) and
/// `anthropic-ratelimit-requests-remaining` and `-tokens-remaining`. Numbers below 0 are not
/// believed, nor a 0 on a good answer without a limit above 0 beside it: Azure sends both where it
/// does not count.
[[nodiscard]] RateHeaders ReadRateHeaders(const HttpResponse& response);

}  // namespace mlp::transport
