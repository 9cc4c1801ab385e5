#include "runtime/store/answer_file.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string_view>
#include <utility>

#include "runtime/store/schema.hpp"

namespace mlp {
namespace {

constexpr std::int64_t kApplicationId = 0x6D6C7063;  // "mlpc"
constexpr std::size_t kMostWaiting = 4'096;

constexpr std::array kSteps{R"sql(
CREATE TABLE answers(
  id INTEGER PRIMARY KEY,  -- rises with the time of writing
  key TEXT NOT NULL UNIQUE,
  answer TEXT NOT NULL,
  expires_s INTEGER NOT NULL
) STRICT;
CREATE INDEX answers_by_end ON answers(expires_s);
)sql"};

FileKind AnswerFileKind() noexcept { return {kApplicationId, kSteps, Journal::kRollback}; }

bool IsBroken(int code) {
  return (code & 0xFF) == SQLITE_CORRUPT || (code & 0xFF) == SQLITE_NOTADB;
}

int Finish(Statement& statement) {
  const int code = statement.Step();
  return code == SQLITE_DONE || code == SQLITE_ROW ? SQLITE_OK : code;
}

std::int64_t NowSeconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// Whether the file is one that SQLite wrote and can no longer read. One that does not even begin
/// as its files do may be somebody's settings, named by mistake.
bool LooksBroken(const std::string& path) {
  constexpr std::string_view kBegins = "SQLite format 3";
  std::string begins(kBegins.size(), '\0');
  std::ifstream(path, std::ios::binary).read(begins.data(), static_cast<int>(begins.size()));
  if (begins != kBegins) return false;
  Database database;
  if (const int code = database.Open(path, Database::Mode::kReadOnly); code != SQLITE_OK) {
    return IsBroken(code);
  }
  std::int64_t ignored = 0;
  return IsBroken(database.Number("SELECT count(*) FROM sqlite_schema", ignored)) ||
         IsBroken(database.Run("PRAGMA quick_check(1)"));
}

}  // namespace

Result<std::unique_ptr<AnswerFile>> AnswerFile::Open(const std::string& path,
                                                     std::int64_t most_bytes) {
  std::unique_ptr<AnswerFile> file(new AnswerFile(most_bytes));
  Status status = file->OpenBoth(path);
  if (!status && LooksBroken(path)) {
    // Answers can be asked for again: a broken file is no reason to go without.
    std::remove(path.c_str());
    std::remove((path + "-journal").c_str());
    file.reset(new AnswerFile(most_bytes));
    status = file->OpenBoth(path);
  }
  if (!status) return status.error();
  file->thread_ = std::thread([one = file.get()] { one->Run(); });
  return file;
}

Status AnswerFile::OpenBoth(const std::string& path) {
  if (const int code = writer_.Open(path, Database::Mode::kReadWrite); code != SQLITE_OK) {
    return Error{ErrorClass::kNone, Describe(code, writer_)};
  }
  if (Status status = PrepareToWrite(writer_, AnswerFileKind()); !status) return status;
  int code = reader_.Open(path, Database::Mode::kReadOnly);
  if (code == SQLITE_OK) code = reader_.Run("PRAGMA busy_timeout = 0");
  if (code == SQLITE_OK) {
    code = find_.Prepare(reader_, "SELECT answer, expires_s FROM answers WHERE key = ?");
  }
  return code == SQLITE_OK ? Status(Done{})
                           : Status(Error{ErrorClass::kNone, Describe(code, reader_)});
}

AnswerFile::~AnswerFile() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::optional<std::string> AnswerFile::Find(const std::string& key, std::int64_t now_s,
                                            std::int64_t& expires_s) {
  const std::lock_guard lock(reader_mutex_);
  if (find_.Start().Text(key).Step() != SQLITE_ROW) return std::nullopt;
  expires_s = find_.Integer(1);
  std::optional<std::string> answer;
  if (expires_s > now_s) answer.emplace(find_.Characters(0));
  find_.Start();  // else the file stays locked
  return answer;
}

Status AnswerFile::ForEachNewest(const std::string& path, std::int64_t now_s, const Visit& visit) {
  Database reader;
  const auto failure = [&](int code) { return Error{ErrorClass::kNone, Describe(code, reader)}; };
  int code = reader.Open(path, Database::Mode::kReadOnly);
  if (code != SQLITE_OK) return failure(code);
  bool empty = false;
  if (Status status = CheckReadable(reader, empty, AnswerFileKind()); !status) return status;
  if (empty) return Done{};
  Statement all;
  code = all.Prepare(reader,
                     "SELECT key, answer, expires_s FROM answers WHERE expires_s > ? "
                     "ORDER BY id DESC");
  if (code != SQLITE_OK) return failure(code);
  all.Start().Int(now_s);
  while ((code = all.Step()) == SQLITE_ROW) {
    if (!visit(std::string(all.Characters(0)), std::string(all.Characters(1)), all.Integer(2))) {
      return Done{};
    }
  }
  return code == SQLITE_DONE ? Status(Done{}) : Status(failure(code));
}

void AnswerFile::Put(std::string key, std::string answer, std::int64_t expires_s) {
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= kMostWaiting) {
      ++stats_.dropped;
      return;
    }
    queue_.push_back({std::move(key), std::move(answer), expires_s});
  }
  changed_.notify_all();
}

void AnswerFile::Flush() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return queue_.empty() && !writing_; });
}

AnswerFile::Stats AnswerFile::stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

void AnswerFile::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return closing_ || !queue_.empty(); });
    if (queue_.empty()) return;
    std::vector<Row> rows;
    rows.swap(queue_);
    writing_ = true;
    lock.unlock();
    const int code = Write(rows);
    lock.lock();
    writing_ = false;
    if (code == SQLITE_OK) {
      stats_.written += rows.size();
    } else {
      stats_.dropped += rows.size();
      stats_.last_error = Describe(code, writer_);
    }
    changed_.notify_all();
  }
}

int AnswerFile::Write(const std::vector<Row>& rows) {
  int code = writer_.Run("BEGIN IMMEDIATE");
  Statement insert;
  if (code == SQLITE_OK) {
    code = insert.Prepare(writer_,
                          "INSERT OR REPLACE INTO answers(key, answer, expires_s) VALUES(?,?,?)");
  }
  for (const Row& row : rows) {
    if (code != SQLITE_OK) break;
    code = Finish(insert.Start().Text(row.key).Text(row.answer).Int(row.expires_s));
  }
  Statement expired;
  if (code == SQLITE_OK) {
    code = expired.Prepare(writer_, "DELETE FROM answers WHERE expires_s <= ?");
  }
  if (code == SQLITE_OK) code = Finish(expired.Start().Int(NowSeconds()));
  Statement oldest;
  if (code == SQLITE_OK) {
    code = oldest.Prepare(writer_,
                          "DELETE FROM answers WHERE id <= coalesce((SELECT id FROM (SELECT id, "
                          "sum(length(answer)) OVER (ORDER BY id DESC) AS bytes FROM answers) "
                          "WHERE bytes > ? ORDER BY id DESC LIMIT 1), 0)");
  }
  if (code == SQLITE_OK) code = Finish(oldest.Start().Int(most_bytes_));
  if (code == SQLITE_OK) code = writer_.Run("COMMIT");
  if (code != SQLITE_OK && sqlite3_get_autocommit(writer_.get()) == 0) {
    static_cast<void>(writer_.Run("ROLLBACK"));
  }
  return code;
}

}  // namespace mlp
