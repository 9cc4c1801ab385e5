// Answers on disk, by the digest of what was asked: texts that some level above knows to read. Any
// number of processes share the file. All of it can be had again, so a file that is broken is begun
// anew.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "mlp/result.hpp"
#include "runtime/store/sqlite.hpp"

namespace mlp {

/// Thread-safe. Instants are seconds since 1970 UTC.
class AnswerFile {
 public:
  struct Stats {
    std::uint64_t written = 0;
    std::uint64_t dropped = 0;  ///< the queue was full, or writing failed
    std::string last_error;
  };

  /// Opens or creates it; `most_bytes` of answers, beyond which the least recently written go.
  static Result<std::unique_ptr<AnswerFile>> Open(const std::string& path, std::int64_t most_bytes);
  AnswerFile(const AnswerFile&) = delete;
  AnswerFile& operator=(const AnswerFile&) = delete;
  /// Writes what waits.
  ~AnswerFile();

  /// Nothing where there is none that is still good, and where the file is busy or broken: never
  /// waits for another process.
  [[nodiscard]] std::optional<std::string> Find(const std::string& key, std::int64_t now_s,
                                                std::int64_t& expires_s);
  /// Hands it to the writing thread.
  void Put(std::string key, std::string answer, std::int64_t expires_s);
  using Visit = std::function<bool(const std::string& key, const std::string& answer,
                                   std::int64_t expires_s)>;
  /// Shows the newest of a file that are still good, until `visit` says stop. Only reads.
  static Status ForEachNewest(const std::string& path, std::int64_t now_s, const Visit& visit);
  /// Waits until all that was put is written or dropped.
  void Flush();
  [[nodiscard]] Stats stats() const;

 private:
  struct Row {
    std::string key;
    std::string answer;
    std::int64_t expires_s;
  };
  explicit AnswerFile(std::int64_t most_bytes) : most_bytes_(most_bytes) {}
  [[nodiscard]] Status OpenBoth(const std::string& path);
  void Run();
  [[nodiscard]] int Write(const std::vector<Row>& rows);

  const std::int64_t most_bytes_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Row> queue_;  // guarded by mutex_
  bool writing_ = false;    // guarded by mutex_
  bool closing_ = false;    // guarded by mutex_
  Stats stats_;             // guarded by mutex_

  std::mutex reader_mutex_;
  Database reader_;  // guarded by reader_mutex_
  Statement find_;   // guarded by reader_mutex_

  Database writer_;  // of the thread
  std::thread thread_;
};

}  // namespace mlp
