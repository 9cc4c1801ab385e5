// A store's file that tests fill, sum up and cut at the moments that they choose.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "mlp/record.hpp"
#include "runtime/store/record_writer.hpp"

namespace mlp {

/// Fails the test where SQLite does.
class RolledStore {
 public:
  explicit RolledStore(const std::string& file);

  void Write(const std::vector<CallRecord>& calls, std::size_t from, std::size_t to);
  /// At most `steps` of upkeep; returns whether there is more to do.
  bool Keep(const Retention& keep, std::int64_t now_us, int steps = 1'000'000);

 private:
  std::unique_ptr<RecordWriter> writer_;
  std::int64_t batch_ = 0;
};

}  // namespace mlp
