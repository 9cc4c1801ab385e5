// The vector of a text, which four wire formats ask for and answer alike.
#pragma once

#include <cstdint>
#include <optional>

#include "mlp/protocol.hpp"
#include "runtime/transport/wire_json.hpp"

namespace mlp::transport {

/// Takes the array of an answer as the reply's vector; fails the reply where it is none: empty,
/// longer than 65,536, or with something else in it than finite numbers. `prompt_tokens` are those
/// that the provider states.
void TakeVector(const Json& numbers, std::optional<std::int64_t> prompt_tokens,
                ProviderReply& reply);

}  // namespace mlp::transport
