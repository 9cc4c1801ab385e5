// The built mlpc as a child process with bounds on its time and memory.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mlp {

struct Finished {
  int exit_code = -1;  ///< -1 where a signal ended it
  int signal = 0;      ///< SIGALRM: it took longer than it may
  std::string out;
  std::string err;
};

struct Surroundings {
  std::string folder = {};                    ///< where it runs; the test's own without one
  std::vector<std::string> environment = {};  ///< NAME=VALUE; NO_COLOR is never inherited
  bool terminal = false;                      ///< standard error is one
  std::string out_file = {};                  ///< takes standard output, which is then not returned
  unsigned seconds = 60;
  std::uint64_t memory_bytes = 0;  ///< of address space; 0: no bound. Ignored under a sanitizer
};

/// Runs a program to its end. Throws std::runtime_error where it cannot be started.
[[nodiscard]] Finished Run(const std::vector<std::string>& words,
                           const Surroundings& surroundings = {});

/// Run with mlpc as the first word.
[[nodiscard]] Finished Mlpc(std::vector<std::string> words, const Surroundings& surroundings = {});

/// A whole file; throws std::runtime_error where there is none.
[[nodiscard]] std::string ReadWhole(const std::string& path);
/// Makes missing folders. Returns the path.
std::string WriteWhole(const std::string& path, const std::string& text);

}  // namespace mlp
