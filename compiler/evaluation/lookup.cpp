#include "compiler/evaluation/lookup.hpp"

#include <filesystem>

namespace mlp::compiler {
namespace {

namespace fs = std::filesystem;

bool LeadsOut(const fs::path& relative) {
  return relative.is_absolute() || relative.empty() || *relative.begin() == "..";
}

/// By what the paths are in truth, where the reader tells.
bool LinksOut(FileReader& reader, const std::string& folder, const std::string& path) {
  const fs::path root = reader.Identity(folder.empty() ? "." : folder);
  const fs::path file = reader.Identity(path);
  return root.is_absolute() && file.is_absolute() && LeadsOut(file.lexically_relative(root));
}

}  // namespace

bool StaysBelow(const std::string& written) {
  return !LeadsOut(fs::path(written).lexically_normal());
}

std::optional<FoundFile> FindBelow(FileReader& reader, const std::vector<std::string>& folders,
                                   const std::string& written) {
  for (const std::string& folder : folders) {
    const std::string path = (fs::path(folder) / written).lexically_normal().generic_string();
    if (LinksOut(reader, folder, path)) continue;
    if (auto text = reader.Read(path)) return FoundFile{folder, path, std::move(*text)};
  }
  return std::nullopt;
}

}  // namespace mlp::compiler
