#include "runtime/store/call_rows.hpp"

#include <bit>
#include <string_view>
#include <utility>

namespace mlp {
namespace {

// More names than this are not kept: a flood of distinct texts must not fill the memory.
constexpr std::int64_t kMostNames = 1 << 20;

std::string SelectAttempts(std::int64_t schema) {
  return std::string(
             "SELECT number, kind, provider, model, model_id, response_model, endpoint, rollout, "
             "step, error_class, http_status, error_type, error_code, rule, request_id, finish, "
             "input, cache_read, cache_write, cache_write_long, output, reasoning, reported, "
             "verified, stated_cost_pico, cost_pico, priced, reserved_pico, started_us, "
             "latency_us, first_byte_us, waited_us, retry_after_ms, ") +
         (schema < kQualitySchema ? "-1" : "quality_ppm") +
         " FROM attempts WHERE call = ? ORDER BY position";
}

std::optional<AttemptKind> ParseAttemptKind(std::string_view name) {
  for (const AttemptKind kind : {AttemptKind::kFirst, AttemptKind::kRetry, AttemptKind::kFallback,
                                 AttemptKind::kHedge, AttemptKind::kVectors}) {
    if (ToString(kind) == name) return kind;
  }
  return std::nullopt;
}

CacheUse ParseCacheUse(std::string_view name) {
  for (const CacheUse use :
       {CacheUse::kMiss, CacheUse::kHit, CacheUse::kShared, CacheUse::kSimilar}) {
    if (ToString(use) == name) return use;
  }
  return CacheUse::kNone;
}

// Hands out the columns of a row from left to right.
class Row {
 public:
  explicit Row(const Statement& statement) : statement_(statement) {}
  std::int64_t Integer() { return statement_.Integer(column_++); }

  template <typename T>
  void Into(T& field) {
    field = static_cast<T>(Integer());
  }
  void Into(std::string& field) { field.assign(statement_.Characters(column_++)); }

 private:
  const Statement& statement_;
  int column_ = 0;
};

}  // namespace

std::string CallRows::Columns(std::int64_t schema) {
  std::string columns =
      "SELECT id, call_id, started_us, duration_us, policy, policy_version, policy_hash, route, "
      "request, arms, unit_hash, outcome, cost_pico, decide_ns, ";
  columns += schema >= 2 ? "skipped, " : "'', ";
  columns += schema >= 3 ? "trace_id, " : "'', ";
  columns += schema >= 4 ? "cache " : "NULL ";
  return columns + "FROM calls ";
}

int CallRows::Prepare(Database& database, std::int64_t schema) {
  database_ = &database;
  const std::string attempts = SelectAttempts(schema);
  const int code = attempts_.Prepare(database, attempts.c_str());
  return code == SQLITE_OK ? find_name_.Prepare(database, "SELECT text FROM names WHERE id = ?")
                           : code;
}

const CallRows::Entry& CallRows::Find(std::int64_t number) {
  const bool kept = number >= 0 && number < kMostNames;
  if (kept && static_cast<std::size_t>(number) >= names_.size()) {
    names_.resize(static_cast<std::size_t>(number) + 1);
  }
  Entry& entry = kept ? names_[static_cast<std::size_t>(number)] : other_;
  if (kept && entry.known) return entry;
  entry.text.clear();
  const int code = find_name_.Start().Int(number).Step();
  if (code == SQLITE_ROW) {
    entry.text.assign(find_name_.Characters(0));
    find_name_.Start();
  }
  // A number without a name stands for the empty one; a name that could not be read for nothing.
  entry.known = code == SQLITE_ROW || code == SQLITE_DONE;
  if (!entry.known) failure_ = code;
  entry.error_class = ParseErrorClass(entry.text);
  entry.kind = ParseAttemptKind(entry.text);
  return entry;
}

const std::string& CallRows::Name(std::int64_t number) { return Find(number).text; }

Status CallRows::Unknown() const {
  if (failure_ != SQLITE_OK) return Error{ErrorClass::kNone, Describe(failure_, *database_)};
  return Error{ErrorClass::kNone, database_->path() +
                                      ": has an error class or attempt kind that this mlp does not "
                                      "know; use the newer mlp that wrote it"};
}

Status CallRows::Read(const Statement& statement, CallRecord& call) {
  failure_ = SQLITE_OK;
  Row row(statement);
  const std::int64_t id = row.Integer();
  row.Into(call.call_id);
  row.Into(call.started_us);
  row.Into(call.duration_us);
  for (std::string* name : {&call.policy, &call.policy_version, &call.policy_hash, &call.route}) {
    *name = Name(row.Integer());
  }
  row.Into(call.request);
  call.arms = Name(row.Integer());
  call.unit_hash = std::bit_cast<std::uint64_t>(row.Integer());
  const auto outcome = Find(row.Integer()).error_class;
  row.Into(call.cost_pico);
  row.Into(call.decide_ns);
  row.Into(call.skipped);
  row.Into(call.trace_id);
  call.cache = ParseCacheUse(Name(row.Integer()));
  if (!outcome) return Unknown();
  call.outcome = *outcome;
  Status status = ReadAttempts(id, call);
  return status && failure_ != SQLITE_OK ? Unknown() : status;
}

Status CallRows::ReadAttempts(std::int64_t id, CallRecord& call) {
  std::size_t count = 0;
  call.lookups.clear();
  attempts_.Start().Int(id);
  int code = SQLITE_DONE;
  while ((code = attempts_.Step()) == SQLITE_ROW) {
    if (count == call.attempts.size()) call.attempts.emplace_back();
    AttemptRecord& attempt = call.attempts[count];
    if (!ReadAttempt(attempt)) return Unknown();
    if (attempt.kind == AttemptKind::kVectors) {
      call.lookups.push_back(attempt);
    } else {
      ++count;
    }
  }
  call.attempts.resize(count);
  if (code == SQLITE_DONE) return Done{};
  return Error{ErrorClass::kNone, Describe(code, *database_)};
}

bool CallRows::ReadAttempt(AttemptRecord& attempt) {
  Row row(attempts_);
  row.Into(attempt.number);
  const auto kind = Find(row.Integer()).kind;
  for (std::string* name : {&attempt.provider, &attempt.model, &attempt.model_id,
                            &attempt.response_model, &attempt.endpoint, &attempt.rollout}) {
    *name = Name(row.Integer());
  }
  row.Into(attempt.step);
  const auto error_class = Find(row.Integer()).error_class;
  row.Into(attempt.http_status);
  for (std::string* name : {&attempt.error_type, &attempt.error_code, &attempt.rule}) {
    *name = Name(row.Integer());
  }
  row.Into(attempt.request_id);
  attempt.finish = Name(row.Integer());
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
  if (!kind || !error_class) return false;
  attempt.kind = *kind;
  attempt.error_class = *error_class;
  return true;
}

}  // namespace mlp
