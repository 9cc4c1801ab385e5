// The tables of a record store, and how a file comes to have them.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "mlp/result.hpp"
#include "runtime/store/sqlite.hpp"

namespace mlp {

/// The steps from an empty file to the present schema: step i leads from user_version i to i + 1.
[[nodiscard]] std::span<const char* const> SchemaSteps() noexcept;

/// Makes an open connection ready to write: WAL, our own checkpoints, and the missing steps in one
/// transaction. Refuses files of other programs and of a newer mlp, and leaves those as they are.
Status PrepareToWrite(Database& database, std::span<const char* const> steps = SchemaSteps());

/// Checks that a connection shows a store that this mlp can read. A file without any table yet is
/// an empty store: `empty` is set.
Status CheckReadable(Database& database, bool& empty);

}  // namespace mlp
