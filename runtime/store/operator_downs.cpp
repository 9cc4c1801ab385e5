#include "runtime/store/operator_downs.hpp"

#include <array>

#include "runtime/store/ledger_file.hpp"
#include "runtime/store/schema.hpp"
#include "runtime/store/text.hpp"

namespace mlp {

Error OperatorDowns::Failure(int code) const {
  return {ErrorClass::kNone, Describe(code, database_)};
}

Status OperatorDowns::Open(const std::string& ledger_path, int busy_ms) {
  if (const int code = database_.Open(ledger_path, Database::Mode::kReadWrite); code != SQLITE_OK) {
    return Failure(code);
  }
  sqlite3_busy_timeout(database_.get(), busy_ms);
  if (Status status = PrepareToWrite(database_, LedgerFileKind()); !status) return status;
  struct Text {
    Statement& statement;
    const char* sql;
  };
  for (const Text& text : {
           Text{set_,
                "INSERT INTO operator_downs(name, until_s, why, who, at_s)"
                " VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(name) DO UPDATE SET"
                " until_s = ?2, why = ?3, who = ?4, at_s = ?5"},
           Text{forget_, "DELETE FROM operator_downs WHERE until_s <= ?1"},
           Text{clear_, "DELETE FROM operator_downs WHERE name = ?1"},
           Text{list_, "SELECT name, until_s, why, who, at_s FROM operator_downs ORDER BY name"},
       }) {
    if (const int code = text.statement.Prepare(database_, text.sql); code != SQLITE_OK) {
      return Failure(code);
    }
  }
  return Done{};
}

Status OperatorDowns::Set(const OperatorDown& down) {
  if (const int code = forget_.Start().Int(down.at_s).Step(); code != SQLITE_DONE) {
    return Failure(code);
  }
  std::array<std::string, 3> buffers;
  set_.Start().Text(StorableText(down.name, buffers[0])).Int(down.until_s);
  set_.Text(StorableText(down.why, buffers[1])).Text(StorableText(down.who, buffers[2]));
  const int code = set_.Int(down.at_s).Step();
  return code == SQLITE_DONE ? Status(Done{}) : Status(Failure(code));
}

Result<bool> OperatorDowns::Clear(std::string_view name) {
  std::string buffer;
  const int code = clear_.Start().Text(StorableText(name, buffer)).Step();
  if (code != SQLITE_DONE) return Failure(code);
  return sqlite3_changes(database_.get()) > 0;
}

Result<std::vector<OperatorDown>> OperatorDowns::List() {
  std::vector<OperatorDown> downs;
  list_.Start();
  int code = SQLITE_DONE;
  while ((code = list_.Step()) == SQLITE_ROW) {
    downs.push_back({.name = std::string(list_.Characters(0)),
                     .until_s = list_.Integer(1),
                     .why = std::string(list_.Characters(2)),
                     .who = std::string(list_.Characters(3)),
                     .at_s = list_.Integer(4)});
  }
  if (code != SQLITE_DONE) return Failure(code);
  return downs;
}

Result<std::int64_t> OperatorDowns::Version() {
  std::int64_t version = 0;
  if (const int code = database_.Number("PRAGMA data_version", version); code != SQLITE_OK) {
    return Failure(code);
  }
  return version;
}

}  // namespace mlp
