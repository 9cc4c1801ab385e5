// Sums up and cuts a store whose files no service writes at the moment, as services do by
// themselves: files of processes that are no more, and stores that only short ones write.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mlp/result.hpp"
#include "runtime/store/rolled/upkeep.hpp"

namespace mlp {

struct CompactedFile {
  std::string file;
  bool in_use = false;  ///< a service has it and was left alone
  UpkeepDone done;
  std::int64_t bytes_before = 0;
  std::int64_t bytes_after = 0;
};

/// Every file of the store at `path`, one after the other; an error where there is none.
[[nodiscard]] Result<std::vector<CompactedFile>> CompactStore(const std::string& path,
                                                              const Retention& keep,
                                                              std::int64_t now_us);

}  // namespace mlp
