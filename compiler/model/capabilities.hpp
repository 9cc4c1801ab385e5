// The built-in capability taxonomy: names at fixed bits, so that equal policies give equal tables.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace mlp::compiler {

/// Most capabilities of a policy, built-in and declared ones: each is a bit of a 64-bit word.
inline constexpr std::size_t kMaxCapabilities = 64;

/// Derived from the context size; a model does not declare them.
inline constexpr std::string_view kLargeContext = "large-context";  ///< over 100K tokens
inline constexpr std::string_view kExtraLargeContext =
    "extra-large-context";  ///< 1M tokens and more

/// Bit i is the i-th; declared capabilities follow.
[[nodiscard]] std::span<const std::string_view> BuiltInCapabilities();
/// The bit of a built-in capability.
[[nodiscard]] std::optional<std::uint8_t> BuiltInCapability(std::string_view name);
/// The bits of the capabilities that a context of so many tokens implies.
[[nodiscard]] std::uint64_t DerivedCapabilities(std::int64_t context);

}  // namespace mlp::compiler
