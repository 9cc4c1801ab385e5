// The tables of a record store, and how a file of ours comes to have its tables.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "mlp/result.hpp"
#include "runtime/store/sqlite.hpp"

namespace mlp {

/// The steps from an empty file to the present schema: step i leads from user_version i to i + 1.
[[nodiscard]] std::span<const char* const> SchemaSteps() noexcept;

/// How SQLite keeps a file's commits.
enum class Journal : std::uint8_t {
  kWriteAheadLog,  ///< one connection writes; a failure of power may take the last commits
  kRollback,       ///< any number of processes write; a commit that returned stays
};

/// A file of ours: whose it is and how its tables came about.
struct FileKind {
  std::int64_t application_id;  ///< SQLite's mark of the program that owns the file
  std::span<const char* const> steps;
  Journal journal;
};
[[nodiscard]] FileKind RecordStoreFile() noexcept;

/// Makes an open connection ready to write: the journal, our own checkpoints, and the missing steps
/// in one transaction. Refuses files of other programs and of a newer mlp, and leaves those as they
/// are.
Status PrepareToWrite(Database& database, const FileKind& kind = RecordStoreFile());

/// Checks that a connection shows a store that this mlp can read. A file without any table yet is
/// an empty store: `empty` is set.
Status CheckReadable(Database& database, bool& empty, const FileKind& kind = RecordStoreFile());

}  // namespace mlp
