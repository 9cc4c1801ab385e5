#include "runtime/tools/operator_name.hpp"

#include <unistd.h>

#include <cstdlib>

#include <fmt/format.h>

namespace mlp::tools {

std::string OperatorName(const std::string& given) {
  if (!given.empty()) return given;
  for (const char* variable : {"SUDO_USER", "USER", "LOGNAME"}) {
    const char* const value = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): one thread
    if (value != nullptr && *value != '\0') return value;
  }
  return fmt::format("uid {}", getuid());
}

}  // namespace mlp::tools
