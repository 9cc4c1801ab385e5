// SQLite's handles with owners. Functions return SQLite's result codes; callers turn the first that
// is not SQLITE_OK into an Error with Describe().
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace mlp {

/// One connection. Not thread-safe: a thread has its own.
class Database {
 public:
  enum class Mode { kReadWrite, kReadOnly };

  /// Opens the file, creating it in kReadWrite. `path` is taken as it is, never as a URI.
  [[nodiscard]] int Open(const std::string& path, Mode mode);
  /// Runs statements that give no rows, or whose rows do not matter.
  [[nodiscard]] int Run(const char* sql);
  /// The first column of the first row as an integer, `value` unchanged where there is no row.
  [[nodiscard]] int Number(const char* sql, std::int64_t& value);

  [[nodiscard]] sqlite3* get() const noexcept { return handle_.get(); }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  struct Closer {
    void operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
  };
  std::unique_ptr<sqlite3, Closer> handle_;
  std::string path_;
};

/// One prepared statement; must not outlive its Database.
class Statement {
 public:
  [[nodiscard]] int Prepare(Database& database, const char* sql);

  /// Begins a new run: the values that follow are bound in order. A text must live until Step().
  Statement& Start() noexcept;
  Statement& Int(std::int64_t value) noexcept;
  Statement& Text(std::string_view value) noexcept;
  Statement& Blob(std::string_view value) noexcept;  ///< as Text
  /// SQLITE_ROW, SQLITE_DONE or an error, also one of the binding. Done and failed runs are reset.
  [[nodiscard]] int Step() noexcept;

  /// Columns of the current row, 0-based. A text lives until the next Step() or Start().
  [[nodiscard]] std::int64_t Integer(int column) const noexcept;
  [[nodiscard]] bool IsNull(int column) const noexcept;
  [[nodiscard]] std::string_view Characters(int column) const noexcept;
  [[nodiscard]] std::string_view Bytes(int column) const noexcept;  ///< of a blob

 private:
  struct Finalizer {
    void operator()(sqlite3_stmt* handle) const noexcept { sqlite3_finalize(handle); }
  };
  std::unique_ptr<sqlite3_stmt, Finalizer> handle_;
  int bound_ = 0;
  int failure_ = SQLITE_OK;
};

/// A sentence on a failure: the file, what SQLite says, and how to mend it where that is known.
[[nodiscard]] std::string Describe(int code, const Database& database);

}  // namespace mlp
