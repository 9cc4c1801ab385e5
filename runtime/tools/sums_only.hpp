// What commands that need calls one by one say of those that a store has no rows of.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/store/reader.hpp"

namespace mlp::tools {

/// `1,234 calls from before 2026-11-14 10:00 UTC are kept in sums only`, of those begun from
/// `from_us` on; empty where there are none, and where the store cannot tell.
[[nodiscard]] std::string SumsOnly(StoreReader& reader, std::int64_t from_us);

}  // namespace mlp::tools
