// When two calls are the same: they ask the same model for the same.
#pragma once

#include <cstdint>
#include <string_view>

#include "mlp/protocol.hpp"
#include "runtime/core/sha256.hpp"

namespace mlp::engine {

/// What an answer had to pass before it was kept. Of none: no name.
struct QualityBar {
  std::string_view evaluator = {};
  std::uint32_t floor_ppm = 0;
};

/// SHA-256 over the provider, the model's id and parameters, the bar, and all of the prompt that
/// reaches the wire; not over keys, URLs and trace headers. Every field is preceded by its length,
/// so that no two prompts run together. The same on every machine.
[[nodiscard]] Sha256Digest CacheKey(std::string_view provider, const WireCall& call,
                                    const QualityBar& bar = {}) noexcept;

/// The same over all but the texts of the last message, and over the model whose vectors stand for
/// them: what must be equal for two prompts to be compared at all. Precondition: it has a message.
[[nodiscard]] Sha256Digest ScopeKey(std::string_view provider, const WireCall& call,
                                    std::string_view vectors, const QualityBar& bar = {}) noexcept;

}  // namespace mlp::engine
