// The queue between those who append and the one thread that writes.
#include "mlp/store.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <new>
#include <random>
#include <span>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/store/file_claim.hpp"
#include "runtime/store/record_writer.hpp"

namespace mlp {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

// While calls come faster than commits, a transaction takes up to so many times batch_rows.
constexpr std::size_t kMostBatches = 16;
// Between tries to cut a log that readers hold back.
constexpr Milliseconds kTruncatePause{1'000};

std::int64_t NowUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::int64_t NewSession() {
  std::random_device device;
  const std::uint64_t bits = (std::uint64_t{device()} << 32) | device();
  return static_cast<std::int64_t>(bits >> 1) | 1;  // positive; 0 is a new file's
}

std::size_t RowCount(const StoreEntry& entry) noexcept {
  const auto* const call = std::get_if<std::unique_ptr<CallRecord>>(&entry);
  return call == nullptr ? 1 : 1 + (*call)->attempts.size();
}

}  // namespace

class Store::Impl {
 public:
  Impl(FileClaim claim, std::unique_ptr<RecordWriter> writer, StoreOptions options)
      : claim_(std::move(claim)),
        writer_(std::move(writer)),
        options_(options),
        session_(NewSession()) {
    waiting_.reserve(options_.queue_limit);
    taken_.reserve(options_.queue_limit);
    thread_ = std::thread([this] { Run(); });
  }

  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    work_.notify_one();
    thread_.join();
  }

  template <typename T>
  bool Append(T&& record) noexcept {
    std::unique_ptr<T> one(new (std::nothrow) T(std::forward<T>(record)));
    bool wake = false;
    {
      const std::lock_guard lock(mutex_);
      if (one == nullptr || stats_.appended - Done() >= options_.queue_limit) {
        ++stats_.dropped;
        return false;
      }
      StoreEntry entry(std::move(one));
      const std::size_t rows = RowCount(entry);
      wake = waiting_.empty() ||
             (waiting_rows_ < options_.batch_rows && waiting_rows_ + rows >= options_.batch_rows);
      waiting_rows_ += rows;
      waiting_.push_back(std::move(entry));  // within what was reserved
      ++stats_.appended;
    }
    if (wake) work_.notify_one();
    return true;
  }

  Status Flush() {
    std::unique_lock lock(mutex_);
    const std::uint64_t target = stats_.appended;
    const std::uint64_t lost_before = stats_.lost;
    flush_target_ = std::max(flush_target_, target);
    work_.notify_one();
    done_.wait(lock, [&] { return Done() >= target; });
    if (stats_.lost == lost_before) return mlp::Done{};
    return Error{ErrorClass::kNone, std::to_string(stats_.lost - lost_before) +
                                        " calls could not be written: " + stats_.last_error};
  }

  StoreStats stats() const noexcept {
    const std::lock_guard lock(mutex_);
    StoreStats copy = Counts();
    try {
      copy.last_error = stats_.last_error;
    } catch (const std::bad_alloc&) {
      // The counts are what matters.
    }
    return copy;
  }

  const std::string& file() const noexcept { return claim_.file(); }

 private:
  // The calls that the writer need not think of any more. Under the mutex, as all below here that
  // begins with "Counts" or is named after waiting.
  [[nodiscard]] std::uint64_t Done() const noexcept { return stats_.written + stats_.lost; }

  [[nodiscard]] StoreStats Counts() const noexcept {
    StoreStats counts;
    counts.appended = stats_.appended;
    counts.written = stats_.written;
    counts.rows_written = stats_.rows_written;
    counts.queued = stats_.appended - Done();
    counts.dropped = stats_.dropped;
    counts.lost = stats_.lost;
    counts.failed_batches = stats_.failed_batches;
    counts.summed_up = stats_.summed_up;
    counts.deleted = stats_.deleted;
    return counts;
  }

  [[nodiscard]] bool HurryRequested() const noexcept { return stopping_ || flush_target_ > Done(); }

  // Waits for a batch's worth, a full wait of the oldest, a flush, the end, or a due checkpoint,
  // and takes all that waits. False when the end has come and nothing is left.
  bool TakeWork() {
    std::unique_lock lock(mutex_);
    const auto checkpoint_at = last_checkpoint_ + Milliseconds(options_.checkpoint_ms);
    // What waits already came after the last swap at the earliest.
    auto since = last_swap_;
    const auto something = [this] { return !waiting_.empty() || HurryRequested(); };
    if (!something()) {
      auto until = Clock::time_point::max();
      if (log_dirty_) until = checkpoint_at;
      if (options_.upkeep_ms > 0) until = std::min(until, upkeep_at_);
      if (until == Clock::time_point::max()) {
        work_.wait(lock, something);
      } else {
        work_.wait_until(lock, until, something);
      }
      since = Clock::now();
    }
    if (!waiting_.empty()) {
      work_.wait_until(lock, since + Milliseconds(options_.batch_ms),
                       [this] { return waiting_rows_ >= options_.batch_rows || HurryRequested(); });
    }
    waiting_.swap(taken_);
    waiting_rows_ = 0;
    last_swap_ = Clock::now();
    return !taken_.empty() || !stopping_;
  }

  void Run() {
    while (TakeWork()) {
      WriteTaken();
      taken_.clear();
      Maintain();
    }
    ++batch_number_;
    static_cast<void>(TryWrite({}, LossesToNote()));  // as far as that is possible
  }

  void WriteTaken() {
    std::span<const StoreEntry> rest(taken_);
    while (!rest.empty()) {
      std::size_t count = 0;
      std::size_t rows = 0;
      while (count < rest.size() && rows < options_.batch_rows * kMostBatches) {
        rows += RowCount(rest[count++]);
      }
      WriteEntries(rest.first(count));
      rest = rest.subspan(count);
    }
  }

  // Returns when every one of `entries` is written or counted as lost.
  void WriteEntries(std::span<const StoreEntry> entries) {
    const Losses losses = LossesToNote();
    ++batch_number_;
    for (bool first_try = true;; first_try = false) {
      switch (TryWrite(entries, losses)) {
        case WriteResult::Kind::kWritten:
          return CountWritten(entries);
        case WriteResult::Kind::kBadData:
          if (entries.size() == 1) return CountLost(entries.size());
          for (std::size_t i = 0; i < entries.size(); ++i) WriteEntries(entries.subspan(i, 1));
          return;
        case WriteResult::Kind::kStoreDown:
          if (!first_try && !WaitForRetry()) return CountLost(entries.size());
          Reopen();
          break;
      }
    }
  }

  WriteResult::Kind TryWrite(std::span<const StoreEntry> entries, const Losses& losses) {
    if (entries.empty() && losses == Losses{}) return WriteResult::Kind::kWritten;
    WriteResult result{WriteResult::Kind::kStoreDown, reopen_error_};
    try {
      if (writer_ != nullptr) {
        result = writer_->Write({session_, batch_number_, entries, losses, NowUs()});
      }
    } catch (const std::bad_alloc&) {
      writer_.reset();  // which rolls back
      result = {WriteResult::Kind::kStoreDown, "out of memory"};
    }
    if (result.kind == WriteResult::Kind::kWritten) {
      noted_.dropped += losses.dropped;
      noted_.lost += losses.lost;
      log_dirty_ = true;
    } else {
      NoteFailure(std::move(result.context));
    }
    return result.kind;
  }

  // False when somebody waits for an answer, so that there is no time for another try.
  bool WaitForRetry() {
    std::unique_lock lock(mutex_);
    return !work_.wait_for(lock, Milliseconds(options_.retry_ms),
                           [this] { return HurryRequested(); });
  }

  void Reopen() {
    writer_.reset();
    auto opened = RecordWriter::Open(claim_.file());
    if (opened) {
      writer_ = std::move(opened.value());
    } else {
      reopen_error_ = opened.error().context;
    }
  }

  void Maintain() {
    const auto now = Clock::now();
    const bool upkeep_due = options_.upkeep_ms > 0 && now >= upkeep_at_;
    if (upkeep_due) upkeep_at_ = now + Milliseconds(options_.upkeep_ms);
    if (writer_ == nullptr) return;
    if (upkeep_due) RunUpkeep();
    if (writer_ == nullptr) return;
    const bool large = writer_->wal_bytes() > options_.wal_limit_bytes;
    if (large && now >= last_truncate_ + kTruncatePause) {
      last_truncate_ = now;
      RunCheckpoint(RecordWriter::Checkpoint::kTruncate);
    } else if (log_dirty_ && now >= last_checkpoint_ + Milliseconds(options_.checkpoint_ms)) {
      RunCheckpoint(RecordWriter::Checkpoint::kPassive);
    }
  }

  // One step; while there is more to do the next follows the calls that came meanwhile.
  void RunUpkeep() {
    UpkeepDone done;
    WriteResult result{WriteResult::Kind::kStoreDown, "out of memory"};
    try {
      result = writer_->Keep(
          {options_.keep_calls_s, options_.keep_minutes_s, options_.keep_hours_s}, NowUs(), done);
    } catch (const std::bad_alloc&) {
      writer_.reset();  // which rolls back; the next batch opens it again
    }
    if (done.more) upkeep_at_ = Clock::now();
    if (result.kind != WriteResult::Kind::kWritten) return NoteFailure(std::move(result.context));
    log_dirty_ = true;
    const std::lock_guard lock(mutex_);
    stats_.summed_up += done.rolled;
    stats_.deleted += done.deleted;
  }

  void RunCheckpoint(RecordWriter::Checkpoint kind) {
    const bool moved = writer_->moved();
    // A file that moves leaves its log behind: empty that into the file before a new one begins.
    WriteResult result = writer_->Run(moved ? RecordWriter::Checkpoint::kTruncate : kind);
    last_checkpoint_ = Clock::now();
    log_dirty_ = result.kind != WriteResult::Kind::kWritten;
    if (log_dirty_) NoteFailure(std::move(result.context));
    if (moved) {
      NoteFailure(claim_.file() + ": was moved or deleted while in use; a new file was begun");
      Reopen();
    }
  }

  [[nodiscard]] Losses LossesToNote() const {
    const std::lock_guard lock(mutex_);
    return {stats_.dropped - noted_.dropped, stats_.lost - noted_.lost};
  }

  void CountWritten(std::span<const StoreEntry> entries) {
    std::uint64_t rows = 0;
    for (const StoreEntry& entry : entries) rows += RowCount(entry);
    const std::lock_guard lock(mutex_);
    stats_.written += entries.size();
    stats_.rows_written += rows;
    done_.notify_all();
  }

  void CountLost(std::size_t count) {
    const std::lock_guard lock(mutex_);
    stats_.lost += count;
    done_.notify_all();
  }

  void NoteFailure(std::string context) {
    const std::lock_guard lock(mutex_);
    ++stats_.failed_batches;
    stats_.last_error = std::move(context);
  }

  // Shared, under the mutex.
  mutable std::mutex mutex_;
  std::condition_variable work_;  // for the writer thread
  std::condition_variable done_;  // for those who flush
  std::vector<StoreEntry> waiting_;
  std::size_t waiting_rows_ = 0;
  StoreStats stats_;
  std::uint64_t flush_target_ = 0;
  bool stopping_ = false;

  // The writer thread's own.
  const FileClaim claim_;
  std::unique_ptr<RecordWriter> writer_;  // null while the file cannot be opened again
  const StoreOptions options_;
  const std::int64_t session_;
  std::vector<StoreEntry> taken_;
  std::int64_t batch_number_ = 0;
  Losses noted_;  // are rows already
  std::string reopen_error_;
  bool log_dirty_ = false;
  Clock::time_point last_swap_ = Clock::now();
  Clock::time_point last_checkpoint_ = Clock::now();
  Clock::time_point last_truncate_{};
  Clock::time_point upkeep_at_ = Clock::now() + Milliseconds(options_.upkeep_ms);

  std::thread thread_;
};

Result<std::unique_ptr<Store>> Store::Open(const std::string& path, StoreOptions options) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  if (error || path.empty() || !absolute.has_filename()) {
    return Error{ErrorClass::kNone, "`" + path + "` does not name a file for the store"};
  }
  auto claim = FileClaim::Take(absolute.string());
  if (!claim) return claim.error();
  auto writer = RecordWriter::Open(claim->file());
  if (!writer) return writer.error();
  options.batch_rows = std::max<std::size_t>(options.batch_rows, 1);
  return std::unique_ptr<Store>(new Store(
      std::make_unique<Impl>(std::move(claim.value()), std::move(writer.value()), options)));
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;

bool Store::Append(CallRecord record) noexcept { return impl_->Append(std::move(record)); }
bool Store::AppendFeedback(Feedback feedback) noexcept {
  return impl_->Append(std::move(feedback));
}
Status Store::Flush() { return impl_->Flush(); }
StoreStats Store::stats() const noexcept { return impl_->stats(); }
const std::string& Store::file() const noexcept { return impl_->file(); }

}  // namespace mlp
