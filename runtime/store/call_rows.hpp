// From the rows of calls and attempts to records.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mlp/record.hpp"
#include "mlp/result.hpp"
#include "runtime/store/sqlite.hpp"

namespace mlp {

/// The schema from which on attempts have scores and there is feedback.
inline constexpr std::int64_t kQualitySchema = 5;

/// Of one connection, which must outlive it.
class CallRows {
 public:
  /// What a SELECT from `calls` must begin with, in a file of that schema; columns that later ones
  /// brought are empty.
  [[nodiscard]] static std::string Columns(std::int64_t schema);

  [[nodiscard]] int Prepare(Database& database, std::int64_t schema);
  /// The call of the current row with its attempts. What `call` held is written over: its texts
  /// keep their memory.
  [[nodiscard]] Status Read(const Statement& row, CallRecord& call);
  /// The text behind a number; empty where it has none, which only a damaged file shows. Lives
  /// until the next call.
  [[nodiscard]] const std::string& Name(std::int64_t number);
  /// SQLITE_OK, or why a name could not be read since the last Read began; it is empty then.
  [[nodiscard]] int failure() const noexcept { return failure_; }
  /// Lets go of the rows that were read.
  void Reset() noexcept { attempts_.Start(); }

 private:
  // A name with what else its text may say.
  struct Entry {
    bool known = false;
    std::string text;
    std::optional<ErrorClass> error_class;
    std::optional<AttemptKind> kind;
  };

  [[nodiscard]] const Entry& Find(std::int64_t number);
  [[nodiscard]] Status ReadAttempts(std::int64_t id, CallRecord& call);
  [[nodiscard]] bool ReadAttempt(AttemptRecord& attempt);
  /// What is wrong with a row: a name of it that could not be read, or one that says nothing.
  [[nodiscard]] Status Unknown() const;

  Database* database_ = nullptr;
  Statement attempts_;
  Statement find_name_;
  std::vector<Entry> names_;  // by number
  Entry other_;
  int failure_ = SQLITE_OK;  // the last of reading a name of the present row
};

}  // namespace mlp
