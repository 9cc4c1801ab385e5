// The live facts of the language: their names after `live.`, and the unit of each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mlp/tables.hpp"

namespace mlp::compiler {

enum class LiveUnit : std::uint8_t { kMicroseconds, kPpm, kCount };

/// `latency.p95`, `error-rate`, `in-flight`: the fact, or nothing.
[[nodiscard]] std::optional<LiveFact> FindLiveFact(std::string_view name);
[[nodiscard]] std::string_view NameOf(LiveFact fact);
[[nodiscard]] LiveUnit UnitOf(LiveFact fact);
/// All names, for messages.
[[nodiscard]] std::string LiveFactNames();

}  // namespace mlp::compiler
