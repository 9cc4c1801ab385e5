#include "compiler/pipeline/files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace mlp::compiler {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostRead = std::size_t{64} << 20;

bool Holds(const std::string& path, const std::string& text) {
  std::error_code error;
  if (fs::file_size(path, error) != text.size() || error) return false;
  std::ifstream file(path, std::ios::binary);
  return file && std::equal(text.begin(), text.end(), std::istreambuf_iterator<char>(file),
                            std::istreambuf_iterator<char>());
}

bool WriteAll(int file, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t count = ::write(file, text.data() + at, text.size() - at);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    at += static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace

std::optional<std::string> ReadStandardInput() {
  std::string text;
  char block[64 << 10];
  while (text.size() < kMostRead) {
    const std::size_t count = std::fread(block, 1, sizeof block, stdin);
    if (count == 0) break;
    text.append(block, count);
  }
  if (std::ferror(stdin) != 0) return std::nullopt;
  return text;
}

std::optional<std::string> ReplaceFile(const std::string& path, const std::string& text) {
  const auto failed = [&path] {
    return fmt::format("cannot write {}: {}", path, std::strerror(errno));
  };
  struct stat before {};
  if (::stat(path.c_str(), &before) != 0) return failed();
  std::string temporary = path + ".XXXXXX";
  const int file = ::mkstemp(temporary.data());
  if (file < 0) return failed();
  // Only who owns the file may give it away; then the mode alone is kept.
  const bool owned = ::fchown(file, before.st_uid, before.st_gid) == 0;
  const mode_t mode = before.st_mode & (owned ? 07777U : 0777U);
  bool written = WriteAll(file, text) && ::fchmod(file, mode) == 0;
  written = ::close(file) == 0 && written;
  if (!written || ::rename(temporary.c_str(), path.c_str()) != 0) {
    std::string message = failed();
    ::unlink(temporary.c_str());
    return message;
  }
  return std::nullopt;
}

std::optional<std::string> DiskReader::Read(const std::string& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error) && !fs::is_fifo(path, error)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text;
  char block[64 << 10];
  while (text.size() < kMostRead && file.read(block, sizeof block).gcount() > 0)
    text.append(block, static_cast<std::size_t>(file.gcount()));
  if (file.bad()) return std::nullopt;
  return text;
}

std::string DiskReader::Identity(const std::string& path) {
  std::error_code error;
  const fs::path whole = fs::weakly_canonical(path, error);
  return error ? path : whole.generic_string();
}

std::vector<std::string> DiskReader::List(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder.empty() ? "." : folder, error), end;
       !error && entry != end; entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::optional<std::string> WriteFiles(
    const std::vector<std::pair<std::string, std::string>>& files) {
  struct Pending {
    fs::path temporary;
    fs::path final;
  };
  std::vector<Pending> pending;
  const auto give_up = [&](std::string message) {
    std::error_code ignored;
    for (const Pending& file : pending) fs::remove(file.temporary, ignored);
    return message;
  };
  for (const auto& [path, text] : files) {
    if (Holds(path, text)) continue;
    std::error_code error;
    const fs::path final(path);
    if (final.has_parent_path()) fs::create_directories(final.parent_path(), error);
    if (error)
      return give_up(
          fmt::format("cannot make folder {}: {}", final.parent_path().string(), error.message()));
    pending.push_back({fs::path(path + ".tmp"), final});
    std::ofstream out(pending.back().temporary, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    if (!out) return give_up(fmt::format("cannot write {}", path));
  }
  for (const Pending& file : pending) {
    std::error_code error;
    fs::rename(file.temporary, file.final, error);
    if (error)
      return give_up(fmt::format("cannot write {}: {}", file.final.string(), error.message()));
  }
  return std::nullopt;
}

}  // namespace mlp::compiler
