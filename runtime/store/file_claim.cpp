#include "runtime/store/file_claim.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace mlp {
namespace {

constexpr int kMaxFiles = 256;  // processes that write one store at the same time

std::string NumberedFile(const std::string& path, int number) {
  return number == 1 ? path : path + "." + std::to_string(number);
}

std::optional<int> FileNumber(std::string_view name, std::string_view base) {
  if (name == base) return 1;
  if (!name.starts_with(base) || name.substr(base.size(), 1) != ".") return std::nullopt;
  const std::string_view digits = name.substr(base.size() + 1);
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool whole = error == std::errc{} && end == digits.data() + digits.size();
  if (!whole || number < 2 || digits.front() == '0') return std::nullopt;
  return number;
}

}  // namespace

// The lock is on a file of its own: a second descriptor of the database itself would, when closed,
// take SQLite's POSIX locks with it. flock() belongs to the open descriptor, so it also keeps two
// stores of one process apart.
Result<std::optional<FileClaim>> FileClaim::TakeThis(const std::string& file) {
  const std::string lock = file + ".lock";
  const int descriptor = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    return Error{ErrorClass::kNone, lock + ": " + std::generic_category().message(errno) +
                                        "; the store needs an existing, writable folder"};
  }
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) {
    return std::optional<FileClaim>(FileClaim(file, descriptor));
  }
  const int failure = errno;
  ::close(descriptor);
  if (failure == EWOULDBLOCK) return std::optional<FileClaim>();
  return Error{ErrorClass::kNone, lock + ": " + std::generic_category().message(failure) +
                                      "; the store needs a local disk"};
}

Result<FileClaim> FileClaim::Take(const std::string& path) {
  for (int number = 1; number <= kMaxFiles; ++number) {
    auto claim = TakeThis(NumberedFile(path, number));
    if (!claim) return claim.error();
    if (claim->has_value()) return std::move(**claim);
  }
  return Error{ErrorClass::kNone,
               path + ": " + std::to_string(kMaxFiles) +
                   " processes write this store already; name another file for some"};
}

FileClaim::FileClaim(FileClaim&& other) noexcept
    : file_(std::move(other.file_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

FileClaim& FileClaim::operator=(FileClaim&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

FileClaim::~FileClaim() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::vector<std::string> StoreFiles(const std::string& path) {
  namespace fs = std::filesystem;
  const fs::path whole(path);
  const fs::path folder = whole.has_parent_path() ? whole.parent_path() : fs::path(".");
  std::vector<int> numbers;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (const auto number = FileNumber(name, whole.filename().string())) numbers.push_back(*number);
  }
  std::sort(numbers.begin(), numbers.end());
  std::vector<std::string> files;
  for (const int number : numbers) files.push_back(NumberedFile(path, number));
  return files;
}

}  // namespace mlp
