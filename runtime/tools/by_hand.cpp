#include "runtime/tools/by_hand.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "runtime/tools/commands.hpp"

namespace mlp::tools {

std::int64_t NowS() { return static_cast<std::int64_t>(std::time(nullptr)); }

int Refuse(const char* command, const std::string& why) {
  std::fprintf(stderr, "mlp %s: %s\n", command, why.c_str());
  return kExitUsage;
}

std::string OperatorName(const std::string& given) {
  if (!given.empty()) return given;
  for (const char* variable : {"SUDO_USER", "USER", "LOGNAME"}) {
    const char* const value = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): one thread
    if (value != nullptr && *value != '\0') return value;
  }
  return fmt::format("uid {}", getuid());
}

std::string StoreTrouble(const std::string& store) {
  std::error_code ignored;
  if (std::filesystem::exists(store + ".ledger", ignored)) return {};
  if (std::filesystem::exists(store, ignored)) return {};
  return fmt::format("{}: there is no such store; check --store", store);
}

std::string UnknownWords(const char* what, const std::string& name,
                         const std::vector<std::string>& known) {
  std::string words;
  for (const std::string& one : known) {
    words += fmt::format("{}`{}`", words.empty() ? "" : ", ", one);
  }
  if (words.empty()) words = fmt::format("no {}; no service with one has run on it", what);
  return fmt::format("there is no {} `{}`: this store has {}", what, name, words);
}

}  // namespace mlp::tools
