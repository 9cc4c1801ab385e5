#include "runtime/store/compact.hpp"

#include <filesystem>
#include <system_error>
#include <utility>

#include "runtime/store/file_claim.hpp"
#include "runtime/store/record_writer.hpp"

namespace mlp {
namespace {

std::int64_t BytesOf(const std::string& file) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(file, error);
  return error ? 0 : static_cast<std::int64_t>(bytes);
}

// A step's pages go into the file before the log grows large.
constexpr std::int64_t kMostLogBytes = std::int64_t{64} << 20;

Status CompactFile(const Retention& keep, std::int64_t now_us, CompactedFile& file) {
  auto writer = RecordWriter::Open(file.file);
  if (!writer) return writer.error();
  const auto cut = [&writer] { return (*writer)->Run(RecordWriter::Checkpoint::kTruncate); };
  WriteResult result = cut();
  file.bytes_before = BytesOf(file.file);
  file.done.more = true;
  while (result.kind == WriteResult::Kind::kWritten && file.done.more) {
    result = (*writer)->Keep(keep, now_us, file.done);
    const bool is_long = (*writer)->wal_bytes() > kMostLogBytes;
    if (result.kind == WriteResult::Kind::kWritten && is_long) result = cut();
  }
  if (result.kind == WriteResult::Kind::kWritten) result = cut();
  file.bytes_after = BytesOf(file.file);
  if (result.kind == WriteResult::Kind::kWritten) return Done{};
  return Error{ErrorClass::kNone, result.context};
}

}  // namespace

Result<std::vector<CompactedFile>> CompactStore(const std::string& path, const Retention& keep,
                                                std::int64_t now_us) {
  std::vector<CompactedFile> files;
  for (const std::string& name : StoreFiles(path)) {
    CompactedFile file{.file = name, .in_use = false, .done = {}};
    const auto claim = FileClaim::TakeThis(name);
    if (!claim) return claim.error();
    file.in_use = !claim->has_value();
    if (!file.in_use) {
      if (Status status = CompactFile(keep, now_us, file); !status) return status.error();
    }
    files.push_back(std::move(file));
  }
  if (files.empty()) {
    return Error{ErrorClass::kNone, path + ": there is no such store; check the path"};
  }
  return files;
}

}  // namespace mlp
