// Values in the policy language's own units, exact and as short as they can be.
#pragma once

#include <cstdint>
#include <string>

namespace mlp::compiler {

/// `90s`, `250ms`, `1h`, `7d`: the largest unit that divides it.
[[nodiscard]] std::string DurationWords(std::int64_t ms);
/// `95%`, `0.5%` of millionths.
[[nodiscard]] std::string ShareWords(std::int64_t micro);
/// `0.94`, `1.3` of millionths.
[[nodiscard]] std::string RatioWords(std::int64_t micro);
/// `$3/M` of picodollars a token.
[[nodiscard]] std::string PriceWords(std::int64_t pico_per_token);
/// `$0.02`; `unknown` below zero.
[[nodiscard]] std::string CostWords(std::int64_t pico);

}  // namespace mlp::compiler
