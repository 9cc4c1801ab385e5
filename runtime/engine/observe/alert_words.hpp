// Measures and comparisons in the policy's own words, for messages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "mlp/tables.hpp"

namespace mlp::engine {

/// `fallbacks 5 > 3 over 1h`, `error-rate unknown > 2%`.
[[nodiscard]] std::string DescribeAtom(const AlertAtom& atom, std::optional<std::int64_t> value);

/// Whether it holds; one that is not known does not.
[[nodiscard]] bool Holds(const AlertAtom& atom, std::optional<std::int64_t> value) noexcept;

}  // namespace mlp::engine
