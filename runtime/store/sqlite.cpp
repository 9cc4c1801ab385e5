#include "runtime/store/sqlite.hpp"

namespace mlp {
namespace {

// What a person can do about a failure; empty where there is nothing general to say.
std::string_view Mend(int code) {
  switch (code & 0xFF) {
    case SQLITE_FULL:
      return "free space on the disk";
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return "make the file and its folder writable, or name another file";
    case SQLITE_CORRUPT:
      return "move it aside to keep it (`sqlite3 FILE .recover` may save its rows) and start again";
    case SQLITE_NOTADB:
      return "name another file; this one is left as it is";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "end the other program that holds it locked";
    case SQLITE_IOERR:
      return "check the disk";
    default:
      return {};
  }
}

}  // namespace

int Database::Open(const std::string& path, Mode mode) {
  path_ = path;
  const int flags = (mode == Mode::kReadOnly ? SQLITE_OPEN_READONLY
                                             : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
                    SQLITE_OPEN_NOMUTEX;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) return code;
  sqlite3_extended_result_codes(handle, 1);
  return sqlite3_busy_timeout(handle, 5'000);
}

int Database::Run(const char* sql) {
  return sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
}

int Database::Number(const char* sql, std::int64_t& value) {
  Statement statement;
  if (const int code = statement.Prepare(*this, sql); code != SQLITE_OK) return code;
  const int code = statement.Start().Step();
  if (code == SQLITE_ROW) value = statement.Integer(0);
  return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
}

int Statement::Prepare(Database& database, const char* sql) {
  sqlite3_stmt* handle = nullptr;
  const int code =
      sqlite3_prepare_v3(database.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  handle_.reset(handle);
  return code;
}

Statement& Statement::Start() noexcept {
  sqlite3_reset(handle_.get());
  bound_ = 0;
  failure_ = SQLITE_OK;
  return *this;
}

Statement& Statement::Int(std::int64_t value) noexcept {
  const int code = sqlite3_bind_int64(handle_.get(), ++bound_, value);
  if (code != SQLITE_OK) failure_ = code;
  return *this;
}

Statement& Statement::Text(std::string_view value) noexcept {
  const char* data = value.data() == nullptr ? "" : value.data();
  const int code =
      sqlite3_bind_text64(handle_.get(), ++bound_, data, value.size(), SQLITE_STATIC, SQLITE_UTF8);
  if (code != SQLITE_OK) failure_ = code;
  return *this;
}

Statement& Statement::Blob(std::string_view value) noexcept {
  // Without an address it would be NULL.
  const char* data = value.data() == nullptr ? "" : value.data();
  const int code = sqlite3_bind_blob64(handle_.get(), ++bound_, data, value.size(), SQLITE_STATIC);
  if (code != SQLITE_OK) failure_ = code;
  return *this;
}

int Statement::Step() noexcept {
  if (failure_ != SQLITE_OK) return failure_;
  const int code = sqlite3_step(handle_.get());
  if (code != SQLITE_ROW) sqlite3_reset(handle_.get());
  return code;
}

std::int64_t Statement::Integer(int column) const noexcept {
  return sqlite3_column_int64(handle_.get(), column);
}

bool Statement::IsNull(int column) const noexcept {
  return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
}

std::string_view Statement::Characters(int column) const noexcept {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

std::string_view Statement::Bytes(int column) const noexcept {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

std::string Describe(int code, const Database& database) {
  std::string text = database.path() + ": " + sqlite3_errstr(code);
  // The connection's own words say more where they belong to this failure.
  if (database.get() != nullptr && sqlite3_extended_errcode(database.get()) == code) {
    const std::string detail = sqlite3_errmsg(database.get());
    if (detail != sqlite3_errstr(code)) text += " (" + detail + ")";
  }
  if (const std::string_view mend = Mend(code); !mend.empty()) text += "; " + std::string(mend);
  return text;
}

}  // namespace mlp
