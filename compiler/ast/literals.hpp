// The values of literals, exactly and without floating point.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mlp::compiler::ast {

/// 42, 200K (200,000), 1M (1,000,000). Nothing past 64 bits.
[[nodiscard]] std::optional<std::int64_t> ReadInteger(std::string_view text);
/// 0.95, 42, 95% (= 0.95) and 1.3x in millionths; nothing with more than six decimals (percent:
/// four) or past 64 bits.
[[nodiscard]] std::optional<std::int64_t> ReadMicro(std::string_view text);
/// $0.05 in picodollars, at most twelve decimals.
[[nodiscard]] std::optional<std::int64_t> ReadMoneyPico(std::string_view text);
/// $3/M in picodollars per token, at most six decimals.
[[nodiscard]] std::optional<std::int64_t> ReadRatePico(std::string_view text);
/// 250ms 4s 2.4s 10m 1h 7d in milliseconds.
[[nodiscard]] std::optional<std::int64_t> ReadDurationMs(std::string_view text);
/// 2026-06-01 or 2026-08-16T16:00Z in seconds since 1970 UTC; nothing for a day that does not
/// exist.
[[nodiscard]] std::optional<std::int64_t> ReadDate(std::string_view text);
/// 16:30 in minutes of the day; 24:00 is not one.
[[nodiscard]] std::optional<std::int32_t> ReadTimeOfDay(std::string_view text);
/// The text between the quotes with escapes resolved; nothing on an unknown escape.
[[nodiscard]] std::optional<std::string> ReadString(std::string_view quoted);
/// The inverse of ReadDate: 2026-06-01, or 2026-08-16T16:00Z where the time is not midnight.
[[nodiscard]] std::string WriteDate(std::int64_t seconds);

}  // namespace mlp::compiler::ast
