// When two prompts may be compared by their last words alone.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "mlp/call.hpp"

namespace mlp::engine {

/// The user's last turn where it is what the prompt ends with and all text, one part to a line; it
/// is what a vector stands for. Nothing where it is empty or longer than `most_tokens`, by the
/// estimate of three bytes to a token: the end of it would not be in the vector.
[[nodiscard]] std::optional<std::string> TextToCompare(const Prompt& prompt,
                                                       std::int64_t most_tokens);

/// Scales it to length 1; false where it has none.
[[nodiscard]] bool Normalize(std::vector<float>& vector) noexcept;

}  // namespace mlp::engine
