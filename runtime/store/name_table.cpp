#include "runtime/store/name_table.hpp"

#include "runtime/store/text.hpp"

namespace mlp {
namespace {

// A policy has some hundred names; providers' error codes are few. More than this is a flood of
// distinct texts, and then forgetting is better than growing.
constexpr std::size_t kMaxCached = 16'384;

}  // namespace

int NameTable::Prepare(Database& database) {
  database_ = &database;
  const int code = find_.Prepare(database, "SELECT id FROM names WHERE text = ?");
  return code == SQLITE_OK ? insert_.Prepare(database, "INSERT INTO names(text) VALUES(?)") : code;
}

std::int64_t NameTable::Number(std::string_view text) {
  const auto found = cache_.find(text);
  if (found != cache_.end()) return found->second;
  const std::int64_t number = FindOrInsert(StorableText(text, buffer_));
  if (number != 0) {
    if (cache_.size() >= kMaxCached) cache_.clear();
    cache_.emplace(text, number);
  }
  return number;
}

std::int64_t NameTable::FindOrInsert(std::string_view text) {
  int code = find_.Start().Text(text).Step();
  if (code == SQLITE_ROW) {
    const std::int64_t number = find_.Integer(0);
    find_.Start();
    return number;
  }
  if (code == SQLITE_DONE) code = insert_.Start().Text(text).Step();
  if (code == SQLITE_DONE) return sqlite3_last_insert_rowid(database_->get());
  failure_ = code;
  return 0;
}

void NameTable::Forget() noexcept {
  cache_.clear();
  failure_ = SQLITE_OK;
}

}  // namespace mlp
