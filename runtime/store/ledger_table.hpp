// What connections to tables of the ledger file have alike: how they open, transactions, and
// whether another connection wrote.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

#include "mlp/result.hpp"
#include "runtime/store/sqlite.hpp"

namespace mlp {

/// One connection; a thread has its own.
class LedgerTable {
 public:
  LedgerTable(const LedgerTable&) = delete;
  LedgerTable& operator=(const LedgerTable&) = delete;

  /// Makes the file and its tables where they are missing. `busy_ms` is how long it waits for
  /// another writer, here and later.
  Status Open(const std::string& ledger_path, int busy_ms = 5'000);
  /// As Open, of a file that is there: makes no tables. Fails, and is_older() then, where nobody
  /// made the tables yet.
  Status OpenToRead(const std::string& ledger_path);
  [[nodiscard]] bool is_older() const noexcept { return is_older_; }

  /// Changes hold from Begin to Commit as one; Abandon takes them back.
  Status Begin();
  Status Commit();
  void Abandon() noexcept;

  /// Changes when another connection wrote.
  Result<std::int64_t> Version();

 protected:
  struct Text {
    Statement& statement;
    const char* sql;
  };
  /// `schema`: of the ledger file, the first with the tables.
  explicit LedgerTable(std::int64_t schema) : schema_(schema) {}
  ~LedgerTable() = default;

  /// Compiles its statements, all of them by PrepareAll.
  virtual Status Prepare() = 0;
  Status PrepareAll(std::initializer_list<Text> texts);
  [[nodiscard]] Error Failure(int code) const;
  [[nodiscard]] Database& database() noexcept { return database_; }

 private:
  const std::int64_t schema_;
  bool is_older_ = false;
  Database database_;
};

}  // namespace mlp
