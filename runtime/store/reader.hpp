// Reading a record store, also while services write it: all files of the store merged, each over
// one connection that only reads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "mlp/record.hpp"
#include "mlp/result.hpp"

namespace mlp {

/// Counts of calls that are not in the store.
struct LossCount {
  std::int64_t dropped = 0;  ///< a queue was full
  std::int64_t lost = 0;     ///< writing failed
};

/// Not thread-safe.
class StoreReader {
 public:
  /// Opens the files PATH, PATH.2, PATH.3 ... that exist; an error where there is none, or one is
  /// not a store.
  static Result<StoreReader> Open(const std::string& path);

  StoreReader(StoreReader&&) noexcept;
  StoreReader& operator=(StoreReader&&) noexcept;
  ~StoreReader();

  /// Shows each call begun in [from_us, to_us) to `visit`, file after file and within a file in the
  /// order of writing; stops when it returns false. Each file is shown as of one instant. The
  /// record lives for the call of `visit` only.
  Status ForEachCall(std::int64_t from_us, std::int64_t to_us,
                     const std::function<bool(const CallRecord&)>& visit);

  /// Likewise what users made of answers, by the time that they said so.
  Status ForEachFeedback(std::int64_t from_us, std::int64_t to_us,
                         const std::function<void(const Feedback&)>& visit);

  /// What was noted as missing in [from_us, to_us).
  Result<LossCount> CountLosses(std::int64_t from_us, std::int64_t to_us);

  [[nodiscard]] const std::vector<std::string>& files() const noexcept { return files_; }

 private:
  class File;
  StoreReader();

  std::vector<std::string> files_;
  std::vector<std::unique_ptr<File>> open_;  // parallel to files_
};

}  // namespace mlp
