// How names and values of a policy are spelt in C++.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mlp::compiler::emit {

/// `claude-sonnet-4-5` -> claude_sonnet_4_5; a C++ keyword gets a trailing `_`.
[[nodiscard]] std::string Identifier(std::string_view name);
/// `cost-center` -> CostCenter, `gpt-5` -> Gpt_5, never two names to one; names that generated code
/// uses itself (Request, Policy, Decide) get a trailing `_`.
[[nodiscard]] std::string TypeName(std::string_view name);
/// A string literal with escapes.
[[nodiscard]] std::string Quoted(std::string_view text);
/// A 64-bit literal; the largest one by its name.
[[nodiscard]] std::string Literal(std::int64_t value);
[[nodiscard]] constexpr std::string_view Bool(bool value) { return value ? "true" : "false"; }

}  // namespace mlp::compiler::emit
