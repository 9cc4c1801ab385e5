// What an attempt cost, once its tokens are known. The worst case before it is AttemptCostPico
// (decide.hpp).
#pragma once

#include <cstdint>

#include "mlp/call.hpp"
#include "mlp/money.hpp"
#include "mlp/tables.hpp"

namespace mlp {

/// The exact price of `usage` at the instant (seconds since 1970 UTC), peak hours and prompt tier
/// included: tokens times price, class by class, the sum times the endpoint's factor, rounded half
/// up to a picodollar.
///
/// A class without a price of its own is billed as the one it replaces: reasoning as output, cache
/// read and cache write as input, long cache write as cache write. `priced` becomes false where no
/// price holds or the input or output price itself is missing for tokens used; those tokens then
/// count nothing. Saturates at the largest Money; negative counts are taken as 0.
[[nodiscard]] Money SettleCost(const Tables& tables, std::uint16_t model, std::uint16_t endpoint,
                               std::int64_t at_s, const Usage& usage, bool& priced) noexcept;

/// Whether a price holds at the instant for a prompt of so many tokens, its peak hours included.
[[nodiscard]] bool PriceHolds(const Price& price, std::int64_t at_s,
                              std::int64_t prompt_tokens) noexcept;

}  // namespace mlp
