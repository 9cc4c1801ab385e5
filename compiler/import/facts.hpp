// Facts from JSON to the spelling of the policy language: token counts, prices, dates, texts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlp::compiler {

/// 200000 as 200K, 1000000 as 1M, 131072 as it is.
[[nodiscard]] std::string WriteTokens(std::int64_t count);

/// Dollars per million tokens, as in "0.003625", in picodollars per token (which is the same number
/// in millionths). Nothing on a negative number or more than six decimals.
[[nodiscard]] std::optional<std::int64_t> ReadRate(std::string_view dollars_per_million);

/// The same from a floating-point number, rounded to whole picodollars; `exact` tells whether that
/// lost more than what a decimal loses in a double. Nothing where it is negative or beyond
/// $1,000,000/M.
struct RoundedRate {
  std::int64_t pico_per_token = 0;
  bool exact = true;
};
[[nodiscard]] std::optional<RoundedRate> RateFromDollarsPerMillion(double dollars);
[[nodiscard]] std::optional<RoundedRate> RateFromDollarsPerToken(double dollars);

/// $3/M, $0.30/M, $0.003625/M.
[[nodiscard]] std::string WriteRate(std::int64_t pico_per_token);

/// A date in the language's spelling. Where the source names only a month or year, it is the first
/// day of that.
struct DateFact {
  std::string text;
  bool unknown_day = false;
};

/// Reads 2026-06-01, 2026-08-16T16:00Z, 2026-06 and 2026; nothing where that is no date.
[[nodiscard]] std::optional<DateFact> ReadDateFact(std::string_view text);

/// The last whole date (2026-08-22) in a text such as "2026-10-15 / 2026-10-28", else its last
/// month as a date, else an empty text.
[[nodiscard]] std::string LastDateIn(std::string_view text);

/// The text as a string literal of the language.
[[nodiscard]] std::string Quote(std::string_view text);

[[nodiscard]] std::string Join(const std::vector<std::string>& parts, std::string_view between);

/// One line: control characters and line ends become blanks.
[[nodiscard]] std::string OneLine(std::string_view text);

}  // namespace mlp::compiler
