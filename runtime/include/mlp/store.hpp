// The record store: remembers calls in SQLite files without ever making a request wait for the
// disk.
//
// One file has one writing process. The first process that opens PATH owns PATH itself; while it
// lives, further ones own PATH.2, PATH.3 and so on. (The claim is a lock on FILE.lock beside it and
// ends with the process, however that ends.) Readers merge all of them: runtime/store/reader.hpp.
// Local disks only: WAL does not work over a network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "mlp/record.hpp"
#include "mlp/result.hpp"

namespace mlp {

struct StoreOptions {
  /// Calls accepted and not yet written; what comes on top is dropped and counted.
  std::size_t queue_limit = 65'536;
  /// A commit starts when so many rows wait (a call is a row and each attempt is one) ...
  std::size_t batch_rows = 256;
  /// ... or when the oldest waited so long; a kill may take what is younger than 50 ms.
  std::int64_t batch_ms = 25;
  /// Between tries while the disk is full or the file out of reach; calls wait in the queue.
  std::int64_t retry_ms = 1'000;
  /// Between passive checkpoints.
  std::int64_t checkpoint_ms = 10'000;
  /// A write-ahead log beyond this is checkpointed and cut at once.
  std::int64_t wal_limit_bytes = std::int64_t{64} << 20;
  /// Between rounds of summing up calls by minute, hour and day and of deleting what has been kept
  /// long enough, each in short transactions of the writer thread; 0: never.
  std::int64_t upkeep_ms = 60'000;
  /// How long calls are kept one by one; after that, sums of their minutes, hours and days are what
  /// reports know. Nothing is deleted before it is summed up, nor kept shorter than what is finer;
  /// days are kept for good. INT64_MAX: for good.
  std::int64_t keep_calls_s = std::int64_t{7} * 86'400;
  std::int64_t keep_minutes_s = std::int64_t{30} * 86'400;
  std::int64_t keep_hours_s = std::int64_t{400} * 86'400;
};

/// Counts of calls since Open: appended = written + lost + queued. Dropped calls were not appended.
struct StoreStats {
  std::uint64_t appended = 0;
  std::uint64_t written = 0;
  std::uint64_t rows_written = 0;  ///< calls and attempts
  std::uint64_t queued = 0;
  std::uint64_t dropped = 0;         ///< the queue was full, or memory was
  std::uint64_t lost = 0;            ///< accepted, but could not be written
  std::uint64_t failed_batches = 0;  ///< commits and checkpoints that failed, retries too
  std::uint64_t summed_up = 0;       ///< calls that this process put into the sums
  std::uint64_t deleted = 0;         ///< calls whose rows it deleted, their time being over
  std::string last_error;            ///< of the most recent failure, empty without one
};

/// All member functions are thread-safe.
class Store {
 public:
  /// Opens or creates the store. On failure the context says what is wrong and how to mend it;
  /// files are never deleted, moved or overwritten, whatever their content.
  static Result<std::unique_ptr<Store>> Open(const std::string& path, StoreOptions options = {});

  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  /// Writes what waits (counting as lost what fails), then closes the file.
  ~Store();

  /// Hands a call over to the writer thread; false where it was dropped. Never waits for I/O: the
  /// queue's mutex is held for one pointer push by producers and for one swap by the writer, and
  /// for nothing else.
  bool Append(CallRecord record) noexcept;
  /// Likewise, counted as a call.
  bool AppendFeedback(Feedback feedback) noexcept;

  /// Waits until every call appended before is written or counted as lost; an error where any was
  /// lost meanwhile. A written call survives any end of the process; a failure of power may take
  /// those since the last checkpoint.
  Status Flush();

  [[nodiscard]] StoreStats stats() const noexcept;

  /// The file that this process writes: the path given, or with .2, .3, ... behind.
  [[nodiscard]] const std::string& file() const noexcept;

 private:
  class Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mlp
