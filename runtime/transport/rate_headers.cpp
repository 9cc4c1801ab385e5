#include "runtime/transport/rate_headers.hpp"

#include <algorithm>
#include <charconv>
#include <span>
#include <string_view>

namespace mlp::transport {
namespace {

struct Names {
  std::string_view left;
  std::string_view limit;
};
constexpr Names kRequests[] = {
    {"x-ratelimit-remaining-requests", "x-ratelimit-limit-requests"},
    {"anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-limit"},
};
constexpr Names kTokens[] = {
    {"x-ratelimit-remaining-tokens", "x-ratelimit-limit-tokens"},
    {"anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-limit"},
};

std::optional<std::int64_t> Count(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count < 0) return std::nullopt;
  return count;
}

std::optional<std::int64_t> Least(const HttpResponse& response, std::span<const Names> names) {
  std::optional<std::int64_t> least;
  for (const Names& name : names) {
    const std::optional<std::int64_t> left = Count(response.header(name.left));
    if (!left) continue;
    const bool counted = Count(response.header(name.limit)).value_or(0) > 0;
    if (*left == 0 && response.status < 300 && !counted) continue;
    least = std::min(least.value_or(*left), *left);
  }
  return least;
}

}  // namespace

RateHeaders ReadRateHeaders(const HttpResponse& response) {
  return {Least(response, kRequests), Least(response, kTokens)};
}

}  // namespace mlp::transport
