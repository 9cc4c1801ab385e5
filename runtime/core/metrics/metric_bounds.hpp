// The buckets of histograms that are shown: those of OpenTelemetry's conventions for generative AI.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mlp {

// Source: semantic conventions, gen_ai.client.operation.duration (0.01 * 2^k seconds) and
// gen_ai.client.token.usage (4^k tokens), as of 2026-11. The texts are what Go's %g makes of them,
// with `.0` where that has neither point nor exponent: OpenMetrics wants the same text everywhere.
inline constexpr std::size_t kDurationBoundCount = 14;
inline constexpr std::array<std::int64_t, kDurationBoundCount> kDurationBounds_us = {
    10'000,    20'000,    40'000,    80'000,     160'000,    320'000,    640'000,
    1'280'000, 2'560'000, 5'120'000, 10'240'000, 20'480'000, 40'960'000, 81'920'000};
inline constexpr std::array<std::string_view, kDurationBoundCount> kDurationBoundTexts = {
    "0.01", "0.02", "0.04", "0.08",  "0.16",  "0.32",  "0.64",
    "1.28", "2.56", "5.12", "10.24", "20.48", "40.96", "81.92"};

inline constexpr std::size_t kTokenBoundCount = 14;
inline constexpr std::array<std::int64_t, kTokenBoundCount> kTokenBounds = {
    1,      4,      16,      64,        256,       1'024,      4'096,
    16'384, 65'536, 262'144, 1'048'576, 4'194'304, 16'777'216, 67'108'864};
inline constexpr std::array<std::string_view, kTokenBoundCount> kTokenBoundTexts = {
    "1.0",          "4.0",          "16.0",          "64.0",         "256.0",
    "1024.0",       "4096.0",       "16384.0",       "65536.0",      "262144.0",
    "1.048576e+06", "4.194304e+06", "1.6777216e+07", "6.7108864e+07"};

}  // namespace mlp
