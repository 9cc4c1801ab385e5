#include "runtime/transport/embedding.hpp"

#include <cmath>
#include <cstddef>

#include "runtime/transport/error_rules.hpp"

namespace mlp::transport {
namespace {

constexpr std::size_t kLongest = 65'536;

}  // namespace

void TakeVector(const Json& numbers, std::optional<std::int64_t> prompt_tokens,
                ProviderReply& reply) {
  reply.usage.reported = reply.usage.verified = prompt_tokens.has_value();
  reply.usage.input = prompt_tokens.value_or(0);
  if (!numbers.is_array() || numbers.empty() || numbers.size() > kLongest) {
    return Fail(reply, ErrorClass::kMalformedResponse, "embedding-no-vector");
  }
  reply.vector.reserve(numbers.size());
  for (const Json& number : numbers) {
    const float value = number.is_number() ? number.get<float>() : NAN;
    if (!std::isfinite(value)) {
      reply.vector.clear();
      return Fail(reply, ErrorClass::kMalformedResponse, "embedding-not-finite");
    }
    reply.vector.push_back(value);
  }
}

}  // namespace mlp::transport
