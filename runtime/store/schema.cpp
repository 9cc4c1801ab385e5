#include "runtime/store/schema.hpp"

#include <array>

namespace mlp {
namespace {

// SQLite's mark of whose file it is, "mlp1"; user_version is the number of steps done.
constexpr std::int64_t kApplicationId = 0x6D6C7031;

// Texts that repeat are numbers into `names`, which keeps an attempt near 100 bytes. Classes and
// kinds are kept by name, so that a new enumerator never changes the meaning of old rows. Calls are
// only ever added. `calls` and `attempts` are read in insertion order or by start (the report's
// window): hence one index, and attempts clustered under their call.
constexpr const char* kStep1 = R"sql(
CREATE TABLE names(
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE calls(
  id INTEGER PRIMARY KEY,
  call_id TEXT NOT NULL,
  started_us INTEGER NOT NULL,
  duration_us INTEGER NOT NULL,
  policy INTEGER NOT NULL REFERENCES names(id),
  policy_version INTEGER NOT NULL REFERENCES names(id),
  policy_hash INTEGER NOT NULL REFERENCES names(id),
  route INTEGER NOT NULL REFERENCES names(id),
  request TEXT NOT NULL,
  arms INTEGER NOT NULL REFERENCES names(id),
  unit_hash INTEGER NOT NULL,  -- the 64 bits as a signed number
  outcome INTEGER NOT NULL REFERENCES names(id),
  cost_pico INTEGER NOT NULL,
  decide_ns INTEGER NOT NULL
) STRICT;
CREATE INDEX calls_by_start ON calls(started_us);

CREATE TABLE attempts(
  call INTEGER NOT NULL REFERENCES calls(id),
  position INTEGER NOT NULL,  -- in the call's list, from 0
  number INTEGER NOT NULL,
  kind INTEGER NOT NULL REFERENCES names(id),
  provider INTEGER NOT NULL REFERENCES names(id),
  model INTEGER NOT NULL REFERENCES names(id),
  model_id INTEGER NOT NULL REFERENCES names(id),
  response_model INTEGER NOT NULL REFERENCES names(id),
  endpoint INTEGER NOT NULL REFERENCES names(id),
  rollout INTEGER NOT NULL REFERENCES names(id),
  step INTEGER NOT NULL,
  error_class INTEGER NOT NULL REFERENCES names(id),
  http_status INTEGER NOT NULL,
  error_type INTEGER NOT NULL REFERENCES names(id),
  error_code INTEGER NOT NULL REFERENCES names(id),
  rule INTEGER NOT NULL REFERENCES names(id),
  request_id TEXT NOT NULL,
  finish INTEGER NOT NULL REFERENCES names(id),
  input INTEGER NOT NULL,
  cache_read INTEGER NOT NULL,
  cache_write INTEGER NOT NULL,
  cache_write_long INTEGER NOT NULL,
  output INTEGER NOT NULL,
  reasoning INTEGER NOT NULL,
  reported INTEGER NOT NULL,
  verified INTEGER NOT NULL,
  stated_cost_pico INTEGER NOT NULL,
  cost_pico INTEGER NOT NULL,
  priced INTEGER NOT NULL,
  reserved_pico INTEGER NOT NULL,
  started_us INTEGER NOT NULL,
  latency_us INTEGER NOT NULL,
  first_byte_us INTEGER NOT NULL,
  waited_us INTEGER NOT NULL,
  retry_after_ms INTEGER NOT NULL,
  PRIMARY KEY(call, position)
) STRICT, WITHOUT ROWID;

-- Calls that never came to be rows, noted with the next batch that did.
CREATE TABLE losses(
  at_us INTEGER NOT NULL,
  dropped INTEGER NOT NULL,  -- the queue was full
  lost INTEGER NOT NULL      -- writing failed
) STRICT;
CREATE INDEX losses_by_time ON losses(at_us);

-- The batch committed last, of which session: a batch whose commit reported a failure but reached
-- the log is recognised here and not written twice.
CREATE TABLE progress(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  session INTEGER NOT NULL,
  batch INTEGER NOT NULL
) STRICT;
INSERT INTO progress VALUES(1, 0, 0);

-- For people with an SQLite shell.
CREATE VIEW attempt_log AS
SELECT c.call_id, a.position, datetime(a.started_us / 1000000, 'unixepoch') AS started,
       route.text AS route, kind.text AS kind, model.text AS model,
       error_class.text AS error_class, a.http_status, a.latency_us / 1000 AS latency_ms,
       a.input + a.cache_read + a.cache_write + a.cache_write_long AS prompt_tokens,
       a.output + a.reasoning AS completion_tokens, a.cost_pico / 1e12 AS about_usd
FROM attempts AS a
JOIN calls AS c ON c.id = a.call
JOIN names AS route ON route.id = c.route
JOIN names AS kind ON kind.id = a.kind
JOIN names AS model ON model.id = a.model
JOIN names AS error_class ON error_class.id = a.error_class;
)sql";

// Empty in calls of before.
constexpr const char* kStep2 = "ALTER TABLE calls ADD COLUMN skipped TEXT NOT NULL DEFAULT ''";

constexpr const char* kStep3 = "ALTER TABLE calls ADD COLUMN trace_id TEXT NOT NULL DEFAULT ''";

// NULL where a call did not ask the cache.
constexpr const char* kStep4 = "ALTER TABLE calls ADD COLUMN cache INTEGER REFERENCES names(id)";

// What evaluators and users made of answers; -1 where nobody scored.
constexpr const char* kStep5 = R"sql(
ALTER TABLE attempts ADD COLUMN quality_ppm INTEGER NOT NULL DEFAULT -1;
CREATE TABLE feedback(
  call_id TEXT NOT NULL,
  at_us INTEGER NOT NULL,
  score_ppm INTEGER NOT NULL,
  note TEXT NOT NULL
) STRICT;
CREATE INDEX feedback_by_call ON feedback(call_id);
)sql";

// What is kept of calls when their rows are gone, by minute (level 0), hour (1) and day (2): each
// call is in all three. `kind` says what a, b and c name:
//   0 calls     route
//   1 attempts  route, provider, model
//   2 flows     the model begun on, the one that answered, the class of the first attempt's end
//   3 arms      rollout, canary or stable
//   4 lookups   as attempts: vectors that were asked for to find a similar prompt's answer
// `latency` and `first_byte` are histograms, `ends` has a word CLASS=COUNT for each class that
// occurs. `rolled_state` says how far: a call counts here when its id is at most calls_to, and its
// row goes only then. `rolled_totals` has what metrics count of all calls there ever were.
constexpr const char* kStep6 = R"sql(
CREATE TABLE rolled(
  level INTEGER NOT NULL,
  start_s INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  policy INTEGER NOT NULL REFERENCES names(id),
  a INTEGER NOT NULL REFERENCES names(id),
  b INTEGER NOT NULL REFERENCES names(id),
  c INTEGER NOT NULL REFERENCES names(id),
  calls INTEGER NOT NULL,
  answered INTEGER NOT NULL,
  fallbacks INTEGER NOT NULL,
  took_over INTEGER NOT NULL,
  cache_asked INTEGER NOT NULL,
  cached INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  succeeded INTEGER NOT NULL,
  retries INTEGER NOT NULL,
  hedges INTEGER NOT NULL,
  input INTEGER NOT NULL,
  cache_read INTEGER NOT NULL,
  cache_write INTEGER NOT NULL,
  cache_write_long INTEGER NOT NULL,
  output INTEGER NOT NULL,
  reasoning INTEGER NOT NULL,
  unpriced INTEGER NOT NULL,
  unverified INTEGER NOT NULL,
  unreported INTEGER NOT NULL,
  scored INTEGER NOT NULL,
  quality_ppm INTEGER NOT NULL,  -- the sum
  cost_usd INTEGER NOT NULL,     -- whole dollars, rounded down, and the rest in picodollars
  cost_pico INTEGER NOT NULL,
  first_us INTEGER NOT NULL,
  last_us INTEGER NOT NULL,
  latency BLOB NOT NULL,
  first_byte BLOB NOT NULL,
  ends TEXT NOT NULL,
  PRIMARY KEY(level, start_s, kind, policy, a, b, c)
) STRICT, WITHOUT ROWID;

CREATE TABLE rolled_totals(
  kind INTEGER NOT NULL,
  policy INTEGER NOT NULL REFERENCES names(id),
  a INTEGER NOT NULL REFERENCES names(id),
  b INTEGER NOT NULL REFERENCES names(id),
  ends TEXT NOT NULL,
  numbers BLOB NOT NULL,
  PRIMARY KEY(kind, policy, a, b)
) STRICT, WITHOUT ROWID;

CREATE TABLE rolled_state(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  calls_to INTEGER NOT NULL,
  calls_from_s INTEGER NOT NULL,
  minutes_from_s INTEGER NOT NULL,
  hours_from_s INTEGER NOT NULL
) STRICT;
INSERT INTO rolled_state VALUES(1, 0, -9000000000000, -9000000000000, -9000000000000);
)sql";

constexpr std::array kSteps{kStep1, kStep2, kStep3, kStep4, kStep5, kStep6};

Error Failure(int code, const Database& database) {
  return {ErrorClass::kNone, Describe(code, database)};
}

Error Refusal(const Database& database, const std::string& why) {
  return {ErrorClass::kNone, database.path() + ": " + why};
}

struct Identity {
  std::int64_t application_id = 0;
  std::int64_t version = 0;
  std::int64_t table_count = 0;
};

int ReadIdentity(Database& database, Identity& identity) {
  int code = database.Number("PRAGMA application_id", identity.application_id);
  if (code == SQLITE_OK) code = database.Number("PRAGMA user_version", identity.version);
  if (code == SQLITE_OK) {
    code = database.Number("SELECT count(*) FROM sqlite_schema", identity.table_count);
  }
  return code;
}

// Whether the file is ours (or has nothing in it yet) and not newer than `newest`.
Status CheckIdentity(const Database& database, const Identity& identity, const FileKind& kind) {
  const bool fresh =
      identity.application_id == 0 && identity.version == 0 && identity.table_count == 0;
  const std::size_t newest = kind.steps.size();
  if (!fresh && identity.application_id != kind.application_id) {
    return Refusal(database, "this SQLite file belongs to another program; name another file");
  }
  if (identity.version < 0 || identity.version > static_cast<std::int64_t>(newest)) {
    return Refusal(database, "this store has schema " + std::to_string(identity.version) +
                                 ", written by a newer mlp, and this one knows schemas up to " +
                                 std::to_string(newest) + "; use the newer mlp or another file");
  }
  return Done{};
}

Status ConfigureRollback(Database& database) {
  // As safe as DELETE, and a commit takes 0.8 instead of 1.1 ms (ext4, 2026-11-21): no file is made
  // and removed each time.
  const int code = database.Run("PRAGMA journal_mode = PERSIST; PRAGMA synchronous = FULL");
  return code == SQLITE_OK ? Status(Done{}) : Status(Failure(code, database));
}

Status ConfigureWriteAheadLog(Database& database, bool fresh) {
  // auto_vacuum must come before the first table and before WAL; later it would write the header.
  int code = fresh ? database.Run("PRAGMA auto_vacuum = INCREMENTAL") : SQLITE_OK;
  if (code != SQLITE_OK) return Failure(code, database);
  Statement journal;
  code = journal.Prepare(database, "PRAGMA journal_mode = WAL");
  if (code == SQLITE_OK) code = journal.Start().Step();
  if (code != SQLITE_ROW) return Failure(code, database);
  if (journal.Characters(0) != "wal") {
    return Refusal(database, "a write-ahead log is not possible here; use a local disk");
  }
  journal.Start();
  code = database.Run("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0");
  return code == SQLITE_OK ? Status(Done{}) : Status(Failure(code, database));
}

int RunSteps(Database& database, const FileKind& kind, std::int64_t version) {
  int code = SQLITE_OK;
  for (std::size_t i = static_cast<std::size_t>(version); i < kind.steps.size(); ++i) {
    if ((code = database.Run(kind.steps[i])) != SQLITE_OK) return code;
  }
  const std::string marks = "PRAGMA application_id = " + std::to_string(kind.application_id) +
                            "; PRAGMA user_version = " + std::to_string(kind.steps.size());
  return database.Run(marks.c_str());
}

Status Migrate(Database& database, const FileKind& kind) {
  int code = database.Run("BEGIN IMMEDIATE");
  if (code != SQLITE_OK) return Failure(code, database);
  // Read again: the first look was outside of the transaction.
  Identity identity;
  code = ReadIdentity(database, identity);
  if (code == SQLITE_OK) {
    if (Status status = CheckIdentity(database, identity, kind); !status) {
      static_cast<void>(database.Run("ROLLBACK"));
      return status;
    }
  }
  if (code == SQLITE_OK) code = RunSteps(database, kind, identity.version);
  if (code == SQLITE_OK) code = database.Run("COMMIT");
  if (code == SQLITE_OK) return Done{};
  Error error = Failure(code, database);
  static_cast<void>(database.Run("ROLLBACK"));
  return error;
}

}  // namespace

std::span<const char* const> SchemaSteps() noexcept { return kSteps; }

FileKind RecordStoreFile() noexcept {
  return {kApplicationId, SchemaSteps(), Journal::kWriteAheadLog};
}

Status PrepareToWrite(Database& database, const FileKind& kind) {
  Identity identity;
  if (const int code = ReadIdentity(database, identity); code != SQLITE_OK) {
    return Failure(code, database);
  }
  if (Status status = CheckIdentity(database, identity, kind); !status) return status;
  Status configured = kind.journal == Journal::kRollback
                          ? ConfigureRollback(database)
                          : ConfigureWriteAheadLog(database, identity.table_count == 0);
  if (!configured) return configured;
  if (identity.version < static_cast<std::int64_t>(kind.steps.size())) {
    if (Status status = Migrate(database, kind); !status) return status;
  }
  return Done{};
}

Status CheckReadable(Database& database, bool& empty, const FileKind& kind) {
  Identity identity;
  if (const int code = ReadIdentity(database, identity); code != SQLITE_OK) {
    return Failure(code, database);
  }
  empty = identity.table_count == 0;
  return CheckIdentity(database, identity, kind);
}

}  // namespace mlp
