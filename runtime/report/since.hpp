// The beginning of a report's window as people write it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mlp {

/// `90s`, `30m`, `24h`, `7d`, `2w` in microseconds, a thousand years at most; nothing on other
/// text.
[[nodiscard]] std::optional<std::int64_t> ParseDuration(std::string_view text);

/// `90s`, `30m`, `24h`, `7d`, `2w` before now, or a UTC instant: `2026-11-20`, `2026-11-20T14:00`,
/// `2026-11-20T14:00:05`, with or without `Z`. Microseconds since 1970; nothing on other text.
[[nodiscard]] std::optional<std::int64_t> ParseSince(std::string_view text, std::int64_t now_us);

/// `2026-11-20T14:00:05Z`; parts of a second are cut.
[[nodiscard]] std::string FormatInstant(std::int64_t instant_us);

}  // namespace mlp
