#include "tests/unit/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>
#include <limits>

#include "runtime/store/reader.hpp"
#include "runtime/store/sqlite.hpp"

namespace mlp {

StoreOptions OnlyWhenFlushed() {
  StoreOptions options;
  options.batch_rows = std::numeric_limits<std::size_t>::max() / 64;
  options.batch_ms = 3'600'000;
  return options;
}

std::unique_ptr<Store> MustOpen(const std::string& path, StoreOptions options) {
  auto store = Store::Open(path, options);
  BOOST_REQUIRE_MESSAGE(store.ok(), (store.ok() ? "" : store.error().context));
  return std::move(store.value());
}

std::vector<CallRecord> ReadAll(const std::string& path) {
  auto reader = StoreReader::Open(path);
  BOOST_REQUIRE_MESSAGE(reader.ok(), (reader.ok() ? "" : reader.error().context));
  std::vector<CallRecord> calls;
  const Status status =
      reader->ForEachCall(std::numeric_limits<std::int64_t>::min(),
                          std::numeric_limits<std::int64_t>::max(), [&](const CallRecord& call) {
                            calls.push_back(call);
                            return true;
                          });
  BOOST_REQUIRE_MESSAGE(status.ok(), (status.ok() ? "" : status.error().context));
  return calls;
}

std::string IntegrityCheck(const std::string& file) {
  Database database;
  Statement statement;
  if (database.Open(file, Database::Mode::kReadWrite) != SQLITE_OK ||
      statement.Prepare(database, "PRAGMA integrity_check") != SQLITE_OK ||
      statement.Start().Step() != SQLITE_ROW) {
    return sqlite3_errmsg(database.get());
  }
  return std::string(statement.Characters(0));
}

std::int64_t QueryNumber(const std::string& file, const std::string& sql) {
  Database database;
  BOOST_REQUIRE(database.Open(file, Database::Mode::kReadOnly) == SQLITE_OK);
  std::int64_t value = -1;
  BOOST_REQUIRE(database.Number(sql.c_str(), value) == SQLITE_OK);
  return value;
}

void Execute(const std::string& file, const std::string& sql) {
  Database database;
  BOOST_REQUIRE(database.Open(file, Database::Mode::kReadWrite) == SQLITE_OK);
  BOOST_REQUIRE(database.Run(sql.c_str()) == SQLITE_OK);
}

}  // namespace mlp
