#include "runtime/store/ledger_table.hpp"

#include "runtime/store/ledger_file.hpp"
#include "runtime/store/schema.hpp"

namespace mlp {
namespace {

constexpr int kReadBusyMs = 5'000;

Status OpenAsIs(Database& database, const std::string& path, Database::Mode mode, bool& empty) {
  if (const int code = database.Open(path, mode); code != SQLITE_OK) {
    return Error{ErrorClass::kNone, Describe(code, database)};
  }
  sqlite3_busy_timeout(database.get(), kReadBusyMs);
  return CheckReadable(database, empty, LedgerFileKind());
}

}  // namespace

Status LedgerTable::Open(const std::string& ledger_path, int busy_ms) {
  if (const int code = database_.Open(ledger_path, Database::Mode::kReadWrite); code != SQLITE_OK) {
    return Failure(code);
  }
  sqlite3_busy_timeout(database_.get(), busy_ms);
  if (Status status = PrepareToWrite(database_, LedgerFileKind()); !status) return status;
  return Prepare();
}

Status LedgerTable::OpenToRead(const std::string& ledger_path) {
  bool empty = false;
  Status opened = OpenAsIs(database_, ledger_path, Database::Mode::kReadOnly, empty);
  // What a killed process left half written has to be rolled back first.
  if (!opened) opened = OpenAsIs(database_, ledger_path, Database::Mode::kReadWrite, empty);
  if (!opened) return opened;
  std::int64_t version = 0;
  if (const int code = database_.Number("PRAGMA user_version", version); code != SQLITE_OK) {
    return Failure(code);
  }
  is_older_ = version < schema_;
  if (is_older_) {
    return Error{ErrorClass::kNone, ledger_path + ": no service of this version wrote here yet"};
  }
  return Prepare();
}

Status LedgerTable::PrepareAll(std::initializer_list<Text> texts) {
  for (const Text& text : texts) {
    if (const int code = text.statement.Prepare(database_, text.sql); code != SQLITE_OK) {
      return Failure(code);
    }
  }
  return Done{};
}

Status LedgerTable::Begin() {
  const int code = database_.Run("BEGIN IMMEDIATE");
  return code == SQLITE_OK ? Status(Done{}) : Status(Failure(code));
}

Status LedgerTable::Commit() {
  const int code = database_.Run("COMMIT");
  if (code == SQLITE_OK) return Done{};
  Error error = Failure(code);
  Abandon();
  return error;
}

void LedgerTable::Abandon() noexcept {
  if (sqlite3_get_autocommit(database_.get()) == 0) static_cast<void>(database_.Run("ROLLBACK"));
}

Result<std::int64_t> LedgerTable::Version() {
  std::int64_t version = 0;
  if (const int code = database_.Number("PRAGMA data_version", version); code != SQLITE_OK) {
    return Failure(code);
  }
  return version;
}

Error LedgerTable::Failure(int code) const {
  return {ErrorClass::kNone, Describe(code, database_)};
}

}  // namespace mlp
