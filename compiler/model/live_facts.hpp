// The live facts of the language: their names after `live.`, and the unit of each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mlp/tables.hpp"

namespace mlp::compiler {

/// In what a fact is kept and compared.
enum class LiveUnit : std::uint8_t { kMicroseconds, kPpm, kCount, kTokens };
/// Latencies are written in milliseconds at the finest and kept in microseconds.
inline constexpr std::int64_t kMicrosecondsPerMs = 1'000;

/// `latency.p95`, `error-rate`, `in-flight`: the fact, or nothing.
[[nodiscard]] std::optional<LiveFact> FindLiveFact(std::string_view name);
[[nodiscard]] std::string_view NameOf(LiveFact fact);
[[nodiscard]] LiveUnit UnitOf(LiveFact fact);
/// All names, for messages.
[[nodiscard]] std::vector<std::string> LiveFactNames();

}  // namespace mlp::compiler
