#include "runtime/store/record_writer.hpp"

#include <bit>
#include <utility>

#include "runtime/store/schema.hpp"
#include "runtime/store/text.hpp"

namespace mlp {
namespace {

constexpr const char* kInsertCall =
    "INSERT INTO calls(call_id, started_us, duration_us, policy, policy_version, policy_hash, "
    "route, request, arms, unit_hash, outcome, cost_pico, decide_ns, skipped, trace_id, "
    "cache) "
    "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,nullif(?, 0))";

constexpr const char* kInsertAttempt =
    "INSERT INTO attempts(call, position, number, kind, provider, model, model_id, "
    "response_model, endpoint, rollout, step, error_class, http_status, error_type, error_code, "
    "rule, request_id, finish, input, cache_read, cache_write, cache_write_long, output, "
    "reasoning, reported, verified, stated_cost_pico, cost_pico, priced, reserved_pico, "
    "started_us, latency_us, first_byte_us, waited_us, retry_after_ms, quality_ppm) "
    "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

// No row where another session wrote last or this batch is in already.
constexpr const char* kAdvance =
    "UPDATE progress SET session = ?1, batch = ?2 "
    "WHERE session <> ?1 OR batch < ?2 RETURNING batch";

// Failures of one record, as against those of the file or the disk.
bool IsBadData(int code) {
  switch (code & 0xFF) {
    case SQLITE_TOOBIG:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
      return true;
    default:
      return false;
  }
}

// Runs a statement without rows; what it returns is SQLITE_OK or a failure.
int Finish(Statement& statement) {
  const int code = statement.Step();
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

}  // namespace

Result<std::unique_ptr<RecordWriter>> RecordWriter::Open(const std::string& file) {
  std::unique_ptr<RecordWriter> writer(new RecordWriter);
  Database& database = writer->database_;
  if (const int code = database.Open(file, Database::Mode::kReadWrite); code != SQLITE_OK) {
    return Error{ErrorClass::kNone, Describe(code, database)};
  }
  if (Status status = PrepareToWrite(database); !status) return status.error();
  if (const int code = writer->Prepare(); code != SQLITE_OK) {
    return Error{ErrorClass::kNone, Describe(code, database)};
  }
  return writer;
}

int RecordWriter::Prepare() {
  const std::pair<Statement*, const char*> statements[] = {
      {&begin_, "BEGIN IMMEDIATE"},
      {&commit_, "COMMIT"},
      {&rollback_, "ROLLBACK"},
      {&call_, kInsertCall},
      {&attempt_, kInsertAttempt},
      {&feedback_, "INSERT INTO feedback(call_id, at_us, score_ppm, note) VALUES(?,?,?,?)"},
      {&losses_, "INSERT INTO losses(at_us, dropped, lost) VALUES(?,?,?)"},
      {&advance_, kAdvance},
  };
  for (const auto& [statement, sql] : statements) {
    if (const int code = statement->Prepare(database_, sql); code != SQLITE_OK) return code;
  }
  if (const int code = names_.Prepare(database_); code != SQLITE_OK) return code;
  if (const int code = upkeep_.Prepare(database_, names_); code != SQLITE_OK) return code;
  if (const int code = database_.Number("PRAGMA page_size", page_bytes_); code != SQLITE_OK) {
    return code;
  }
  sqlite3_wal_hook(
      database_.get(),
      [](void* self, sqlite3*, const char*, int pages) noexcept {
        static_cast<RecordWriter*>(self)->wal_pages_ = pages;
        return SQLITE_OK;
      },
      this);
  return SQLITE_OK;
}

WriteResult RecordWriter::Write(const Batch& batch) {
  int code = Finish(begin_.Start());
  if (code == SQLITE_OK) code = WriteAll(batch);
  if (code == SQLITE_OK) code = Finish(commit_.Start());
  if (code == SQLITE_OK) return {};
  WriteResult result = Failed(code);
  // Some failures have rolled back already; then this one fails, which is all right.
  if (sqlite3_get_autocommit(database_.get()) == 0) static_cast<void>(rollback_.Start().Step());
  names_.Forget();
  return result;
}

int RecordWriter::WriteAll(const Batch& batch) {
  int code = advance_.Start().Int(batch.session).Int(batch.number).Step();
  if (code == SQLITE_DONE) return SQLITE_OK;  // it is in already
  if (code != SQLITE_ROW) return code;
  if ((code = Finish(advance_)) != SQLITE_OK) return code;
  for (const StoreEntry& entry : batch.entries) {
    const auto* const call = std::get_if<std::unique_ptr<CallRecord>>(&entry);
    code = call != nullptr ? InsertCall(**call)
                           : InsertFeedback(*std::get<std::unique_ptr<Feedback>>(entry));
    if (code != SQLITE_OK) return code;
  }
  if (batch.losses == Losses{}) return SQLITE_OK;
  return Finish(losses_.Start()
                    .Int(batch.now_us)
                    .Int(static_cast<std::int64_t>(batch.losses.dropped))
                    .Int(static_cast<std::int64_t>(batch.losses.lost)));
}

int RecordWriter::InsertCall(const CallRecord& call) {
  std::string id_buffer;
  call_.Start()
      .Text(StorableText(call.call_id, id_buffer))
      .Int(call.started_us)
      .Int(call.duration_us)
      .Int(names_.Number(call.policy))
      .Int(names_.Number(call.policy_version))
      .Int(names_.Number(call.policy_hash))
      .Int(names_.Number(call.route))
      .Text(StorableText(call.request, request_buffer_))
      .Int(names_.Number(call.arms))
      .Int(std::bit_cast<std::int64_t>(call.unit_hash))
      .Int(names_.Number(ToString(call.outcome)))
      .Int(call.cost_pico)
      .Int(call.decide_ns)
      .Text(StorableText(call.skipped, skipped_buffer_))
      .Text(StorableText(call.trace_id, trace_buffer_))
      .Int(call.cache == CacheUse::kNone ? 0 : names_.Number(ToString(call.cache)));
  if (names_.Failure() != SQLITE_OK) return names_.Failure();
  if (const int code = Finish(call_); code != SQLITE_OK) return code;
  const std::int64_t row = sqlite3_last_insert_rowid(database_.get());
  std::int64_t position = 0;
  for (const std::vector<AttemptRecord>* attempts : {&call.attempts, &call.lookups}) {
    for (const AttemptRecord& attempt : *attempts) {
      if (const int code = InsertAttempt(row, position++, attempt); code != SQLITE_OK) return code;
    }
  }
  return SQLITE_OK;
}

int RecordWriter::InsertFeedback(const Feedback& feedback) {
  feedback_.Start()
      .Text(StorableText(feedback.call_id, request_buffer_))
      .Int(feedback.at_us)
      .Int(feedback.score_ppm)
      .Text(StorableText(feedback.note, skipped_buffer_));
  return Finish(feedback_);
}

int RecordWriter::InsertAttempt(std::int64_t call, std::int64_t position,
                                const AttemptRecord& attempt) {
  attempt_.Start()
      .Int(call)
      .Int(position)
      .Int(attempt.number)
      .Int(names_.Number(ToString(attempt.kind)))
      .Int(names_.Number(attempt.provider))
      .Int(names_.Number(attempt.model))
      .Int(names_.Number(attempt.model_id))
      .Int(names_.Number(attempt.response_model))
      .Int(names_.Number(attempt.endpoint))
      .Int(names_.Number(attempt.rollout))
      .Int(attempt.step)
      .Int(names_.Number(ToString(attempt.error_class)))
      .Int(attempt.http_status)
      .Int(names_.Number(attempt.error_type))
      .Int(names_.Number(attempt.error_code))
      .Int(names_.Number(attempt.rule))
      .Text(StorableText(attempt.request_id, request_buffer_))
      .Int(names_.Number(attempt.finish))
      .Int(attempt.usage.input)
      .Int(attempt.usage.cache_read)
      .Int(attempt.usage.cache_write)
      .Int(attempt.usage.cache_write_long)
      .Int(attempt.usage.output)
      .Int(attempt.usage.reasoning)
      .Int(attempt.usage.reported ? 1 : 0)
      .Int(attempt.usage.verified ? 1 : 0)
      .Int(attempt.usage.stated_cost_pico)
      .Int(attempt.cost_pico)
      .Int(attempt.priced ? 1 : 0)
      .Int(attempt.reserved_pico)
      .Int(attempt.started_us)
      .Int(attempt.latency_us)
      .Int(attempt.first_byte_us)
      .Int(attempt.waited_us)
      .Int(attempt.retry_after_ms)
      .Int(attempt.quality_ppm);
  if (names_.Failure() != SQLITE_OK) return names_.Failure();
  return Finish(attempt_);
}

WriteResult RecordWriter::Run(Checkpoint kind) {
  // A reader that holds the log back must not hold the writer for long: the next time will do.
  sqlite3_busy_timeout(database_.get(), 100);
  int pages = 0;
  int copied = 0;
  const int code = sqlite3_wal_checkpoint_v2(
      database_.get(), nullptr,
      kind == Checkpoint::kPassive ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_TRUNCATE, &pages,
      &copied);
  WriteResult result =
      code == SQLITE_OK || (code & 0xFF) == SQLITE_BUSY ? WriteResult{} : Failed(code);
  sqlite3_busy_timeout(database_.get(), 5'000);
  if (code == SQLITE_OK && pages >= 0) wal_pages_ = kind == Checkpoint::kTruncate ? 0 : pages;
  return result;
}

WriteResult RecordWriter::Keep(const Retention& keep, std::int64_t now_us, UpkeepDone& done) {
  const Status status = upkeep_.Step(keep, now_us, done);
  if (status) return {};
  return {WriteResult::Kind::kStoreDown, status.error().context};
}

bool RecordWriter::moved() const noexcept {
  int moved = 0;
  const int code = sqlite3_file_control(database_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  return code == SQLITE_OK && moved != 0;
}

WriteResult RecordWriter::Failed(int code) const {
  return {IsBadData(code) ? WriteResult::Kind::kBadData : WriteResult::Kind::kStoreDown,
          Describe(code, database_)};
}

}  // namespace mlp
