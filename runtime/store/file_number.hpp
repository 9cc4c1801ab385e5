// Which file lies at a path: another one may be put there under a running process, as from a
// backup.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>

namespace mlp {

/// The same for as long as the file that an open handle reads lies there; 0 where there is none.
[[nodiscard]] inline std::uint64_t FileNumber(const std::string& path) noexcept {
  struct stat found {};
  return stat(path.c_str(), &found) == 0 ? found.st_ino : 0;
}

}  // namespace mlp
