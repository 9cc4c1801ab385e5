#include "runtime/store/reader.hpp"

#include <bit>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "runtime/store/file_claim.hpp"
#include "runtime/store/schema.hpp"
#include "runtime/store/sqlite.hpp"

namespace mlp {
namespace {

/// Columns that later schemas brought are empty in a file that no writer has opened since.
std::string SelectCalls(std::int64_t version) {
  std::string sql =
      "SELECT id, call_id, started_us, duration_us, policy, policy_version, policy_hash, route, "
      "request, arms, unit_hash, outcome, cost_pico, decide_ns, ";
  sql += version >= 2 ? "skipped, " : "'', ";
  sql += version >= 3 ? "trace_id, " : "'', ";
  sql += version >= 4 ? "cache " : "NULL ";
  return sql + "FROM calls WHERE started_us >= ? AND started_us < ? ORDER BY id";
}

constexpr std::int64_t kQualityVersion = 5;

std::string SelectAttempts(std::int64_t version) {
  return std::string(
             "SELECT number, kind, provider, model, model_id, response_model, endpoint, rollout, "
             "step, "
             "error_class, http_status, error_type, error_code, rule, request_id, finish, input, "
             "cache_read, cache_write, cache_write_long, output, reasoning, reported, verified, "
             "stated_cost_pico, cost_pico, priced, reserved_pico, started_us, latency_us, "
             "first_byte_us, "
             "waited_us, retry_after_ms, ") +
         (version < kQualityVersion ? "-1" : "quality_ppm") +
         " FROM attempts WHERE call = ? ORDER BY position";
}

// Without rows in files of before.
std::string SelectFeedback(std::int64_t version) {
  if (version < kQualityVersion) return "SELECT '', 0, 0, '' WHERE ?1 IS NULL AND ?2 IS NULL";
  return "SELECT call_id, at_us, score_ppm, note FROM feedback WHERE at_us >= ?1 AND at_us < ?2";
}

std::optional<AttemptKind> ParseAttemptKind(std::string_view name) {
  for (const AttemptKind kind : {AttemptKind::kFirst, AttemptKind::kRetry, AttemptKind::kFallback,
                                 AttemptKind::kHedge, AttemptKind::kVectors}) {
    if (ToString(kind) == name) return kind;
  }
  return std::nullopt;
}

// Hands out the columns of a row from left to right.
class Row {
 public:
  explicit Row(const Statement& statement) : statement_(statement) {}
  std::int64_t Integer() { return statement_.Integer(column_++); }
  std::string_view Characters() { return statement_.Characters(column_++); }

  template <typename T>
  void Into(T& field) {
    field = static_cast<T>(Integer());
  }
  void Into(std::string& field) { field.assign(Characters()); }

 private:
  const Statement& statement_;
  int column_ = 0;
};

}  // namespace

class StoreReader::File {
 public:
  Status Open(const std::string& path) {
    if (const int code = database_.Open(path, Database::Mode::kReadOnly); code != SQLITE_OK) {
      return Failure(code);
    }
    // Readers leave the log alone, whoever closes last.
    sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    if (Status status = CheckReadable(database_, empty_); !status) return status;
    if (empty_) return Done{};
    std::int64_t version = 0;
    if (const int code = database_.Number("PRAGMA user_version", version); code != SQLITE_OK) {
      return Failure(code);
    }
    const std::string calls = SelectCalls(version);
    const std::string attempts = SelectAttempts(version);
    const std::string feedback = SelectFeedback(version);
    const std::pair<Statement*, const char*> statements[] = {
        {&calls_, calls.c_str()},
        {&attempts_, attempts.c_str()},
        {&names_statement_, "SELECT text FROM names WHERE id = ?"},
        {&feedback_, feedback.c_str()},
        {&losses_, "SELECT total(dropped), total(lost) FROM losses WHERE at_us >= ? AND at_us < ?"},
    };
    for (const auto& [statement, sql] : statements) {
      if (const int code = statement->Prepare(database_, sql); code != SQLITE_OK) {
        return Failure(code);
      }
    }
    return Done{};
  }

  // `more` becomes false where `visit` asked to stop.
  Status ForEachCall(std::int64_t from_us, std::int64_t to_us,
                     const std::function<bool(const CallRecord&)>& visit, bool& more) {
    if (empty_) return Done{};
    if (const int code = database_.Run("BEGIN"); code != SQLITE_OK) return Failure(code);
    Status status = ShowCalls(from_us, to_us, visit, more);
    calls_.Start();
    attempts_.Start();
    const int code = database_.Run("COMMIT");
    return status && code != SQLITE_OK ? Status(Failure(code)) : status;
  }

  Status ForEachFeedback(std::int64_t from_us, std::int64_t to_us,
                         const std::function<void(const Feedback&)>& visit) {
    if (empty_) return Done{};
    feedback_.Start().Int(from_us).Int(to_us);
    Feedback feedback;
    int code = feedback_.Step();
    for (; code == SQLITE_ROW; code = feedback_.Step()) {
      Row row(feedback_);
      row.Into(feedback.call_id);
      row.Into(feedback.at_us);
      row.Into(feedback.score_ppm);
      row.Into(feedback.note);
      visit(feedback);
    }
    feedback_.Start();
    return code == SQLITE_DONE ? Status(Done{}) : Failure(code);
  }

  Status AddLosses(std::int64_t from_us, std::int64_t to_us, LossCount& count) {
    if (empty_) return Done{};
    const int code = losses_.Start().Int(from_us).Int(to_us).Step();
    if (code != SQLITE_ROW) return Failure(code);
    count.dropped += losses_.Integer(0);
    count.lost += losses_.Integer(1);
    losses_.Start();
    return Done{};
  }

 private:
  [[nodiscard]] Error Failure(int code) const {
    return {ErrorClass::kNone, Describe(code, database_)};
  }

  Status ShowCalls(std::int64_t from_us, std::int64_t to_us,
                   const std::function<bool(const CallRecord&)>& visit, bool& more) {
    CallRecord call;
    calls_.Start().Int(from_us).Int(to_us);
    int code = SQLITE_DONE;
    while (more && (code = calls_.Step()) == SQLITE_ROW) {
      Row row(calls_);
      const std::int64_t id = row.Integer();
      if (Status status = ReadCall(row, call); !status) return status;
      if (Status status = ReadAttempts(id, call); !status) return status;
      more = visit(call);
    }
    return code == SQLITE_ROW || code == SQLITE_DONE ? Status(Done{}) : Status(Failure(code));
  }

  Status ReadCall(Row& row, CallRecord& call) {
    row.Into(call.call_id);
    row.Into(call.started_us);
    row.Into(call.duration_us);
    call.policy = Name(row);
    call.policy_version = Name(row);
    call.policy_hash = Name(row);
    call.route = Name(row);
    row.Into(call.request);
    call.arms = Name(row);
    call.unit_hash = std::bit_cast<std::uint64_t>(row.Integer());
    const auto outcome = ParseErrorClass(Name(row));
    row.Into(call.cost_pico);
    row.Into(call.decide_ns);
    row.Into(call.skipped);
    row.Into(call.trace_id);
    const std::string_view cache = Name(row);
    for (const CacheUse use :
         {CacheUse::kMiss, CacheUse::kHit, CacheUse::kShared, CacheUse::kSimilar}) {
      if (cache == ToString(use)) call.cache = use;
    }
    return Take(outcome, call.outcome);
  }

  Status ReadAttempts(std::int64_t id, CallRecord& call) {
    std::size_t count = 0;
    call.lookups.clear();
    attempts_.Start().Int(id);
    int code = SQLITE_DONE;
    while ((code = attempts_.Step()) == SQLITE_ROW) {
      // Records of earlier calls are written over: their strings keep their memory.
      if (count == call.attempts.size()) call.attempts.emplace_back();
      Row row(attempts_);
      AttemptRecord& attempt = call.attempts[count];
      if (Status status = ReadAttempt(row, attempt); !status) return status;
      if (attempt.kind == AttemptKind::kVectors) {
        call.lookups.push_back(attempt);
      } else {
        ++count;
      }
    }
    call.attempts.resize(count);
    return code == SQLITE_DONE ? Status(Done{}) : Status(Failure(code));
  }

  Status ReadAttempt(Row& row, AttemptRecord& attempt) {
    row.Into(attempt.number);
    const auto kind = ParseAttemptKind(Name(row));
    attempt.provider = Name(row);
    attempt.model = Name(row);
    attempt.model_id = Name(row);
    attempt.response_model = Name(row);
    attempt.endpoint = Name(row);
    attempt.rollout = Name(row);
    row.Into(attempt.step);
    const auto error_class = ParseErrorClass(Name(row));
    row.Into(attempt.http_status);
    attempt.error_type = Name(row);
    attempt.error_code = Name(row);
    attempt.rule = Name(row);
    row.Into(attempt.request_id);
    attempt.finish = Name(row);
    Usage& usage = attempt.usage;
    for (std::int64_t* tokens : {&usage.input, &usage.cache_read, &usage.cache_write,
                                 &usage.cache_write_long, &usage.output, &usage.reasoning}) {
      row.Into(*tokens);
    }
    row.Into(usage.reported);
    row.Into(usage.verified);
    row.Into(usage.stated_cost_pico);
    row.Into(attempt.cost_pico);
    row.Into(attempt.priced);
    row.Into(attempt.reserved_pico);
    row.Into(attempt.started_us);
    row.Into(attempt.latency_us);
    row.Into(attempt.first_byte_us);
    row.Into(attempt.waited_us);
    row.Into(attempt.retry_after_ms);
    row.Into(attempt.quality_ppm);
    if (Status status = Take(kind, attempt.kind); !status) return status;
    return Take(error_class, attempt.error_class);
  }

  template <typename T>
  Status Take(const std::optional<T>& value, T& field) const {
    if (!value) {
      return Error{ErrorClass::kNone,
                   database_.path() +
                       ": has an error class or attempt kind that this mlp does not "
                       "know; use the newer mlp that wrote it"};
    }
    field = *value;
    return Done{};
  }

  // The text of the row's next column, a number into `names`; empty where the number has none,
  // which only a damaged file shows.
  const std::string& Name(Row& row) {
    const std::int64_t number = row.Integer();
    const auto [entry, added] = names_.try_emplace(number);
    if (added && names_statement_.Start().Int(number).Step() == SQLITE_ROW) {
      entry->second.assign(names_statement_.Characters(0));
      names_statement_.Start();
    }
    return entry->second;
  }

  Database database_;
  Statement calls_;
  Statement attempts_;
  Statement names_statement_;
  Statement feedback_;
  Statement losses_;
  std::unordered_map<std::int64_t, std::string> names_;
  bool empty_ = false;
};

StoreReader::StoreReader() = default;
StoreReader::StoreReader(StoreReader&&) noexcept = default;
StoreReader& StoreReader::operator=(StoreReader&&) noexcept = default;
StoreReader::~StoreReader() = default;

Result<StoreReader> StoreReader::Open(const std::string& path) {
  StoreReader reader;
  reader.files_ = StoreFiles(path);
  if (reader.files_.empty()) {
    return Error{ErrorClass::kNone, path + ": there is no such store; check the path"};
  }
  for (const std::string& file : reader.files_) {
    reader.open_.push_back(std::make_unique<File>());
    if (Status status = reader.open_.back()->Open(file); !status) return status.error();
  }
  return reader;
}

Status StoreReader::ForEachCall(std::int64_t from_us, std::int64_t to_us,
                                const std::function<bool(const CallRecord&)>& visit) {
  bool more = true;
  for (const auto& file : open_) {
    if (!more) break;
    if (Status status = file->ForEachCall(from_us, to_us, visit, more); !status) return status;
  }
  return Done{};
}

Status StoreReader::ForEachFeedback(std::int64_t from_us, std::int64_t to_us,
                                    const std::function<void(const Feedback&)>& visit) {
  for (const auto& file : open_) {
    if (Status status = file->ForEachFeedback(from_us, to_us, visit); !status) return status;
  }
  return Done{};
}

Result<LossCount> StoreReader::CountLosses(std::int64_t from_us, std::int64_t to_us) {
  LossCount count;
  for (const auto& file : open_) {
    if (Status status = file->AddLosses(from_us, to_us, count); !status) return status.error();
  }
  return count;
}

}  // namespace mlp
