// Writes calls to one store file over one connection, which also makes the checkpoints: SQLite up
// to 3.51.2 has a rare fault in resetting the log with two connections that write or checkpoint.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>

#include "mlp/record.hpp"
#include "mlp/result.hpp"
#include "runtime/store/name_table.hpp"
#include "runtime/store/rolled/upkeep.hpp"
#include "runtime/store/sqlite.hpp"

namespace mlp {

/// Calls that were to be remembered and are not.
struct Losses {
  std::uint64_t dropped = 0;
  std::uint64_t lost = 0;
  friend bool operator==(const Losses&, const Losses&) = default;
};

/// What waits for being written; never null.
using StoreEntry = std::variant<std::unique_ptr<CallRecord>, std::unique_ptr<Feedback>>;

/// What becomes one transaction. Batches of a session are numbered from 1 upwards.
struct Batch {
  std::int64_t session = 0;
  std::int64_t number = 0;
  std::span<const StoreEntry> entries;
  Losses losses;
  std::int64_t now_us = 0;  ///< since 1970 UTC, for the losses
};

struct WriteResult {
  enum class Kind {
    kWritten,
    kBadData,    ///< a record that can never be written, e.g. too large
    kStoreDown,  ///< anything else: the batch may be tried again
  };
  Kind kind = Kind::kWritten;
  std::string context;
};

/// Not thread-safe: the writer thread has it alone.
class RecordWriter {
 public:
  static Result<std::unique_ptr<RecordWriter>> Open(const std::string& file);

  /// All of the batch or nothing. A batch that an earlier try has committed after all, whatever
  /// was reported then, is written and not repeated.
  [[nodiscard]] WriteResult Write(const Batch& batch);

  enum class Checkpoint { kPassive, kTruncate };
  /// Copies the log into the file, as far as readers allow; a failure leaves all as it was.
  [[nodiscard]] WriteResult Run(Checkpoint kind);

  /// Upkeep::Step.
  [[nodiscard]] WriteResult Keep(const Retention& keep, std::int64_t now_us, UpkeepDone& done);

  [[nodiscard]] std::int64_t wal_bytes() const noexcept { return wal_pages_ * page_bytes_; }
  /// Whether the file at the path is no longer the one that is open: moved or deleted.
  [[nodiscard]] bool moved() const noexcept;

 private:
  RecordWriter() = default;

  [[nodiscard]] int Prepare();
  [[nodiscard]] int WriteAll(const Batch& batch);
  [[nodiscard]] int InsertCall(const CallRecord& call);
  [[nodiscard]] int InsertFeedback(const Feedback& feedback);
  [[nodiscard]] int InsertAttempt(std::int64_t call, std::int64_t position,
                                  const AttemptRecord& attempt);
  [[nodiscard]] WriteResult Failed(int code) const;

  Database database_;
  NameTable names_;
  Statement begin_;
  Statement commit_;
  Statement rollback_;
  Statement call_;
  Statement attempt_;
  Statement feedback_;
  Statement losses_;
  Statement advance_;
  Upkeep upkeep_;
  std::string request_buffer_;
  std::string skipped_buffer_;
  std::string trace_buffer_;
  std::int64_t page_bytes_ = 4096;
  std::int64_t wal_pages_ = 0;
};

}  // namespace mlp
